/** Instants and spans in words. Instants are milliseconds since 1970 UTC; the zone is the browser's and is named. */
import { dash } from "./quantity.ts";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const zoned = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
const exactly = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
const dayAndMinute = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

export const clockTime = (atMs: number): string => clock.format(atMs);
export const minuteTime = (atMs: number): string => minute.format(atMs);
export const wallClock = (atMs: number): string => zoned.format(atMs);
/** The exact instant, for a tooltip. */
export const exactTime = (atMs: number): string => exactly.format(atMs);

const dayAlone = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
/** The day, for what ends or began on one. */
export const day = (atMs: number): string => dayAlone.format(atMs);

const dayMs = 86_400_000;

/** Time of day when it is near, with its date when it is not. */
export function nearTime(atMs: number | null, nowMs: number): string {
  if (atMs === null) return dash;
  return Math.abs(nowMs - atMs) < dayMs / 2 ? minuteTime(atMs) : dayAndMinute.format(atMs);
}

/** A span in its two largest units that matter: "48 s", "12 min", "1 h 05 min", "3 d 4 h". Never negative. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  const h = Math.floor(min / 60);
  if (h < 24) return `${h} h ${String(min % 60).padStart(2, "0")} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}
