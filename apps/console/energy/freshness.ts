/** How old what a site told of its energy may be. A site tells about once a second. Pure. */

/** From here on a picture shows its age. */
export const AGED_MS = 6_000;
/** From here on it is said to be how things stood, and nothing moves in it. */
const STALE_MS = 20_000;

export type Freshness = "fresh" | "aged" | "stale";

/** Clocks of two machines differ a little: what comes from the future is fresh. */
export function freshnessOf(atWallMs: number, nowMs: number): Freshness {
  const ageMs = nowMs - atWallMs;
  return ageMs > STALE_MS ? "stale" : ageMs > AGED_MS ? "aged" : "fresh";
}
