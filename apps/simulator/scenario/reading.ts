/** What the parts of a plan are read with: spans and instants that complain of themselves, and cards. */
import type { Token } from "../station/dialect.ts";
import { instantMs, spanMs, spanWords } from "./moments.ts";

/** Tells a fault at a place in the scenario and goes on, so that a person hears of all of them at once. */
export type Complain = (path: readonly (string | number)[], sentence: string) => void;

/** A span, or 0 with a complaint. */
export function spanOr(
  words: string | number,
  path: readonly (string | number)[],
  complain: Complain,
): number {
  const ms = spanMs(words);
  if (ms === undefined) complain(path, `this is ${spanWords}; '${words}' is not.`);
  return ms ?? 0;
}

/** An instant, ms since 1970, or the beginning with a complaint. */
export function momentOr(
  words: string | number,
  path: readonly (string | number)[],
  { complain, startMs }: { readonly complain: Complain; readonly startMs: number },
): number {
  const span = spanMs(words);
  if (span !== undefined) return startMs + span;
  const instant = instantMs(String(words));
  if (instant === undefined) {
    complain(
      path,
      `this is ${spanWords}, from the beginning; or a date and time with its offset (2025-06-02T08:15:00+02:00); '${words}' is neither.`,
    );
  } else if (instant < startMs) complain(path, "this is before the scenario begins ('start:').");
  return instant ?? startMs;
}

export const tokenOf = (id: string): Token => ({ id, type: "ISO14443" });
