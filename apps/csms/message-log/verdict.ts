/** What became of a station's CALL, in the message log's words. */
import type { Deviation } from "@wattward/ocpp";
import type { LoggedMessage } from "../core/port.ts";

/**
 * @param found what was repaired in it, or why it could not be read
 * @param answered `error`: a CALLERROR went back; undefined where nobody waited
 */
export function verdictOf(
  found: { readonly deviations?: readonly Deviation[]; readonly fault?: object },
  answered: "result" | "error" | "silence" | "verbatim" | undefined,
): LoggedMessage["verdict"] {
  if (found.fault !== undefined || answered === "error") return "refused";
  return (found.deviations ?? []).length > 0 ? "repaired" : "valid";
}
