/**
 * A solar inverter as SunSpec: 1, 103, 120, 121, 123 (limited by 123), or 1, 701, 704 (limited by 704). The limit is WMaxLimPct, per
 * cent of the greatest power, with a revert timer; the connection (Conn) is there too, because attackers write it.
 */
import { exceptions } from "@wattward/modbus";
import type { PointValue } from "@wattward/modbus/sunspec";
import type { Solar } from "../plant/solar.ts";
import type { DeviceConduct } from "./conduct.ts";
import {
  control715,
  type Feeding,
  freezing,
  keepKnown,
  measured103,
  measured701,
  nameplate120,
  settings121,
} from "./inverter-models.ts";
import { Setpoint } from "./setpoint.ts";
import { commonPart, type ModelPart, SunspecDevice } from "./sunspec-device.ts";

export type SolarDeviceOptions = {
  readonly solar: Solar;
  readonly conduct: DeviceConduct;
  readonly id: string;
  readonly unit: number;
  readonly voltageV: number;
  readonly phases: number;
  readonly steering: "124" | "704";
  nowMs(): number;
};

const SECOND_MS = 1000;
const CABINET_C = 35;

export class SolarDevice extends SunspecDevice {
  private readonly limit: Setpoint<number>;
  private readonly options: SolarDeviceOptions;

  constructor(options: SolarDeviceOptions) {
    const { conduct, id, nowMs, solar, steering, unit, voltageV } = options;
    const limit = new Setpoint(() => 1, conduct);
    const { peakW } = solar.facts;
    const now = (): Feeding => ({
      ...{ feedW: solar.feedW, phases: options.phases, voltageV, ratedW: peakW },
      ...{ temperatureC: CABINET_C, tripped: solar.tripped, totalWh: solar.outWh },
    });
    const about = commonPart({ model: "Simulated PV", serial: id, unit });
    const controls = limitPart(steering, options, limit);
    super(
      steering === "124"
        ? [
            ...[about, freezing(measured103(now), conduct), nameplate120({ storage: false, ratedW: peakW })],
            ...[settings121(peakW, voltageV), controls],
          ]
        : [about, freezing(measured701(now), conduct), controls, control715(nowMs)],
    );
    this.limit = limit;
    this.options = options;
  }

  /** Hands the limit in force on to physics; to be called before each step. */
  steer(): void {
    const { nowMs, solar } = this.options;
    solar.limit = this.limit.at(nowMs());
  }

  restart(): void {
    this.limit.reset();
  }
}

type Words = { readonly percent: string; readonly enabled: string; readonly seconds: string };

/** The same limit in the words of 123 or of 704. */
function limitPart(
  steering: SolarDeviceOptions["steering"],
  { nowMs, solar }: SolarDeviceOptions,
  limit: Setpoint<number>,
): ModelPart {
  const old = steering === "124";
  const words: Words = old
    ? { percent: "WMaxLimPct", enabled: "WMaxLim_Ena", seconds: "WMaxLimPct_RvrtTms" }
    : { percent: "WMaxLimPct", enabled: "WMaxLimPctEna", seconds: "WMaxLimPctRvrtTms" };
  const kept = new Map<string, PointValue>([
    [words.percent, 100],
    [words.enabled, 0],
    [words.seconds, 0],
    [old ? "Conn" : "AntiIslEna", 1],
  ]);
  const scales = old
    ? { WMaxLimPct_SF: -1, OutPFSet_SF: -2, VArPct_SF: -1 }
    : { WMaxLimPct_SF: -1, PF_SF: -2, WSet_SF: 0, WSetPct_SF: -1, VarSet_SF: 0, VarSetPct_SF: -1 };
  const of = (path: string) => Number(kept.get(path));
  return {
    id: old ? 123 : 704,
    values: () => {
      if (of(words.enabled) !== 0 && !limit.holds(nowMs())) kept.set(words.enabled, 0);
      return { ...Object.fromEntries(kept), ...scales };
    },
    write: (values) => {
      const percent = Number(values.get(words.percent) ?? of(words.percent));
      if (percent > 100) return exceptions.illegalDataValue;
      const done = keepKnown(kept, values);
      if (done !== "done") return done;
      if (old && values.has("Conn")) solar.trip(of("Conn") === 0);
      limit.set(of(words.enabled) === 0 ? 1 : percent / 100, of(words.seconds) * SECOND_MS, nowMs());
      return "done";
    },
  };
}
