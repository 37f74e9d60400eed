/** What the API tells of a site's energy, under short names. */
type Maybe<T> = T | null | undefined;
export type PerPhase = readonly number[];

export type Flows = {
  readonly gridW?: Maybe<number>;
  readonly solarW?: Maybe<number>;
  readonly batteryW?: Maybe<number>;
  readonly buildingW?: Maybe<number>;
  readonly carsW?: Maybe<number>;
};
export type FuseLoad = {
  readonly id: string;
  readonly baseMa: PerPhase;
  readonly mayMa: PerPhase;
  readonly capacityMa: PerPhase;
  readonly known: string;
  readonly beyondDeclaration: boolean;
};
export type OutletNow = {
  readonly id: string;
  readonly limitMa: number;
  readonly mayMa: PerPhase;
  readonly standing: string;
  readonly observedMa?: Maybe<number>;
  readonly reason?: Maybe<string>;
};
export type BatteryNow = {
  readonly id: string;
  readonly feedW: number;
  readonly chargePermille: number;
  readonly setW?: Maybe<number>;
  readonly why: string;
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
  readonly chargePermille: readonly number[];
};
export type EnergySnapshot = {
  readonly atWallMs: number;
  readonly mode: string;
  readonly islanded: boolean;
  readonly reason: string;
  readonly modeSinceWallMs: number;
  readonly flows: Flows;
  readonly externalLimit?: Maybe<{ readonly kind: string; readonly limitW?: Maybe<number> }>;
  readonly fuses: readonly FuseLoad[];
  readonly outlets: readonly OutletNow[];
  readonly batteries: readonly BatteryNow[];
  readonly meters: readonly { readonly id: string; readonly refused?: Maybe<string> }[];
  readonly plan?: Maybe<PlanView>;
  readonly forecastError?: Maybe<Readonly<Record<"loadW" | "solarW" | "departureMin", number>>>;
};
export type EnergyQuarter = {
  readonly fromWallMs: number;
  readonly importWh: number;
  readonly exportWh: number;
  readonly solarWh: number;
  readonly batteryInWh: number;
  readonly batteryOutWh: number;
  readonly buildingWh: number;
  readonly carsWh: number;
  readonly carsWhByMode: Readonly<Record<string, number>>;
  readonly costMilliCent: number;
  readonly planned?: Maybe<{ readonly gridWh: number; readonly carsWh: number; readonly batteryWh: number }>;
  readonly measuredS: number;
  readonly chargePermille?: Maybe<number>;
};
/** What hangs where at a site, from its document. */
export type Topology = {
  readonly fuses: readonly {
    readonly id: string;
    readonly parent?: Maybe<string>;
    readonly ratedMa: number;
  }[];
  readonly outlets: readonly {
    readonly id: string;
    readonly station: string;
    readonly evse: number;
    readonly fuse: string;
    readonly ratedMa: number;
    readonly wiring: readonly string[];
  }[];
  readonly loads: readonly { readonly id: string; readonly fuse: string }[];
  readonly sources: readonly {
    readonly kind: string;
    readonly id: string;
    readonly fuse: string;
    readonly reservePermille?: number;
    readonly capacityWh?: number;
  }[];
  readonly meters: readonly { readonly id: string; readonly fuse: string }[];
  readonly peakW?: Maybe<number>;
  readonly voltageV: number;
};
/** The energy of one site now. */
export type SiteEnergy = {
  readonly managed: boolean;
  readonly snapshot?: Maybe<EnergySnapshot>;
  readonly site?: Maybe<Topology>;
  readonly timeZone?: Maybe<string>;
  readonly currency?: Maybe<string>;
  readonly strategy?: Maybe<string>;
};
