/** What a mutant may be answered with: the verdict on one exchange, as a sentence where it is wrong. */
import type { Json, JsonObject } from "@wattward/kernel";
import { type OcppVersion, repairedCall, spelled, validateCall, validateResult } from "@wattward/ocpp";

export type Mutant = {
  readonly id: string;
  readonly action: string;
  readonly payload: JsonObject;
  readonly type: 2 | 6;
  readonly what: string;
  /** The only right code; undefined where the payload is valid by its schema. */
  readonly code: string | undefined;
};

/** Kept and acknowledged whatever is in them: a CALLERROR makes stations drop what is billed (QUIRKS, principle 2). */
const neverRefused = new Set(["StartTransaction", "StopTransaction", "MeterValues", "TransactionEvent"]);
/** A handler's own refusals of what its schema allows: a number that no table holds, an id of another station. */
const refusals = ["PropertyConstraintViolation", "OccurrenceConstraintViolation", "SecurityError"] as const;

/** Undefined: as it should be. `answer`: the frame that came back under the mutant's id, if any. */
export function wrongWith(
  mutant: Mutant,
  answer: readonly Json[] | undefined,
  about: { readonly version: OcppVersion; readonly strict: boolean },
): string | undefined {
  if (mutant.type === 6) return answer === undefined ? undefined : "a SEND was answered";
  if (answer === undefined) return "no answer";
  const [type, , second] = answer;
  if (type === 3) return wrongResult(mutant, second as JsonObject, about);
  const got = String(second);
  if (mutant.code !== undefined) return got === mutant.code ? undefined : `${got} instead of ${mutant.code}`;
  const allowed = refusals.map((code) => spelled(code, about.version));
  return allowed.includes(got) ? undefined : `${got} to a valid message`;
}

function wrongResult(
  { action, payload, code }: Mutant,
  body: JsonObject,
  { version, strict }: { readonly version: OcppVersion; readonly strict: boolean },
): string | undefined {
  const checked = validateResult(version, "csms", action, body);
  if (checked.kind === "invalid") return `our own answer is invalid: ${checked.reason}`;
  if (code === undefined) return undefined;
  if (validateCall(version, "station", action, payload).kind === "valid") return "the damage does no damage";
  if (strict) return `a result instead of ${code}, to a station that is held strictly`;
  if (neverRefused.has(action) || repairedCall(version, "station", action, payload) !== undefined) {
    return undefined;
  }
  return `a result instead of ${code}, and nothing repairs it`;
}
