/**
 * What a building draws: a level that steps up and down by seeded chance between what it always draws and what was declared as its
 * highest, each phase for itself, with a hum on top. Milliamperes per phase, within the declaration unless a fault says otherwise.
 */
import type { Chance } from "@wattward/kernel";
import type { Currents } from "./phases.ts";

export type LoadFacts = {
  /** What it never falls below. */
  readonly leastMa: Currents;
  /** Declared: what it never exceeds. */
  readonly highestMa: Currents;
  /** Declared: how much it may rise while a grant lives; absent: to the highest at once. */
  readonly riseMa?: Currents;
  /** From one step to the next, on the average; 0: it stands still. */
  readonly stepEveryMs: number;
};

/** A building is no resistor bank: its current is never twice the same. */
const HUM_MA = 60;

export class Load {
  readonly facts: LoadFacts;
  currentMa: Currents;
  private readonly chance: Chance;
  private levelMa: Currents;
  private nextStepMs: number;
  /** By faults: what it draws instead, declared or not. */
  private readonly forces: { readonly factor: number; readonly currentMa: Currents }[] = [];

  constructor(facts: LoadFacts, chance: Chance, nowMs: number) {
    this.facts = facts;
    this.chance = chance;
    this.levelMa = facts.leastMa;
    this.currentMa = facts.leastMa;
    this.nextStepMs = nowMs + facts.stepEveryMs;
  }

  /** Draws `factor` of its declared highest, what it was told last but for 0 (no power), until what it answers is called. */
  force(factor: number): () => void {
    const [a, b, c] = this.facts.highestMa;
    const force = { factor, currentMa: [a * factor, b * factor, c * factor] } as const;
    this.forces.push(force);
    return () => void this.forces.splice(this.forces.indexOf(force), 1);
  }

  move(nowMs: number): void {
    const { highestMa, leastMa, riseMa, stepEveryMs } = this.facts;
    if (stepEveryMs > 0 && nowMs >= this.nextStepMs) {
      this.nextStepMs = nowMs + this.chance.int(stepEveryMs / 2, (stepEveryMs * 3) / 2);
      // Within the declared rise of what it always draws, so that no two steps together can break the declaration.
      const step = (phase: 0 | 1 | 2): number => {
        const most = Math.min(highestMa[phase] - HUM_MA, leastMa[phase] + (riseMa?.[phase] ?? Infinity));
        return leastMa[phase] + ((most - leastMa[phase]) * this.chance.int(0, 1000)) / 1000;
      };
      this.levelMa = [step(0), step(1), step(2)];
    }
    const hum = (ma: number, most: number) =>
      Math.max(0, Math.min(most, ma + this.chance.int(-HUM_MA, HUM_MA)));
    const [a, b, c] = this.levelMa;
    const hummed: Currents = [hum(a, highestMa[0]), hum(b, highestMa[1]), hum(c, highestMa[2])];
    const force = this.forces.find(({ factor }) => factor === 0) ?? this.forces.at(-1);
    this.currentMa = force?.currentMa ?? hummed;
  }
}
