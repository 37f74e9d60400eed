/**
 * Facts that are no station's message: what gateway and sites saw. They come in under the kind `observed`, with their
 * own word in the data, so that nobody outside can write what only a decision may say.
 */

import { sql } from "kysely";
import { energyObservation } from "../energy/told.ts";
import { findStation } from "../stations/rows.ts";
import { statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";
import type { Decision } from "./decision.ts";
import { clipped, type Observation, type ObservationKind, observe } from "./observations.ts";

/** A detail larger than this is dropped: an observation is a fact, not a file. */
const DETAIL_CHARS_MAX = 4_000;

export const takeObserved: Decision<"observe"> = async (tx, seen) => {
  const energy = energyObservation(seen);
  if (energy !== undefined) {
    await observeOnce(tx, energy);
    return;
  }
  const { kind, station, site, detail, atMs } = seen;
  const known = station === undefined ? undefined : await tx.first(findStation, { id: station });
  // A site names only its own stations; any other name stays in the detail alone.
  const itsOwn = site === undefined || known?.site_id === site;
  const kept = JSON.stringify(detail).length > DETAIL_CHARS_MAX ? { dropped: "too large" } : detail;
  await observeOnce(tx, {
    kind: "observed",
    source: site === undefined ? "csms" : "site",
    atMs,
    ...(station !== undefined && itsOwn && { station }),
    site: site ?? known?.site_id ?? null,
    data: { what: clipped(kind, 64), detail: kept },
  });
};

/** A site tells again what it told shortly before its link ended, for nothing says that it arrived. */
async function observeOnce<K extends ObservationKind>(tx: Tx, seen: Observation<K>): Promise<void> {
  const { atMs, kind, site, source, station } = seen;
  if (source === "site" && site) {
    const alike = { kind, site, atMs, station: station ?? "", data: JSON.stringify(seen.data) };
    if ((await tx.first(findTold, alike)) !== undefined) return;
  }
  observe(tx, seen);
}

type Told = { kind: string; site: string; atMs: number; station: string; data: string };

/** Older entries are another story: a site that tells all as of one instant would have all of it looked at each time. */
const LOOKED_AT = 20_000;

/** By the index of times: a site tells little in one and the same millisecond. */
const findTold = statement((db, p: Told) =>
  db
    .selectFrom("outbox")
    .select("seq")
    .where("seq", ">", (eb) =>
      eb.selectFrom("outbox").select(sql<number>`coalesce(max(seq), 0) - ${sql.lit(LOOKED_AT)}`.as("from")),
    )
    .where("at_ms", "=", p.atMs)
    .where("site_id", "=", p.site)
    .where("kind", "=", p.kind)
    .where("data", "=", p.data)
    .where((eb) => eb(eb.fn.coalesce("station_id", eb.val("")), "=", p.station))
    .limit(1),
);
