/** How people write spans of time and instants in a scenario: `90s`, `1h30m`, a number of seconds; or a date and time. */
import { dateTimeMs } from "@wattward/ocpp";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Longest span: a year. */
const SPAN_MS_MAX = 366 * 86_400_000;

/** What a span looks like, for sentences. */
export const spanWords = "a span of time (90s, 15m, 2h, 1h30m, 1d, or a number of seconds), at most a year";

/** Milliseconds, or undefined where it is no span. */
export function spanMs(words: string | number): number | undefined {
  if (typeof words === "number") return inRange(words * 1000);
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(words)) return undefined;
  const parts = [...words.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)];
  return inRange(
    parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ""] ?? Number.NaN), 0),
  );
}

const inRange = (ms: number) => (ms >= 0 && ms <= SPAN_MS_MAX ? Math.round(ms) : undefined);

/** An instant with its offset from UTC: `2025-06-02T07:00:00+02:00`; the T may be a blank. Undefined where it is none. */
export const instantMs = (words: string): number | undefined =>
  dateTimeMs(words.replace(/^(\d{4}-\d\d-\d\d) /, "$1T").replace(/(T\d\d:\d\d)(?=[Z+-])/, "$1:00"));

/** A span for people: the two largest units that are not nought. */
export function spanSaid(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const from = parts.findIndex(([count]) => count > 0);
  if (from < 0) return "0 s";
  return parts
    .slice(from, from + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
