/** Energy, cost and self-consumption of days, and what they add up to. Shares of nothing are unknown. Pure. */

/** Of one day in the site's zone; energies in watt-hours, money in thousandths of a cent. */
export type EnergyDay = {
  /** `2026-11-21`. */
  readonly day: string;
  readonly importWh: number;
  readonly exportWh: number;
  readonly solarWh: number;
  readonly batteryInWh: number;
  readonly batteryOutWh: number;
  readonly buildingWh: number;
  readonly carsWh: number;
  readonly costMilliCent: number;
  /** The highest mean import of a quarter of an hour. */
  readonly peakW: number | null;
  /** Of the day so far, 0 to 1. */
  readonly measured: number;
};

export type Sums = Omit<EnergyDay, "day">;

export function totalOf(days: readonly Sums[]): Sums {
  const sum = (of: (day: Sums) => number) => days.reduce((total, day) => total + of(day), 0);
  const peaks = days.flatMap(({ peakW }) => peakW ?? []);
  return {
    importWh: sum(({ importWh }) => importWh),
    exportWh: sum(({ exportWh }) => exportWh),
    solarWh: sum(({ solarWh }) => solarWh),
    batteryInWh: sum(({ batteryInWh }) => batteryInWh),
    batteryOutWh: sum(({ batteryOutWh }) => batteryOutWh),
    buildingWh: sum(({ buildingWh }) => buildingWh),
    carsWh: sum(({ carsWh }) => carsWh),
    costMilliCent: sum(({ costMilliCent }) => costMilliCent),
    peakW: peaks.length === 0 ? null : Math.max(...peaks),
    measured: days.length === 0 ? 0 : sum(({ measured }) => measured) / days.length,
  };
}

/** What was used at the site, by cars and building. */
export const usedWh = ({ carsWh, buildingWh }: Sums): number => carsWh + buildingWh;

/** Share of the sun's energy that stayed at the site; undefined where there was no sun. */
export const solarKept = ({ solarWh, exportWh }: Sums): number | undefined =>
  solarWh > 0 ? clamped(1 - exportWh / solarWh) : undefined;

/** Share of what was used that did not come from the grid; undefined where nothing was used. */
export const ownShare = (sums: Sums): number | undefined =>
  usedWh(sums) > 0 ? clamped(1 - sums.importWh / usedWh(sums)) : undefined;

/** Per kilowatt-hour that was used; undefined where nothing was. */
export const costPerKwh = (sums: Sums): number | undefined =>
  usedWh(sums) > 0 ? (sums.costMilliCent * 1000) / usedWh(sums) : undefined;

const clamped = (share: number): number => Math.min(1, Math.max(0, share));

/** Parts of a day's bar, in watt-hours: what was used from the grid, and of the site's own. */
export function barOf(sums: Sums): { readonly gridWh: number; readonly ownWh: number } {
  const used = usedWh(sums);
  const gridWh = Math.min(used, Math.max(0, sums.importWh));
  return { gridWh, ownWh: used - gridWh };
}
