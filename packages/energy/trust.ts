/**
 * Which measurements are believed. A reading passes or is refused with a reason that a person can act on; nothing is ever mended
 * into a number, and what is refused is treated as absent: the mode changes, no zero appears (ENERGY, failures 1, 2, 8).
 *
 * Refused: no numbers, more than the wires carry, power that is not voltage times current, the same figures to the last
 * digit for too long, older than the meter may be, a sign that goes against what our own devices just did, and less than what the
 * meters below show together (AT-M10).
 */
import type { RawReading, Reading } from "./inputs.ts";
import {
  LAG_MS_MAX,
  NAMEPLATE_TIMES,
  OBEYS_WITHIN_MA,
  OBEYS_WITHIN_PERMILLE,
  READING_STALE_MS,
} from "./limits.ts";
import { map2, NO_CURRENT, type PerPhase, sum } from "./phases.ts";
import type { Battery, Meter, Outlet } from "./site.ts";

export type Refusal =
  | "absent"
  | "stale"
  | "no-number"
  | "beyond-the-wires"
  | "power-is-not-volts-times-amperes"
  | "frozen"
  | "sign-is-turned"
  | "less-than-below";
export type Verdict =
  | { readonly kind: "trusted"; readonly reading: Reading }
  | { readonly kind: "refused"; readonly why: Refusal };

/** A short circuit is a meter's fault or the fuse's business. */
const TIMES_THE_FUSE = 3;
/** Below it power factors and offsets rule. */
const CHECKED_FROM_MA = 2_000;
const POWER_FACTOR_MIN = 0.4;
const POWER_EXCESS = 1.15;
/** How far a meter may move against us, or beyond what is possible, before its sign is doubted, and how many times it must. */
const SIGN_STEP_MA = 5_000;
const SIGN_STEPS_AGAINST = 3;
/** Looks without a step of ours that tell how far the building moves the meter by itself. */
const LOOKS_BY_ITSELF = 8;

/** Of what meters below show, they may be wrong by so much beside the meter above. */
const BELOW_WITHIN_PERMILLE = 50;

/** Sums over the phases of what is ours below the meter. */
export type OwnSums = {
  readonly drawMa: number;
  /** By trusted meters below, where there are any, and what we draw beside them, less the nameplates of sources that they do not see. */
  readonly belowMa?: number;
  readonly feedMa: number;
  /** The most that can be shown: what we may draw, and the building by far, less the least that is fed. */
  readonly mostMa: number;
  /** By the nameplates of all sources there. */
  readonly feedAtMostMa: number;
};

/** One meter's judge: remembers what it needs to see a figure that stands still or a sign that is turned. */
export class MeterTrust {
  private readonly meter: Meter;
  private readonly limitMa: number;
  private readonly voltageV: number;
  private last: { readonly raw: RawReading; readonly changedAtMs: number } | undefined;
  private before: { readonly atMs: number; readonly netMa: number; readonly own: OwnSums } | undefined;
  private against = 0;
  /** How far the meter moved in the last looks in which nothing of ours did. */
  private byItselfMa: readonly number[] = [];
  private impossibleSinceMs: number | undefined;
  private rightSinceMs: number | undefined;
  private lessSinceMs: number | undefined;

  constructor(meter: Meter, { fuseMa, voltageV }: { readonly fuseMa: number; readonly voltageV: number }) {
    this.meter = meter;
    this.limitMa = TIMES_THE_FUSE * fuseMa;
    this.voltageV = voltageV;
  }

  /** `own`: by our devices' own measurements, now. */
  judge(raw: RawReading | undefined, own: OwnSums, nowMs: number): Verdict {
    const why = this.fault(raw, nowMs);
    if (why !== undefined || raw === undefined) return { kind: "refused", why: why ?? "absent" };
    const reading = { atMs: raw.atMs, currentMa: signed(raw) };
    const netMa = sum(reading.currentMa);
    this.compare(netMa, own, nowMs);
    if (this.canOnlyBeRight(netMa, own, nowMs)) this.against = 0;
    const turned = this.against >= SIGN_STEPS_AGAINST || this.impossible(netMa, own, nowMs);
    if (turned) return { kind: "refused", why: "sign-is-turned" };
    if (this.lessThanBelow(netMa, own, nowMs)) return { kind: "refused", why: "less-than-below" };
    return { kind: "trusted", reading };
  }

