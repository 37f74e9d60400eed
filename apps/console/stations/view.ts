/** A station as its tile and its drawer show it: row, EVSEs, open sessions and one word, put together once. */
import type { Session, Station } from "../api/shapes.ts";
import type { LiveSite } from "../live/live-site.ts";
import { type EvseView, evsesOf, type StationState, stateOf } from "./state.ts";

export type StationView = {
  readonly station: Station;
  readonly state: StationState;
  readonly evses: readonly EvseView[];
  /** Open ones, newest first. */
  readonly open: readonly Session[];
  /** Since when the word holds; null where nothing says it. */
  readonly sinceMs: number | null;
};

export function stationView(station: Station, sessions: Iterable<Session>): StationView {
  const open = [...sessions].filter((it) => it.station === station.id && it.state !== "ended");
  const evses = evsesOf(station, open);
  const state = stateOf(station, evses);
  return { station, state, evses, open, sinceMs: sinceOf(station, state, evses) };
}

/** By id, with numbers in them in order of size. */
export function stationViews(live: LiveSite): readonly StationView[] {
  const open = [...live.sessions.values()].filter((session) => session.state !== "ended");
  return [...live.stations.values()]
    .sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }))
    .map((station) => stationView(station, open));
}

function sinceOf(station: Station, state: StationState, evses: readonly EvseView[]): number | null {
  if (state === "offline") return station.seenAtMs;
  const whole = station.connectors.find((connector) => connector.evse === 0);
  return evses.find((evse) => evse.state === state)?.sinceMs ?? whole?.statusAtMs ?? null;
}
