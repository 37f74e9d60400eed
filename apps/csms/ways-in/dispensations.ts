/**
 * Dispensations: given by a person, for a time, and over at their date, when they are taken back, or once the station
 * has come by security profile 3; then it never returns (ADR 6, AT-O4). What has ended is deleted, its password with it;
 * the outbox remembers that it was.
 */
import { rfc3339 } from "@wattward/kernel";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { DispensationGift, DispensationGiven } from "../core/port.ts";
import { findStation, type Station } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import {
  type DispensationRow,
  deleteDispensation,
  dispensationsOver,
  findDispensation,
  findWay,
  insertDispensation,
} from "./rows.ts";

/** The longest: whoever still needs one then gives it anew, knowing why. */
export const DISPENSATION_MS_MAX = 366 * 86_400_000;
/** Ended in one decision. */
const OVER_MAX = 200;

export const giveDispensation: Decision<"dispensation.give"> = async (tx, input) => {
  const station = await tx.first(findStation, { id: input.station });
  const refused = station === undefined ? unknown(input.station) : await refusal(tx, station, input);
  if (station === undefined || refused !== undefined) return refused ?? unknown(input.station);
  const { securityProfile, untilMs, passwordHash, actor, atMs } = input;
  const replaced = Number(await tx.run(deleteDispensation, { station: station.id })) > 0;
  await tx.run(insertDispensation, {
    station_id: station.id,
    security_profile: securityProfile,
    until_ms: untilMs,
    password_hash: passwordHash,
    given_at_ms: atMs,
    given_by: actor,
  });
  const head = { source: "person", atMs, station: station.id, site: station.site_id } as const;
  observe(tx, { ...head, kind: "dispensation.given", data: { securityProfile, untilMs, replaced, actor } });
  return { kind: "given", replaced };
};

type Refused = Extract<DispensationGiven, { kind: "refused" }>;

const unknown = (station: string): Refused => ({
  ...{ kind: "refused", reason: "unknown-station" },
  sentence: `station ${station} is not in the inventory; add it first`,
});

async function refusal(
  tx: Tx,
  station: Station,
  { untilMs, atMs }: DispensationGift,
): Promise<Refused | undefined> {
  if (await seenOnProfile3(tx, station)) {
    const sentence = `station ${station.id} has come by security profile 3 before and never goes back to less; where it lost its certificate, issue it a new one`;
    return { kind: "refused", reason: "seen-on-profile-3", sentence };
  }
  if (untilMs > atMs && untilMs <= atMs + DISPENSATION_MS_MAX) return undefined;
  const latest = rfc3339(atMs + DISPENSATION_MS_MAX).slice(0, 10);
  const sentence = `a dispensation ends after now and by ${latest}, not ${rfc3339(untilMs)}`;
  return { kind: "refused", reason: "bad-date", sentence };
}

/** By its certificate, here or at its site. */
export const seenOnProfile3 = async (tx: Tx, station: Station): Promise<boolean> =>
  station.certificate_key !== null ||
  ((await tx.first(findWay, { station: station.id }))?.profile_3_at_ms ?? null) !== null;

export const endDispensation: Decision<"dispensation.end"> = async (tx, { station: id, actor, atMs }) => {
  const station = await tx.first(findStation, { id });
  if (station === undefined) return { kind: "unknown-station" };
  const ended = await endFor(tx, station, { why: "taken-back", actor, atMs });
  return { kind: ended ? "ended" : "none" };
};

type End = {
  readonly why: "expired" | "taken-back" | "profile-3";
  readonly actor: string | null;
  readonly atMs: number;
};

/** False where it has none. */
export async function endFor(tx: Tx, station: Pick<Station, "id" | "site_id">, end: End): Promise<boolean> {
  const row = await tx.first(findDispensation, { station: station.id });
  if (row === undefined) return false;
  await tx.run(deleteDispensation, { station: station.id });
  tellEnd(tx, row, station.site_id, end);
  return true;
}

function tellEnd(tx: Tx, row: DispensationRow, site: string | null, { why, actor, atMs }: End): void {
  const source = why === "taken-back" ? "person" : "csms";
  const data = { securityProfile: row.security_profile, why, actor };
  observe(tx, { kind: "dispensation.ended", source, atMs, station: row.station_id, site, data });
}

export const expireDispensations: Decision<"dispensations.expire"> = async (tx, { atMs }) => {
  for (const row of await tx.all(dispensationsOver, { atMs, most: OVER_MAX })) {
    const station = await tx.first(findStation, { id: row.station_id });
    const id = row.station_id;
    await endFor(tx, { id, site_id: station?.site_id ?? null }, { why: "expired", actor: null, atMs });
  }
  return undefined;
};
