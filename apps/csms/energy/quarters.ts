/**
 * Quarters of an hour as a site tells them, each kept once per (site, beginning). A site is another machine, and may tell anything: what
 * cannot have been is refused and observed, and never acknowledged where it lies ahead, for a site that believes it would tell no
 * quarter any more until then.
 */
import { type EnergyQuarter, MODES } from "@wattward/energy";
import { rfc3339 } from "@wattward/kernel";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import type { Schema } from "../store/schema.ts";
import {
  QUARTER_AGE_MS_MAX,
  QUARTER_AHEAD_MS_MAX,
  QUARTER_COST_MAX,
  QUARTER_MS,
  QUARTER_WH_MAX,
} from "./limits.ts";
import { putQuarter } from "./rows.ts";

export const takeQuarters: Decision<"site.quarters"> = async (tx, { site, quarters, atMs }) => {
  let refused = 0;
  let example: string | undefined;
  let untilWallMs: number | undefined;
  for (const quarter of quarters) {
    const wrong = faultOf(quarter, atMs);
    if (wrong === undefined) await tx.run(putQuarter, rowOf(site, quarter, atMs));
    else {
      refused += 1;
      example ??= `${instant(quarter.fromWallMs)} ${wrong}`;
    }
    if (quarter.fromWallMs <= atMs + QUARTER_AHEAD_MS_MAX)
      untilWallMs = Math.max(untilWallMs ?? 0, quarter.fromWallMs);
  }
  if (example !== undefined) {
    const data = { count: refused, example };
    observe(tx, { kind: "energy.quarters-refused", source: "csms", atMs, site, data });
  }
  return { refused, ...(untilWallMs !== undefined && { untilWallMs }) };
};

const energies = [
  "importWh",
  "exportWh",
  "solarWh",
  "batteryInWh",
  "batteryOutWh",
  "buildingWh",
  "carsWh",
] as const;

function faultOf(quarter: EnergyQuarter, atMs: number): string | undefined {
  const { fromWallMs, costMilliCent, planned, carsWhByMode } = quarter;
  if (fromWallMs % QUARTER_MS !== 0) return "is no beginning of a quarter of an hour";
  if (fromWallMs > atMs + QUARTER_AHEAD_MS_MAX) return "has not begun yet";
  if (fromWallMs < atMs - QUARTER_AGE_MS_MAX) return "is too long ago";
  const wh = [
    ...energies.map((name) => quarter[name]),
    ...Object.values(carsWhByMode),
    ...(planned === undefined ? [] : Object.values(planned)),
  ];
  if (wh.some((one) => !(Math.abs(one) <= QUARTER_WH_MAX))) return "has more energy than any site can have";
  return Math.abs(costMilliCent) <= QUARTER_COST_MAX ? undefined : "costs more than any site can pay";
}

/** Far ahead there are no dates. */
const instant = (wallMs: number): string => (wallMs < 253_402_300_800_000 ? rfc3339(wallMs) : `${wallMs} ms`);

function rowOf(site: string, told: EnergyQuarter, atMs: number): Schema["energy_quarters"] {
  const { planned, chargePermille } = told;
  const known = MODES.flatMap(({ mode }) => {
    const wh = Object.hasOwn(told.carsWhByMode, mode) ? told.carsWhByMode[mode] : undefined;
    return wh === undefined ? [] : [[mode, Math.round(wh)]];
  });
  return {
    site_id: site,
    from_ms: told.fromWallMs,
    import_wh: Math.round(told.importWh),
    export_wh: Math.round(told.exportWh),
    solar_wh: Math.round(told.solarWh),
    battery_in_wh: Math.round(told.batteryInWh),
    battery_out_wh: Math.round(told.batteryOutWh),
    building_wh: Math.round(told.buildingWh),
    cars_wh: Math.round(told.carsWh),
    cars_wh_by_mode: JSON.stringify(Object.fromEntries(known)),
    cost_milli_cent: Math.round(told.costMilliCent),
    planned_grid_wh: planned === undefined ? null : Math.round(planned.gridWh),
    planned_cars_wh: planned === undefined ? null : Math.round(planned.carsWh),
    planned_battery_wh: planned === undefined ? null : Math.round(planned.batteryWh),
    charge_permille: chargePermille === undefined ? null : Math.round(chargePermille),
    measured_s: Math.round(told.measuredS),
    told_at_ms: atMs,
  };
}
