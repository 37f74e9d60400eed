/**
 * The charging profiles that a station has, as far as we know (1.6 §5.16; 2.0.1 K01, K09): set by a command that it
 * accepted, or told by the station. One with the id of another replaces it, as does one of the same purpose and stack
 * level at the same EVSE (1.6 §3.13.2; K01.FR.05, K01.FR.06).
 */
import type { ExpressionBuilder } from "kysely";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

/** Of one station; beyond it the oldest is forgotten here (the station keeps its own count). */
export const PROFILES_MAX = 500;

export type ChargingProfile = {
  readonly id: number;
  /** 0: the whole station. */
  readonly evse: number;
  /** In the words of the station's version. */
  readonly purpose: string;
  readonly stackLevel: number;
  readonly kind: string;
  /** Wire id of the transaction that it is for. */
  readonly transaction?: string | undefined;
  /** The profile as it was sent or told. */
  readonly body: object;
};
/** What is left out matches all. */
export type ProfileCriterion = {
  readonly id?: number | undefined;
  readonly evse?: number | undefined;
  readonly purpose?: string | undefined;
  readonly stackLevel?: number | undefined;
};

export async function keepProfile(
  tx: Tx,
  station: string,
  profile: ChargingProfile,
  from: { readonly source: "set" | "told"; readonly command?: string; readonly atMs: number },
): Promise<void> {
  const { id, evse, purpose, stackLevel } = profile;
  if (![id, evse, stackLevel].every(Number.isSafeInteger)) return;
  await tx.run(deleteEnded, { station });
  await tx.run(deleteProfile, { station, id });
  // TxProfiles of different transactions stand beside each other (K01.FR.39).
  if (profile.transaction === undefined) {
    await tx.run(deleteSamePlace, { station, evse, purpose, stackLevel });
  }
  for (const { profile_id } of await tx.all(listBeyond, { station, kept: PROFILES_MAX - 1 })) {
    await tx.run(deleteProfile, { station, id: profile_id });
  }
  await tx.run(insertProfile, {
    station_id: station,
    profile_id: id,
    evse_id: evse,
    purpose,
    stack_level: stackLevel,
    kind: profile.kind,
    wire_id: profile.transaction ?? null,
    body: JSON.stringify(profile.body),
    source: from.source,
    command_id: from.command ?? null,
    changed_at_ms: from.atMs,
  });
}

/** The station has cleared them, or said that it has none that fit. */
export async function forgetProfiles(tx: Tx, station: string, fits: ProfileCriterion): Promise<void> {
  for (const known of await tx.all(listProfiles, { station })) {
    const fit =
      (fits.id ?? known.profile_id) === known.profile_id &&
      (fits.evse ?? known.evse_id) === known.evse_id &&
      (fits.purpose ?? known.purpose) === known.purpose &&
      (fits.stackLevel ?? known.stack_level) === known.stack_level;
    if (fit) await tx.run(deleteProfile, { station, id: known.profile_id });
  }
}

/** What is known of one profile of this station. */
export const knownProfile = (tx: Tx, station: string, id: number) => tx.first(findProfile, { station, id });

const columns = [
  "station_id",
  "profile_id",
  "evse_id",
  "purpose",
  "stack_level",
  "kind",
  "wire_id",
  "body",
  "source",
  "command_id",
  "changed_at_ms",
] as const;
const insertProfile = statement((db, p: Schema["charging_profiles"]) =>
  db.insertInto("charging_profiles").values(each(p, columns)),
);
const deleteProfile = statement((db, p: { station: string; id: number }) =>
  db.deleteFrom("charging_profiles").where("station_id", "=", p.station).where("profile_id", "=", p.id),
);
const findProfile = statement((db, p: { station: string; id: number }) =>
  db
    .selectFrom("charging_profiles")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("profile_id", "=", p.id),
);
const deleteSamePlace = statement(
  (db, p: { station: string; evse: number; purpose: string; stackLevel: number }) =>
    db
      .deleteFrom("charging_profiles")
      .where("station_id", "=", p.station)
      .where("evse_id", "=", p.evse)
      .where("purpose", "=", p.purpose)
      .where("stack_level", "=", p.stackLevel)
      .where("wire_id", "is", null),
);
/** Those of transactions that have ended are no longer there (1.6 §3.13.1; K02.FR.05). */
const deleteEnded = statement((db, p: { station: string }) =>
  db
    .deleteFrom("charging_profiles")
    .where("station_id", "=", p.station)
    .where((e) => isOver(e)),
);
/** A profile's transaction has ended: asked of that one alone, because a station may have ended a hundred thousand. */
export const isOver = (e: ExpressionBuilder<Schema, "charging_profiles">) =>
  e.exists(
    e
      .selectFrom("transactions")
      .select("transactions.id")
      .whereRef("transactions.wire_id", "=", "charging_profiles.wire_id")
      .whereRef("transactions.station_id", "=", "charging_profiles.station_id")
      .where("transactions.ended_at_ms", "is not", null),
  );
const listProfiles = statement((db, p: { station: string }) =>
  db
    .selectFrom("charging_profiles")
    .selectAll()
    .where("station_id", "=", p.station)
    .orderBy("changed_at_ms", "desc"),
);
/** The oldest, apart from so many that are kept. */
const listBeyond = statement((db, p: { station: string; kept: number }) =>
  db
    .selectFrom("charging_profiles")
    .select("profile_id")
    .where("station_id", "=", p.station)
    .orderBy("changed_at_ms", "desc")
    .limit(PROFILES_MAX)
    .offset(p.kept),
);
