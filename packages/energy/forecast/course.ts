/**
 * The course of a power over days, learnt from its own past: building load, solar. Means over quarters of an hour are kept for four
 * weeks; a quarter to come is told from the same quarter of those days, the younger the more, the same weekday most. The
 * departure of the last quarter from what was likely fades into the hours to come; before anything was learnt, what was seen last goes on.
 * Its own error is what it would have said of
 * each quarter a day before, against what came.
 */
import { QUARTER_MS } from "../limits.ts";
import type { Forecast } from "../planner.ts";
import { isWorkday, type Local, type LocalTime } from "./local-time.ts";
import { MeanError } from "./mean-error.ts";
import { quantile, type Sample, spreadOf } from "./spread.ts";

const QUARTERS_A_DAY = 96;
const DAYS_MAX = 28;
const VALUES = 20;
const RECENCY_A_DAY = 0.93;
/** How fast a deviation fades: to 1/e in so many quarters. */
const FADES_QUARTERS = 8;
/** Weight of the last quarter's error in the mean. */
const ERROR_SHARE = 1 / 200;
/** Less of a quarter was seen than this: it is not learnt. */
const SEEN_MS_MIN = QUARTER_MS / 3;

type Day = { readonly day: number; readonly weekday: number; readonly w: (number | null)[] };
export type CourseState = { readonly days: readonly Day[]; readonly errorMean: number };

export type Habit = "week" | "sun";

export class Course {
  private readonly time: LocalTime;
  private readonly habit: Habit;
  private days: Day[] = [];
  private readonly error = new MeanError(ERROR_SHARE);
  private deviation = { quarter: Number.NEGATIVE_INFINITY, w: 0 };
  private open: { quarter: number; lastMs: number; lastW: number; wms: number; ms: number } | undefined;

  /** `week`: workdays differ from weekends, as people do; `sun`: all days are alike. */
  constructor(time: LocalTime, habit: Habit) {
    this.time = time;
    this.habit = habit;
  }

  get errorMean(): number {
    return this.error.mean;
  }

  /** A reading now; held until the next one, for at most a quarter. */
  saw(wallMs: number, w: number): void {
    if (!Number.isFinite(w) || !Number.isFinite(wallMs)) return;
    const quarter = Math.floor(wallMs / QUARTER_MS);
    const { open } = this;
    if (open !== undefined && wallMs < open.lastMs) this.open = undefined;
    else if (open !== undefined) {
      const untilMs = Math.min(wallMs, (open.quarter + 1) * QUARTER_MS);
      open.wms += open.lastW * (untilMs - open.lastMs);
      open.ms += untilMs - open.lastMs;
      if (quarter !== open.quarter) {
        if (open.ms >= SEEN_MS_MIN) this.learn(open.quarter, open.wms / open.ms);
        this.open = undefined;
      } else Object.assign(open, { lastMs: wallMs, lastW: w });
    }
    this.open ??= { quarter, lastMs: wallMs, lastW: w, wms: 0, ms: 0 };
  }

  /** The mean of a whole quarter, by its number since 1970. */
  learn(quarter: number, w: number): void {
    const local = this.time.of(quarter * QUARTER_MS);
    const said = this.samples(local);
    if (said.length > 0) {
      const likely = quantile(spreadOf(said, VALUES), 0.5)!;
      this.error.saw(Math.abs(w - likely));
      this.deviation = { quarter, w: w - likely };
    }
    let day = this.days.find((one) => one.day === local.day);
    if (day === undefined) {
      day = { day: local.day, weekday: local.weekday, w: Array.from({ length: QUARTERS_A_DAY }, () => null) };
      // Either way: those of a clock that was ahead go before what is learnt now.
      const age = (one: Day) => Math.abs(local.day - one.day);
      this.days = [...this.days, day].sort((a, b) => age(b) - age(a)).slice(-DAYS_MAX);
    }
    day.w[quarterOfDay(local)] = w;
  }

  forecast(fromWallMs: number, steps: number): Forecast {
    const first = Math.floor(fromWallMs / QUARTER_MS);
    const low: number[] = [];
    const likely: number[] = [];
    const high: number[] = [];
    for (let i = 0; i < steps; i++) {
      const values = spreadOf(this.samples(this.time.of((first + i) * QUARTER_MS)), VALUES);
      if (values.length === 0) {
        for (const course of [low, likely, high]) course.push(this.unlearnt(first + i));
        continue;
      }
      // Either way: a clock that was ahead saw it in the future.
      const age = Math.abs(first + i - this.deviation.quarter);
      const faded = this.deviation.w * Math.exp(-age / FADES_QUARTERS);
      const at = (share: number) => this.possible(quantile(values, share)! + faded, values);
      low.push(at(0.1));
      likely.push(at(0.5));
      high.push(at(0.9));
    }
    return {
      fromWallMs: first * QUARTER_MS,
      stepMs: QUARTER_MS,
      low,
      likely,
      high,
    };
  }

  state(): CourseState {
    return { days: this.days, errorMean: this.errorMean };
  }

  /** What is not a state of this version is left out: it learns again. */
  restore(state: unknown): void {
    const { days, errorMean } = (state ?? {}) as Partial<CourseState>;
    if (!Array.isArray(days)) return;
    this.days = days.filter(isDay).slice(-DAYS_MAX);
    this.error.restore(errorMean);
  }

  /**
   * Of an hour that no day has told of yet: what was seen last goes on, and the sun goes down. Nothing was ever seen: nothing is there.
   */
  private unlearnt(quarter: number): number {
    const { open } = this;
    if (open === undefined) return 0;
    const w = open.ms > 0 ? open.wms / open.ms : open.lastW;
    return this.habit === "sun" ? w * Math.exp(-Math.max(0, quarter - open.quarter) / FADES_QUARTERS) : w;
  }

  /** Nothing beyond what was ever seen at that hour, by the deviation alone. */
  private possible(w: number, values: readonly number[]): number {
    const most = values.at(-1) ?? 0;
    const least = values[0] ?? 0;
    return this.habit === "sun"
      ? Math.min(Math.max(w, 0), Math.max(most, 0))
      : Math.max(w, Math.min(least, 0));
  }

  private samples(local: Local): Sample[] {
    const at = quarterOfDay(local);
    return this.days.flatMap(({ day, weekday, w }) => {
      const value = w[at];
      if (value === null || value === undefined || day === local.day) return [];
      const alike =
        this.habit === "sun" || weekday === local.weekday
          ? 1
          : isWorkday({ weekday }) === isWorkday(local)
            ? 0.5
            : 0.05;
      return [{ value, weight: alike * RECENCY_A_DAY ** Math.abs(local.day - day) }];
    });
  }
}

const quarterOfDay = ({ msOfDay }: Local): number =>
  Math.min(QUARTERS_A_DAY - 1, Math.floor(msOfDay / QUARTER_MS));

const isDay = (x: unknown): x is Day => {
  const { day, weekday, w } = (x ?? {}) as Partial<Day>;
  return (
    Number.isInteger(day) &&
    Number.isInteger(weekday) &&
    Array.isArray(w) &&
    w.length === QUARTERS_A_DAY &&
    w.every((value) => value === null || Number.isFinite(value))
  );
};