  private fault(raw: RawReading | undefined, nowMs: number): Refusal | undefined {
    if (raw === undefined) return "absent";
    const figures = [raw.atMs, ...raw.currentMa, ...(raw.powerW ?? []), ...(raw.voltageMv ?? [])];
    if (!figures.every(Number.isFinite)) return "no-number";
    if (nowMs - raw.atMs > this.meter.staleMs || raw.atMs > nowMs) return "stale";
    if (raw.currentMa.some((ma) => Math.abs(ma) > this.limitMa)) return "beyond-the-wires";
    if (!this.powerFits(raw)) return "power-is-not-volts-times-amperes";
    if (this.last === undefined || !same(this.last.raw, raw)) this.last = { raw, changedAtMs: nowMs };
    return nowMs - this.last.changedAtMs > this.meter.frozenMs ? "frozen" : undefined;
  }

  private powerFits({ currentMa, powerW, voltageMv }: RawReading): boolean {
    if (powerW === undefined) return true;
    return currentMa.every((ma, phase) => {
      if (Math.abs(ma) < CHECKED_FROM_MA) return true;
      const voltAmperes = (Math.abs(ma) * (voltageMv?.[phase] ?? this.voltageV * 1000)) / 1e6;
      const w = Math.abs(powerW[phase]!);
      return w >= POWER_FACTOR_MIN * voltAmperes && w <= POWER_EXCESS * voltAmperes;
    });
  }

  /** More export than all nameplates together at once; less import than we draw without any export, for longer than a lag. */
  private impossible(netMa: number, { drawMa, feedAtMostMa }: OwnSums, nowMs: number): boolean {
    if (netMa < -feedAtMostMa - SIGN_STEP_MA) return true;
    if (netMa >= drawMa - feedAtMostMa - SIGN_STEP_MA) this.impossibleSinceMs = undefined;
    else this.impossibleSinceMs ??= nowMs;
    return this.impossibleSinceMs !== undefined && nowMs - this.impossibleSinceMs > LAG_MS_MAX;
  }

  /** Nobody's load gives: for longer than a lag, one of the two is wrong, and the one that shows less is not relied on. */
  private lessThanBelow(netMa: number, { belowMa }: OwnSums, nowMs: number): boolean {
    const withinMa = SIGN_STEP_MA + (Math.abs(belowMa ?? 0) * BELOW_WITHIN_PERMILLE) / 1_000;
    if (belowMa === undefined || netMa >= belowMa - withinMa) this.lessSinceMs = undefined;
    else this.lessSinceMs ??= nowMs;
    return this.lessSinceMs !== undefined && nowMs - this.lessSinceMs > LAG_MS_MAX;
  }

  /**
   * Nobody's load gives: what a meter shows is at least what we draw less what we feed, and no more than all that may be drawn. Where that
   * holds for the sign as it is, and could not hold for the other, for longer than a lag, a doubt needs no step of ours to be cleared;
   * else it might last for hours.
   */
  private canOnlyBeRight(netMa: number, { drawMa, feedMa, mostMa }: OwnSums, nowMs: number): boolean {
    const leastMa = drawMa - feedMa - SIGN_STEP_MA;
    const can = (ma: number) => ma >= leastMa && ma <= mostMa + SIGN_STEP_MA;
    if (!can(netMa) || can(-netMa)) this.rightSinceMs = undefined;
    else this.rightSinceMs ??= nowMs;
    return this.rightSinceMs !== undefined && nowMs - this.rightSinceMs > LAG_MS_MAX;
  }

  /**
   * Where our own draw moved far between two looks, and the meter moved as far the other way, the sign is doubted; one step with us
   * clears the doubt. A step that is no larger than what the building does by itself says nothing, nor does one of our sources: a battery
   * follows a restless building, and three in a row would go against us by chance. Looks are further apart than two readings of one instant.
   */
  private compare(netMa: number, own: OwnSums, nowMs: number): void {
    this.before ??= { atMs: nowMs, netMa, own };
    if (nowMs - this.before.atMs < LAG_MS_MAX) return;
    const drawStep = own.drawMa - this.before.own.drawMa;
    const feedStep = own.feedMa - this.before.own.feedMa;
    const netStep = netMa - this.before.netMa;
    this.before = { atMs: nowMs, netMa, own };
    const ownStep = drawStep - feedStep;
    if (Math.abs(ownStep) < SIGN_STEP_MA)
      this.byItselfMa = [...this.byItselfMa, Math.abs(netStep)].slice(-LOOKS_BY_ITSELF);
    const tells =
      Math.abs(ownStep) > Math.max(SIGN_STEP_MA, ...this.byItselfMa) &&
      Math.abs(feedStep) < Math.abs(drawStep) / 2;
    if (tells && Math.abs(netStep) > Math.abs(ownStep) / 2)
      this.against = Math.sign(netStep) === Math.sign(ownStep) ? 0 : this.against + 1;
  }
}

/** Currents of many meters have no sign: power gives it, phase by phase. */
const signed = ({ currentMa, powerW }: RawReading): PerPhase =>
  powerW === undefined
    ? currentMa
    : map2(currentMa, powerW, (ma, w) => (w === 0 ? ma : Math.sign(w) * Math.abs(ma)));

