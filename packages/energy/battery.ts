/**
 * A battery's setpoint. Watts, discharge positive.
 *
 * It wants the grid between two bounds (`importMinW` … `importMaxW`; both 0 is self-consumption). The grid without the battery is
 * grid + feed, but the two are read at different times, and a battery that acts on their difference hunts (ENERGY, failure 6). So the
 * feed is an interval: everything it was, and was told to be, for as long as the readings may be apart. The setpoint moves only if it
 * is wrong for every value in the interval, and then to the nearest that is right. For any delay up to that time, a step of the
 * load is answered by one step of the battery.
 *
 * A plan's power follows the same rule with what the site really draws: each wish is a function of the site's power without the battery
 * that never falls where that rises, so its values at the two ends of the interval bound what is right.
 *
 * Never: discharge under the reserve, charge above full, power out of its temperatures, faster than its ramp, on a state of
 * charge that is not believed, anything but 0 without a proven revert (ADR 14).
 */
import type { BatteryInput, BatteryLeeway } from "./inputs.ts";
import { LAG_MS_MAX, NAMEPLATE_TIMES, READING_STALE_MS } from "./limits.ts";
import type { Battery } from "./site.ts";
import { type ChargeDoubt, ChargeTrust } from "./trust.ts";
import { Extremes } from "./window.ts";

export type BatteryWish =
  | { readonly kind: "rest"; readonly why: string }
  /** A plan's power, and what becomes of it where the site draws other than planned; without `gridW` it is as planned. */
  | {
      readonly kind: "planned";
      readonly feedW: number;
      readonly leeway: BatteryLeeway;
      readonly gridW: number | undefined;
      /** It gives more than planned before the site imports more than this. */
      readonly importMaxW: number;
    }
  | {
      readonly kind: "follow";
      readonly gridW: number;
      readonly importMinW: number;
      readonly importMaxW: number;
    };

/** So near to an end of its temperatures the power is a tenth. */
const TEMPERATURE_MARGIN_C = 3;
/** Empty and full are left only after so much came back: else it toggles at the edge. */
const CHARGE_HYSTERESIS_PERMILLE = 20;
/** Of what is stored, so much at least comes out. */
const GIVEN_BACK = 0.9;
const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;
/** Near its reserve nobody relies on more than lasts for so long, down to what its charge is told in steps of. */
const RELIED_FOR_MS = 60_000;
const RELIED_ABOVE_PERMILLE = 10;
/** Cars that relied on it are lowered within this, or never: readings are apart no longer. */
const GIVES_ON_MS = 30_000;

export class BatteryControl {
  readonly battery: Battery;
  private readonly trust: ChargeTrust;
  private readonly fed = new Extremes(LAG_MS_MAX);
  private atReserve = false;
  private atFull = false;
  private lastMs: number | undefined;
  /** Where the ramp leads; what is judged, so that a slow ramp is not taken for a settled value. */
  private aimW = 0;
  private lastingW = 0;
  private fallsSinceMs: number | undefined;
  setpointW = 0;
  /** What it could give from now on for a quarter of an hour, whatever it is wanted to do. */
  givesW = 0;
  why = "not yet heard of";
  /** Why its state of charge is not believed, as it was last told. */
  refused: ChargeDoubt | undefined;

  constructor(battery: Battery) {
    this.battery = battery;
    this.trust = new ChargeTrust(battery);
  }

  /** What others may rely on from now on: it may still give more, but is about to give that, or to be at its reserve. */
  get reliableW(): number {
    return Math.min(this.setpointW, this.aimW, this.lastingW);
  }

  /**
   * `chargeRoomW`: what may be charged without touching a fuse or a car's share. `reliedOn`: cars may still draw more than what
   * {@link reliableW} leaves them; they are lowered first.
   */
  turn(
    input: BatteryInput | undefined,
    wish: BatteryWish,
    {
      chargeRoomW,
      nowMs,
      reliedOn = false,
    }: { readonly nowMs: number; readonly chargeRoomW: number; readonly reliedOn?: boolean },
  ): void {
    const { min, max, why } = this.allowed(input, nowMs);
    const charge = max > 0 ? input!.chargePermille : 0;
    this.givesW = Math.min(max, GIVEN_BACK * this.lastsW(charge, QUARTER_MS));
    this.lastingW = this.lastsW(charge - RELIED_ABOVE_PERMILLE, RELIED_FOR_MS);
    const mostW = NAMEPLATE_TIMES * Math.max(this.battery.chargeWMax, this.battery.dischargeWMax);
    if (input !== undefined && Math.abs(input.feedW) <= mostW) this.fed.add(nowMs, input.feedW);
    this.fed.add(nowMs, this.aimW);
    const wanted = wish.kind === "rest" ? { w: 0, why: wish.why } : this.wanted(wish);
    const clampedW = clamp(wanted.w, Math.max(min, chargeRoomW > 0 ? -chargeRoomW : 0), max);
    this.why = clampedW === wanted.w ? wanted.why : (why ?? "no room to charge");
    const heldW = this.heldW({ aimW: clampedW, max, reliedOn, nowMs });
    this.aimW = clampedW;
    this.setpointW = heldW ?? this.ramped(clampedW, nowMs);
    this.lastMs = nowMs;
  }

