/**
 * A battery storage as SunSpec: 1, 103, 120, 121, 124, 802, 803, 715 (steered by 124), or 1, 701, 704, 713, 802, 715 (steered by 704).
 *
 * 124: StorCtl_Mod says which of two limits hold, InWRte and OutWRte are per cent of the greatest charging and discharging power. A
 * negative one turns its limit into a demand: OutWRte −40 means that it charges with at least 40 %. So both with one another fix the
 * power. Without a limit it does nothing by itself. 704: WSet, watts, discharge positive, while WSetEna.
 */
import { exceptions } from "@wattward/modbus";
import type { PointValue } from "@wattward/modbus/sunspec";
import type { Battery, FeedRange } from "../plant/battery.ts";
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
  wattsScale,
} from "./inverter-models.ts";
import { Setpoint } from "./setpoint.ts";
import { commonPart, type ModelPart, SunspecDevice } from "./sunspec-device.ts";

export type BatteryDeviceOptions = {
  readonly battery: Battery;
  readonly conduct: DeviceConduct;
  readonly id: string;
  readonly unit: number;
  readonly voltageV: number;
  readonly phases: number;
  readonly steering: "124" | "704";
  /** What it feeds once a setpoint has fallen back; W, discharge positive. */
  readonly revertsToW: number;
  nowMs(): number;
};

const CHARGE_LIMIT = 1;
const DISCHARGE_LIMIT = 2;
const PERCENT_MAX = 100;
const SECOND_MS = 1000;

export class BatteryDevice extends SunspecDevice {
  private readonly command: Setpoint<FeedRange>;
  private readonly options: BatteryDeviceOptions;

  constructor(options: BatteryDeviceOptions) {
    const { battery, conduct, id, revertsToW, steering, unit, voltageV } = options;
    const { nowMs } = options;
    const fallback = (): FeedRange => ({ leastW: revertsToW, mostW: revertsToW });
    const command = new Setpoint(fallback, conduct);
    const { capacityWh, chargeWMax, dischargeWMax } = battery.facts;
    const ratedW = Math.max(chargeWMax, dischargeWMax);
    const now = (): Feeding => ({
      ...{ feedW: battery.feedW, phases: options.phases, voltageV, ratedW },
      ...{ temperatureC: battery.temperatureC, tripped: battery.tripped },
      ...{ totalWh: battery.outWh, absorbedWh: battery.inWh },
    });
    const about = commonPart({ model: "Simulated BESS", serial: id, unit });
    const named = { storage: true, ratedW, capacityWh, chargeWMax, dischargeWMax };
    super(
      steering === "124"
        ? [
            ...[
              about,
              freezing(measured103(now), conduct),
              nameplate120(named),
              settings121(ratedW, voltageV),
            ],
            ...[storage124(options, command), battery802(options), bank803(options), control715(nowMs)],
          ]
        : [
            ...[
              about,
              freezing(measured701(now), conduct),
              controls704(options, command),
              capacity713(options),
            ],
            ...[battery802(options), control715(nowMs)],
          ],
    );
    this.command = command;
    this.options = options;
  }

  /** Hands the setpoint in force on to physics; to be called before each step. */
  steer(): void {
    const { battery, nowMs } = this.options;
    battery.ask(this.command.at(nowMs()), nowMs());
  }

  /** Its computer starts anew: setpoints are gone. */
  restart(): void {
    this.command.reset();
  }
}

function storage124({ battery, nowMs }: BatteryDeviceOptions, command: Setpoint<FeedRange>): ModelPart {
  const { capacityWh, chargeWMax, dischargeWMax } = battery.facts;
  const W_SF = wattsScale(chargeWMax);
  const told = () => battery.toldPermille(nowMs());
  const initial = { mode: 0, inPercent: PERCENT_MAX, outPercent: PERCENT_MAX };
  let { inPercent, mode, outPercent } = initial;
  let revertS = 0;
  let reservePercent = 0;
  const range = (): FeedRange => {
    // No limit, no wish: a battery that is not told does nothing by itself.
    if (mode === 0) return { leastW: 0, mostW: 0 };
    const leastW = (mode & CHARGE_LIMIT) === 0 ? -chargeWMax : (-inPercent * chargeWMax) / PERCENT_MAX;
    const mostW = (mode & DISCHARGE_LIMIT) === 0 ? dischargeWMax : (outPercent * dischargeWMax) / PERCENT_MAX;
    return { leastW, mostW };
  };
  // Registers show what holds: what has fallen back is no longer shown as set.
  const settle = () => {
    if (mode !== 0 && !command.holds(nowMs())) ({ inPercent, mode, outPercent } = initial);
  };
  return {
    id: 124,
    values: () => {
      settle();
      return {
        ...{ WChaMax: chargeWMax, WChaMax_SF: W_SF, WChaGra: 100, WDisChaGra: 100, WChaDisChaGra_SF: 0 },
        ...{ StorCtl_Mod: mode, MinRsvPct: reservePercent, MinRsvPct_SF: -1 },
        ...{ ChaState: told() / 10, ChaState_SF: -1 },
        ...{ StorAval: (told() * capacityWh) / 1000 / 400, StorAval_SF: 0 },
        ...{ InBatV: 400, InBatV_SF: -1, ChaSt: battery.feedW > 1 ? 3 : battery.feedW < -1 ? 4 : 6 },
        ...{ OutWRte: outPercent, InWRte: inPercent, InOutWRte_SF: -2 },
        ...{ InOutWRte_WinTms: 0, InOutWRte_RvrtTms: revertS, InOutWRte_RmpTms: 0, ChaGriSet: 1 },
        VAChaMax_SF: W_SF,
      };
    },
    write: (values) => {
      settle();
      const percent = (path: string, before: number): number => Number(values.get(path) ?? before);
      const asked = { in: percent("InWRte", inPercent), out: percent("OutWRte", outPercent) };
      if (Math.abs(asked.in) > PERCENT_MAX || Math.abs(asked.out) > PERCENT_MAX)
        return exceptions.illegalDataValue;
      const askedMode = Number(values.get("StorCtl_Mod") ?? mode);
      if (askedMode > (CHARGE_LIMIT | DISCHARGE_LIMIT)) return exceptions.illegalDataValue;
      inPercent = asked.in;
      outPercent = asked.out;
      mode = askedMode;
      revertS = Number(values.get("InOutWRte_RvrtTms") ?? revertS);
      reservePercent = Number(values.get("MinRsvPct") ?? reservePercent);
      command.set(range(), revertS * SECOND_MS, nowMs());
      return "done";
    },
  };
}

