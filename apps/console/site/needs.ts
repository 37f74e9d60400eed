/** What needs a person at this site, sorted by consequence; each leads to the place where it can be mended. */
import type { LiveSite } from "../live/live-site.ts";
import { evsesOf, stateOf } from "../stations/state.ts";
import { isSilent } from "./power-now.ts";

export type Need =
  | { readonly kind: "link-down" | "link-never"; readonly sinceMs: number | null }
  | { readonly kind: "clock" }
  | {
      readonly kind: "faulted";
      readonly station: string;
      readonly code: string | null;
      readonly sinceMs: number | null;
    }
  | {
      readonly kind: "offline" | "pending" | "blocked";
      readonly station: string;
      readonly sinceMs: number | null;
    }
  | { readonly kind: "silent" | "review"; readonly station: string; readonly sinceMs: number | null };

/** The worst first. A site whose link is down explains its stations: they are not named one by one. */
const order: readonly Need["kind"][] = [
  "faulted",
  "link-never",
  "link-down",
  "offline",
  "blocked",
  "pending",
  "silent",
  "clock",
  "review",
];

export function needsOf(site: LiveSite, nowMs: number): readonly Need[] {
  const needs = [...siteNeeds(site), ...stationNeeds(site), ...sessionNeeds(site, nowMs)];
  return needs.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function siteNeeds({ site, stations }: LiveSite): Need[] {
  const needs: Need[] = [];
  const bySite = [...stations.values()].some((station) => station.route !== "direct");
  if (!site.connected && bySite) {
    needs.push({ kind: site.seenAtMs === null ? "link-never" : "link-down", sinceMs: site.seenAtMs });
  }
  if (site.connected && site.clockQuality === "unknown") needs.push({ kind: "clock" });
  return needs;
}

function stationNeeds(live: LiveSite): Need[] {
  const needs: Need[] = [];
  for (const station of live.stations.values()) {
    const evses = evsesOf(station, []);
    const state = stateOf(station, evses);
    if (state === "faulted") {
      const fault = evses.find((evse) => evse.state === "faulted");
      const whole = station.connectors.find((connector) => connector.evse === 0);
      needs.push({
        kind: "faulted",
        station: station.id,
        code: fault?.errorCode ?? whole?.errorCode ?? null,
        sinceMs: fault?.sinceMs ?? whole?.statusAtMs ?? null,
      });
    }
    const explained = !live.site.connected && station.route !== "direct";
    if (state === "offline" && !explained) {
      needs.push({ kind: "offline", station: station.id, sinceMs: station.seenAtMs });
    }
    if (state === "pending" || state === "blocked") {
      needs.push({ kind: state, station: station.id, sinceMs: station.seenAtMs });
    }
  }
  return needs;
}

function sessionNeeds(live: LiveSite, nowMs: number): Need[] {
  const needs: Need[] = [];
  for (const session of live.sessions.values()) {
    const { station, endedAtMs } = session;
    if (session.review !== null) needs.push({ kind: "review", station, sinceMs: endedAtMs });
    const connected = live.stations.get(station)?.connected === true;
    if (connected && isSilent(session, nowMs)) {
      needs.push({ kind: "silent", station, sinceMs: session.powerAtMs ?? session.startedAtMs });
    }
  }
  return needs;
}