const same = (a: RawReading, b: RawReading): boolean =>
  equal(a.currentMa, b.currentMa) &&
  equal(a.powerW ?? NO_CURRENT, b.powerW ?? NO_CURRENT) &&
  equal(a.voltageMv ?? NO_CURRENT, b.voltageMv ?? NO_CURRENT);
const equal = (a: PerPhase, b: PerPhase): boolean => a.every((x, i) => x === b[i]);

/** A reading of charge that is off by no more than this is rounding. */
const CHARGE_PERMILLE_FREE = 20;
/** What a battery may gain or lose by its nameplate in a time, twice over. */
const CHARGE_TIMES = 2;
/** So long must a battery tell what is possible before it is believed again. */
const CHARGE_PROBATION_MS = 60_000;

/** So much goes in or out, and what it tells did not move by a step: it stands still. */
const STILL_PERMILLE = 100;
const CHARGE_STEP_PERMILLE = 10;
/** Less than this part of its power is its own use, which moves no charge. */
const OWN_USE_PART = 0.05;
/** One that stood still is tried again after this: only power shows whether it moves again. */
const STILL_MS = 3_600_000;

export type ChargeDoubt = "no-number" | "jumps" | "stands-still";

/** One battery's state of charge: refused while it jumps by more than its power can move, or stands still while power moves it (AT-M10). */
export class ChargeTrust {
  private readonly battery: Battery;
  private readonly mostW: number;
  private last: { readonly atMs: number; readonly permille: number } | undefined;
  /** What has moved since the charge told did. */
  private still = { permille: Number.NaN, movedWms: 0 };
  private doubt: { readonly why: ChargeDoubt; readonly untilMs: number } | undefined;

  constructor(battery: Battery) {
    this.battery = battery;
    this.mostW = Math.max(battery.chargeWMax, battery.dischargeWMax);
  }

  judge(permille: number, feedW: number, nowMs: number): "trusted" | ChargeDoubt {
    if (!Number.isFinite(permille) || permille < 0 || permille > 1000) return "no-number";
    const { last } = this;
    const spanMs = last === undefined ? Number.POSITIVE_INFINITY : nowMs - last.atMs;
    const possible = CHARGE_PERMILLE_FREE + this.permilleOf(CHARGE_TIMES * this.mostW * spanMs);
    if (last !== undefined && Math.abs(permille - last.permille) > possible)
      this.doubt = { why: "jumps", untilMs: nowMs + CHARGE_PROBATION_MS };
    else if (this.standsStill(permille, feedW, spanMs))
      this.doubt = { why: "stands-still", untilMs: nowMs + STILL_MS };
    this.last = { atMs: nowMs, permille };
    if (nowMs >= (this.doubt?.untilMs ?? nowMs)) this.doubt = undefined;
    return this.doubt?.why ?? "trusted";
  }

  /** Full, or empty, is told for a while although power flows on: there nobody can tell. */
  private standsStill(permille: number, feedW: number, spanMs: number): boolean {
    const { fullPermille, reservePermille } = this.battery;
    const ends = feedW > 0 ? permille <= reservePermille : permille >= fullPermille;
    const w = Math.abs(feedW);
    const moves = w >= OWN_USE_PART * this.mostW && w <= NAMEPLATE_TIMES * this.mostW && !ends;
    const movedWms = moves ? feedW * Math.min(spanMs, READING_STALE_MS) : 0;
    const before = this.still;
    this.still =
      Math.abs(permille - before.permille) < CHARGE_STEP_PERMILLE
        ? { permille: before.permille, movedWms: before.movedWms + movedWms }
        : { permille, movedWms: 0 };
    if (Math.abs(this.permilleOf(this.still.movedWms)) <= STILL_PERMILLE) return false;
    this.still = { permille, movedWms: 0 };
    return true;
  }

  private permilleOf(wms: number): number {
    return (wms * 1000) / (this.battery.capacityWh * 3_600_000);
  }
}

/**
 * What an outlet's terminals tell, mA: not so where it is no number, below zero where nothing may be given back, or more than an outlet of
 * this rating can pass without melting.
 */
export const isDraw = (terminalsMa: readonly number[], { ratedMa, dischargeMaMax = 0 }: Outlet): boolean =>
  terminalsMa.length > 0 &&
  terminalsMa.length <= 3 &&
  terminalsMa.every((ma) => Number.isFinite(ma) && ma >= -2 * dischargeMaMax && ma <= 2 * ratedMa);

/** More is drawn, or given, than is allowed: by more than a meter may be wrong. */
export const isMore = (ma: number, allowedMa: number): boolean =>
  ma - allowedMa > OBEYS_WITHIN_MA + (allowedMa * OBEYS_WITHIN_PERMILLE) / 1000;
