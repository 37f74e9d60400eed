/**
 * Charging profiles as steps over time (1.6 §3.13 and §7.8, 2.0.1 and 2.1 Part 2 K01 and §2.12): what a station holds by
 * our commands or by its own word, the schedule that it composed of it all, and limits that it was given by others.
 * Where a schedule begins with something that is not known here, its start is assumed and said to be. Pure.
 */
import type { Command, Session } from "../api/shapes.ts";
import type { HeldProfile, Told } from "../api/station-shapes.ts";

/** `limit` in the curve's unit. `toMs` is where it ends or the window does. */
export type Step = { readonly fromMs: number; readonly toMs: number; readonly limit: number };

export type Curve = {
  readonly key: string;
  /** set: accepted from us. told: its own word. composed: its answer to a question of ours. given: a limit of others. car: the car's plan. */
  readonly source: "set" | "told" | "composed" | "given" | "car";
  /** 0 is the whole station. */
  readonly evse: number;
  /** In OCPP's words; null where it is no profile. */
  readonly purpose: string | null;
  readonly stackLevel: number | null;
  readonly kind: string | null;
  readonly atMs: number;
  readonly unit: "W" | "A";
  readonly steps: readonly Step[];
  /** It begins with a transaction, or when it is accepted: drawn from the best that is known. */
  readonly assumed: boolean;
};
export type Window = { readonly fromMs: number; readonly toMs: number };

/** Steps of one curve: a recurring one of a minute's steps over a week would draw no line that anyone could read. */
export const STEPS_MAX = 2_000;
const DAY_MS = 86_400_000;

type Thing = Readonly<Record<string, unknown>>;
type Timing = {
  readonly startMs: number;
  readonly everyMs?: number | undefined;
  readonly validFromMs?: number | undefined;
  readonly validToMs?: number | undefined;
};

/** The curves of a profile: 2.x allows up to three schedules in one. `sessions` tell when a transaction began. */
export function profileCurves(
  held: HeldProfile,
  sessions: readonly Session[],
  window: Window,
): readonly Curve[] {
  const { profile } = held;
  const began = sessions.find(({ wireId }) => wireId === held.transaction)?.startedAtMs ?? undefined;
  const kind = held.kind;
  return schedulesIn(profile.chargingSchedule).map((schedule, index) => {
    const start = kind === "Relative" ? undefined : instant(schedule.startSchedule);
    const timing = {
      startMs: start ?? began ?? held.changedAtMs,
      everyMs: kind === "Recurring" ? recurrence(profile.recurrencyKind) : undefined,
      validFromMs: instant(profile.validFrom),
      validToMs: instant(profile.validTo),
    };
    return {
      key: `profile-${held.id}-${index}`,
      source: held.source === "told" ? "told" : "set",
      ...{
        evse: held.evse,
        purpose: held.purpose,
        stackLevel: held.stackLevel,
        kind,
        atMs: held.changedAtMs,
      },
      unit: unitOf(schedule),
      steps: stepsOf(schedule, timing, window),
      assumed: start === undefined && began === undefined && kind !== "Dynamic",
    };
  });
}

/** The newest answer to GetCompositeSchedule for each EVSE. */
export function composedCurves(commands: readonly Command[], window: Window): readonly Curve[] {
  const curves = new Map<number, Curve>();
  for (const command of commands) {
    const { outcome, payload, endedAtMs } = command;
    if (command.action !== "GetCompositeSchedule" || outcome === null || endedAtMs === null) continue;
    const [schedule] = schedulesIn(outcome.schedule ?? outcome.chargingSchedule);
    const evse = Number(payload.evseId ?? payload.connectorId ?? 0);
    if (schedule === undefined || curves.has(evse)) continue;
    const start = instant(schedule.scheduleStart) ?? instant(outcome.scheduleStart);
    const timing = { startMs: start ?? instant(schedule.startSchedule) ?? endedAtMs };
    curves.set(evse, {
      ...{ key: `composed-${evse}`, source: "composed", evse, purpose: null, stackLevel: null, kind: null },
      ...{ atMs: endedAtMs, unit: unitOf(schedule), steps: stepsOf(schedule, timing, window) },
      assumed: false,
    });
  }
  return [...curves.values()];
}

/** Limits that others gave the station, and the plan of a car, as it told them. */
export function toldCurves(told: readonly Told[], window: Window): readonly Curve[] {
  return told.flatMap(({ subject, about, body, ended, toldAtMs }) => {
    if (ended || (subject !== "charging-limit" && subject !== "ev-schedule")) return [];
    return schedulesIn(body.chargingSchedule).map((schedule, index): Curve => {
      const startMs = instant(schedule.startSchedule) ?? instant(body.timeBase) ?? toldAtMs;
      return {
        ...{ key: `${subject}-${about}-${index}`, evse: Number(body.evseId ?? 0), atMs: toldAtMs },
        source: subject === "charging-limit" ? "given" : "car",
        ...{ purpose: null, stackLevel: null, kind: null, unit: unitOf(schedule), assumed: false },
        steps: stepsOf(schedule, { startMs }, window),
      };
    });
  });
}

/** The limit in force at an instant; undefined where none is. */
export const limitAt = (curve: Curve, atMs: number): number | undefined =>
  curve.steps.find((step) => step.fromMs <= atMs && atMs < step.toMs)?.limit;

function stepsOf(schedule: Thing, timing: Timing, window: Window): readonly Step[] {
  const { startMs, everyMs, validFromMs = -Infinity, validToMs = Infinity } = timing;
  const durationMs = Math.min((seconds(schedule.duration) ?? Infinity) * 1000, everyMs ?? Infinity);
  const from = Math.max(window.fromMs, validFromMs);
  const to = Math.min(window.toMs, validToMs);
  const first = everyMs === undefined ? 0 : Math.max(0, Math.floor((from - startMs) / everyMs));
  const steps: Step[] = [];
  for (let round = first; steps.length < STEPS_MAX; round++) {
    const beginMs = startMs + round * (everyMs ?? 0);
    if (beginMs >= to) break;
    const periods = periodsIn(schedule.chargingSchedulePeriod);
    periods.forEach(({ startS, limit }, index) => {
      const fromMs = Math.max(from, beginMs + startS * 1000);
      const nextS = periods[index + 1]?.startS;
      const endMs = beginMs + Math.min(nextS === undefined ? Infinity : nextS * 1000, durationMs);
      const toMs = Math.min(to, endMs);
      if (fromMs < toMs) steps.push({ fromMs, toMs, limit });
    });
    if (everyMs === undefined) break;
  }
  return steps;
}

/** 2.1 names a setpoint where a limit is not enough (K01.FR.116); one of both is what the curve shows. */
function periodsIn(value: unknown): readonly { startS: number; limit: number }[] {
  return things(value).flatMap((period) => {
    const limit = [period.limit, period.setpoint].find((it) => typeof it === "number");
    return typeof limit === "number" ? [{ startS: seconds(period.startPeriod) ?? 0, limit }] : [];
  });
}

const schedulesIn = (value: unknown): readonly Thing[] => things(Array.isArray(value) ? value : [value]);
const things = (value: unknown): readonly Thing[] =>
  Array.isArray(value)
    ? value.filter((it): it is Thing => typeof it === "object" && it !== null && !Array.isArray(it))
    : [];
const unitOf = (schedule: Thing): "W" | "A" => (schedule.chargingRateUnit === "A" ? "A" : "W");
const recurrence = (kind: unknown): number => (kind === "Weekly" ? 7 * DAY_MS : DAY_MS);
const seconds = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;
function instant(value: unknown): number | undefined {
  const atMs = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs;
}
