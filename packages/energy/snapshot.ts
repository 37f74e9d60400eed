/** What a site tells of its energy: as it is now, and as it was, quarter by quarter. Plain JSON; no reading is told as 0 that was not read. */
import type { Device, DeviceId } from "./config.ts";
import type { LoopState } from "./inputs.ts";
import type { Mode } from "./modes.ts";
import type { SourceId } from "./site.ts";

/** Watts; into the site, into cars and building positive; `undefined`: nobody knows. */
export type Flows = {
  readonly gridW?: number;
  readonly solarW?: number;
  /** Discharge positive. */
  readonly batteryW?: number;
  readonly buildingW?: number;
  readonly carsW?: number;
};

/** Now; told about once a second, and never kept. */
export type EnergySnapshot = {
  readonly atWallMs: number;
  readonly mode: Mode;
  readonly islanded: boolean;
  readonly reason: string;
  readonly modeSinceWallMs: number;
  readonly flows: Flows;
  /** The lowest from outside: as the grid operator's signal stands, or `ordered`: a person's, until then. */
  readonly externalLimit:
    | { readonly kind: string; readonly limitW?: number; readonly untilWallMs?: number }
    | undefined;
  readonly fuses: LoopState["fuses"];
  readonly outlets: readonly (LoopState["outlets"][number] & {
    readonly observedMa?: number;
    readonly reason?: string;
  })[];
  readonly batteries: readonly {
    readonly id: SourceId;
    readonly feedW: number;
    readonly chargePermille: number;
    readonly setW?: number;
    readonly why: string;
  }[];
  readonly meters: LoopState["meters"];
  /**
   * `ailing`: it answers, and is not as it should be; `detail` says what. `asleep`: silent, as its document says that it is at night.
   * Absent from controllers that do not tell.
   */
  readonly devices?: readonly {
    readonly id: DeviceId;
    readonly kind: Device["is"]["kind"];
    readonly state: "unknown" | "well" | "ailing" | "asleep" | "lost";
    readonly sinceWallMs: number;
    readonly detail?: string;
    /** Registers written since its controller began, heartbeats too: memory that wears would show here first. */
    readonly writes?: number;
  }[];
  /** From now on, one value a step; what happened so far is in the quarters. */
  readonly plan?: PlanView;
  /** Of each the mean so far, 0 until it was held against what came of it; absent: none was yet. */
  readonly forecastError?: {
    readonly loadW: number;
    readonly solarW: number;
    readonly departureMin: number;
    /** This and `arrivals`, in cars an hour, are absent from controllers that do not tell. */
    readonly takenWh?: number;
    readonly arrivals?: number;
  };
};

export type PlanView = {
  readonly madeAtWallMs: number;
  readonly fromWallMs: number;
  readonly stepMs: number;
  readonly gridW: readonly number[];
  readonly carsW: readonly number[];
  readonly batteryW: readonly number[];
  readonly solarW: readonly number[];
  readonly buildingW: readonly number[];
  /** Of each battery together, at the end of each step. */
  readonly chargePermille: readonly number[];
};

/** A quarter of an hour that is over (or the one under way, at the last stop); one record each, told until acknowledged. */
export type EnergyQuarter = {
  readonly fromWallMs: number;
  readonly importWh: number;
  readonly exportWh: number;
  readonly solarWh: number;
  readonly batteryInWh: number;
  readonly batteryOutWh: number;
  readonly buildingWh: number;
  readonly carsWh: number;
  /** Into cars, by the mode of the moment. */
  readonly carsWhByMode: Readonly<Partial<Record<Mode, number>>>;
  readonly costMilliCent: number;
  /** What the plan of its beginning meant by it. */
  readonly planned?: { readonly gridWh: number; readonly carsWh: number; readonly batteryWh: number };
  /** Seconds of it in which every flow was measured; the rest is not counted anywhere. */
  readonly measuredS: number;
  /** Of all batteries together, at its end; absent: no battery, or nobody knows. */
  readonly chargePermille?: number;
};
