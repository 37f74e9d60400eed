/**
 * What a site's stations draw now, in watts. A value holds until the next one, as in the CSMS's own history; once it is
 * older than it should be it is shown with its age, and after {@link HELD_MS} it is not known any more. Nothing that is
 * not known counts as zero: the total says what it leaves out.
 */
import type { Station } from "../api/shapes.ts";

/** Most stations report every minute while they charge; from twice that on a value shows its age. */
export const AGED_MS = 150_000;
/** The longest reporting interval in use is 15 minutes; one may come a minute late (as in queries/site-history). */
export const HELD_MS = 16 * 60_000;

/** `fresh` and `aged` values count, `lost` ones do not; `unknown`: none was reported since the last session ended. */
export type Freshness = "fresh" | "aged" | "lost" | "unknown";

export type StationPower = {
  readonly station: string;
  readonly powerW: number | null;
  readonly atMs: number | null;
  readonly freshness: Freshness;
};
export type PowerNow = {
  /** Null where no value counts. */
  readonly totalW: number | null;
  /** Stations that draw power. */
  readonly flowing: number;
  readonly stations: readonly StationPower[];
  readonly aged: number;
  readonly lost: number;
};

type Reported = { readonly powerW: number | null; readonly powerAtMs: number | null };

/** A station that is offline cannot tell any more: its last value is aged at once. */
export function freshnessOf({ powerW, powerAtMs }: Reported, connected: boolean, nowMs: number): Freshness {
  if (powerW === null || powerAtMs === null) return "unknown";
  const ageMs = nowMs - powerAtMs;
  if (ageMs > HELD_MS) return "lost";
  return connected && ageMs <= AGED_MS ? "fresh" : "aged";
}

export const counts = (freshness: Freshness): boolean => freshness === "fresh" || freshness === "aged";

export function powerNow(stations: Iterable<Station>, nowMs: number): PowerNow {
  const all = [...stations].map((station): StationPower => {
    const { id, powerW, powerAtMs, connected } = station;
    return { station: id, powerW, atMs: powerAtMs, freshness: freshnessOf(station, connected, nowMs) };
  });
  const counted = all.filter((it) => counts(it.freshness));
  const countOf = (freshness: Freshness) => all.filter((it) => it.freshness === freshness).length;
  return {
    totalW: counted.length === 0 ? null : counted.reduce((sum, it) => sum + (it.powerW ?? 0), 0),
    flowing: counted.filter((it) => (it.powerW ?? 0) > 0).length,
    stations: all,
    aged: countOf("aged"),
    lost: countOf("lost"),
  };
}
