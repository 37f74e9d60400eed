/**
 * All forecasts of one site: they learn while it runs, begin empty or with a history, and say how wrong they are used to being. The state
 * is plain JSON of bounded size, to be kept on disk; what of it cannot be read is learnt again.
 */
import type { SessionId } from "../inputs.ts";
import type { ExpectedSessions, Forecast, PlannedSession } from "../planner.ts";
import { expectedSessions } from "./arrivals.ts";
import { ArrivalsError, type ArrivalsState } from "./arrivals-error.ts";
import { Course, type CourseState } from "./course.ts";
import { Fullness } from "./fullness.ts";
import { LocalTime } from "./local-time.ts";
import { type StayState, Stays } from "./stay.ts";
import type { Arrival, Visit } from "./visits.ts";

export type ForecastState = {
  readonly version: 1;
  /** By whose days load and sun were learnt; absent: nobody said so yet. */
  readonly timeZone?: string;
  readonly load: CourseState;
  readonly solar: CourseState;
  readonly stays: StayState;
  readonly arrivals: ArrivalsState;
};

/** Of each the mean so far; 0: nobody knows yet. */
export type ForecastErrors = {
  readonly loadW: number;
  readonly solarW: number;
  readonly departureMin: number;
  readonly takenWh: number;
  /** Cars an hour. */
  readonly arrivals: number;
};

type Present = { readonly arrival: Arrival; readonly fullness: Fullness };

/** Sessions known at one time; one more and the oldest is forgotten: its departure was missed. */
const PRESENT_MAX = 2_000;

export class Forecasts {
  private readonly timeZone: string;
  private readonly time: LocalTime;
  private readonly load: Course;
  private readonly solar: Course;
  private readonly stays: Stays;
  private readonly arrivals: ArrivalsError;
  private readonly present = new Map<SessionId, Present>();

  /** `timeZone`: IANA name. `state`: as `state()` once told it, whatever has become of it since. */
  constructor(timeZone: string, state?: unknown) {
    this.timeZone = timeZone;
    this.time = new LocalTime(timeZone);
    this.load = new Course(this.time, "week");
    this.solar = new Course(this.time, "sun");
    this.stays = new Stays(this.time);
    this.arrivals = new ArrivalsError(this.time, {
      visits: () => this.stays.visits,
      present: () => Array.from(this.present.values(), ({ arrival }) => arrival),
    });
    const { version, timeZone: before = timeZone, ...kept } = (state ?? {}) as Partial<ForecastState>;
    if (version !== 1) return;
    this.stays.restore(kept.stays);
    this.arrivals.restore(kept.arrivals);
    // By another clock the sun would rise at another hour: its course is learnt again.
    if (before !== timeZone) return;
    this.load.restore(kept.load);
    this.solar.restore(kept.solar);
  }

  /** Measured power that nobody controls; as often as it is read. */
  sawLoad(wallMs: number, w: number): void {
    this.load.saw(wallMs, w);
  }

  sawSolar(wallMs: number, w: number): void {
    this.solar.saw(wallMs, w);
  }

  /** The time, every few seconds and after who came was told: as hours end, what was expected of them is held against who came. */
  passed(wallMs: number): void {
    this.arrivals.passed(wallMs);
  }

  /** Told again of one that is there, it is known anew: its driver says more by now, or the clock was set. */
  arrived(arrival: Arrival): void {
    const before = this.present.get(arrival.id);
    if (before === undefined && this.present.size >= PRESENT_MAX) {
      const [oldest] = this.present.keys();
      if (oldest !== undefined) this.forget(oldest);
    }
    this.present.set(arrival.id, { arrival, fullness: before?.fullness ?? new Fullness() });
    this.stays.arrived(arrival);
  }

  /**
   * What a session was offered and what it drew, per phase; as often as it is known. Answers whether it has just been found full, or not full
   * after all: a plan made before is worth little.
   */
  offered(
    id: SessionId,
    wallMs: number,
    told: { readonly offeredMa: number; readonly drawnMa: number },
  ): boolean {
    const fullness = this.present.get(id)?.fullness;
    if (fullness === undefined) return false;
    const before = fullness.full(wallMs);
    fullness.saw(wallMs, told);
    return fullness.full(wallMs) !== before;
  }

  /** It left; a session that was never told to have arrived teaches nothing. */
  departed(id: SessionId, left: Pick<Visit, "leftWallMs" | "takenWh">): void {
    const arrival = this.present.get(id)?.arrival;
    this.present.delete(id);
    if (arrival !== undefined) this.stays.departed(arrival, left);
  }

  private forget(id: SessionId): void {
    this.present.delete(id);
    this.stays.forget(id);
  }

  /** A visit of the past, from a file or the central system. */
  learn(visit: Visit): void {
    this.stays.learn(visit);
  }

  /** In quarters of an hour, watts. */
  loadW(fromWallMs: number, steps: number): Forecast {
    return this.load.forecast(fromWallMs, steps);
  }

  solarW(fromWallMs: number, steps: number): Forecast {
    return this.solar.forecast(fromWallMs, steps);
  }

  /** Of a session that is there, as seen now; `undefined` for one that never arrived. */
  session(
    id: SessionId,
    nowWallMs: number,
    deliveredWh: number,
  ): Required<Pick<PlannedSession, "leavesWallMs" | "takesWh" | "learntVisits" | "idle">> | undefined {
    const present = this.present.get(id);
    if (present === undefined) return undefined;
    const { arrival, fullness } = present;
    return {
      idle: fullness.full(nowWallMs),
      leavesWallMs: this.stays.leaves(arrival, nowWallMs),
      takesWh: this.stays.takes(arrival, deliveredWh),
      learntVisits: this.stays.count,
    };
  }

  /** Who will come within `hours`, each drawing at most `powerW`. */
  expected(fromWallMs: number, hours: number, powerW: number): ExpectedSessions[] {
    return expectedSessions(this.stays.visits, this.time, { fromWallMs, hours, powerW });
  }

  get errors(): ForecastErrors {
    return {
      loadW: this.load.errorMean,
      solarW: this.solar.errorMean,
      departureMin: this.stays.errorMeanMs / 60_000,
      takenWh: this.stays.takenErrorMeanWh,
      arrivals: this.arrivals.errorMean,
    };
  }

  state(): ForecastState {
    const { timeZone, load, solar, stays, arrivals } = this;
    return {
      ...{ version: 1, timeZone, load: load.state(), solar: solar.state() },
      ...{ stays: stays.state(), arrivals: arrivals.state() },
    };
  }
}
