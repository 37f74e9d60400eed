/** Between frames as text and what the core takes and gives: reading a station's CALL, writing the answer to it. */
import type { JsonObject, MessageId } from "@wattward/kernel";
import {
  type CallResultError,
  callError,
  type Deviation,
  faultReply,
  neverRefused,
  type OcppVersion,
  parseFrame,
  repairedCall,
  type Send,
  validateCall,
  validateSend,
  writeFrame,
} from "@wattward/ocpp";
import type { MessageFault, StationAnswer } from "../core/port.ts";

export type ReadCall =
  /** `fault`: it breaks its schema past repair, and is acknowledged all the same (a transaction message). */
  | {
      readonly kind: "call";
      readonly id: MessageId;
      readonly action: string;
      readonly payload: JsonObject;
      readonly deviations?: readonly Deviation[];
      readonly fault?: MessageFault;
    }
  /** `reply`: the CALLERROR that the station gets, where it can get one. */
  | {
      readonly kind: "fault";
      readonly code: string;
      readonly description: string;
      readonly reply: string | undefined;
    };

/** A station's CALL as a site wrote it down, repaired where the station is not held strictly; the fault is the station's. */
export function readCall(text: string, version: OcppVersion, tolerant: boolean): ReadCall {
  const parsed = parseFrame(text, version);
  if (parsed.kind === "fault") {
    const reply = faultReply(parsed, version);
    return {
      kind: "fault",
      code: parsed.code,
      description: parsed.reason,
      reply: reply && writeFrame(reply),
    };
  }
  const { frame } = parsed;
  if (frame.kind !== "call") {
    return {
      kind: "fault",
      code: "ProtocolError",
      description: "a reply, where a CALL belongs",
      reply: undefined,
    };
  }
  const { id, action, payload } = frame;
  const checked = validateCall(version, "station", action, payload);
  if (checked.kind === "valid") return { kind: "call", id, action, payload };
  const mended = tolerant ? repairedCall(version, "station", action, payload) : undefined;
  if (mended !== undefined) return { kind: "call", id, action, ...mended };
  if (tolerant && neverRefused.has(action)) {
    const fault = { code: checked.code, description: checked.reason };
    return { kind: "call", id, action, payload, fault };
  }
  const reply = writeFrame(callError(id, checked.code, checked.reason, version));
  return { kind: "fault", code: checked.code, description: checked.reason, reply };
}

/** A frame that nobody answers, as a site passed it on (2.1): a SEND held against its schema, or a CALLRESULTERROR. */
export function readSent(
  text: string,
  version: OcppVersion,
): Send | CallResultError | { readonly kind: "fault"; readonly description: string } {
  const parsed = parseFrame(text, version);
  if (parsed.kind === "fault") return { kind: "fault", description: parsed.reason };
  const { frame } = parsed;
  if (frame.kind === "result-error") return frame;
  if (frame.kind !== "send") return { kind: "fault", description: "neither a SEND nor a CALLRESULTERROR" };
  const checked = validateSend(version, "station", frame.action, frame.payload);
  return checked.kind === "valid" ? frame : { kind: "fault", description: checked.reason };
}

/** The CALLRESULT or CALLERROR to the CALL `id`. */
export function answerFrame(id: MessageId, answer: StationAnswer, version: OcppVersion): string {
  if (answer.kind === "result") return writeFrame({ kind: "result", id, payload: answer.payload });
  return writeFrame(callError(id, answer.code, answer.description, version));
}

/** Said where the store could not take it: the station tries again (1.6 §3.7.1; Part 4 §4.3). */
export const notStored: StationAnswer = {
  kind: "error",
  code: "InternalError",
  description: "not stored; try again",
};
