/**
 * May a station that has shown the right password open a direct socket? The password was compared at the gateway with a
 * text that this database gave out a moment ago; here it is asked again whether that is still the station's own, in
 * force, and the station one that may come so.
 */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { Admission, PasswordAdmission } from "../core/port.ts";
import { findStation, type Station } from "../stations/rows.ts";
import { handlingOf } from "../tolerance/handling.ts";
import { seenOnProfile3 } from "./dispensations.ts";
import { type DispensationRow, findDispensation } from "./rows.ts";

export const admitByPassword: Decision<"station.admitByPassword"> = async (tx, request) => {
  const known = await tx.first(findStation, { id: request.station });
  const given = await tx.first(findDispensation, { station: request.station });
  const proven = known !== undefined && (await seenOnProfile3(tx, known));
  const verdict = passwordAdmission(known, { given: proven ? undefined : given, request });
  if (verdict.kind === "admitted") return { ...verdict, handling: await handlingOf(tx, request.station) };
  const data = { reason: verdict.reason, serial: known?.serial ?? "" };
  const head = { source: "csms", atMs: request.atMs, station: request.station } as const;
  observe(tx, { ...head, site: known?.site_id ?? null, kind: "station.refused", data });
  return verdict;
};

/** Pure. `given`: the station's dispensation; undefined where it has none, or may have none any more. */
export function passwordAdmission(
  known: Station | undefined,
  { given, request }: { given: DispensationRow | undefined; request: PasswordAdmission },
): Admission {
  if (known === undefined) return { kind: "refused", reason: "unknown-station" };
  const holds =
    given !== undefined &&
    given.security_profile === request.securityProfile &&
    given.password_hash === request.passwordHash &&
    given.until_ms > request.atMs;
  if (!holds) return { kind: "refused", reason: "no-dispensation" };
  if (known.admission === "blocked") return { kind: "refused", reason: "blocked" };
  if (known.route === "site") return { kind: "refused", reason: "wrong-route" };
  return { kind: "admitted", pending: known.admission === "pending" };
}
