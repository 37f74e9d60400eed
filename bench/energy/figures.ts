/** What a run comes to: the figures of `bench energy`, from what was replayed and what the bound says. */
import type { Fleet } from "./cars.ts";
import type { Network } from "./network.ts";
import type { Optimum, Surroundings } from "./offline.ts";
import type { Replayed } from "./replay.ts";
import { byRule, rules } from "./rules.ts";

/** A session is complete with this part of what it needs: whole amperes and the last minute are no shortfall. */
const COMPLETE = 0.99;

export type Cost = {
  readonly eur: number | null;
  readonly lpEur: number | null;
  /** Null where the bound pays nothing, or earns: no ratio would tell anything. */
  readonly ratio: number | null;
  /** The least that what was delivered could have cost, to each car its own, and what was paid of that. */
  readonly lpEurSameKWh: number | null;
  readonly ratioSameKWh: number | null;
};

export const noCost: Cost = { eur: null, lpEur: null, ratio: null, lpEurSameKWh: null, ratioSameKWh: null };

export type Outcome = {
  readonly optimum: Optimum;
  readonly replayed: Replayed;
  readonly around: Surroundings;
  /** The bound for what was delivered. */
  readonly sameEnergy?: Optimum | undefined;
  readonly priced: boolean;
  readonly network: Network | undefined;
};

export function figuresOf(fleet: Fleet, outcome: Outcome) {
  const { optimum, replayed, around, network } = outcome;
  const lpKWh = sum(optimum.gotKwh);
  const kWh = sum(replayed.gotKwh);
  const parts = fleet.cars.map(({ needKwh }, i) =>
    needKwh > 0 ? Math.min(1, replayed.gotKwh[i]! / needKwh) : 1,
  );
  const squares = sum(parts.map((part) => part * part));
  return {
    energy: { kWh: round(kWh), lpKWh: round(lpKWh), ratio: partOf(kWh, lpKWh) },
    cost: costOf(fleet, outcome),
    sessionsCompleted: partOf(parts.filter((part) => part >= COMPLETE).length, parts.length),
    jain: partOf(sum(parts) ** 2, parts.length * squares),
    peakKw: round(replayed.peakKw),
    rules: Object.fromEntries(
      Object.entries(rules).map(([name, rule]) => [
        name,
        partOf(sum(byRule(rule, fleet, { capKw: around.capKw, network })), lpKWh),
      ]),
    ),
  };
}

function costOf({ steps }: Fleet, { optimum, replayed, around, sameEnergy, priced }: Outcome): Cost {
  if (!priced) return noCost;
  const meanCent =
    steps === 0 ? 0 : sum(Array.from({ length: steps }, (_, step) => around.priceCent(step))) / steps;
  // What a battery holds less at the end than the bound's was bought before, at the mean price.
  const eurOf = ({ cent, batteryEndKwh }: Pick<Optimum, "cent" | "batteryEndKwh">) =>
    (cent + (optimum.batteryEndKwh - batteryEndKwh) * meanCent) / 100;
  const eur = eurOf(replayed);
  const lpEur = eurOf(optimum);
  const lpEurSameKWh = sameEnergy === undefined ? undefined : eurOf(sameEnergy);
  return {
    eur: round(eur),
    lpEur: round(lpEur),
    ratio: costRatio(eur, lpEur),
    lpEurSameKWh: lpEurSameKWh === undefined ? null : round(lpEurSameKWh),
    ratioSameKWh: lpEurSameKWh === undefined ? null : costRatio(eur, lpEurSameKWh),
  };
}

const costRatio = (eur: number, lpEur: number): number | null =>
  round(lpEur) > 0 ? round4(eur / lpEur) : null;

/** All of nothing is all of it. */
export const partOf = (part: number, whole: number): number => (whole > 0 ? round4(part / whole) : 1);
export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
export const round = (x: number): number => Math.round(x * 100) / 100;
const round4 = (x: number): number => Math.round(x * 10_000) / 10_000;
