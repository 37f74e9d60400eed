/**
 * What a station's reply to a command means, by its status first. Where the reply is no valid one, it is a failure and
 * not a yes; a refusal padded with junk was read as the refusal it is before it came here (QUIRKS 36).
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { CommandOutcome } from "../core/port.ts";

export type Judged = Pick<CommandOutcome, "state" | "outcome">;

/** The words of 1.6 and 2.0.1 for "done" and "will be done". */
const yes = new Set(["Accepted", "RebootRequired", "Scheduled", "Unlocked", "AcceptedCanceled"]);
/** Text of a reply that is kept although it was no valid one. */
const RAW_CHARS_MAX = 500;

export function judged(outcome: CallOutcome): Judged {
  switch (outcome.kind) {
    case "result": {
      const refusal = statusesOf(outcome.payload).find((status) => !yes.has(status));
      return { state: refusal === undefined ? "accepted" : "refused", outcome: outcome.payload };
    }
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

/** The one status of most replies; each of a list of results (2.0.1 GetVariables, SetVariables); none in some of 1.6. */
function statusesOf(payload: JsonObject): string[] {
  const lists = [payload["setVariableResult"], payload["getVariableResult"]];
  const results = lists.flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []));
  const each = results.map((result) => (isObject(result) ? result["attributeStatus"] : undefined));
  return [payload["status"], ...each].filter((status) => typeof status === "string");
}

function invalid(reason: string, raw: string): Judged {
  const shown = raw.slice(0, RAW_CHARS_MAX);
  return { state: "failed", outcome: { error: "invalid-reply", description: reason, reply: shown } };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
