/**
 * A meter as SunSpec models 201 to 204 (integers) or 211 to 214 (floating point). Its phases A, B, C are the site's L1, L2, L3; import is
 * positive. A phase that it does not tell is no number where anything is wired to it below the meter's fuse, so that the control loop
 * refuses the reading, and nothing where nothing is.
 */
import type { PerPhase, RawReading } from "@wattward/energy";
import { numberAt, type Seen, type SunSpecUnit } from "./sunspec-unit.ts";
import type { Trouble } from "./trouble.ts";

const METERS = [203, 213, 204, 214, 202, 212, 201, 211] as const;
const PHASES = ["A", "B", "C"] as const;

export type MeterSettings = {
  /** Whether anything hangs on L1, L2, L3 below the meter. */
  readonly wired: readonly boolean[];
  /** It was installed the wrong way round. */
  readonly inverted?: boolean;
  /** Called with each reading, at once. */
  told?(reading: RawReading): void;
};

export class MeterDriver {
  reading: RawReading | undefined;
  private readonly unit: SunSpecUnit;
  private readonly wired: readonly boolean[];
  private readonly inverted: boolean;
  private readonly told: (reading: RawReading) => void;

  constructor(unit: SunSpecUnit, { wired, inverted = false, told = () => {} }: MeterSettings) {
    this.unit = unit;
    this.wired = wired;
    this.inverted = inverted;
    this.told = told;
  }

  async poll(): Promise<Trouble | undefined> {
    const models = await this.unit.models();
    if (!models.ok) return models.fault;
    const found = this.unit.first(...METERS);
    if (found === undefined)
      return this.unit.lacks("it has no meter model of SunSpec (201 to 204, 211 to 214)");
    // Currents, voltages and powers stand at the beginning of each of them; their events, at the end, would cost a second request.
    const seen = await this.unit.readStart(found);
    if (!seen.ok) return seen.fault;
    const reading = meterReading(seen.value, this.wired);
    this.reading = this.inverted ? turned(reading) : reading;
    this.told(this.reading);
    return undefined;
  }
}

/** What a meter's model says, not yet judged. */
export function meterReading(seen: Seen, wired: readonly boolean[]): RawReading {
  const perPhase = (name: (phase: string) => string): PerPhase => {
    const of = (i: number) => numberAt(seen, name(PHASES[i]!)) ?? (wired[i] === true ? Number.NaN : 0);
    return [of(0), of(1), of(2)];
  };
  const voltageV = perPhase((phase) => `PhVph${phase}`);
  const powerW = perPhase((phase) => `Wph${phase}`);
  const currentA = perPhase((phase) => `Aph${phase}`);
  const has = (values: PerPhase) => values.every(Number.isFinite);
  const milli = ([a, b, c]: PerPhase): PerPhase => [a * 1000, b * 1000, c * 1000];
  return {
    atMs: seen.atMs,
    currentMa: milli(currentA),
    ...(has(powerW) && PHASES.some((phase) => tells(seen, `Wph${phase}`)) && { powerW }),
    // On a phase where nothing is wired a volt meter shows nothing: not worth a doubt of the others.
    ...(has(voltageV) && voltageV.every((v) => v > 0) && { voltageMv: milli(voltageV) }),
  };
}

/** What a meter the right way round would have said. */
export function turned(reading: RawReading): RawReading {
  const minus = ([a, b, c]: PerPhase): PerPhase => [0 - a, 0 - b, 0 - c];
  const { currentMa, powerW } = reading;
  return {
    ...reading,
    currentMa: minus(currentMa),
    ...(powerW !== undefined && { powerW: minus(powerW) }),
  };
}

const tells = (seen: Seen, path: string): boolean => seen.reading.value(path) !== undefined;
