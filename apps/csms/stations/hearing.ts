/** Which connected stations let our calls time out (QUIRKS 22): told by the gateway that calls them, shown to people. */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { findStation, type Station } from "./rows.ts";

export type HearingChange = { readonly deaf: boolean; readonly action: string; readonly atMs: number };

/** Told again, it changes nothing. */
export async function changeHearing(
  tx: Tx,
  station: Pick<Station, "id" | "site_id">,
  { deaf, action, atMs }: HearingChange,
): Promise<void> {
  const known = await tx.first(findDeaf, { station: station.id });
  if ((known !== undefined) === deaf) return;
  const about = { source: "csms", atMs, station: station.id, site: station.site_id } as const;
  if (known === undefined) {
    await tx.run(insertDeaf, { station_id: station.id, since_ms: atMs, action });
    observe(tx, { ...about, kind: "station.deaf", data: { action } });
  } else {
    await tx.run(deleteDeaf, { station: station.id });
    observe(tx, { ...about, kind: "station.hears", data: { sinceMs: known.since_ms } });
  }
}

export const hearing: Decision<"station.hearing"> = async (tx, { station: id, ...change }) => {
  const station = await tx.first(findStation, { id });
  if (station !== undefined) await changeHearing(tx, station, change);
};

/** The process starts: who hears, its calls will tell. */
export const forgetDeaf = statement((db, _: Record<never, never>) => db.deleteFrom("deaf_stations"));

const columns = ["station_id", "since_ms", "action"] as const;
const insertDeaf = statement((db, p: Schema["deaf_stations"]) =>
  db.insertInto("deaf_stations").values(each(p, columns)),
);
const findDeaf = statement((db, p: { station: string }) =>
  db.selectFrom("deaf_stations").selectAll().where("station_id", "=", p.station),
);
const deleteDeaf = statement((db, p: { station: string }) =>
  db.deleteFrom("deaf_stations").where("station_id", "=", p.station),
);
