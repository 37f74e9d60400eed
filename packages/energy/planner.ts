/**
 * Doors of what comes above the control loop: forecasts, strategies, and the planner. Types alone; whoever implements them is advice to
 * the loop, which clamps it. A planner answers within its deadline or not at all, and always with a plan that can be followed
 * (soft targets), never with "infeasible".
 */
import type { Tariff } from "./config.ts";
import type { Plan, SessionId } from "./inputs.ts";
import type { OutletId, Site, SourceId } from "./site.ts";
import type { PlanView } from "./snapshot.ts";

/** Low, likely and high course of a quantity: one value per step, from `fromWallMs` on. */
export type Forecast = {
  readonly fromWallMs: number;
  readonly stepMs: number;
  readonly low: readonly number[];
  readonly likely: readonly number[];
  readonly high: readonly number[];
};

/** What an energy manager chooses. */
export type Strategy = "fairness" | "cost" | "self-consumption" | "guaranteed-energy";

/** Of something that nobody knows yet: values from least to most, each as likely as any other. */
export type Spread = readonly number[];

/** A session that is there, with what is known and what is forecast of it. */
export type PlannedSession = {
  readonly id: SessionId;
  readonly outlet: OutletId;
  readonly arrivedWallMs: number;
  /** Wanted by the driver, by departure; absent: unknown, and forecast. */
  readonly energyWh?: number;
  readonly departureWallMs?: number;
  readonly deliveredWh: number;
  /** Most that car and cable take, per phase. */
  readonly wantsMa: number;
  /** When it leaves; absent: nothing is known, not even from others. */
  readonly leavesWallMs?: Spread;
  /** What it takes in all, from arrival to departure. */
  readonly takesWh?: Spread;
  /** Visits of the past that the two are learnt from; absent: none. */
  readonly learntVisits?: number;
  /** Offered power, and takes none: full, or not willing. */
  readonly idle?: boolean;
  /** It charges now: stopping and starting cost power and patience, so a plan that is as good without goes on. */
  readonly charging?: boolean;
  /** Gives back into the site, at most so much (V2X): station and car both do, and the driver agreed; above what both of them keep. */
  readonly dischargeWMax?: number;
  readonly dischargeLeftWh?: number;
};

/** Sessions that are not there yet: so many, each like the others. */
export type ExpectedSessions = {
  readonly count: number;
  readonly arriveWallMs: number;
  readonly takesWh: number;
  readonly powerW: number;
  /** From arrival to departure. */
  readonly staysMs: Spread;
};

export type PlannerInput = {
  readonly site: Site;
  readonly wallMs: number;
  readonly nowMs: number;
  readonly strategy: Strategy;
  readonly sessions: readonly PlannedSession[];
  readonly expected?: readonly ExpectedSessions[];
  readonly loadW: Forecast;
  readonly solarW: Forecast;
  readonly chargePermille: ReadonlyMap<SourceId, number>;
  /** Thousandths of a cent per kWh, from `fromWallMs` on; the last value goes on to the end of the horizon. */
  readonly price: {
    readonly fromWallMs: number;
    readonly stepMs: number;
    readonly milliCentPerKwh: readonly number[];
  };
  readonly tariff: Pick<
    Tariff,
    | "feedInMilliCentPerKwh"
    | "demandMilliCentPerKw"
    | "batteryWearMilliCentPerKwh"
    | "carWearMilliCentPerKwh"
    | "missedMilliCentPerKwh"
  >;
  /** The highest quarter of this month so far: below it a peak costs nothing more. */
  readonly peakSoFarW?: number;
  /** A limit from outside on everything controlled, batteries' charging included. */
  readonly externalW?: number;
};

/** A plan for the loop, the same for people, and the sentence that says what it is for. */
export type Planned = { readonly plan: Plan; readonly view: PlanView; readonly why: string };

export interface Planner {
  /** Resolves within `deadlineMs`; `undefined`: no plan this time, and the loop goes on in *reactive*. */
  plan(
    input: PlannerInput,
    deadlineMs: number,
    /** Called with why there is none. */
    refused?: (why: string) => void,
  ): Promise<Planned | undefined>;
}
