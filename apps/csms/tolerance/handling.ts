/** How a station is to be handled, where an operator wants it otherwise than usual: strictly, in one version, unpinged. */
import { type Handling, isOcppVersion, type OcppVersion, usualHandling } from "@wattward/ocpp";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { findStation } from "../stations/rows.ts";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { findHandling, upsertHandling } from "./rows.ts";

/** No row: as usual. */
export function handlingIn(row: Row<"station_handling"> | undefined): Handling {
  if (row === undefined) return usualHandling;
  const pinned = versionIn(row.pinned_version);
  const assumed = versionIn(row.assumed_version);
  return {
    strict: row.strict === 1,
    pinged: row.pinged === 1,
    ...(row.close_deaf === 1 && { closeDeaf: true }),
    ...(pinned !== undefined && { pinned }),
    ...(assumed !== undefined && { assumed }),
  };
}

const versionIn = (text: string | null): OcppVersion | undefined =>
  text !== null && isOcppVersion(text) ? text : undefined;

export const handlingOf = async (tx: Tx, station: string): Promise<Handling> =>
  handlingIn(await tx.first(findHandling, { station }));

/** What is not named stays as it was; null takes a version back. The same again changes nothing. */
export const handle: Decision<"station.handle"> = async (tx, input) => {
  const station = await tx.first(findStation, { id: input.station });
  if (station === undefined) return { kind: "unknown-station" };
  const before = await handlingOf(tx, station.id);
  const { strict = before.strict, pinged = before.pinged, actor, atMs } = input;
  const { closeDeaf = before.closeDeaf ?? false } = input;
  const pinned = input.pinned === undefined ? (before.pinned ?? null) : input.pinned;
  const assumed = input.assumed === undefined ? (before.assumed ?? null) : input.assumed;
  const row = {
    station_id: station.id,
    strict: strict ? 1 : 0,
    pinned_version: pinned,
    assumed_version: assumed,
    pinged: pinged ? 1 : 0,
    close_deaf: closeDeaf ? 1 : 0,
    changed_at_ms: atMs,
  };
  const handling = handlingIn(row);
  if (JSON.stringify(handling) === JSON.stringify(before)) return { kind: "unchanged", handling };
  await tx.run(upsertHandling, row);
  const data = { strict, pinned, assumed, pinged, closeDeaf, actor };
  const head = { source: "person", atMs, station: station.id, site: station.site_id } as const;
  observe(tx, { ...head, kind: "station.handling", data });
  return { kind: "changed", handling };
};
