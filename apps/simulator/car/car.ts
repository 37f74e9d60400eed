/**
 * A car as its charger sees it: a battery that asks for power and keeps what it gets.
 *
 * The curve is the usual one of lithium cells charged at constant current, then constant voltage: full power up to
 * the knee at 80 %, from there falling in a straight line to a twentieth at 100 %, where the car stops asking. A flat
 * one is for cars of which only the energy is known, as in a file of sessions: full power up to the last watt-hour.
 *
 * One that gives back (V2X) does so down to what it keeps, and loses a little on the way.
 *
 * Invariants: the energy in the battery falls only by what is given back, never below what is kept then, and never exceeds the capacity;
 * the power asked for is within 0…maxW. Energy in Wh, power in W, state of charge in per cent.
 */

/** Per cent up to which a car takes its full power. */
export const KNEE_PERCENT = 80;
/** Share of the full power that is left just before the battery is full. */
export const LEAST_SHARE = 0.05;

export type CarFacts = {
  readonly capacityWh: number;
  readonly maxW: number;
  /** On arrival, 0…100. */
  readonly socPercent: number;
  /** "lithium" where it is not said. */
  readonly curve?: "lithium" | "flat";
  /** On how many phases its own charger draws; absent where the station's does (direct current), from all that it has. */
  readonly phases?: PhaseCount;
  /** It gives back, so many watts at most, down to this charge. */
  readonly gives?: { readonly maxW: number; readonly keepsPercent: number };
  /** What its driver told it: this charge, by then (wall time, ms since 1970). */
  readonly wants?: { readonly percent: number; readonly leavesAtMs: number };
};

/** Of what leaves the battery, so much reaches the station. */
const GIVES_PART = 0.95;

export type PhaseCount = 1 | 2 | 3;

export class Car {
  readonly facts: CarFacts;
  private storedWh: number;
  /** What it got from chargers, in Wh. */
  takenWh = 0;

  constructor(facts: CarFacts) {
    if (!(facts.capacityWh > 0) || !(facts.maxW > 0))
      throw new RangeError("a car has a battery and takes power");
    if (!(facts.socPercent >= 0 && facts.socPercent <= 100))
      throw new RangeError("a charge is 0 to 100 per cent");
    this.facts = facts;
    this.storedWh = (facts.capacityWh * facts.socPercent) / 100;
  }

  get socPercent(): number {
    return (100 * this.storedWh) / this.facts.capacityWh;
  }

  get full(): boolean {
    return this.storedWh >= this.facts.capacityWh;
  }

  /** What it asks for right now, in W; 0 when full. */
  get wantsW(): number {
    return this.full ? 0 : this.facts.maxW * (this.facts.curve === "flat" ? 1 : share(this.socPercent));
  }

  /** What it would give right now, in W. */
  get givesW(): number {
    const { gives } = this.facts;
    return gives !== undefined && this.sparesWh > 0 ? gives.maxW : 0;
  }

  /** What it can still give, in Wh at the station. */
  get sparesWh(): number {
    const { capacityWh, gives } = this.facts;
    if (gives === undefined) return 0;
    return Math.max(0, this.storedWh - (capacityWh * gives.keepsPercent) / 100) * GIVES_PART;
  }

  /** Gives `wh` to the station and says how much of it there was. */
  give(wh: number): number {
    const given = Math.min(Math.max(0, wh), this.sparesWh);
    this.storedWh -= given / GIVES_PART;
    return given;
  }

  /** What it takes, in Wh, before it asks for another power than now; 0 where that changes all the time. */
  get steadyWh(): number {
    const { capacityWh, curve } = this.facts;
    const untilWh = curve === "flat" ? capacityWh : (capacityWh * KNEE_PERCENT) / 100;
    return Math.max(0, untilWh - this.storedWh);
  }

  /** Takes `wh` from the charger and says how much of it fitted. */
  take(wh: number): number {
    const taken = Math.min(Math.max(0, wh), this.facts.capacityWh - this.storedWh);
    this.storedWh = taken < wh ? this.facts.capacityWh : this.storedWh + taken;
    this.takenWh += taken;
    return taken;
  }
}

/** Share of its full power that a battery takes at this charge: 1 up to the knee, then a straight line down. */
export function share(socPercent: number): number {
  if (socPercent <= KNEE_PERCENT) return 1;
  const beyond = Math.min(1, (socPercent - KNEE_PERCENT) / (100 - KNEE_PERCENT));
  return 1 - (1 - LEAST_SHARE) * beyond;
}
