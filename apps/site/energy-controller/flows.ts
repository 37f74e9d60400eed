/** What flows where, now, as far as it is measured: for the snapshot, the quarters and the forecasts. Pure; watts. */
import {
  type BatteryInput,
  type Flows,
  type LoopState,
  type MeterId,
  NAMEPLATE_TIMES,
  type RawReading,
  type SessionInput,
  type Site,
  type SolarInput,
  type Source,
} from "@wattward/energy";
import { CAR_MS_MAX, FLOW_MS_MAX } from "./limits.ts";

export type Measured = {
  readonly readings: ReadonlyMap<MeterId, RawReading>;
  /** As the loop judged them. */
  readonly meters: LoopState["meters"];
  readonly sessions: readonly SessionInput[];
  readonly batteries: readonly BatteryInput[];
  readonly solar: readonly SolarInput[];
};

/** A flow that is not wholly known is not told: a part of a sum is no sum. */
export function flowsOf(site: Site, measured: Measured, nowMs: number): Flows {
  const gridW = gridOf(site, measured);
  const solarW = sumOf(site, "solar", measured.solar, nowMs);
  const batteryW = sumOf(site, "battery", measured.batteries, nowMs);
  const carsW = carsOf(site, measured.sessions, nowMs);
  const known = [gridW, solarW, batteryW, carsW].every((w) => w !== undefined);
  const buildingW = known ? gridW! + solarW! + batteryW! - carsW! : undefined;
  return {
    ...(gridW !== undefined && { gridW }),
    ...(solarW !== undefined && { solarW }),
    ...(batteryW !== undefined && { batteryW }),
    ...(carsW !== undefined && { carsW }),
    ...(buildingW !== undefined && { buildingW }),
  };
}

/** The meter at the grid connection, where it is trusted. */
function gridOf(site: Site, { readings, meters }: Measured): number | undefined {
  const top = site.fuses.find(({ parent }) => parent === undefined);
  const meter = site.meters.find(({ fuse }) => fuse === top?.id);
  if (meter === undefined || meters.find(({ id }) => id === meter.id)?.refused !== undefined)
    return undefined;
  const reading = readings.get(meter.id);
  return reading === undefined ? undefined : powerOf(reading, site.voltageV);
}

export function powerOf({ powerW, currentMa, voltageMv }: RawReading, voltageV: number): number {
  const perPhase = powerW ?? currentMa.map((ma, i) => (ma * (voltageMv?.[i] ?? voltageV * 1000)) / 1e6);
  return perPhase.reduce((sum, w) => sum + w, 0);
}

function sumOf(
  site: Site,
  kind: "solar" | "battery",
  told: readonly { readonly id: string; readonly atMs: number; readonly feedW: number }[],
  nowMs: number,
): number | undefined {
  let sum = 0;
  for (const source of site.sources) {
    if (source.kind !== kind) continue;
    const one = told.find(({ id }) => id === source.id);
    if (one === undefined || nowMs - one.atMs > FLOW_MS_MAX || !canFeed(source, one.feedW)) return undefined;
    sum += one.feedW;
  }
  return sum;
}

/** As the control loop has it: more is a fault of the device. */
function canFeed(source: Source, feedW: number): boolean {
  const [lowW, highW] =
    source.kind === "solar"
      ? [-source.feedWMax, source.feedWMax]
      : [-source.chargeWMax, source.dischargeWMax];
  return feedW >= NAMEPLATE_TIMES * lowW && feedW <= NAMEPLATE_TIMES * highW;
}

function carsOf(site: Site, sessions: readonly SessionInput[], nowMs: number): number | undefined {
  let ma = 0;
  for (const { observed } of sessions) {
    if (observed === undefined || nowMs - observed.atMs > CAR_MS_MAX) return undefined;
    for (const terminal of observed.terminalsMa) ma += terminal;
  }
  return (ma * site.voltageV) / 1000;
}
