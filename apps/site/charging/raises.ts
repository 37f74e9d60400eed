/**
 * How fast power may rise at this site, whoever asks for it (AT-C6): the energy controller, the fallback, a CSMS that sets and clears its
 * profiles in turn. Lowering passes at once, always; a raise is held back to what is allowed now, and the rest follows by itself.
 *
 *     delay    after the power came back, or the CSMS, nobody rises before a random time is over
 *     dwell    an outlet that changed stays as it is for a while
 *     reversal a raise after a lowering; so many in ten minutes and outlet, then none
 *     swing    what is asked for an outlet goes up and down every few seconds: no raise for ten minutes
 *     ramp     of the whole site: a step takes the time that the ramp gives it
 */
import type { CommandLimits, OutletId } from "@wattward/energy";
import type { Chance } from "@wattward/kernel";
import { RAISE_STEP_MS, REVERSALS_OVER_MS } from "./limits.ts";
import { Swing } from "./swing.ts";

export type Change = {
  readonly outlet: OutletId;
  readonly fromMa: number;
  readonly toMa: number;
  /** The least that charges at all: a start is never less. */
  readonly leastMa: number;
  readonly wattsPerMa: number;
};

type Past = {
  changedAtMs: number;
  direction: "up" | "down";
  reversalsAtMs: number[];
  /** That it swings was told then. */
  toldAtMs?: number;
};

/** What is asked for it swings; or its changes of direction are used up, and it is to rise once more. */
export type Swings = "asked" | "used-up";

export class Raises {
  private limits: CommandLimits;
  private readonly chance: Chance;
  private readonly past = new Map<OutletId, Past>();
  private notBeforeMs = Number.NEGATIVE_INFINITY;
  /** The ramp has given all that it gives until then. */
  private rampedUntilMs = Number.NEGATIVE_INFINITY;

  private readonly asked = new Map<OutletId, { swing: Swing; swungAtMs: number }>();
  private readonly swings: (outlet: OutletId, what: Swings) => void;

  /** `swings` hears of each outlet once in ten minutes. */
  constructor(
    limits: CommandLimits,
    chance: Chance,
    swings: (outlet: OutletId, what: Swings) => void = () => {},
  ) {
    this.limits = limits;
    this.chance = chance;
    this.swings = swings;
  }

  adopt(limits: CommandLimits): void {
    this.limits = limits;
  }

  /** The power has come back, or the CSMS: raises wait for a random time from now on. */
  returned(nowMs: number): void {
    const delayMs = this.chance.int(0, Math.max(0, Math.round(this.limits.randomDelayMsMax)));
    this.notBeforeMs = Math.max(this.notBeforeMs, nowMs + delayMs);
  }

  /** What somebody outside the site lets an outlet have, as often as it may have changed. */
  asks(outlet: OutletId, ma: number, nowMs: number): void {
    const asked = this.asked.get(outlet) ?? { swing: new Swing(), swungAtMs: Number.NEGATIVE_INFINITY };
    this.asked.set(outlet, asked);
    if (!asked.swing.sees(ma, nowMs)) return;
    if (!this.swung(outlet, nowMs)) this.swings(outlet, "asked");
    asked.swungAtMs = nowMs;
  }

  /** Sessions have come or gone there: what changes with them is nobody's swing. */
  asksAnew(outlet: OutletId): void {
    const asked = this.asked.get(outlet);
    if (asked !== undefined) asked.swing = new Swing();
  }

  /** What may be written now of this change: all of a lowering, and of a raise as much as is allowed. */
  allowed({ outlet, fromMa, toMa, leastMa, wattsPerMa }: Change, nowMs: number): number {
    if (toMa <= fromMa) return toMa;
    const { dwellMs, rampWPerS, reversalsPer10MinMax } = this.limits;
    if (nowMs < this.notBeforeMs || nowMs < this.rampedUntilMs || this.swung(outlet, nowMs)) return fromMa;
    const past = this.past.get(outlet);
    if (past !== undefined) {
      if (nowMs - past.changedAtMs < dwellMs) return fromMa;
      const recent = past.reversalsAtMs.filter((atMs) => nowMs - atMs < REVERSALS_OVER_MS);
      if (past.direction === "down" && recent.length >= reversalsPer10MinMax) {
        this.tell(outlet, past, nowMs);
        return fromMa;
      }
    }
    const stepMa = (rampWPerS * RAISE_STEP_MS) / 1_000 / wattsPerMa;
    const steppedMa = Math.floor((fromMa + stepMa) / 100) * 100;
    const startMa = fromMa < leastMa ? leastMa : 0;
    return Math.min(toMa, Math.max(fromMa, steppedMa, startMa));
  }

  private tell(outlet: OutletId, past: Past, nowMs: number): void {
    if (past.toldAtMs !== undefined && nowMs - past.toldAtMs < REVERSALS_OVER_MS) return;
    past.toldAtMs = nowMs;
    this.swings(outlet, "used-up");
  }

  private swung(outlet: OutletId, nowMs: number): boolean {
    return nowMs - (this.asked.get(outlet)?.swungAtMs ?? Number.NEGATIVE_INFINITY) < REVERSALS_OVER_MS;
  }

  /** A change has been written. */
  wrote({ outlet, fromMa, toMa, wattsPerMa }: Change, nowMs: number): void {
    if (toMa === fromMa) return;
    const past = this.past.get(outlet) ?? { changedAtMs: nowMs, direction: "up", reversalsAtMs: [] };
    const direction = toMa > fromMa ? "up" : "down";
    if (direction === "up") {
      if (past.direction === "down") past.reversalsAtMs.push(nowMs);
      const { rampWPerS } = this.limits;
      const takesMs =
        rampWPerS > 0 ? (((toMa - fromMa) * wattsPerMa) / rampWPerS) * 1_000 : Number.POSITIVE_INFINITY;
      this.rampedUntilMs = Math.max(nowMs, this.rampedUntilMs) + takesMs;
    }
    past.reversalsAtMs = past.reversalsAtMs.filter((atMs) => nowMs - atMs < REVERSALS_OVER_MS);
    past.direction = direction;
    past.changedAtMs = nowMs;
    this.past.set(outlet, past);
  }
}
