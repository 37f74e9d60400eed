/**
 * The line of power over time: the CSMS's history, then what this page has seen since. Milliseconds and watts; null
 * is a gap in the line, never a zero.
 */
import type { PowerPoint } from "../api/shapes.ts";

/** Live points at least this far apart: an hour stays below 800 points. */
export const STEP_MS = 5_000;
export const LIVE_POINTS_MAX = 800;
/** One point of history per this span: 360 for an hour. */
export const HISTORY_STEP_MS = 10_000;
/** A site that has just begun is shown over at least this span, not as a stroke at the edge of an empty hour. */
export const SPAN_MS_LEAST = 5 * 60_000;

/** Adds what the site draws at `atMs` to the live points; within a step the newest stands. */
export function withPoint(points: readonly PowerPoint[], next: PowerPoint): readonly PowerPoint[] {
  const last = points.at(-1);
  if (last === undefined) return [next];
  if (next.atMs <= last.atMs) return points;
  const beforeLast = points.at(-2);
  const kept =
    beforeLast !== undefined && last.atMs - beforeLast.atMs < STEP_MS ? points.slice(0, -1) : points;
  return [...kept.slice(-(LIVE_POINTS_MAX - 1)), next];
}

/**
 * History as far as it is known, then what this page saw after that; from `fromMs` on. History comes first because it
 * is mended afterwards: what was reported late, or while this page was cut off, stands there alone.
 */
export function joined(
  history: readonly PowerPoint[],
  live: readonly PowerPoint[],
  fromMs: number,
): readonly PowerPoint[] {
  const lastKnown = history.findLastIndex((point) => point.powerW !== null);
  const past = history.slice(0, lastKnown + 1);
  const pastToMs = (past.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) + HISTORY_STEP_MS;
  return [...past, ...live.filter((point) => point.atMs >= pastToMs)].filter((point) => point.atMs >= fromMs);
}

/** Where the picture begins: at `fromMs`, or later where nothing is known before. */
export function pictureFromMs(points: readonly PowerPoint[], fromMs: number, toMs: number): number {
  const first = points.find((point) => point.powerW !== null);
  return Math.max(fromMs, Math.min(first?.atMs ?? fromMs, toMs - SPAN_MS_LEAST));
}

/** The highest power in it; null where it has none. */
export function highest(points: readonly PowerPoint[]): number | null {
  let most: number | null = null;
  for (const { powerW } of points) if (powerW !== null && (most === null || powerW > most)) most = powerW;
  return most;
}

/** Energy under the line in Wh, over the steps where both ends are known and no more than `gapMs` apart. */
export function energyUnder(points: readonly PowerPoint[], gapMs = 90_000): number | null {
  let energyWh: number | null = null;
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (a === undefined || b === undefined || a.powerW === null || b.powerW === null) continue;
    if (b.atMs - a.atMs > gapMs) continue;
    energyWh = (energyWh ?? 0) + (((a.powerW + b.powerW) / 2) * (b.atMs - a.atMs)) / 3_600_000;
  }
  return energyWh;
}
