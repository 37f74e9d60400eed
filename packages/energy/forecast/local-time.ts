/** The clock on the wall of the site: habits of people and buildings hang on it, not on UTC. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export type Local = {
  /** Days since 1970-01-01, by the site's calendar. */
  readonly day: number;
  /** 0 Sunday to 6 Saturday. */
  readonly weekday: number;
  readonly msOfDay: number;
};

/** Offsets change on a whole quarter of an hour, so one look a quarter is enough; the latest are kept. */
const OFFSETS_MAX = 1_000;

export class LocalTime {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  /** `timeZone`: an IANA name; throws a `RangeError` for one that is none, which `checkEnergyConfig` refuses before. */
  constructor(timeZone: string) {
    this.format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  }

  of(wallMs: number): Local {
    const localMs = wallMs + this.offsetMs(wallMs);
    const day = Math.floor(localMs / DAY_MS);
    return { day, weekday: weekdayOf(day), msOfDay: localMs - day * DAY_MS };
  }

  private offsetMs(wallMs: number): number {
    const hour = Math.floor(wallMs / (HOUR_MS / 4));
    const known = this.offsets.get(hour);
    if (known !== undefined) return known;
    const startMs = hour * (HOUR_MS / 4);
    const part = Object.fromEntries(
      this.format.formatToParts(startMs).map(({ type, value }) => [type, Number(value)]),
    );
    const shownMs = Date.UTC(part["year"]!, part["month"]! - 1, part["day"], part["hour"], part["minute"]);
    const offset = shownMs - startMs;
    if (this.offsets.size >= OFFSETS_MAX) this.offsets.clear();
    this.offsets.set(hour, offset);
    return offset;
  }
}

/** Of a day since 1970-01-01, a Thursday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
export const isWorkday = ({ weekday }: Pick<Local, "weekday">): boolean => weekday >= 1 && weekday <= 5;
