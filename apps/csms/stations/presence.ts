/** Sockets of stations that open and close, here or at their sites. */
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { Route } from "../core/port.ts";
import { heldElsewhere } from "../nodes/holder.ts";
import { cameBy } from "../ways-in/ways.ts";
import { findStation, type Station, setConnected, setDisconnected } from "./rows.ts";

export const changePresence: Decision<"station.presence"> = async (tx, change) => {
  const station = await tx.first(findStation, { id: change.station });
  if (station === undefined) return undefined;
  const head = { source: "csms", atMs: change.atMs, station: station.id, site: station.site_id } as const;
  if (!speaksFor(change.route, station)) {
    const data = { action: "presence", seq: null };
    const site = change.route.kind === "site" ? change.route.site : null;
    observe(tx, { ...head, kind: "security.foreign-station", site, data });
    return undefined;
  }
  const { generation, version, address, atMs, node = null, securityProfile = 3 } = change;
  const elsewhere = node === null ? undefined : await heldElsewhere(tx, station.node, node);
  if (elsewhere !== undefined) return elsewhere;
  const route = change.route.kind;
  if (change.connected) {
    await tx.run(setConnected, { id: station.id, node, generation, version, atMs });
    await cameBy(tx, station, { securityProfile, atMs });
    observe(tx, {
      ...head,
      kind: "station.connected",
      data: { version, address, route, securityProfile },
    });
    return undefined;
  }
  const ended = await tx.run(setDisconnected, { id: station.id, generation });
  if (ended === 1) observe(tx, { ...head, kind: "station.disconnected", data: { route } });
  return undefined;
};

/** A site speaks only for its own stations, and only for those that may come through a site (ADR 6, 7). */
export const speaksFor = (route: Route, station: Station): boolean =>
  route.kind === "direct"
    ? station.route !== "site"
    : station.route !== "direct" && station.site_id === route.site;
