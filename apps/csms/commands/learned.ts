/**
 * What stations showed of what they do and take: an action that one does not know, messages that were too large for it.
 * Kept per station and firmware: with another firmware it is forgotten, because that may do more.
 */

import { clipped } from "../core/observations.ts";
import type { LearnedFact } from "../core/port.ts";
import type { Station } from "../stations/rows.ts";
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import { LEARNED_MAX } from "./limits.ts";

/** Of the firmware that the station has now. */
export async function learnedOf(tx: Pick<Tx, "all">, station: Station): Promise<readonly Row<"learned">[]> {
  return tx.all(findLearned, { station: station.id, firmware: station.firmware ?? "" });
}

export async function learn(
  tx: Tx,
  station: Station,
  fact: LearnedFact,
  { because, atMs }: { readonly because: string; readonly atMs: number },
): Promise<void> {
  const { kind, about } = fact;
  await tx.run(dropOldFirmware, { station: station.id, firmware: station.firmware ?? "" });
  await tx.run(unlearnFact, { station: station.id, kind, about });
  const count = Number((await tx.first(countLearned, { station: station.id }))?.count ?? 0);
  if (count >= LEARNED_MAX) return;
  await tx.run(insertLearned, {
    station_id: station.id,
    firmware: station.firmware ?? "",
    kind,
    about,
    most: fact.kind === "unsupported" ? null : fact.most,
    because: clipped(because),
    learned_at_ms: atMs,
  });
}

/** It did it after all. */
export async function unlearn(tx: Tx, station: string, about: string): Promise<void> {
  await tx.run(unlearnFact, { station, kind: "unsupported", about });
}

const columns = ["station_id", "firmware", "kind", "about", "most", "because", "learned_at_ms"] as const;
const insertLearned = statement((db, p: Schema["learned"]) =>
  db.insertInto("learned").values(each(p, columns)),
);
const findLearned = statement((db, p: { station: string; firmware: string }) =>
  db
    .selectFrom("learned")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("firmware", "=", p.firmware)
    .orderBy("kind")
    .orderBy("about"),
);
const countLearned = statement((db, p: { station: string }) =>
  db
    .selectFrom("learned")
    .select((e) => e.fn.countAll<number>().as("count"))
    .where("station_id", "=", p.station),
);
const unlearnFact = statement((db, p: { station: string; kind: string; about: string }) =>
  db
    .deleteFrom("learned")
    .where("station_id", "=", p.station)
    .where("kind", "=", p.kind)
    .where("about", "=", p.about),
);
const dropOldFirmware = statement((db, p: { station: string; firmware: string }) =>
  db.deleteFrom("learned").where("station_id", "=", p.station).where("firmware", "!=", p.firmware),
);
