/**
 * What the API tells of a site's energy, under short names. Its document says of some only that they are JSON of the energy package: there
 * the package's own types hold, which the CSMS checked when the site told them. Nothing is written twice.
 */
import type * as Told from "@wattward/energy";
import type { components } from "../generated/api.ts";

/** As JSON has it: a branded id is text, a branded number a number. */
type Plain<T> = T extends string
  ? [Exclude<keyof T, keyof string>] extends [never]
    ? T
    : string
  : T extends number
    ? [Exclude<keyof T, keyof number>] extends [never]
      ? T
      : number
    : T extends boolean | null | undefined
      ? T
      : { readonly [K in keyof T]: Plain<T[K]> };

export type EnergySnapshot = Plain<Told.EnergySnapshot>;
export type EnergyConfig = Plain<Told.EnergyConfig>;
export type { Flows, PlanView, Strategy } from "@wattward/energy";

type Schemas = components["schemas"];
/** What is written of a site, and how that stands against its stations; `document` null: it was never managed. */
export type SiteEnergy = Schemas["SiteEnergy"];
export type EnergyDocument = Schemas["EnergyDocument"];
export type EnergyVersion = Schemas["EnergyVersion"];
export type EnergyCheck = Schemas["EnergyCheck"];
export type EnergyQuarter = Schemas["QuarterRow"];
export type EnergyDays = Schemas["EnergyDays"];
export type EnergyDay = EnergyDays["days"][number];
export type ModeChange = Schemas["ModeChangeRow"];
export type GuardRow = Schemas["GuardRow"];
/** What a person limited everything controlled to, for a time. */
export type EnergyLimit = Schemas["EnergyLimitRow"];

/** By the clock of the CSMS. */
export type LiveEnergy = { readonly receivedAtMs: number; readonly snapshot: EnergySnapshot };
export type FuseLoad = EnergySnapshot["fuses"][number];
export type OutletNow = EnergySnapshot["outlets"][number];
export type BatteryNow = EnergySnapshot["batteries"][number];
/** What hangs where at a site. */
export type Topology = EnergyConfig["site"];
