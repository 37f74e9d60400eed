/**
 * A battery storage as physics: cells that lose on the way in and out, an inverter that ramps, limits, warmth. Feeding the site
 * (discharging) is positive, charging negative, in W; energy in Wh, time in ms.
 *
 * Invariants: the charge stays within 0 and the capacity; no power outside the limits, nor faster than the ramp, but for a trip,
 * which is at once; energy out is never more than energy in and what was there.
 */
export type BatteryFacts = {
  readonly capacityWh: number;
  readonly chargeWMax: number;
  readonly dischargeWMax: number;
  /** On the first day, 0 to 1000 thousandths. */
  readonly chargePermille: number;
  /** One way, 0 to 1: a round trip keeps its square. */
  readonly efficiency: number;
  readonly rampWPerS: number;
  /** From a setpoint to the first watt of it. */
  readonly delayMs: number;
  readonly ambientC: number;
};

/** What it may feed; what it does by itself within that is nothing. */
export type FeedRange = { readonly leastW: number; readonly mostW: number };

const IDLE: FeedRange = { leastW: 0, mostW: 0 };
const MS_PER_HOUR = 3_600_000;
/** Above the room's warmth at full power, after a long time, and the time that it takes. */
const WARMS_K = 12;
const WARMS_IN_MS = 1_800_000;
/** Here the battery protects itself. */
const TOO_WARM_C = 55;
/** Nearer to an end of its charge than this, in thousandths, its power falls in a straight line to nothing. */
const TAPER_PERMILLE = 20;

export class Battery {
  readonly facts: BatteryFacts;
  /** Discharging positive. */
  feedW = 0;
  temperatureC: number;
  tripped = false;
  /** What it tells of its charge swings between nothing and full. */
  chargeLies = false;
  /** What went in and out at its terminals. */
  inWh = 0;
  outWh = 0;
  private storedWh: number;
  private asked: FeedRange = IDLE;
  private coming: { readonly range: FeedRange; readonly atMs: number } | undefined;

  constructor(facts: BatteryFacts) {
    if (!(facts.capacityWh > 0) || !(facts.efficiency > 0 && facts.efficiency <= 1))
      throw new RangeError("a battery holds something, and gives back no more than it got");
    this.facts = facts;
    this.storedWh = (facts.capacityWh * facts.chargePermille) / 1000;
    this.temperatureC = facts.ambientC;
  }

  get chargePermille(): number {
    return (1000 * this.storedWh) / this.facts.capacityWh;
  }

  /** What it tells of its charge, thousandths: now empty, now full, where it lies. */
  toldPermille(nowMs: number): number {
    if (!this.chargeLies) return this.chargePermille;
    return Math.floor(nowMs / 1000) % 2 === 0 ? 0 : 1000;
  }

  /** Takes effect after its delay; said twice it is not delayed twice. */
  ask(range: FeedRange, nowMs: number): void {
    const last = this.coming?.range ?? this.asked;
    if (last.leastW === range.leastW && last.mostW === range.mostW) return;
    this.coming = { range, atMs: nowMs + this.facts.delayMs };
  }

  /** Contactor open, at once, whatever was asked. */
  trip(tripped: boolean): void {
    this.tripped = tripped;
    if (tripped) this.feedW = 0;
  }

  /** Moves on by `ms`, up to `nowMs`. */
  move(ms: number, nowMs: number): void {
    if (this.coming !== undefined && this.coming.atMs <= nowMs) {
      this.asked = this.coming.range;
      this.coming = undefined;
    }
    const { ambientC, capacityWh, chargeWMax, dischargeWMax, efficiency, rampWPerS } = this.facts;
    const mostStep = (rampWPerS * ms) / 1000;
    const target = this.tripped ? 0 : this.possible();
    const stepW = Math.min(mostStep, Math.max(-mostStep, target - this.feedW));
    this.feedW = this.tripped ? 0 : this.feedW + stepW;
    const wh = (this.feedW * ms) / MS_PER_HOUR;
    const cellsWh = wh > 0 ? wh / efficiency : wh * efficiency;
    const kept = Math.min(capacityWh, Math.max(0, this.storedWh - cellsWh));
    // An end that comes in the middle of a step stops the power, not the books.
    if (kept !== this.storedWh - cellsWh) this.feedW = 0;
    else if (wh > 0) this.outWh += wh;
    else this.inWh -= wh;
    this.storedWh = kept;
    // One that may only charge warms by that.
    const fullW = Math.max(1, dischargeWMax === 0 ? chargeWMax : dischargeWMax);
    const warmC = ambientC + WARMS_K * (this.feedW / fullW) ** 2;
    this.temperatureC += (warmC - this.temperatureC) * Math.min(1, ms / WARMS_IN_MS);
  }

  private possible(): number {
    if (this.temperatureC > TOO_WARM_C) return 0;
    const { chargeWMax, dischargeWMax } = this.facts;
    const left = this.chargePermille / TAPER_PERMILLE;
    const room = (1000 - this.chargePermille) / TAPER_PERMILLE;
    // Asked for opposites: the limit holds before the demand. And no more than it can, whatever is asked.
    const wished = Math.min(Math.max(0, this.asked.leastW), this.asked.mostW);
    const mostW = dischargeWMax * Math.min(1, left);
    const leastW = -chargeWMax * Math.min(1, room);
    return Math.min(mostW, Math.max(leastW, wished));
  }
}
