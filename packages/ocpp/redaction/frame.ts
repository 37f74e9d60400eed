/** A whole frame as it may be kept: its kind, id and action, and its payload by the table (redact.ts). Pure. */
import type { Json } from "@wattward/kernel";
import { foldedCode } from "../error-code.ts";
import { parseFrame } from "../frame.ts";
import { type OcppVersion, ocppVersions } from "../version.ts";
import { redacted, shapeFor, unknown, withoutCredentials } from "./redact.ts";

export type RedactedFrame = {
  readonly kind: "call" | "result" | "error" | "result-error" | "send" | "unreadable";
  /** Undefined where none could be read. */
  readonly id: string | undefined;
  /** Of the frame itself, or of the CALL that it answers; undefined where neither is known. */
  readonly action: string | undefined;
  /** JSON where the frame was, at most `charsMax` long and then cut off. */
  readonly text: string;
};

export type FrameContext = {
  readonly version: OcppVersion;
  /** Who wrote it: what a station says of an error may quote anything. */
  readonly from: "station" | "csms";
  /** The action of the CALL with this id, sent the other way. */
  actionOf(id: string): string | undefined;
  /** What may be kept of one frame. */
  readonly charsMax: number;
};

export function redactedFrame(text: string, context: FrameContext): RedactedFrame {
  const { version, from, actionOf, charsMax } = context;
  const parsed = parseFrame(text, version);
  if (parsed.kind === "fault") {
    const id = parsed.id;
    const action = id === undefined ? undefined : actionOf(id);
    return { kind: "unreadable", id, action, text: `${parsed.reason} (${text.length} characters)` };
  }
  const { frame } = parsed;
  const { kind, id } = frame;
  const cut = (parts: readonly Json[]): string => {
    const whole = JSON.stringify(parts);
    return whole.length > charsMax ? `${whole.slice(0, charsMax)}…` : whole;
  };
  switch (frame.kind) {
    case "call":
    case "send": {
      const about = { version, action: frame.action, part: frame.kind } as const;
      const action = wordOf(frame.action);
      return {
        kind,
        id,
        action,
        text: cut([kind === "call" ? 2 : 6, id, action, redacted(about, frame.payload)]),
      };
    }
    case "result": {
      const action = actionOf(id);
      const payload =
        action === undefined
          ? unknown(frame.payload)
          : redacted({ version, action, part: "result" }, frame.payload);
      return { kind, id, action, text: cut([3, id, payload]) };
    }
    case "error":
    case "result-error": {
      const said = from === "csms" ? withoutCredentials(frame.description) : unknown(frame.description);
      const code = foldedCode(frame.code) ?? unknown(frame.code);
      return { kind, id, action: actionOf(id), text: cut([kind === "error" ? 4 : 5, id, code, said, {}]) };
    }
  }
}

/** A name that no specification has may be anything. */
const wordOf = (action: string): string =>
  ocppVersions.some((version) =>
    (["call", "send"] as const).some((part) => shapeFor({ version, action, part }) !== undefined),
  )
    ? action
    : `… (${action.length} characters)`;
