/** The inventory: which stations there are, by which route they come, and whether they are accepted. */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { StationAddition } from "../core/port.ts";
import { leaveSite } from "../sites/former.ts";
import { findSite, insertSite } from "../sites/rows.ts";
import type { Tx } from "../store/writer.ts";
import { findStation, insertStation, type Station, updateInventory } from "./rows.ts";

/** Adds a station, or brings it to what is asked: the same again changes nothing. Creates the site where it is new. */
export const addStation: Decision<"station.add"> = async (tx, input) => {
  const siteCreated = await siteFor(tx, input);
  const known = await tx.first(findStation, { id: input.station });
  const wanted = {
    id: input.station,
    serial: input.serial,
    route: input.route,
    site_id: input.site ?? null,
    admission: "accepted",
  };
  if (known !== undefined && same(known, wanted)) return { kind: "unchanged", siteCreated };
  if (known === undefined) await tx.run(insertStation, { ...blank(input.atMs), ...wanted });
  else await tx.run(updateInventory, wanted);
  const before = known?.site_id ?? null;
  if (before !== null && (before !== wanted.site_id || wanted.route === "direct"))
    await tx.run(leaveSite, { station: input.station, site: before, atMs: input.atMs });
  observe(tx, {
    kind: known === undefined ? "station.added" : "station.changed",
    source: "person",
    atMs: input.atMs,
    station: input.station,
    site: wanted.site_id,
    data: { serial: input.serial, route: input.route, actor: input.actor },
  });
  return { kind: known === undefined ? "added" : "changed", siteCreated };
};

async function siteFor(tx: Tx, { site, atMs, actor }: StationAddition): Promise<boolean> {
  if (site === undefined || (await tx.first(findSite, { id: site })) !== undefined) return false;
  await tx.run(insertSite, { id: site, atMs });
  observe(tx, { kind: "site.added", source: "person", atMs, site, data: { actor } });
  return true;
}

type Wanted = Pick<Station, "serial" | "route" | "site_id" | "admission">;
const same = (known: Station, wanted: Wanted) =>
  known.serial === wanted.serial &&
  known.route === wanted.route &&
  known.site_id === wanted.site_id &&
  known.admission === wanted.admission;

/** A station that nobody has heard of. */
export const blank = (atMs: number): Omit<Station, "id" | "serial" | "route" | "site_id" | "admission"> => ({
  added_at_ms: atMs,
  connected: 0,
  generation: 0,
  ocpp_version: null,
  seen_at_ms: null,
  booted_at_ms: null,
  vendor: null,
  model: null,
  firmware: null,
  certificate_from_ms: null,
  certificate_key: null,
  node: null,
});
