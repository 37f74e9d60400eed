/**
 * Which sequence numbers of a 2.0.1 transaction have not arrived. Its numbers run without gaps from the first one,
 * which need not be 0 (Part 2 §1.3.2.1), so what is missing lies between the lowest and the highest seen.
 *
 * As text: ranges in ascending order, `3,5-7`. Bounded, because a peer chooses the numbers.
 */
import assert from "node:assert/strict";

const RANGES_MAX = 64;

export type Sequence = {
  readonly first: number | null;
  readonly last: number | null;
  readonly missing: string;
};
type Range = readonly [from: number, to: number];

/** Marks `n` as arrived. Any order of the same numbers gives the same sequence, up to {@link RANGES_MAX} ranges. */
export function arrived({ first, last, missing }: Sequence, n: number): Sequence {
  if (first === null || last === null) return { first: n, last: n, missing };
  const ranges = parse(missing);
  if (n > last + 1) ranges.push([last + 1, n - 1]);
  if (n < first - 1) ranges.unshift([n + 1, first - 1]);
  return {
    first: Math.min(first, n),
    last: Math.max(last, n),
    missing: write(ranges.flatMap((range) => without(range, n))),
  };
}

function without([from, to]: Range, n: number): Range[] {
  if (n < from || n > to) return [[from, to]];
  const left: Range[] = [];
  if (from < n) left.push([from, n - 1]);
  if (n < to) left.push([n + 1, to]);
  return left;
}

function parse(text: string): Range[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    // A peer may count from below 0: then the sign is no dash.
    const [, from, to = from] = /^(-?\d+)(?:-(-?\d+))?$/.exec(part) ?? [];
    assert(from !== undefined, `no range: '${part}'`);
    return [Number(from), Number(to)] as const;
  });
}

/** Past the limit the two lowest ranges become one: more is called missing than is, never less. */
function write(ranges: readonly Range[]): string {
  const kept = [...ranges];
  while (kept.length > RANGES_MAX) {
    const [a, b, ...rest] = kept;
    if (a === undefined || b === undefined) break;
    kept.splice(0, kept.length, [a[0], b[1]], ...rest);
  }
  return kept.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(",");
}
