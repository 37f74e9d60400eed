/**
 * A solar inverter as physics: what the sky offers at an hour of the day, less what a limit takes, at the inverter's ramp. W, feeding
 * positive. Clouds come by seeded chance, each some minutes long.
 */
import type { Chance } from "@wattward/kernel";

export type SolarFacts = {
  readonly peakW: number;
  readonly rampWPerS: number;
  /** How cloudy: 0 never, 1000 always. */
  readonly cloudyPermille: number;
};

const SUNRISE_H = 6;
const SUNSET_H = 20;
const CLOUD_MS = { least: 60_000, most: 600_000 };
/** What is left of the sun behind a cloud, in thousandths. */
const THROUGH_PERMILLE = { least: 150, most: 700 };

/** Share of the peak that a clear sky gives at an hour, 0 to 24. */
export function clearSky(hour: number): number {
  if (hour <= SUNRISE_H || hour >= SUNSET_H) return 0;
  return Math.sin((Math.PI * (hour - SUNRISE_H)) / (SUNSET_H - SUNRISE_H)) ** 1.3;
}

export class Solar {
  readonly facts: SolarFacts;
  feedW = 0;
  tripped = false;
  outWh = 0;
  /** Of the peak, 0 to 1; 1 where nothing limits it. */
  limit = 1;
  private readonly chance: Chance;
  private through = 1;
  private skyUntilMs = 0;

  constructor(facts: SolarFacts, chance: Chance) {
    this.facts = facts;
    this.chance = chance;
  }

  /** What it could give now. */
  availableW(hour: number): number {
    return this.facts.peakW * clearSky(hour) * this.through;
  }

  trip(tripped: boolean): void {
    this.tripped = tripped;
    if (tripped) this.feedW = 0;
  }

  /** Moves on by `ms`, up to `nowMs`, when it is `hour`; clouds pass by the hour's own time, at `speed`. */
  move(ms: number, { nowMs, hour, speed }: { nowMs: number; hour: number; speed: number }): void {
    if (nowMs >= this.skyUntilMs) {
      const cloudy = this.chance.int(1, 1000) <= this.facts.cloudyPermille;
      const { least, most } = THROUGH_PERMILLE;
      this.through = cloudy ? this.chance.int(least, most) / 1000 : 1;
      this.skyUntilMs = nowMs + this.chance.int(CLOUD_MS.least, CLOUD_MS.most) / speed;
    }
    const target = Math.min(this.availableW(hour), this.facts.peakW * this.limit);
    const mostStep = (this.facts.rampWPerS * ms) / 1000;
    const stepW = Math.min(mostStep, Math.max(-mostStep, target - this.feedW));
    this.feedW = this.tripped ? 0 : this.feedW + stepW;
    this.outWh += (this.feedW * ms) / 3_600_000;
  }
}
