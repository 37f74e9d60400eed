/** Sessions as the table shows them: open ones first, then those that ended in the last hour, newest first. */
import type { Session } from "../api/shapes.ts";

export const ENDED_SHOWN_MS = 3_600_000;

export function sessionRows(sessions: Iterable<Session>, nowMs: number): readonly Session[] {
  const shown = [...sessions].filter(
    (session) => session.state !== "ended" || nowMs - (session.endedAtMs ?? nowMs) <= ENDED_SHOWN_MS,
  );
  return shown.sort((a, b) => rank(a) - rank(b) || newestOf(b) - newestOf(a) || (a.id < b.id ? 1 : -1));
}

const rank = (session: Session): number => (session.state === "ended" ? 1 : 0);
const newestOf = (session: Session): number => session.endedAtMs ?? session.startedAtMs ?? 0;

/** From its start to its end, or to now while it is open; null where its start never arrived. */
export function durationMs(session: Session, nowMs: number): number | null {
  return session.startedAtMs === null ? null : (session.endedAtMs ?? nowMs) - session.startedAtMs;
}
