/** Energy, cost and self-consumption of days, and what they add up to. Shares of nothing are unknown. Pure. */
import type { EnergyDay, EnergyDays } from "../api/energy-shapes.ts";

const DAY_MS = 86_400_000;

/** Holds the last so many days of any calendar, the first of them whole. */
export function spanOfDays(count: number, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return { fromMs: todayMs - count * DAY_MS, toMs: todayMs + 2 * DAY_MS };
}

/** The last so many days of the site's own calendar, today among them: of what was told, the first may be a part of a day. */
export function lastDays(told: EnergyDays, count: number, nowMs: number): EnergyDays {
  // The Swedish calendar writes days as ISO 8601 does.
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: told.timeZone }).format(nowMs);
  const first = new Date(Date.parse(today) - (count - 1) * DAY_MS).toISOString().slice(0, 10);
  return { ...told, days: told.days.filter(({ day }) => day >= first) };
}

/** Energies in watt-hours, money in thousandths of a cent, seconds that were measured and that there were. */
export type Sums = Pick<
  EnergyDay,
  | "importWh"
  | "exportWh"
  | "solarWh"
  | "batteryInWh"
  | "batteryOutWh"
  | "buildingWh"
  | "carsWh"
  | "costMilliCent"
  | "measuredS"
> & { readonly spanS: number };

export const sumsOf = (day: EnergyDay): Sums => ({ ...day, spanS: (day.toMs - day.fromMs) / 1000 });

/** `days` in their order; what lies between them, and nobody told anything of, was not measured. */
export function totalOf(days: readonly EnergyDay[]): Sums {
  const all = days.map(sumsOf);
  const sum = (of: (day: Sums) => number) => all.reduce((total, day) => total + of(day), 0);
  return {
    importWh: sum(({ importWh }) => importWh),
    exportWh: sum(({ exportWh }) => exportWh),
    solarWh: sum(({ solarWh }) => solarWh),
    batteryInWh: sum(({ batteryInWh }) => batteryInWh),
    batteryOutWh: sum(({ batteryOutWh }) => batteryOutWh),
    buildingWh: sum(({ buildingWh }) => buildingWh),
    carsWh: sum(({ carsWh }) => carsWh),
    costMilliCent: sum(({ costMilliCent }) => costMilliCent),
    measuredS: sum(({ measuredS }) => measuredS),
    spanS: ((days.at(-1)?.toMs ?? 0) - (days[0]?.fromMs ?? 0)) / 1000,
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

/** Share of the time that is in the figures; undefined where there was no time. */
export const measuredShare = ({ measuredS, spanS }: Sums): number | undefined =>
  spanS > 0 ? clamped(measuredS / spanS) : undefined;

const clamped = (share: number): number => Math.min(1, Math.max(0, share));

/** Parts of a day's bar, in watt-hours: what was used from the grid, and of the site's own. */
export function barOf(sums: Sums): { readonly gridWh: number; readonly ownWh: number } {
  const used = usedWh(sums);
  const gridWh = Math.min(used, Math.max(0, sums.importWh));
  return { gridWh, ownWh: used - gridWh };
}

/** The highest quarter of an hour among them, W, and its day; undefined where none was measured. */
export function peakOf(
  days: readonly EnergyDay[],
): { readonly day: string; readonly importW: number } | undefined {
  return days.reduce<ReturnType<typeof peakOf>>(
    (high, { day, peakImportW }) =>
      peakImportW === null || peakImportW <= (high?.importW ?? -1) ? high : { day, importW: peakImportW },
    undefined,
  );
}

type ModeShare = { readonly mode: string; readonly wh: number };

/** Into cars by mode, the most first. */
export function byMode(days: readonly EnergyDay[]): readonly ModeShare[] {
  const sums = new Map<string, number>();
  for (const { carsWhByMode } of days)
    for (const [mode, wh] of Object.entries(carsWhByMode)) sums.set(mode, (sums.get(mode) ?? 0) + wh);
  return [...sums].map(([mode, wh]) => ({ mode, wh })).sort((a, b) => b.wh - a.wh);
}

const formats = new Map<string, Intl.NumberFormat>();

/** Thousandths of a cent in its currency; a code that no country has is written beside the figure. */
export function money(milliCent: number | undefined, currency: string | null, digits = 2): string {
  if (milliCent === undefined) return "–";
  const key = `${currency} ${digits}`;
  const format = formats.get(key) ?? formatOf(currency, digits);
  formats.set(key, format);
  return format.format(milliCent / 100_000).replace(/^-/, "−");
}

function formatOf(currency: string | null, digits: number): Intl.NumberFormat {
  const places = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  try {
    return currency === null
      ? new Intl.NumberFormat("en", places)
      : new Intl.NumberFormat("en", { style: "currency", currency, ...places });
  } catch {
    return new Intl.NumberFormat("en", places);
  }
}
