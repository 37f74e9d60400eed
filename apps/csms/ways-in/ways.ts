/** By which security profile a station comes: kept with its presence, and the end of its dispensation at the first 3. */
import type { SecurityProfile } from "@wattward/ocpp/ways-in";
import type { Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { endFor } from "./dispensations.ts";
import { findWay, upsertWay } from "./rows.ts";

/** It has connected, here or at its site; the same way again writes nothing. */
export async function cameBy(
  tx: Tx,
  station: Station,
  { securityProfile, atMs }: { securityProfile: SecurityProfile; atMs: number },
): Promise<void> {
  const before = await tx.first(findWay, { station: station.id });
  const since = before?.profile_3_at_ms ?? (securityProfile === 3 ? atMs : null);
  if (before?.security_profile !== securityProfile || since !== before.profile_3_at_ms) {
    const row = { station_id: station.id, security_profile: securityProfile, profile_3_at_ms: since };
    await tx.run(upsertWay, row);
  }
  if (securityProfile === 3) await endFor(tx, station, { why: "profile-3", actor: null, atMs });
}
