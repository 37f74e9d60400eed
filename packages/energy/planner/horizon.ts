/**
 * The steps of a plan: short where it will be followed, long where it will be made again many times before. Boundaries lie on quarters,
 * halves and hours of the clock, where prices and demand periods change.
 *
 *     now ─ 5 min ×3 ─ quarters to 4 h ─ halves to 12 h ─ hours to 36 h
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const HORIZON_MS = 36 * HOUR_MS;
const FIRST_STEPS = 3;
const FIRST_MS = 5 * MINUTE_MS;
const PARTS = [
  { untilMs: 4 * HOUR_MS, gridMs: 15 * MINUTE_MS },
  { untilMs: 12 * HOUR_MS, gridMs: 30 * MINUTE_MS },
  { untilMs: HORIZON_MS, gridMs: HOUR_MS },
] as const;

export type Step = { readonly fromMs: number; readonly toMs: number; readonly hours: number };

/** From now on, without a gap; wall time. */
export function horizon(wallMs: number): readonly Step[] {
  const edges = [wallMs];
  const add = (atMs: number) => {
    if (atMs - edges.at(-1)! >= MINUTE_MS) edges.push(atMs);
  };
  for (let i = 1; i <= FIRST_STEPS; i++) add(wallMs + i * FIRST_MS);
  for (const { untilMs, gridMs } of PARTS) {
    const firstMs = Math.floor(edges.at(-1)! / gridMs) * gridMs + gridMs;
    for (let atMs = firstMs; atMs <= wallMs + untilMs; atMs += gridMs) add(atMs);
  }
  return edges.slice(1).map((toMs, i) => {
    const fromMs = edges[i]!;
    return { fromMs, toMs, hours: (toMs - fromMs) / HOUR_MS };
  });
}

type Series = { readonly fromWallMs: number; readonly stepMs: number; readonly values: readonly number[] };

/**
 * Prices until `toMs`: where they are not out yet they are taken to be as the day before, if a whole day is known. The last of the evening
 * would else go on through a night.
 */
export function dayBeforeGoesOn(
  price: {
    readonly fromWallMs: number;
    readonly stepMs: number;
    readonly milliCentPerKwh: readonly number[];
  },
  toMs: number,
): Series {
  const { fromWallMs, stepMs, milliCentPerKwh } = price;
  const values = [...milliCentPerKwh];
  const aDay = Math.round((24 * HOUR_MS) / stepMs);
  if (values.length < aDay || aDay < 1) return { fromWallMs, stepMs, values };
  // Days that are over are passed at once: nobody looks at them.
  const overMs = toMs - HORIZON_MS - (fromWallMs + values.length * stepMs);
  const beganMs = fromWallMs + Math.max(0, Math.floor(overMs / (aDay * stepMs))) * aDay * stepMs;
  while (beganMs + values.length * stepMs < toMs) values.push(values[values.length - aDay]!);
  return { fromWallMs: beganMs, stepMs, values };
}

/** The mean of a series over a step; its last value goes on for ever, its first one was always. */
export function meanOver({ fromWallMs, stepMs, values }: Series, { fromMs, toMs }: Step): number {
  if (values.length === 0) return 0;
  const at = (i: number) => values[Math.min(values.length - 1, Math.max(0, i))]!;
  const first = Math.floor((fromMs - fromWallMs) / stepMs);
  const last = Math.ceil((toMs - fromWallMs) / stepMs) - 1;
  let sum = 0;
  for (let i = first; i <= last; i++) {
    const overlapMs =
      Math.min(toMs, fromWallMs + (i + 1) * stepMs) - Math.max(fromMs, fromWallMs + i * stepMs);
    sum += at(i) * overlapMs;
  }
  return sum / (toMs - fromMs);
}
