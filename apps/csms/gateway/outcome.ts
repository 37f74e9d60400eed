/**
 * What a station's reply to a command means, by its status first. Where the reply is no valid one, it is a failure and
 * not a yes; a refusal padded with junk was read as the refusal it is before it came here (QUIRKS 36).
 */
import type { JsonObject } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { CommandOutcome } from "../core/port.ts";

export type Judged = Pick<CommandOutcome, "state" | "outcome">;

/** Text of a reply that is kept although it was no valid one. */
const RAW_CHARS_MAX = 500;

/** `judge` knows which words of this command's reply mean yes: commands/judge.ts. */
export function judged(outcome: CallOutcome, judge: (answer: JsonObject) => "accepted" | "refused"): Judged {
  switch (outcome.kind) {
    case "result":
      return { state: judge(outcome.payload), outcome: outcome.payload };
    case "error": {
      const { code, description, details } = outcome;
      return { state: "failed", outcome: { error: code, description, details } };
    }
    case "invalid":
      return invalid(outcome.reason, outcome.raw);
    case "timeout":
      return { state: "unknown", outcome: { error: "timeout", description: "sent, and never answered" } };
    case "closed":
      return {
        state: "unknown",
        outcome: { error: "closed", description: "the connection ended before an answer" },
      };
    case "busy":
      return {
        state: "failed",
        outcome: { error: "busy", description: "not sent: other calls wait before it" },
      };
  }
}

function invalid(reason: string, raw: string): Judged {
  const shown = raw.slice(0, RAW_CHARS_MAX);
  return { state: "failed", outcome: { error: "invalid-reply", description: reason, reply: shown } };
}
