/**
 * Cars that give back, in the linear program (V2X). Beside what a car takes it may give `d` and be given that back as `r`, all of it before
 * its driver leaves, by his own word and a margin: what it would have had without giving it has with it too. Kilowatts, kilowatt-hours.
 *
 *     o = o' + (d − η²·r)·h    each step           what is owed, after what was owed before
 *     0 ≤ o ≤ left             each step           never fuller than without; what car and driver keep is not touched
 *     o = 0                    in the last step    paid back, losses and all, in steps in which it is very likely still there
 *     p + r ≤ power            each step
 *
 * In a session of which the driver told neither departure nor energy nothing is given.
 */
import type { PlannerInput } from "../planner.ts";
import type { Step } from "./horizon.ts";
import type { ProgramBuilder } from "./linear-program.ts";
import type { Demand } from "./stays.ts";

/** Of a car, each way: through its charger and the station's. */
const CAR_EFFICIENCY = 0.92;
const THERE_AND_BACK = CAR_EFFICIENCY ** 2;
/** Everything is given back so long before the driver leaves. */
const BEFORE_LEAVING_MS = 30 * 60_000;
/** Steps in which it is less likely there are left out. */
const THERE_MIN = 0.8;
/** Cents for a kWh: of two that cost alike it is given later and back earlier. */
const EARLIER_CENT = 0.001;

/** Columns by step; the last steps have none. */
export type Giving = { readonly d: readonly number[]; readonly r: readonly number[] };

type Facts = {
  readonly input: PlannerInput;
  readonly steps: readonly Step[];
  /** What the demand takes in each step, without this. */
  readonly power: readonly number[];
};

/** Adds what the demand may give to the program; `undefined`: it gives nothing. */
export function givingOf(
  program: ProgramBuilder,
  demand: Demand,
  { input, steps, power }: Facts,
): Giving | undefined {
  const giveKw = powerOf(demand, input.site.voltageV);
  const { dischargeLeftWh = 0, departureWallMs = 0 } = demand.session ?? {};
  const last = steps.findLastIndex(
    ({ toMs }, k) => toMs <= departureWallMs - BEFORE_LEAVING_MS && demand.there[k]! >= THERE_MIN,
  );
  if (!(giveKw > 0) || last < 1) return undefined;
  const { batteryWearMilliCentPerKwh, carWearMilliCentPerKwh } = input.tariff;
  const wearCent = (carWearMilliCentPerKwh ?? batteryWearMilliCentPerKwh) / 1000;
  let before: readonly (readonly [column: number, value: number])[] = [];
  const columns = steps.slice(0, last + 1).map(({ hours }, k) => {
    const late = EARLIER_CENT * (k / steps.length);
    const dk = program.column((wearCent - late) * hours, 0, giveKw);
    const rk = program.column(late * hours, 0, demand.powerKw);
    const owed = program.column(0, 0, k === last ? 0 : dischargeLeftWh / 1000);
    program.row(0, 0, [[owed, -1], ...before, [dk, hours], [rk, -hours * THERE_AND_BACK]]);
    before = [[owed, 1]];
    if (power[k]! >= 0)
      program.row(Number.NEGATIVE_INFINITY, demand.powerKw, [
        [power[k]!, 1],
        [rk, 1],
      ]);
    return { dk, rk };
  });
  return { d: columns.map(({ dk }) => dk), r: columns.map(({ rk }) => rk) };
}

/** What it could give, kW; 0: it gives nothing. */
function powerOf({ session, outlet }: Demand, voltageV: number): number {
  const { dischargeWMax = 0, dischargeLeftWh = 0, departureWallMs, energyWh } = session ?? {};
  if (departureWallMs === undefined || energyWh === undefined || !(dischargeLeftWh > 0)) return 0;
  const outletKw = ((outlet?.dischargeMaMax ?? 0) * (outlet?.wiring.length ?? 0) * voltageV) / 1e6;
  return Math.min(dischargeWMax / 1000, outletKw);
}

/** More than the site itself draws in a step is never given, but for the backfeed of its grid connection. */
export function withinSite(
  program: ProgramBuilder,
  entries: readonly (readonly [column: number, value: number])[],
  { input, loadKw, solarKw }: { input: PlannerInput; loadKw: number; solarKw: number },
): void {
  const { fuses, voltageV } = input.site;
  const backfeedMa = fuses.find(({ parent }) => parent === undefined)?.backfeedMa ?? 0;
  program.row(
    Number.NEGATIVE_INFINITY,
    Math.max(0, loadKw - solarKw) + (3 * backfeedMa * voltageV) / 1e6,
    entries,
  );
}
