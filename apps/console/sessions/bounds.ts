/**
 * What bounds a session: the charging profiles that its station holds, as one line of watts over time with the purpose
 * that decides. OCPP 1.6 §3.13, 2.x K01: of one purpose the highest stack level that has a say at an instant counts; a
 * profile of the session replaces the default one; limits of the whole station hold beside. Amperes become watts at
 * 230 V, so such a limit is marked `about`. A profile is known from when it was set or told: before that nothing is
 * said. Recurring ones are unfolded over the session. Not the station's own composite schedule. Pure.
 */
import type { StationHolds } from "../api/shapes.ts";

export type Profile = StationHolds["profiles"][number];
export type Bounded = { readonly wireId: string; readonly evse: number; readonly startedAtMs: number | null };
export type Span = { readonly fromMs: number; readonly toMs: number };
/** From `fromMs` until the next step; `limitW` null: no limit is known. */
export type Step = {
  readonly fromMs: number;
  readonly limitW: number | null;
  readonly purpose: string;
  readonly about: boolean;
};

const VOLTS = 230;
const PHASES_USUAL = 3;
const DAY_MS = 86_400_000;
/** Of one profile: more periods than this, or days to unfold, are not drawn. */
const PERIODS_MAX = 1_000;
const DAYS_MAX = 60;

const ofSession = new Set(["TxProfile", "PriorityCharging"]);
const ofEvery = new Set(["TxDefaultProfile"]);
const ofStation = new Set([
  "ChargePointMaxProfile",
  "ChargingStationMaxProfile",
  "ChargingStationExternalConstraints",
  "LocalGeneration",
]);

type Piece = {
  readonly profile: Profile;
  readonly fromMs: number;
  readonly toMs: number;
  readonly limitW: number;
  readonly about: boolean;
};

/** In order of time; empty where no profile bounds it. */
export function boundsOf(profiles: readonly Profile[], session: Bounded, span: Span): readonly Step[] {
  const pieces = profiles
    .filter((profile) => concerns(profile, session))
    .flatMap((profile) => piecesOf(profile, session, span));
  if (pieces.length === 0) return [];
  const cuts = new Set(
    [span.fromMs, ...pieces.flatMap(({ fromMs, toMs }) => [fromMs, toMs])].filter(
      (atMs) => atMs >= span.fromMs && atMs < span.toMs,
    ),
  );
  const steps: Step[] = [];
  for (const atMs of [...cuts].sort((a, b) => a - b)) {
    const step = stepAt(pieces, atMs);
    const before = steps.at(-1);
    if (before?.limitW !== step.limitW || before.purpose !== step.purpose) steps.push(step);
  }
  return steps.every(({ limitW }) => limitW === null) ? [] : steps;
}

export const stepAtInstant = (steps: readonly Step[], atMs: number): Step | undefined =>
  steps.findLast(({ fromMs }) => fromMs <= atMs);

function concerns({ evse, purpose, transaction }: Profile, session: Bounded): boolean {
  if (evse !== 0 && evse !== session.evse) return false;
  if (ofSession.has(purpose)) return transaction === null || transaction === session.wireId;
  return ofEvery.has(purpose) || ofStation.has(purpose);
}

function stepAt(pieces: readonly Piece[], atMs: number): Step {
  const now = pieces.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  const own = strongest(now, ofSession) ?? strongest(now, ofEvery);
  const purposes = new Set(
    now.map(({ profile }) => profile.purpose).filter((purpose) => ofStation.has(purpose)),
  );
  const all = [own, ...[...purposes].map((purpose) => strongest(now, new Set([purpose])))].filter(
    (piece) => piece !== undefined,
  );
  const least = all.sort((a, b) => a.limitW - b.limitW)[0];
  return {
    fromMs: atMs,
    limitW: least?.limitW ?? null,
    purpose: least?.profile.purpose ?? "",
    about: least?.about ?? false,
  };
}

/** Of these purposes, at one instant: the highest stack level. */
const strongest = (now: readonly Piece[], purposes: ReadonlySet<string>): Piece | undefined =>
  now
    .filter(({ profile }) => purposes.has(profile.purpose))
    .sort((a, b) => b.profile.stackLevel - a.profile.stackLevel)[0];

function piecesOf(profile: Profile, session: Bounded, span: Span): Piece[] {
  const body = profile.profile;
  const schedule = objectIn(
    Array.isArray(body["chargingSchedule"]) ? body["chargingSchedule"][0] : body["chargingSchedule"],
  );
  if (schedule === undefined) return [];
  const fromMs = Math.max(span.fromMs, profile.changedAtMs, instantIn(body["validFrom"]) ?? 0);
  const toMs = Math.min(span.toMs, instantIn(body["validTo"]) ?? Number.POSITIVE_INFINITY);
  const lastsMs =
    numberIn(schedule["duration"]) === undefined
      ? Number.POSITIVE_INFINITY
      : numberIn(schedule["duration"])! * 1000;
  return startsOf(profile, schedule, session, span).flatMap(({ startMs, endMs }) =>
    periodsOf(schedule)
      .map((period, index, all) => ({
        ...{ profile, limitW: period.limitW, about: period.about },
        fromMs: Math.max(fromMs, startMs + period.startMs),
        toMs: Math.min(
          toMs,
          startMs + lastsMs,
          endMs,
          startMs + (all[index + 1]?.startMs ?? Number.POSITIVE_INFINITY),
        ),
      }))
      .filter((piece) => piece.fromMs < piece.toMs),
  );
}

type Start = { readonly startMs: number; readonly endMs: number };

/** When the schedule begins, each time that it does within the span. */
function startsOf(profile: Profile, schedule: Data, session: Bounded, span: Span): Start[] {
  const startMs = instantIn(schedule["startSchedule"]);
  const endMs = Number.POSITIVE_INFINITY;
  if (profile.kind === "Relative") return [{ startMs: session.startedAtMs ?? span.fromMs, endMs }];
  if (profile.kind !== "Recurring") return [{ startMs: startMs ?? profile.changedAtMs, endMs }];
  if (startMs === undefined) return [];
  const everyMs = profile.profile["recurrencyKind"] === "Weekly" ? 7 * DAY_MS : DAY_MS;
  const first = startMs + Math.floor((span.fromMs - startMs) / everyMs) * everyMs;
  const count = Math.min(DAYS_MAX, Math.ceil((span.toMs - first) / everyMs));
  return Array.from({ length: Math.max(0, count) }, (_, n) => ({
    startMs: first + n * everyMs,
    endMs: first + (n + 1) * everyMs,
  }));
}

type Period = { readonly startMs: number; readonly limitW: number; readonly about: boolean };

/** Periods without a limit (2.1 has setpoints beside) bound nothing here. */
function periodsOf(schedule: Data): Period[] {
  const given = schedule["chargingSchedulePeriod"];
  const inAmperes = schedule["chargingRateUnit"] === "A";
  return (Array.isArray(given) ? given.slice(0, PERIODS_MAX) : []).flatMap((each) => {
    const period = objectIn(each);
    const limit = numberIn(period?.["limit"]);
    const startS = numberIn(period?.["startPeriod"]);
    if (limit === undefined || startS === undefined) return [];
    const watts = inAmperes ? limit * VOLTS * (numberIn(period?.["numberPhases"]) ?? PHASES_USUAL) : limit;
    return [{ startMs: startS * 1000, limitW: Math.round(watts), about: inAmperes }];
  });
}

type Data = { readonly [key: string]: unknown };
const objectIn = (value: unknown): Data | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : undefined;
const numberIn = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
function instantIn(value: unknown): number | undefined {
  const atMs = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