function controls704({ battery, nowMs }: BatteryDeviceOptions, command: Setpoint<FeedRange>): ModelPart {
  const { chargeWMax, dischargeWMax } = battery.facts;
  const kept = new Map<string, PointValue>([
    ["WSetEna", 0],
    ["WSetMod", 1],
    ["WSet", 0],
    ["WSetRvrt", 0],
    ["WSetEnaRvrt", 0],
    ["WSetRvrtTms", 0],
    ["WMaxLimPctEna", 0],
    ["WMaxLimPct", 100],
    ["WMaxLimPctRvrtTms", 0],
    ["AntiIslEna", 1],
  ]);
  const of = (path: string) => Number(kept.get(path));
  return {
    id: 704,
    values: () => {
      if (of("WSetEna") !== 0 && !command.holds(nowMs())) {
        kept.set("WSetEna", of("WSetEnaRvrt"));
        kept.set("WSet", of("WSetRvrt"));
      }
      const left = Math.ceil(command.leftMs(nowMs()) / SECOND_MS);
      return {
        ...Object.fromEntries(kept),
        ...{ WSetRvrtRem: left, WSet_SF: 0, WMaxLimPct_SF: -1, WSetPct_SF: -1, VarSet_SF: 0 },
        ...{ PF_SF: -2, VarSetPct_SF: -1 },
      };
    },
    write: (values) => {
      const asked = Number(values.get("WSet") ?? of("WSet"));
      if (asked > dischargeWMax || asked < -chargeWMax) return exceptions.illegalDataValue;
      const done = keepKnown(kept, values);
      if (done !== "done") return done;
      const setW = of("WSetEna") === 0 ? 0 : asked;
      command.set({ leastW: setW, mostW: setW }, of("WSetRvrtTms") * SECOND_MS, nowMs());
      return "done";
    },
  };
}

function capacity713({ battery, nowMs }: BatteryDeviceOptions): ModelPart {
  const told = () => battery.toldPermille(nowMs());
  return {
    id: 713,
    values: () => ({
      ...{ WHRtg: battery.facts.capacityWh, WH_SF: 2, SoC: told() / 10, SoH: 98, Pct_SF: -1 },
      WHAvail: (told() * battery.facts.capacityWh) / 1000,
      Sta: 0,
    }),
  };
}

function battery802({ battery, nowMs }: BatteryDeviceOptions): ModelPart {
  const { capacityWh, chargeWMax, dischargeWMax } = battery.facts;
  const W_SF = wattsScale(Math.max(chargeWMax, dischargeWMax));
  const told = () => battery.toldPermille(nowMs());
  const volts = 400;
  const kept = new Map<string, PointValue>([
    ["SocRsvMax", 100],
    ["SoCRsvMin", 0],
    ["CtrlHb", 0],
    ["AlmRst", 0],
    ["SetOp", 1],
    ["SetInvState", 0],
  ]);
  return {
    id: 802,
    values: () => ({
      ...Object.fromEntries(kept),
      ...{ WHRtg: capacityWh, WHRtg_SF: 2, WChaRteMax: chargeWMax, WDisChaRteMax: dischargeWMax },
      ...{ WChaDisChaMax_SF: W_SF, SoCMax: 100, SoCMin: 0, SoC_SF: -1, SoC: told() / 10 },
      ...{ DoD: 100 - told() / 10, DoD_SF: -1, SoH: 98, SoH_SF: -1 },
      ...{ ChaSt: battery.feedW > 1 ? 3 : battery.feedW < -1 ? 4 : 6, LocRemCtl: 0, Typ: 4 },
      ...{ Hb: Math.floor(nowMs() / SECOND_MS) % 0xffff, State: battery.tripped ? 99 : 3 },
      ...{ Evt1: battery.tripped ? 1 : 0, Evt2: 0, V: volts, V_SF: -1 },
      ...{ A: battery.feedW / volts, A_SF: -1, W: battery.feedW, W_SF, ReqW: 0 },
      ...{ AHRtg_SF: 0, DisChaRte_SF: 0, CellV_SF: -3, AMax_SF: -1 },
    }),
    write: (values) => keepKnown(kept, values),
  };
}

function bank803({ battery, nowMs }: BatteryDeviceOptions): ModelPart {
  const told = () => battery.toldPermille(nowMs());
  return {
    id: 803,
    values: () => ({
      ...{ NStr: 1, NStrCon: battery.tripped ? 0 : 1, ModTmp_SF: -1 },
      ...{
        ModTmpMax: battery.temperatureC,
        ModTmpMin: battery.temperatureC,
        ModTmpAvg: battery.temperatureC,
      },
      ...{ CellV_SF: -3, A_SF: -1, SoH_SF: -1, SoC_SF: -1, V_SF: -1 },
      "string[0].StrSoC": told() / 10,
    }),
  };
}
