/**
 * What a site's stations draw now. A value counts while it is fresh; an old one is named, never added and never taken
 * for zero. Watts.
 */
import type { Session, Station } from "../api/shapes.ts";

/** Stations report at least once a minute while they charge; twice that is late. */
export const FRESH_MS = 150_000;

export type StationPower = {
  readonly station: string;
  /** Null where none was reported since its last session ended. */
  readonly powerW: number | null;
  readonly atMs: number | null;
  readonly fresh: boolean;
};
export type PowerNow = {
  /** Sum of the fresh; null where nothing is fresh. */
  readonly totalW: number | null;
  /** Stations that draw power now. */
  readonly flowing: number;
  readonly stations: readonly StationPower[];
  /** Stations whose last value is too old to be counted. */
  readonly old: readonly StationPower[];
};

export function powerNow(stations: Iterable<Station>, nowMs: number): PowerNow {
  const all = [...stations].map((station): StationPower => {
    const { id, powerW, powerAtMs } = station;
    return { station: id, powerW, atMs: powerAtMs, fresh: isFresh(station, nowMs) };
  });
  const fresh = all.filter((it) => it.powerW !== null && it.fresh);
  return {
    totalW: fresh.length === 0 ? null : fresh.reduce((sum, it) => sum + (it.powerW ?? 0), 0),
    flowing: fresh.filter((it) => (it.powerW ?? 0) > 0).length,
    stations: all,
    old: all.filter((it) => it.powerW !== null && !it.fresh),
  };
}

/** Is this station's power what it draws now? Not if it is late, nor if the station cannot tell any more. */
export function isFresh(station: Station, nowMs: number): boolean {
  return station.connected && station.powerAtMs !== null && nowMs - station.powerAtMs <= FRESH_MS;
}

/** An open session of a connected station whose meter has been silent for too long. */
export function isSilent(session: Session, nowMs: number): boolean {
  const heardMs = session.powerAtMs ?? session.startedAtMs;
  return session.state === "open" && heardMs !== null && nowMs - heardMs > FRESH_MS * 2;
}
