/** The models that a battery's and a solar inverter have alike: what flows at their terminals, ratings, controls, life signs. */
import type { PointValue } from "@wattward/modbus/sunspec";
import type { DeviceConduct } from "./conduct.ts";
import type { ModelPart, Values } from "./sunspec-device.ts";

/** What an inverter does now. */
export type Feeding = {
  /** Discharging or producing positive; W. */
  readonly feedW: number;
  readonly phases: number;
  readonly voltageV: number;
  readonly ratedW: number;
  readonly temperatureC: number;
  readonly tripped: boolean;
  readonly totalWh: number;
  /** What came back, of a battery. */
  readonly absorbedWh?: number;
};

/** Model 103's states (St). */
const STANDBY = 8;
const MPPT = 4;
const FAULT = 7;
/** Model 701's (InvSt): off, sleeping, starting, running, throttled, shutting down, fault, standby. */
const RUNNING_701 = 3;
const FAULT_701 = 6;
const STANDBY_701 = 7;
const HZ = 50;

/** Watts in an int16: tens of them above 32 kW. */
export const wattsScale = (mostW: number): number => (mostW > 32_000 ? 1 : 0);
/** Amperes in an int16 or uint16: hundredths, or tenths above 300 A. */
export const ampsScale = (mostA: number): number => (mostA > 300 ? -1 : -2);

const whole = (value: number): number => Math.round(value);

export function measured103(now: () => Feeding): ModelPart {
  return {
    id: 103,
    values: () => {
      const { feedW, phases, ratedW, temperatureC, totalWh, tripped, voltageV } = now();
      const each = Math.abs(feedW) / (phases * voltageV);
      const amps = (i: number) => (i < phases ? each : 0);
      const A_SF = ampsScale(ratedW / voltageV);
      const W_SF = wattsScale(ratedW);
      const active = tripped ? FAULT : Math.abs(feedW) < 1 ? STANDBY : MPPT;
      return {
        ...{ A: each * phases, AphA: amps(0), AphB: amps(1), AphC: amps(2), A_SF },
        ...{ PhVphA: voltageV, PhVphB: voltageV, PhVphC: voltageV, V_SF: -1 },
        ...{ W: feedW, W_SF, VA: Math.abs(feedW), VA_SF: W_SF, VAr: 0, VAr_SF: W_SF },
        ...{ Hz: HZ, Hz_SF: -2, WH: whole(totalWh), WH_SF: 0, TmpCab: temperatureC, Tmp_SF: -1 },
        ...{ St: active, Evt1: tripped ? 1 : 0, Evt2: 0 },
      };
    },
  };
}

export function measured701(now: () => Feeding): ModelPart {
  return {
    id: 701,
    values: () => {
      const { absorbedWh = 0, feedW, phases, ratedW, temperatureC, totalWh, tripped, voltageV } = now();
      const W_SF = wattsScale(ratedW);
      const A_SF = ampsScale(ratedW / voltageV);
      const line = (n: 1 | 2 | 3): Values => {
        const w = n <= phases ? feedW / phases : 0;
        return { [`WL${n}`]: w, [`AL${n}`]: w / voltageV, [`VL${n}`]: voltageV };
      };
      const invSt = tripped ? FAULT_701 : Math.abs(feedW) < 1 ? STANDBY_701 : RUNNING_701;
      return {
        ...{ ACType: 2, St: tripped ? 0 : 1, InvSt: invSt, ConnSt: tripped ? 0 : 1, Alrm: 0, DERMode: 1 },
        ...{ W: feedW, VA: Math.abs(feedW), Var: 0, A: feedW / voltageV, LNV: voltageV, Hz: HZ },
        ...{ TotWhInj: whole(totalWh), TotWhAbs: whole(absorbedWh), TmpCab: temperatureC },
        ...{ ...line(1), ...line(2), ...line(3) },
        ...{ A_SF, V_SF: -1, Hz_SF: -2, W_SF, PF_SF: -2, VA_SF: W_SF, Var_SF: W_SF, TotWh_SF: 0, Tmp_SF: -1 },
        TotVarh_SF: 0,
      };
    },
  };
}

/** The same part; while its device's figures are frozen it tells what it told last before. */
export function freezing(part: ModelPart, conduct: Pick<DeviceConduct, "frozen">): ModelPart {
  let told = part.values();
  return {
    ...part,
    values: () => {
      if (!conduct.frozen) told = part.values();
      return told;
    },
  };
}

export function nameplate120(facts: {
  readonly storage: boolean;
  readonly ratedW: number;
  readonly capacityWh?: number;
  readonly chargeWMax?: number;
  readonly dischargeWMax?: number;
}): ModelPart {
  const W_SF = wattsScale(facts.ratedW);
  const { capacityWh, chargeWMax, dischargeWMax, ratedW, storage } = facts;
  return {
    id: 120,
    values: () => ({
      ...{ DERTyp: storage ? 82 : 4, WRtg: ratedW, WRtg_SF: W_SF, VARtg: ratedW, VARtg_SF: W_SF },
      ...(capacityWh !== undefined && { WHRtg: capacityWh, WHRtg_SF: 2 }),
      ...(chargeWMax !== undefined && { MaxChaRte: chargeWMax, MaxChaRte_SF: W_SF }),
      ...(dischargeWMax !== undefined && { MaxDisChaRte: dischargeWMax, MaxDisChaRte_SF: W_SF }),
    }),
  };
}

/** Settings that a person made once; they take what is written, as real ones do. */
export function settings121(ratedW: number, voltageV: number): ModelPart {
  const W_SF = wattsScale(ratedW);
  const kept = new Map<string, PointValue>([
    ["WMax", ratedW],
    ["VRef", voltageV],
    ["VAMax", ratedW],
    ["ECPNomHz", HZ],
    ["ConnPh", 3],
  ]);
  return {
    id: 121,
    values: () => ({
      ...Object.fromEntries(kept),
      ...{ WMax_SF: W_SF, VRef_SF: -1, VAMax_SF: W_SF, ECPNomHz_SF: -2 },
    }),
    write: (values) => keepKnown(kept, values),
  };
}

/** Nobody's hand but a controller's: who commands, and both sides' signs of life. */
export function control715(nowMs: () => number): ModelPart {
  const kept = new Map<string, PointValue>([
    ["ControllerHb", 0],
    ["AlarmReset", 0],
    ["OpCtl", 1],
  ]);
  return {
    id: 715,
    values: () => ({
      LocRemCtl: 0,
      DERHb: Math.floor(nowMs() / 1000) % 0x7fff_ffff,
      ...Object.fromEntries(kept),
    }),
    write: (values) => keepKnown(kept, values),
  };
}

/** Takes what it has; anything else is no point of this device. */
export function keepKnown(
  kept: Map<string, PointValue>,
  values: ReadonlyMap<string, PointValue>,
): "done" | number {
  for (const path of values.keys()) if (!kept.has(path)) return 2;
  for (const [path, value] of values) kept.set(path, value);
  return "done";
}
