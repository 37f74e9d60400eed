/** The files of a run in its folder: `sessions.csv`, a line for each session (RFC 4180), and `result.json`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fleet, STEP_HOURS, STEP_MS } from "./cars.ts";
import type { Optimum } from "./offline.ts";
import type { Replayed } from "./replay.ts";

const HEAD = "session,station,arrival,hours,need_kwh,got_kwh,lp_kwh";

export type Results = {
  readonly fleet: Fleet;
  readonly optimum: Pick<Optimum, "gotKwh">;
  readonly replayed: Pick<Replayed, "gotKwh">;
  readonly result: object;
};

export function writeResults(out: string, { fleet, optimum, replayed, result }: Results): void {
  const lines = fleet.cars.map(({ session, from, to, needKwh }, i) =>
    [
      quoted(session.id),
      quoted(session.station),
      new Date(fleet.startMs + from * STEP_MS).toISOString(),
      ((to - from) * STEP_HOURS).toFixed(3),
      needKwh.toFixed(3),
      replayed.gotKwh[i]!.toFixed(3),
      optimum.gotKwh[i]!.toFixed(3),
    ].join(","),
  );
  writeFileSync(join(out, "sessions.csv"), `${[HEAD, ...lines].join("\n")}\n`);
  writeFileSync(join(out, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
}

const quoted = (field: string): string =>
  /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
