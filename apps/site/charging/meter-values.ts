/**
 * Meter values of a station (1.6 §7.33; 2.x MeterValueType) as what flows at an outlet's terminals. Best first: currents per phase; power over
 * the voltage; for the rest, steps of the energy register (session.ts). What is not there is absent, never 0. A current is a size here, but
 * at an outlet where cars may give back (V2X): what they give is below nothing.
 */
import { type Fields, fieldsOf, listIn, numberIn, objectIn, textIn, timeIn } from "./fields.ts";

/** Of the outlet: how many terminals, and the nominal voltage between one and neutral. */
export type Terminals = {
  readonly count: number;
  readonly voltageV: number;
  /** Phases that the car was told to use (2.x `numberOfPhasesUsed`). */
  readonly usedCount?: number | undefined;
  /** A car may give back there. */
  readonly givesBack?: boolean;
};

export type MeterReading = {
  /** By the station's clock. */
  readonly atStationMs: number | undefined;
  readonly terminalsMa: readonly number[] | undefined;
  readonly registerWh: number | undefined;
  /** Given back, by the register that counts it. */
  readonly exportWh: number | undefined;
};

/** Power and currents of one station agree within this. */
const TOLD_WITHIN_MA = 2_000;

type Way = "Import" | "Export";
type Sample = {
  readonly measurand: string;
  readonly phase: number | undefined;
  /** In A, W, V or Wh. */
  readonly value: number;
};

export function readMeterValues(meterValue: unknown, terminals: Terminals): MeterReading[] {
  const values = Array.isArray(meterValue) ? meterValue : [];
  return values.map(fieldsOf).map((value) => {
    const samples = listIn(value, "sampledValue").flatMap(sampleOf);
    return {
      atStationMs: timeIn(value, "timestamp"),
      terminalsMa: netOf(samples, terminals),
      registerWh: wholeOf(samples, "Energy.Active.Import.Register"),
      exportWh: wholeOf(samples, "Energy.Active.Export.Register"),
    };
  });
}

/** What is drawn less what is given back; a station that tells only of the one has nothing of the other. */
function netOf(samples: readonly Sample[], terminals: Terminals): readonly number[] | undefined {
  const flow = (way: Way) => {
    const power = fromPower(samples, terminals, way);
    return currents(samples, terminals, way, power) ?? power;
  };
  const drawn = flow("Import");
  const given = terminals.givesBack === true ? flow("Export") : undefined;
  if (given === undefined) return drawn;
  return given.map((ma, i) => (drawn?.[i] ?? 0) - ma);
}

/** Watts over the terminals that are in use, each the same. */
export function spread(powerW: number, { count, voltageV, usedCount }: Terminals): number[] {
  const used = usedCount === undefined ? count : Math.max(1, Math.min(count, usedCount));
  const ma = Math.abs(powerW / (used * voltageV)) * 1_000;
  return Array.from({ length: count }, (_, i) => (i < used ? ma : 0));
}

/** A phase that a station leaves out carries nothing, unless the power that it tells beside says that more flows than the others carry. */
function currents(
  samples: readonly Sample[],
  { count }: Terminals,
  way: Way,
  power: readonly number[] | undefined,
): number[] | undefined {
  const found = samples.filter(({ measurand }) => measurand === `Current.${way}`);
  if (found.length === 0) return undefined;
  const whole = found.find(({ phase }) => phase === undefined);
  const told = Array.from({ length: count }, (_, i) => {
    const own = found.find(({ phase }) => phase === i) ?? whole;
    return own === undefined ? undefined : Math.abs(own.value) * 1_000;
  });
  const untold = told.filter((ma) => ma === undefined).length;
  const restMa = total(power ?? []) - total(told.map((ma = 0) => ma));
  const eachMa = restMa > TOLD_WITHIN_MA ? restMa / untold : 0;
  return told.map((ma) => ma ?? eachMa);
}

const total = (ma: readonly number[]): number => ma.reduce((sum, each) => sum + each, 0);

function fromPower(samples: readonly Sample[], terminals: Terminals, way: Way): number[] | undefined {
  const found = samples.filter(({ measurand }) => measurand === `Power.Active.${way}`);
  const voltageOf = (phase: number) =>
    samples.find((each) => each.measurand === "Voltage" && (each.phase === phase || each.phase === undefined))
      ?.value;
  const phased = found.filter(({ phase }) => phase !== undefined);
  if (phased.length > 0)
    return Array.from({ length: terminals.count }, (_, i) => {
      const powerW = phased.find(({ phase }) => phase === i)?.value ?? 0;
      return Math.abs(powerW / plausibleV(voltageOf(i), terminals)) * 1_000;
    });
  const whole = found.find(({ phase }) => phase === undefined);
  if (whole === undefined) return undefined;
  return spread(whole.value, { ...terminals, voltageV: plausibleV(voltageOf(0), terminals) });
}

/** A voltage between phases, or a dead reading, is not what a current is reckoned with. */
const plausibleV = (voltageV: number | undefined, nominal: Terminals): number =>
  voltageV !== undefined && Math.abs(voltageV / nominal.voltageV - 1) <= 0.2 ? voltageV : nominal.voltageV;

function wholeOf(samples: readonly Sample[], measurand: string): number | undefined {
  const found = samples.filter((sample) => sample.measurand === measurand);
  const whole = found.find(({ phase }) => phase === undefined);
  if (whole !== undefined) return whole.value;
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}

/** What is absent has the default of the specification: the energy register, in Wh. */
function sampleOf(value: unknown): Sample[] {
  const fields = fieldsOf(value);
  const number = numberIn(fields, "value");
  const phase = phaseOf(fields);
  if (number === undefined || phase === "other" || textIn(fields, "format") === "SignedData") return [];
  const unit = objectIn(fields, "unitOfMeasure");
  const name = textIn(unit, "unit") ?? textIn(fields, "unit") ?? "";
  const scale = (name.startsWith("k") ? 1_000 : 1) * 10 ** (numberIn(unit, "multiplier") ?? 0);
  const measurand = textIn(fields, "measurand") ?? "Energy.Active.Import.Register";
  const scaled = number * scale;
  // A multiplier is any whole number: what it makes infinite, or no number, was not measured.
  return Number.isFinite(scaled) ? [{ measurand, phase, value: scaled }] : [];
}

/** "L1", "L1-N", "L2-N" …; what flows in the neutral, or lies between two phases, belongs to none. */
function phaseOf(fields: Fields): number | undefined | "other" {
  const name = textIn(fields, "phase");
  if (name === undefined) return undefined;
  const match = /^L([123])(-N)?$/.exec(name);
  return match === null ? "other" : Number(match[1]) - 1;
}