  /** What it goes on giving until nobody relies on it, where it can; undefined: it follows its aim. */
  private heldW({
    aimW,
    max,
    nowMs,
    reliedOn,
  }: {
    readonly aimW: number;
    readonly max: number;
    readonly nowMs: number;
    readonly reliedOn: boolean;
  }): number | undefined {
    const givesW = Math.min(this.setpointW, max);
    const falls = givesW > 0 && aimW < givesW;
    if (!falls) this.fallsSinceMs = undefined;
    else this.fallsSinceMs ??= nowMs;
    if (this.fallsSinceMs === undefined || nowMs - this.fallsSinceMs > GIVES_ON_MS) return undefined;
    if (reliedOn) return givesW;
    // Nobody could be lowered yet for what it is told in this very turn.
    return aimW < this.reliableW ? Math.min(givesW, this.reliableW) : undefined;
  }

  private wanted(wish: Exclude<BatteryWish, { kind: "rest" }>): { w: number; why: string } {
    if (wish.kind === "planned" && !Number.isFinite(wish.feedW)) return { w: 0, why: "absurd plan" };
    if (wish.kind === "planned" && wish.gridW === undefined) return { w: wish.feedW, why: "as planned" };
    const gridW = wish.gridW ?? 0;
    if (!Number.isFinite(gridW)) return { w: 0, why: "the grid's power is no number" };
    // The site without the battery draws something between these two.
    const lowW = gridW + (this.fed.low ?? 0);
    const highW = gridW + (this.fed.high ?? 0);
    const atLeastW = wish.kind === "planned" ? planned(wish, lowW) : lowW - wish.importMaxW;
    const atMostW = wish.kind === "planned" ? planned(wish, highW) : highW - wish.importMinW;
    const { deadbandW } = this.battery;
    if (this.aimW < atLeastW - deadbandW)
      return { w: atLeastW, why: whyOf(wish, atLeastW, "the site draws more than it should") };
    if (this.aimW > atMostW + deadbandW)
      return { w: atMostW, why: whyOf(wish, atMostW, "the site has power to spare") };
    return { w: this.aimW, why: this.why };
  }

  /** Bounds of the setpoint, and which condition made them narrow. */
  private allowed(
    input: BatteryInput | undefined,
    nowMs: number,
  ): { min: number; max: number; why?: string } {
    const { battery } = this;
    const nothing = (why: string) => ({ min: 0, max: 0, why });
    if (battery.revert.kind === "unproven") return nothing("its revert was never proven");
    if (input === undefined || nowMs - input.atMs > READING_STALE_MS)
      return nothing("no fresh reading of it");
    const judged = this.trust.judge(input.chargePermille, input.feedW, nowMs);
    this.refused = judged === "trusted" ? undefined : judged;
    if (this.refused !== undefined) return nothing("its state of charge is not believed");
    const power = this.temperatureShare(input.temperatureC);
    if (power === 0) return nothing("too cold, too hot, or no temperature");
    const { chargePermille } = input;
    this.atReserve =
      chargePermille <= battery.reservePermille + (this.atReserve ? CHARGE_HYSTERESIS_PERMILLE : 0);
    this.atFull = chargePermille >= battery.fullPermille - (this.atFull ? CHARGE_HYSTERESIS_PERMILLE : 0);
    return {
      min: this.atFull ? 0 : -battery.chargeWMax * power,
      max: this.atReserve ? 0 : battery.dischargeWMax * power,
      why: this.atReserve ? "at its reserve" : this.atFull ? "full" : "at its power limit",
    };
  }

  /** The power that lasts for `ms` above the reserve. */
  private lastsW(chargePermille: number, ms: number): number {
    const { capacityWh, reservePermille } = this.battery;
    const leftWh = ((chargePermille - reservePermille) * capacityWh) / 1000;
    return (Math.max(0, leftWh) * HOUR_MS) / ms;
  }

  private temperatureShare(temperatureC: number): number {
    const { min, max } = this.battery.temperatureC;
    if (!Number.isFinite(temperatureC) || temperatureC < min || temperatureC > max) return 0;
    return Math.min(temperatureC - min, max - temperatureC) < TEMPERATURE_MARGIN_C ? 0.1 : 1;
  }

  /** Away from 0 at the ramp, towards 0 at once: less power is always safe. */
  private ramped(w: number, nowMs: number): number {
    const spanMs = this.lastMs === undefined ? 0 : nowMs - this.lastMs;
    const stepW = (this.battery.rampWPerS * spanMs) / 1000;
    const fromW = Math.sign(w) === Math.sign(this.setpointW) ? this.setpointW : 0;
    if (Math.abs(w) <= Math.abs(fromW)) return Math.round(w);
    return Math.round(clamp(w, fromW - stepW, fromW + stepW));
  }
}

/** What a planned power becomes where the site draws `siteW` without the battery; never falls where `siteW` rises. */
function planned(
  { feedW, leeway, importMaxW }: Extract<BatteryWish, { kind: "planned" }>,
  siteW: number,
): number {
  if (siteW - importMaxW > feedW) return siteW - importMaxW;
  if (siteW < 0 && leeway.absorbs) return Math.min(feedW, siteW);
  if (siteW > feedW && leeway.covers) return siteW;
  return leeway.exports ? feedW : Math.min(feedW, Math.max(0, siteW));
}

const whyOf = (wish: Exclude<BatteryWish, { kind: "rest" }>, w: number, why: string): string =>
  wish.kind === "planned" && w === wish.feedW ? "as planned" : why;

const clamp = (x: number, min: number, max: number): number => Math.min(Math.max(x, min), max);
