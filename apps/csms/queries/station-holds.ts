/** What a station holds by our commands: local list, charging profiles, reservations, availability, reports. */
import type { JsonObject } from "@wattward/kernel";
import type { Query } from "../core/queries.ts";
import { isOver } from "../stations/charging-profiles.ts";
import type { Row } from "../store/schema.ts";
import { atOneInstant } from "./read.ts";

/** Reservations shown, the newest first: those that have ended stay for a while. Others are bounded when written. */
const RESERVATIONS_MAX = 100;

export const stationHolds: Query<"station.holds"> = (db, { station }) =>
  atOneInstant(db, async (tx) => {
    const known = await tx.selectFrom("stations").select("id").where("id", "=", station).executeTakeFirst();
    if (known === undefined) return undefined;
    const of = <T extends "local_lists" | "availability" | "reservations" | "reports" | "charging_profiles">(
      table: T,
    ) =>
      tx
        .selectFrom(table as "charging_profiles")
        .selectAll()
        .where("station_id", "=", station)
        .orderBy("changed_at_ms", "desc")
        .limit(RESERVATIONS_MAX * 5)
        .execute() as unknown as Promise<Row<T>[]>;
    const [list] = await of("local_lists");
    const over = await tx
      .selectFrom("charging_profiles")
      .select("profile_id")
      .where("station_id", "=", station)
      .where((e) => isOver(e))
      .execute();
    const ended = new Set(over.map((row) => row.profile_id));
    return {
      localListVersion: list?.version ?? null,
      profiles: (await of("charging_profiles")).filter((row) => !ended.has(row.profile_id)).map(profile),
      reservations: (await of("reservations")).slice(0, RESERVATIONS_MAX).map((row) => ({
        id: row.reservation_id,
        evse: row.evse_id,
        token: row.token_shown,
        expiresAtMs: row.expires_at_ms,
        state: row.state,
        changedAtMs: row.changed_at_ms,
      })),
      availability: (await of("availability")).map((row) => ({
        evse: row.evse_id,
        connector: row.connector_id,
        operative: row.operative === 1,
        scheduled: row.scheduled === 1,
        changedAtMs: row.changed_at_ms,
      })),
      reports: (await of("reports")).map((row) => ({
        requestId: row.request_id,
        kind: row.kind,
        state: row.state,
        changedAtMs: row.changed_at_ms,
      })),
    };
  });

const profile = (row: Row<"charging_profiles">) => ({
  id: row.profile_id,
  evse: row.evse_id,
  purpose: row.purpose,
  stackLevel: row.stack_level,
  kind: row.kind,
  transaction: row.wire_id,
  // What keepProfile wrote.
  profile: JSON.parse(row.body) as JsonObject,
  source: row.source,
  changedAtMs: row.changed_at_ms,
});
