/**
 * Quarters of an hour as days of a site's own time zone: energy, cost, how much of the sun was used at the site, and how much of what was
 * used came without the grid. Pure.
 */
import type { QuarterRow } from "../core/port.ts";
import { QUARTER_MS } from "./limits.ts";

const QUARTERS_AN_HOUR = 3_600_000 / QUARTER_MS;

export type EnergyDay = Omit<QuarterRow, "planned" | "chargePermille"> & {
  /** As the site's calendar has it: 2027-03-28. */
  readonly day: string;
  /** End of the last quarter in it. */
  readonly toMs: number;
  /** Of what the sun gave, the part that was not fed into the grid; null where it gave nothing. */
  readonly selfConsumptionPermille: number | null;
  /** Of what building and cars used, the part that did not come from the grid; null where they used nothing. */
  readonly autarkyPermille: number | null;
  /** Mean import of its highest quarter of an hour, W, as the grid operator bills it; null where none was measured. */
  readonly peakImportW: number | null;
  /** When that quarter began. */
  readonly peakAtMs: number | null;
};

export function daysOf(quarters: readonly QuarterRow[], timeZone: string): EnergyDay[] {
  // The Swedish calendar writes days as ISO 8601 does.
  const dayOf = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const days = Map.groupBy(quarters, ({ fromMs }) => dayOf.format(fromMs));
  return [...days].map(([day, of]) => sumOf(day, of));
}

function sumOf(day: string, quarters: readonly QuarterRow[]): EnergyDay {
  const sum = (of: (quarter: QuarterRow) => number) => quarters.reduce((all, one) => all + of(one), 0);
  const importWh = sum((q) => q.importWh);
  const exportWh = sum((q) => q.exportWh);
  const solarWh = sum((q) => q.solarWh);
  const buildingWh = sum((q) => q.buildingWh);
  const carsWh = sum((q) => q.carsWh);
  const carsWhByMode: Record<string, number> = {};
  for (const quarter of quarters)
    for (const [mode, wh] of Object.entries(quarter.carsWhByMode))
      carsWhByMode[mode] = (carsWhByMode[mode] ?? 0) + wh;
  return {
    day,
    fromMs: quarters[0]?.fromMs ?? 0,
    toMs: (quarters.at(-1)?.fromMs ?? 0) + QUARTER_MS,
    ...{ importWh, exportWh, solarWh, buildingWh, carsWh, carsWhByMode },
    batteryInWh: sum((q) => q.batteryInWh),
    batteryOutWh: sum((q) => q.batteryOutWh),
    costMilliCent: sum((q) => q.costMilliCent),
    measuredS: sum((q) => q.measuredS),
    selfConsumptionPermille: permille(solarWh - exportWh, solarWh),
    autarkyPermille: permille(buildingWh + carsWh - importWh, buildingWh + carsWh),
    ...peakOf(quarters),
  };
}

/** What was not measured of a quarter counts as nothing drawn: a peak is never told higher than it was. */
function peakOf(quarters: readonly QuarterRow[]): Pick<EnergyDay, "peakImportW" | "peakAtMs"> {
  const measured = quarters.filter(({ measuredS }) => measuredS > 0);
  const [first, ...others] = measured;
  if (first === undefined) return { peakImportW: null, peakAtMs: null };
  const highest = others.reduce((high, one) => (one.importWh > high.importWh ? one : high), first);
  return { peakImportW: highest.importWh * QUARTERS_AN_HOUR, peakAtMs: highest.fromMs };
}

/** Within 0 and 1000: a battery that moves energy from one day into the next would break either. */
const permille = (part: number, whole: number): number | null =>
  whole <= 0 ? null : Math.round(1_000 * Math.min(1, Math.max(0, part / whole)));
