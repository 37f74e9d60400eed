/**
 * The truth about the site's wires, for whoever recounts: `limits.jsonl`, one line at the beginning that says what there is, then one for
 * each step of {@link STEP_MS}. Whole milliamperes and watts, so that a day fits a disk.
 *
 *     {"kind":"site","voltageV":230,"fuses":[{"id","ratedMa"}],"loads":[{"id","fuse","highestMa"}]}
 *     {"atMs","ma":{"main":[L1,L2,L3]},"mayMa":{…},"baseMa":{…},"sourcesMa":{…},"largestMa":{…},"carsW","feedW":{"bess":N},"chargePermille":{"bess":N}}
 *
 *     {"kind":"end","atMs"}      where the run ended in order
 *
 * `mayMa` is what stations would let the cars that are there draw by what is in force in them at that instant, on the phases that those have;
 * where nobody is, whoever comes.
 */
import type { Currents } from "./phases.ts";
import type { Draw, Plant } from "./plant.ts";

type ByFuse = { readonly [fuse: string]: Currents };

export type TraceHead = {
  readonly kind: "site";
  readonly voltageV: number;
  readonly fuses: readonly { readonly id: string; readonly ratedMa: number }[];
  readonly loads: readonly { readonly id: string; readonly fuse: string; readonly highestMa: Currents }[];
};

export type TraceLine = {
  readonly atMs: number;
  readonly ma: ByFuse;
  readonly mayMa: ByFuse;
  readonly baseMa: ByFuse;
  /** Below 0 where they feed; and what the largest of them feeds. */
  readonly sourcesMa: ByFuse;
  readonly largestMa: ByFuse;
  readonly carsW: number;
  readonly feedW: { readonly [source: string]: number };
  readonly chargePermille: { readonly [battery: string]: number };
};

export function traceHead({ plan }: Plant): TraceHead {
  return {
    kind: "site",
    voltageV: plan.voltageV,
    fuses: plan.fuses.map(({ id, ratedMa }) => ({ id, ratedMa })),
    loads: plan.loads.map(({ fuse, highestMa, id }) => ({ id, fuse, highestMa })),
  };
}

export function traceLine(plant: Plant, draws: readonly Draw[], wallMs: number): TraceLine {
  const { batteries, plan, solars } = plant;
  const may = plant.mayMa(draws);
  const byFuse = (of: (fuse: string) => Currents | undefined): ByFuse =>
    Object.fromEntries(plan.fuses.map(({ id }) => [id, whole(of(id) ?? [0, 0, 0])]));
  const carsMa = draws.flatMap(({ terminalsMa }) => terminalsMa).reduce((total, ma) => total + ma, 0);
  const sources = [...batteries, ...solars];
  return {
    atMs: wallMs,
    ma: byFuse((fuse) => plant.currentMa(fuse)),
    mayMa: byFuse((fuse) => may.get(fuse)),
    baseMa: byFuse((fuse) => plant.flowOf(fuse).base),
    sourcesMa: byFuse((fuse) => plant.flowOf(fuse).sources),
    largestMa: byFuse((fuse) => plant.flowOf(fuse).largest),
    carsW: Math.round((carsMa * plan.voltageV) / 1000),
    feedW: Object.fromEntries(sources.map(([id, { feedW }]) => [id, Math.round(feedW)])),
    chargePermille: Object.fromEntries(
      [...batteries].map(([id, { chargePermille }]) => [id, Math.round(chargePermille * 10) / 10]),
    ),
  };
}

const whole = ([a, b, c]: Currents): Currents => [Math.round(a), Math.round(b), Math.round(c)];
