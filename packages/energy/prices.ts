/** What energy costs when, by a site's tariff. Thousandths of a cent per kWh. */
import type { Tariff } from "./config.ts";
import { LocalTime } from "./forecast/local-time.ts";
import { QUARTER_MS } from "./limits.ts";
import type { PlannerInput } from "./planner.ts";

const HOUR_MS = 3_600_000;

export class Prices {
  private readonly tariff: Tariff;
  private readonly time: LocalTime;

  /** `timeZone`: hours of the day are told in it. Both have passed `checkEnergyConfig`. */
  constructor(tariff: Tariff, timeZone: string) {
    this.tariff = tariff;
    this.time = new LocalTime(timeZone);
  }

  /** For a kWh bought at that moment; before a series its first value, after it its last. */
  at(wallMs: number): number {
    const { energy } = this.tariff;
    switch (energy.kind) {
      case "flat":
        return energy.milliCentPerKwh;
      case "hours":
        return energy.milliCentPerKwh[Math.floor(this.time.of(wallMs).msOfDay / HOUR_MS)] ?? 0;
      case "series": {
        const step = Math.floor((wallMs - energy.fromWallMs) / energy.stepMs);
        const last = energy.milliCentPerKwh.length - 1;
        return energy.milliCentPerKwh[Math.max(0, Math.min(last, step))] ?? 0;
      }
    }
  }

  /** From the quarter of `wallMs` on, by quarters, since an hour of the clock is not everywhere one of UTC; a series of its own steps as it is. */
  series(wallMs: number, hours: number): PlannerInput["price"] {
    const { energy } = this.tariff;
    if (energy.kind === "series") return energy;
    const fromWallMs = Math.floor(wallMs / QUARTER_MS) * QUARTER_MS;
    const length = (hours * HOUR_MS) / QUARTER_MS;
    const milliCentPerKwh = Array.from({ length }, (_, i) => this.at(fromWallMs + i * QUARTER_MS));
    return { fromWallMs, stepMs: QUARTER_MS, milliCentPerKwh };
  }

  /** What was bought, less what was fed in; Wh. */
  cost(
    { importWh, exportWh }: { readonly importWh: number; readonly exportWh: number },
    wallMs: number,
  ): number {
    return (importWh * this.at(wallMs) - exportWh * this.tariff.feedInMilliCentPerKwh) / 1000;
  }
}
