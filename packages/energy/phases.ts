/**
 * The site's three phases, and how a device's terminals hang on them. A device names the site's phases in the order of its own
 * terminals: `["L2", "L3", "L1"]` is a rotated station, `["L2"]` one that has a single phase. A current is told per site phase
 * everywhere else, so that no sum ever mixes terminals with phases. Milliamperes; into the device is positive.
 */
export type Phase = "L1" | "L2" | "L3";
export const PHASES = ["L1", "L2", "L3"] as const satisfies readonly Phase[];

/** One to three different phases, in the order of the device's terminals. */
export type Wiring = readonly Phase[];

/** A value for L1, L2, L3 of the site. */
export type PerPhase = readonly [number, number, number];
export const NO_CURRENT: PerPhase = [0, 0, 0];

const indexOf: Readonly<Record<Phase, 0 | 1 | 2>> = { L1: 0, L2: 1, L3: 2 };

/** Values at a device's terminals, as values on the site's phases; a terminal without a value has 0. */
export function onSite(wiring: Wiring, atTerminals: readonly number[]): PerPhase {
  const out: [number, number, number] = [0, 0, 0];
  wiring.forEach((phase, terminal) => {
    out[indexOf[phase]] += atTerminals[terminal] ?? 0;
  });
  return out;
}

/** The same value on every phase that the device is wired to. */
export const everyWired = (wiring: Wiring, value: number): PerPhase => onSite(wiring, [value, value, value]);

export const map2 = (a: PerPhase, b: PerPhase, f: (x: number, y: number) => number): PerPhase => [
  f(a[0], b[0]),
  f(a[1], b[1]),
  f(a[2], b[2]),
];
export const plus = (a: PerPhase, b: PerPhase): PerPhase => map2(a, b, (x, y) => x + y);
export const minus = (a: PerPhase, b: PerPhase): PerPhase => map2(a, b, (x, y) => x - y);
export const higher = (a: PerPhase, b: PerPhase): PerPhase => map2(a, b, Math.max);
/** `uses` is 1 on each phase that a current flows on. */
export const times = (uses: PerPhase, ma: number): PerPhase => map2(uses, NO_CURRENT, (used) => used * ma);
export const lower = (a: PerPhase, b: PerPhase): PerPhase => map2(a, b, Math.min);
export const sum = (a: PerPhase): number => a[0] + a[1] + a[2];
export const total = (all: Iterable<PerPhase>): PerPhase => {
  let out = NO_CURRENT;
  for (const one of all) out = plus(out, one);
  return out;
};
