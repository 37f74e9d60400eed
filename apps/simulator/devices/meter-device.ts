/**
 * A meter as SunSpec: 1 and 203 (integers) or 213 (floating point). Import positive. What is no number is told as "not implemented",
 * which is what a broken transducer's NaN is on this wire.
 */
import type { PointValue } from "@wattward/modbus/sunspec";
import type { Meter, Shown } from "../plant/meter.ts";
import type { Currents } from "../plant/phases.ts";
import { ampsScale } from "./inverter-models.ts";
import { commonPart, type ModelPart, SunspecDevice, type Values } from "./sunspec-device.ts";

export type MeterDeviceOptions = {
  readonly meter: Meter;
  readonly id: string;
  readonly unit: number;
  readonly layout: "203" | "213";
  readonly ratedMa: number;
  nowMs(): number;
};

const HZ = 50;
const perPhase = {
  A: ["AphA", "AphB", "AphC"],
  W: ["WphA", "WphB", "WphC"],
  PhV: ["PhVphA", "PhVphB", "PhVphC"],
} as const;

export class MeterDevice extends SunspecDevice {
  constructor({ id, layout, meter, nowMs, ratedMa, unit }: MeterDeviceOptions) {
    const show = () => meter.show(nowMs());
    const part = layout === "213" ? floats(show) : integers(show, ratedMa);
    super([commonPart({ model: "Simulated meter", serial: id, unit }), part]);
  }
}

const sum = ([a, b, c]: Currents): number => a + b + c;
const amps = ([a, b, c]: Currents): Currents => [a / 1000, b / 1000, c / 1000];

function points(shown: Shown | undefined): Values {
  if (shown === undefined) return {};
  const values: Record<string, PointValue> = {};
  const tell = (name: string, value: number) => {
    if (Number.isFinite(value)) values[name] = value;
  };
  const tellAll = (name: keyof typeof perPhase, each: Currents, total: number) => {
    tell(name, total);
    for (let i = 0; i < 3; i++) tell(perPhase[name][i]!, each[i]!);
  };
  const current = amps(shown.currentMa);
  tellAll("A", current, sum(current));
  tellAll("W", shown.powerW, sum(shown.powerW));
  tellAll("PhV", shown.voltageV, sum(shown.voltageV) / 3);
  tell("Hz", HZ);
  tell("TotWhImp", Math.round(shown.importWh));
  tell("TotWhExp", Math.round(shown.exportWh));
  return values;
}

const floats = (show: () => Shown | undefined): ModelPart => ({
  id: 213,
  values: () => ({ ...points(show()), Evt: 0 }),
});

function integers(show: () => Shown | undefined, ratedMa: number): ModelPart {
  // Three times the rating still fits: a short overload is to be seen, not to wrap.
  const ratedA = (3 * ratedMa) / 1000;
  const A_SF = ampsScale(3 * ratedA);
  const W_SF = ratedA * 230 * 3 > 32_000 ? 1 : 0;
  return {
    id: 203,
    values: () => ({
      ...points(show()),
      ...{ A_SF, V_SF: -1, Hz_SF: -2, W_SF, VA_SF: W_SF, VAR_SF: W_SF, PF_SF: -2 },
      ...{ TotWh_SF: 0, TotVAh_SF: 0, TotVArh_SF: 0, Evt: 0 },
    }),
  };
}
