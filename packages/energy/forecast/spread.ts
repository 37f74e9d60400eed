/** Weighted samples as values that are equally likely (`Spread`), and what can be read from them. */
import type { Spread } from "../planner.ts";

export type Sample = { readonly value: number; readonly weight: number };

/** `count` values from least to most, each the middle of an equal part of the weight; none, where nothing weighs. */
export const spreadOf = (samples: readonly Sample[], count: number): Spread =>
  spreadAbove(
    samples.filter(({ weight }) => weight > 0).sort((a, b) => a.value - b.value),
    Number.NEGATIVE_INFINITY,
    count,
  );

/** The same of the samples above `x`; they are sorted by value already. */
export function spreadAbove(sorted: readonly Sample[], x: number, count: number): Spread {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]!.value > x) high = middle;
    else low = middle + 1;
  }
  let total = 0;
  for (let i = low; i < sorted.length; i++) total += sorted[i]!.weight;
  if (!(total > 0)) return [];
  const out: number[] = [];
  let below = 0;
  let i = low;
  for (let k = 0; k < count; k++) {
    const aim = ((k + 0.5) / count) * total;
    while (i < sorted.length - 1 && below + sorted[i]!.weight < aim) below += sorted[i++]!.weight;
    out.push(sorted[i]!.value);
  }
  return out;
}

/** The value below which `share` (0 to 1) of the spread lies. */
export function quantile(spread: Spread, share: number): number | undefined {
  return spread[Math.min(spread.length - 1, Math.max(0, Math.floor(share * spread.length)))];
}

export const mean = (spread: Spread): number => spread.reduce((sum, x) => sum + x, 0) / spread.length;

/** The part of the spread above `x`. */
export const shareAbove = (spread: Spread, x: number): number =>
  spread.length === 0 ? 0 : spread.filter((value) => value > x).length / spread.length;
