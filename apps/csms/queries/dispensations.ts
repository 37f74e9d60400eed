/** Dispensations, as gateways hold them and as people see them, and by which security profile stations came. */

import type { StationId } from "@wattward/kernel";
import { isPasswordProfile } from "@wattward/ocpp/ways-in";
import type { Kysely } from "kysely";
import type { DispensationView } from "../core/port.ts";
import type { Query } from "../core/queries.ts";
import type { Row, Schema } from "../store/schema.ts";
import { queryLimits } from "./limits.ts";

/** Those of stations that are accepted. */
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

/** With the site of each; a hash of a password goes to no person. */
export const dispensationsList: Query<"dispensations.list"> = async (db) => {
  const rows = await db
    .selectFrom("dispensations")
    .innerJoin("stations", "stations.id", "dispensations.station_id")
    .select(["station_id", "site_id", "security_profile", "until_ms", "given_at_ms", "given_by"])
    .orderBy("until_ms")
    .orderBy("station_id")
    .limit(queryLimits.rowsMax)
    .execute();
  return rows.map((row) => ({ station: row.station_id, site: row.site_id, ...viewOf(row) }));
};

const viewOf = (row: Omit<Row<"dispensations">, "station_id" | "password_hash">): DispensationView => ({
  securityProfile: row.security_profile,
  untilMs: row.until_ms,
  givenAtMs: row.given_at_ms,
  givenBy: row.given_by,
});

/** Of these stations; a hash of a password goes to no person. */
export async function waysOf(
  db: Kysely<Schema>,
  ids: readonly string[],
): Promise<{
  readonly dispensations: ReadonlyMap<string, DispensationView>;
  readonly ways: ReadonlyMap<string, number>;
}> {
  const given = await db
    .selectFrom("dispensations")
    .select(["station_id", "security_profile", "until_ms", "given_at_ms", "given_by"])
    .where("station_id", "in", ids)
    .execute();
  const ways = await db
    .selectFrom("station_ways")
    .select(["station_id", "security_profile"])
    .where("station_id", "in", ids)
    .execute();
  return {
    dispensations: new Map(given.map((row) => [row.station_id, viewOf(row)])),
    ways: new Map(ways.map((row) => [row.station_id, row.security_profile])),
  };
}
