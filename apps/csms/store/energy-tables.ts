/** The tables of sites' energy, as Kysely sees them (schema.ts); created by migrations 0011 and 0012. */

/** What people wrote of a site: every version stays. */
export type EnergyDocumentsTable = {
  site_id: string;
  /** Counts from 1. */
  version: number;
  at_ms: number;
  /** Who wrote it, and why. */
  actor: string;
  reason: string;
  /** YAML or JSON, as it was written, comments and all; empty where the site's energy is no longer managed. */
  text: string;
  /** What it meant when it was written: JSON of energy's EnergyConfig; null where the text is empty. */
  energy: string | null;
  /** JSON of guard's Policy: the document's own, or that of its devices; null where it has none. */
  guard: string | null;
};

/** What energy costs from then on, where documents say that it is told from outside. The newest alone is kept. */
export type EnergyPricesTable = {
  /** Empty: of every site that has none of its own. */
  site_id: string;
  from_ms: number;
  step_ms: number;
  /** JSON: thousandths of a cent per kWh, one a step. */
  prices: string;
  told_at_ms: number;
  told_by: string;
};

/** A quarter of an hour of a site, as the site told it: energy's EnergyQuarter. */
export type EnergyQuartersTable = {
  site_id: string;
  from_ms: number;
  import_wh: number;
  export_wh: number;
  solar_wh: number;
  battery_in_wh: number;
  battery_out_wh: number;
  building_wh: number;
  cars_wh: number;
  /** JSON: mode → Wh. */
  cars_wh_by_mode: string;
  cost_milli_cent: number;
  /** All three, or none. */
  planned_grid_wh: number | null;
  planned_cars_wh: number | null;
  planned_battery_wh: number | null;
  /** Of all batteries together, at its end. */
  charge_permille: number | null;
  measured_s: number;
  told_at_ms: number;
};

/** What everything controlled at a site may take together, for a time. Over, it stays until another takes its place. */
export type EnergyLimitsTable = {
  site_id: string;
  limit_w: number;
  until_ms: number;
  /** When it was set, by whom, and why. */
  at_ms: number;
  actor: string;
  reason: string;
};
