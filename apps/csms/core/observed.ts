/**
 * Facts that are no station's message: what gateway and sites saw. They come in under the kind `observed`, with their
 * own word in the data, so that nobody outside can write what only a decision may say.
 */

import { energyObservation } from "../energy/told.ts";
import { findStation } from "../stations/rows.ts";
import type { Decision } from "./decision.ts";
import { clipped, observe } from "./observations.ts";

/** A detail larger than this is dropped: an observation is a fact, not a file. */
const DETAIL_CHARS_MAX = 4_000;

export const takeObserved: Decision<"observe"> = async (tx, seen) => {
  const energy = energyObservation(seen);
  if (energy !== undefined) {
    observe(tx, energy);
    return;
  }
  const { kind, station, site, detail, atMs } = seen;
  const known = station === undefined ? undefined : await tx.first(findStation, { id: station });
  // A site names only its own stations; any other name stays in the detail alone.
  const itsOwn = site === undefined || known?.site_id === site;
  const kept = JSON.stringify(detail).length > DETAIL_CHARS_MAX ? { dropped: "too large" } : detail;
  observe(tx, {
    kind: "observed",
    source: site === undefined ? "csms" : "site",
    atMs,
    ...(station !== undefined && itsOwn && { station }),
    site: site ?? known?.site_id ?? null,
    data: { what: clipped(kind, 64), detail: kept },
  });
};
