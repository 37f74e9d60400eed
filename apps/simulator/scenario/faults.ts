/** The faults of a plan, at their instants, in the words that the command line has for them too. */

import type { Fault } from "../world/fault.ts";
import { readFault } from "../world/fault-words.ts";
import { spanMs } from "./moments.ts";
import { type Complain, momentOr, spanOr } from "./reading.ts";
import type { FaultEntry } from "./shape.ts";
import type { PlannedStation } from "./stations.ts";

export type PlannedFault = {
  /** From the beginning, ms. */
  readonly atMs: number;
  readonly fault: Fault;
  readonly station: string | undefined;
};

type Ports = {
  readonly stations: readonly PlannedStation[];
  readonly startMs: number;
  readonly complain: Complain;
};

export function planFaults(entries: readonly FaultEntry[], ports: Ports): PlannedFault[] {
  const ids = new Set<string>(ports.stations.map(({ options }) => options.id));
  return entries.flatMap((entry, i) => faultsOf(entry, ["faults", i], { ...ports, ids }));
}

function faultsOf(
  { at, by, every, for: lasting, times = 1, ...words }: FaultEntry,
  path: readonly (string | number)[],
  { complain, ids, startMs }: Ports & { readonly ids: ReadonlySet<string> },
): PlannedFault[] {
  if (words.station !== undefined && !ids.has(words.station)) {
    complain([...path, "station"], `there is no station '${words.station}'.`);
  }
  if (times > 1 && every === undefined)
    complain([...path, "times"], "'every' is missing: how long after the last time it happens again.");
  const seconds = {
    ...(lasting !== undefined && { for: spanOr(lasting, [...path, "for"], complain) / 1000 }),
    ...(by !== undefined && { by: secondsBy(by) }),
  };
  const wish = readFault({ ...words, ...seconds });
  if (!wish.ok) complain(path, wish.fault);
  const atMs = momentOr(at, [...path, "at"], { complain, startMs }) - startMs;
  const everyMs = every === undefined ? 0 : spanOr(every, [...path, "every"], complain);
  if (!wish.ok) return [];
  return Array.from({ length: times }, (_, i) => ({ ...wish.value, atMs: atMs + i * everyMs }));
}

/** Seconds, or a span that may go back: `-1h`. Not a number where it is neither. */
function secondsBy(by: string | number): number {
  if (typeof by === "number") return by;
  const [, sign = "", span = ""] = /^([+-]?)(.*)$/.exec(by) ?? [];
  return ((sign === "-" ? -1 : 1) * (spanMs(span) ?? Number.NaN)) / 1000;
}
