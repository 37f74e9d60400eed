/** The clock of a place: its days and its offset from UTC, which changes with the seasons, at any instant. */
import { LocalTime } from "@wattward/energy";

const DAY_MS = 86_400_000;
/** Nowhere do clocks change but at a quarter of an hour. */
const QUARTER_MS = 900_000;

export class Clock {
  readonly timeZone: string;
  private readonly local: LocalTime;
  private readonly offsets = new Map<number, number>();

  /** An IANA name. */
  constructor(timeZone: string) {
    this.timeZone = timeZone;
    this.local = new LocalTime(timeZone);
  }

  /** Since 1970 by this clock: day 0 is a Thursday. */
  dayOf(wallMs: number): number {
    return Math.floor(this.shown(wallMs) / DAY_MS);
  }

  /** What it shows at an instant, as milliseconds of a clock that never changes. */
  shown(wallMs: number): number {
    return wallMs + this.offsetMs(wallMs);
  }

  /** The instant at which it shows this: the first of two, and where it leaves the hour out, as if it had not. */
  instantOf(shownMs: number): number {
    const earlier = shownMs - this.offsetMs(shownMs - DAY_MS);
    return this.shown(earlier) === shownMs ? earlier : shownMs - this.offsetMs(shownMs);
  }

  private offsetMs(wallMs: number): number {
    const quarter = Math.floor(wallMs / QUARTER_MS);
    const known = this.offsets.get(quarter);
    if (known !== undefined) return known;
    const atMs = quarter * QUARTER_MS;
    const { day, msOfDay } = this.local.of(atMs);
    const offset = day * DAY_MS + msOfDay - atMs;
    this.offsets.set(quarter, offset);
    return offset;
  }
}
