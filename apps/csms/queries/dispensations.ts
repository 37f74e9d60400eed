/** Dispensations as gateways hold them: those of stations that are accepted. */

import type { StationId } from "@wattward/kernel";
import { isPasswordProfile } from "@wattward/ocpp/ways-in";
import type { Query } from "../core/queries.ts";

export const dispensationsAll: Query<"dispensations.all"> = async (db) => {
  const rows = await db
    .selectFrom("dispensations")
    .innerJoin("stations", "stations.id", "dispensations.station_id")
    .select(["station_id", "security_profile", "until_ms", "password_hash", "route"])
    .where("admission", "=", "accepted")
    .execute();
  return rows.flatMap(({ station_id, security_profile, until_ms, password_hash, route }) =>
    isPasswordProfile(security_profile)
      ? [
          {
            // What is in the inventory was read by kernel's parser when it was added.
            station: station_id as StationId,
            securityProfile: security_profile,
            untilMs: until_ms,
            passwordHash: password_hash,
            route,
          },
        ]
      : [],
  );
};
