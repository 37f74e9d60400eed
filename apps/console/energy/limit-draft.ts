/** A limit as it is typed: kilowatts, and for how long. Pure. */
import { words } from "../strings/en.ts";

const say = words.energy.limit;

/** Spans to choose from, ms; the API takes 31 days at most. */
export const SPANS_MS = [
  1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000, 604_800_000,
] as const;
/** As the API has it, W. */
const LIMIT_W_MAX = 10_000_000;

/** Watts of what was typed, with a point or a comma; undefined: no power. */
export function wattsOf(typed: string): number | undefined {
  const text = typed.trim().replace(",", ".");
  if (!/^\d{1,5}(\.\d{1,3})?$/.test(text)) return undefined;
  const watts = Math.round(Number(text) * 1_000);
  return watts <= LIMIT_W_MAX ? watts : undefined;
}

/** What is wrong with it, at its field; undefined: nothing. */
export const powerFault = (typed: string): string | undefined =>
  typed.trim() === "" ? say.powerMissing : wattsOf(typed) === undefined ? say.powerWrong : undefined;
