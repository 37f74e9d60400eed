/** What a charging profile is written in alike by 1.6 and 2.x: its times and its schedule (1.6 §7.8, §7.13; 2.x ChargingScheduleType). */
import { wireTimeMs } from "../station/dialect.ts";
import type { Profile, RateUnit } from "./profile.ts";

type WireTimes = {
  readonly recurrencyKind?: "Daily" | "Weekly";
  readonly validFrom?: string;
  readonly validTo?: string;
};
type WireSchedule = {
  readonly startSchedule?: string;
  readonly duration?: number;
  readonly chargingRateUnit: RateUnit;
  readonly chargingSchedulePeriod: readonly {
    readonly startPeriod: number;
    /** 2.1 may leave it out: nothing is to flow beyond what else it asks for, which this station cannot. */
    readonly limit?: number;
    readonly numberPhases?: number;
    /** 2.1: what is to flow; below nothing it is given back (Q03). */
    readonly setpoint?: number;
  }[];
};

export const timesOf = ({ recurrencyKind, validFrom, validTo }: WireTimes) => ({
  ...(recurrencyKind !== undefined &&
    ({ recurrence: recurrencyKind === "Weekly" ? "weekly" : "daily" } as const)),
  ...(validFrom !== undefined && { validFromMs: wireTimeMs(validFrom) }),
  ...(validTo !== undefined && { validToMs: wireTimeMs(validTo) }),
});

export const scheduleOf = (wire: WireSchedule): Profile["schedule"] => ({
  ...(wire.startSchedule !== undefined && { startMs: wireTimeMs(wire.startSchedule) }),
  ...(wire.duration !== undefined && { durationS: wire.duration }),
  unit: wire.chargingRateUnit,
  periods: wire.chargingSchedulePeriod.map(({ limit = 0, numberPhases, setpoint, startPeriod }) => ({
    ...{ fromS: startPeriod, limit: setpoint ?? limit },
    ...(setpoint !== undefined && setpoint < 0 && { givesBack: true as const }),
    ...(numberPhases !== undefined && { phases: numberPhases }),
  })),
});
