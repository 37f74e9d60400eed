/** Quarters of an hour as days, as the fake CSMS tells them. */
import type { EnergyDay, EnergyDays, EnergyQuarter } from "../api/energy-shapes.ts";

const energies = [
  ...(["importWh", "exportWh", "solarWh", "batteryInWh", "batteryOutWh", "buildingWh", "carsWh"] as const),
  ...(["costMilliCent", "measuredS"] as const),
];

export function daysOf(quarters: readonly EnergyQuarter[]): EnergyDays {
  const timeZone = "Europe/Paris";
  const dayOf = new Intl.DateTimeFormat("sv-SE", { timeZone });
  const days = [...Map.groupBy(quarters, ({ fromMs }) => dayOf.format(fromMs))].map(
    ([day, of]): EnergyDay => {
      const sums = Object.fromEntries(
        energies.map((name) => [name, of.reduce((sum, quarter) => sum + quarter[name], 0)]),
      ) as Record<(typeof energies)[number], number>;
      const used = sums.carsWh + sums.buildingWh;
      const share = (part: number, whole: number) =>
        whole <= 0 ? null : Math.round(1000 * Math.min(1, Math.max(0, part / whole)));
      return {
        ...sums,
        day,
        fromMs: of[0]?.fromMs ?? 0,
        toMs: (of.at(-1)?.fromMs ?? 0) + 900_000,
        carsWhByMode: {
          planned: Math.round(sums.carsWh * 0.94),
          conservative: Math.round(sums.carsWh * 0.06),
        },
        ...peakOf(of),
        selfConsumptionPermille: share(sums.solarWh - sums.exportWh, sums.solarWh),
        autarkyPermille: share(used - sums.importWh, used),
      };
    },
  );
  return { timeZone, currency: "EUR", days };
}

function peakOf(quarters: readonly EnergyQuarter[]): Pick<EnergyDay, "peakImportW" | "peakAtMs"> {
  const highest = quarters
    .filter(({ measuredS }) => measuredS > 0)
    .toSorted((a, b) => b.importWh - a.importWh)[0];
  return {
    peakImportW: highest === undefined ? null : highest.importWh * 4,
    peakAtMs: highest?.fromMs ?? null,
  };
}
