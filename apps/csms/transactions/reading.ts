/**
 * What a message says about energy and power, out of the sampled values of either version.
 *
 * Taken: `Energy.Active.Import.Register` (the measurand where none is named: 1.6 §7.43, 2.0.1 §2.46) in Wh,
 * `Power.Active.Import` in W, `SoC` in percent; of the whole station's outlet, not of one phase. Signed values are
 * kept raw, as evidence. Everything else is left to the message log. A value that is no number is dropped, never
 * read as zero (QUIRKS 7).
 */
import type { Json } from "@wattward/kernel";
import { believable, type Reception } from "../core/timestamp.ts";

/** One sampled value of either version. */
export type Sampled = {
  readonly value: string | number;
  readonly context?: string | undefined;
  readonly measurand?: string | undefined;
  readonly phase?: string | undefined;
  readonly location?: string | undefined;
  /** 1.6: `SignedData` is opaque text in `value`. */
  readonly format?: string | undefined;
  readonly unit?: string | undefined;
  /** 2.0.1: the value times ten to this. */
  readonly multiplier?: number | undefined;
  /** 2.0.1: the whole signedMeterValue object. */
  readonly signed?: Json | undefined;
};
export type SampledAt = { readonly timestamp: string; readonly sampledValue: readonly Sampled[] };

export type Sample = {
  readonly atMs: number;
  readonly meterWh: number | null;
  readonly powerW: number | null;
  readonly socPercent: number | null;
};

export type Reading = {
  /** In order of time. */
  readonly samples: readonly Sample[];
  /** Register with context Transaction.Begin, Transaction.End, and the last of any context. */
  readonly beginWh: number | null;
  readonly endWh: number | null;
  readonly lastWh: number | null;
  readonly powerW: number | null;
  readonly powerAtMs: number | null;
  readonly signed: readonly Json[];
  /** A time in it was not believable. */
  readonly doubted: boolean;
};

/** Beyond this a register is noise: a thousand terawatt-hours. Differences of two are still exact. */
const REGISTER_WH_MAX = 1e15;
/** Beyond this a power is noise: a gigawatt. Sums over every station and sample are still exact. */
const POWER_W_MAX = 1e9;
const ENERGY = "Energy.Active.Import.Register";
const POWER = "Power.Active.Import";
/** What one of the unit is in Wh or W. A unit that is not here is not guessed at: its value is dropped. */
const units: Readonly<Record<string, ReadonlyMap<string, number>>> = {
  [ENERGY]: new Map([
    ["wh", 1],
    ["kwh", 1_000],
  ]),
  [POWER]: new Map([
    ["w", 1],
    ["kw", 1_000],
  ]),
};

export function readMeter(values: readonly SampledAt[], reception: Reception): Reading {
  const signed: Json[] = [];
  let doubted = false;
  let beginWh: number | null = null;
  let endWh: number | null = null;
  const samples: Sample[] = [];
  for (const { timestamp, sampledValue } of values) {
    const time = believable(timestamp, reception);
    doubted ||= time.doubted;
    let meterWh: number | null = null;
    let powerW: number | null = null;
    let socPercent: number | null = null;
    const atOutlet = new Set(sampledValue.filter((one) => placeOf(one) === "Outlet").map(measurandOf));
    for (const sampled of sampledValue) {
      const raw = signedOf(sampled);
      if (raw !== undefined) signed.push(raw);
      const measurand = measurandOf(sampled);
      if (measurand !== "SoC" && !counts(sampled, atOutlet)) continue;
      const value = numberOf(sampled);
      if (value === undefined) continue;
      if (measurand === ENERGY) {
        const wh = whole(value, REGISTER_WH_MAX);
        if (wh === undefined) continue;
        meterWh = wh;
        if (sampled.context === "Transaction.Begin") beginWh ??= wh;
        if (sampled.context === "Transaction.End") endWh = wh;
      } else if (measurand === POWER) {
        powerW = whole(value, POWER_W_MAX) ?? powerW;
      } else if (measurand === "SoC") {
        socPercent = value >= 0 && value <= 100 ? Math.round(value) : socPercent;
      }
    }
    if (meterWh !== null || powerW !== null || socPercent !== null) {
      samples.push({ atMs: time.atMs, meterWh, powerW, socPercent });
    }
  }
  samples.sort((a, b) => a.atMs - b.atMs);
  const power = samples.findLast((sample) => sample.powerW !== null);
  return {
    samples,
    beginWh,
    endWh,
    lastWh: samples.findLast((sample) => sample.meterWh !== null)?.meterWh ?? null,
    powerW: power?.powerW ?? null,
    powerAtMs: power?.atMs ?? null,
    signed,
    doubted,
  };
}

const measurandOf = ({ measurand }: Sampled): string => measurand ?? ENERGY;

/** Where the whole of it was measured; undefined for one phase. */
const placeOf = ({ phase, location }: Sampled): string | undefined =>
  phase === undefined ? (location ?? "Outlet") : undefined;

/** The inlet counts only where nothing is said of the outlet: its register includes the station's own losses. */
function counts(sampled: Sampled, atOutlet: ReadonlySet<string>): boolean {
  const place = placeOf(sampled);
  return place === "Outlet" || (place === "Inlet" && !atOutlet.has(measurandOf(sampled)));
}

/** In Wh, W or percent. */
function numberOf(sampled: Sampled): number | undefined {
  const { value, format, unit, multiplier = 0 } = sampled;
  if (format === "SignedData") return undefined;
  if (typeof value === "string" && value.trim() === "") return undefined;
  const known = units[measurandOf(sampled)];
  const factor = known === undefined || unit === undefined ? 1 : known.get(unit.toLowerCase());
  if (factor === undefined) return undefined;
  const number = Number(value) * 10 ** multiplier * factor;
  return Number.isFinite(number) ? number : undefined;
}

const whole = (value: number, most: number): number | undefined =>
  Math.abs(value) <= most ? Math.round(value) : undefined;

const signedOf = ({ value, format, signed }: Sampled): Json | undefined =>
  format === "SignedData" ? value : signed;

/** The reading of a 1.6 start or stop, whose register is a field of the message, in Wh (§6.45, §6.49). */
export function wholeReading(
  time: { readonly atMs: number; readonly doubted: boolean },
  register: { readonly beginWh: number } | { readonly endWh: number },
  sampled: Reading = nothingRead,
): Reading {
  const meterWh = "beginWh" in register ? register.beginWh : register.endWh;
  return {
    ...sampled,
    samples: [...sampled.samples, { atMs: time.atMs, meterWh, powerW: null, socPercent: null }],
    beginWh: "beginWh" in register ? register.beginWh : sampled.beginWh,
    endWh: "endWh" in register ? register.endWh : sampled.endWh,
    lastWh: meterWh,
    doubted: sampled.doubted || time.doubted,
  };
}

const nothingRead: Reading = {
  samples: [],
  beginWh: null,
  endWh: null,
  lastWh: null,
  powerW: null,
  powerAtMs: null,
  signed: [],
  doubted: false,
};
