/**
 * What a relay reads of a frame: its kind and its message id, and no more. Nearly always they stand plainly at its head;
 * where they do not (an escaped id, white space without end), the whole frame is read, under the limits of any frame.
 */
import type { MessageId } from "@wattward/kernel";
import { type OcppVersion, parseFrame } from "@wattward/ocpp";

export type Envelope = {
  /** `other`: SEND, CALLRESULTERROR, and whatever no version knows. */
  readonly kind: "call" | "answer" | "other";
  readonly id: MessageId;
};

const CALL = "2";
const answers: ReadonlySet<string> = new Set(["3", "4"]);
/** Every repetition is bounded: constant time. */
const head = /^\s{0,16}\[\s{0,16}(\d)\s{0,16},\s{0,16}"([^"\\\p{Cc}]{1,36})"/u;
const HEAD_CHARS = 128;

/** Undefined where no id can be read; then the frame is nobody's answer and nobody's question. */
export function envelopeOf(text: string, version: OcppVersion): Envelope | undefined {
  const [, type, plainId] = head.exec(text.slice(0, HEAD_CHARS)) ?? [];
  if (type !== undefined && plainId !== undefined) {
    const kind = type === CALL ? "call" : answers.has(type) ? "answer" : "other";
    return { kind, id: plainId as MessageId };
  }
  const parsed = parseFrame(text, version);
  if (parsed.kind === "fault") {
    if (parsed.id === undefined) return undefined;
    const kind = parsed.about === "call" ? "call" : parsed.about === "reply" ? "answer" : "other";
    return { kind, id: parsed.id };
  }
  const { kind, id } = parsed.frame;
  if (kind === "call") return { kind, id };
  return { kind: kind === "result" || kind === "error" ? "answer" : "other", id };
}
