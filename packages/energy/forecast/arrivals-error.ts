/**
 * How wrong the forecast of arrivals is: what was expected of an hour when it began, against how many cars came in it. Hours without a
 * forecast do not count (those of the first day, and of the first of its kind), nor those of which none was expected and none came: every
 * night would be a good forecast. Only hours that were followed from their beginning to their end count, so a clock that is set, or a
 * controller that did not run, spoils none.
 */
import { expectedInHour } from "./arrivals.ts";
import type { LocalTime } from "./local-time.ts";
import { MeanError } from "./mean-error.ts";
import type { Arrival, Visit } from "./visits.ts";

const HOUR_MS = 3_600_000;
/** Weight of the last hour's error in the mean. */
const ERROR_SHARE = 1 / 200;
/** A clock that moves by more between two looks was set, or nobody looked meanwhile. */
const GAP_MS_MAX = 300_000;

export type ArrivalsState = { readonly errorMean: number };

/** Those that were there, and those that are. */
export type Cars = { visits(): readonly Visit[]; present(): readonly Arrival[] };

export class ArrivalsError {
  private readonly time: LocalTime;
  private readonly cars: Cars;
  private readonly error = new MeanError(ERROR_SHARE);
  /** `expected` absent: it is not held against anything. */
  private hour: { readonly startMs: number; lastMs: number; readonly expected?: number } | undefined;

  constructor(time: LocalTime, cars: Cars) {
    this.time = time;
    this.cars = cars;
  }

  /** Cars an hour. */
  get errorMean(): number {
    return this.error.mean;
  }

  /** The clock, as often as it is looked at. */
  passed(wallMs: number): void {
    if (!Number.isFinite(wallMs)) return;
    if (this.hour !== undefined && Math.abs(wallMs - this.hour.lastMs) > GAP_MS_MAX) this.hour = undefined;
    const { hour } = this;
    // Also where it went back a little, to before the hour: what began is not ended by that.
    if (hour !== undefined && wallMs < hour.startMs + HOUR_MS) {
      hour.lastMs = wallMs;
      return;
    }
    if (hour?.expected !== undefined) this.learn(hour.startMs, hour.expected);
    this.begin(wallMs);
  }

  state(): ArrivalsState {
    return { errorMean: this.error.mean };
  }

  restore(state: unknown): void {
    this.error.restore(((state ?? {}) as Partial<ArrivalsState>).errorMean);
  }

  private begin(wallMs: number): void {
    // Hours are those of the site's clock, which may be half an hour beside UTC's.
    const startMs = wallMs - (this.time.of(wallMs).msOfDay % HOUR_MS);
    const isWhole = wallMs - startMs <= GAP_MS_MAX;
    const expected = isWhole ? expectedInHour(this.cars.visits(), this.time, startMs) : undefined;
    this.hour = { startMs, lastMs: wallMs, ...(expected !== undefined && { expected }) };
  }

  private learn(startMs: number, expected: number): void {
    const isThen = ({ arrivedWallMs }: Pick<Arrival, "arrivedWallMs">) =>
      arrivedWallMs >= startMs && arrivedWallMs < startMs + HOUR_MS;
    const came = this.cars.visits().filter(isThen).length + this.cars.present().filter(isThen).length;
    if (expected > 0 || came > 0) this.error.saw(Math.abs(expected - came));
  }
}
