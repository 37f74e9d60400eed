/**
 * Doors of what comes above the control loop: forecasts, strategies, and the planner. Types alone; whoever implements them is advice to
 * the loop, which clamps it. A planner answers within its deadline or not at all, and always with a plan that can be followed
 * (soft targets), never with "infeasible".
 */
import type { Plan, SessionId } from "./inputs.ts";
import type { Site, SourceId } from "./site.ts";

/** Low, likely and high course of a quantity: one value per step, from `fromWallMs` on. */
export type Forecast = {
  readonly fromWallMs: number;
  readonly stepMs: number;
  readonly low: readonly number[];
  readonly likely: readonly number[];
  readonly high: readonly number[];
  /** Mean absolute error of its own past, in the quantity's unit: how wrong it is used to being. */
  readonly errorMean: number;
};

/** What an energy manager chooses. */
export type Strategy = "fairness" | "cost" | "self-consumption" | "guaranteed-energy";

export type PlannedSession = {
  readonly id: SessionId;
  /** Wanted by the driver, by departure; absent: unknown, and forecast. */
  readonly energyWh?: number;
  readonly departureWallMs?: number;
  readonly deliveredWh: number;
};

export type PlannerInput = {
  readonly site: Site;
  readonly wallMs: number;
  readonly nowMs: number;
  readonly strategy: Strategy;
  readonly sessions: readonly PlannedSession[];
  readonly loadW: Forecast;
  readonly solarW: Forecast;
  readonly chargePermille: ReadonlyMap<SourceId, number>;
  /** Thousandths of a cent per kWh, one per step of the horizon. */
  readonly priceMilliCentPerKwh: readonly number[];
};

export interface Planner {
  /** Resolves within `deadlineMs`; `undefined`: no plan this time, and the loop goes on in *reactive*. */
  plan(input: PlannerInput, deadlineMs: number): Promise<Plan | undefined>;
}
