/**
 * Deviations of a station, counted by rule in the commit of the message that showed them. The first of each rule is
 * observed: from then on people know what this station is like, and the count tells how often.
 */
import { type Deviation, dateTimeMs } from "@wattward/ocpp";
import type { Call } from "../core/call.ts";
import type { Decision } from "../core/decision.ts";
import { clipped, type Observation, observe } from "../core/observations.ts";
import { speaksFor } from "../stations/presence.ts";
import { findStation } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { countDeviation, findDeviation, insertDeviation } from "./rows.ts";

/** Of one message or one report: a station has as many rules to break as we have names. */
const COUNTED_MAX = 32;
const EXAMPLE_CHARS_MAX = 200;

type Head = Omit<Observation<"station.deviates">, "kind" | "data"> & { readonly station: string };

/** `receivedAtMs`: when the message came, by the machine that received it. */
export async function countDeviations(
  tx: Tx,
  head: Head,
  deviations: readonly Deviation[],
  receivedAtMs: number,
): Promise<void> {
  for (const deviation of deviations.slice(0, COUNTED_MAX)) {
    const { rule, places } = deviation;
    const example = exampleOf(deviation, receivedAtMs);
    const known = await tx.first(findDeviation, { station: head.station, rule });
    const row = { station: head.station, rule, places, atMs: head.atMs, example };
    await tx.run(known === undefined ? insertDeviation : countDeviation, row);
    if (known === undefined) observe(tx, { ...head, kind: "station.deviates", data: { rule, example } });
  }
}

export const countOf = (tx: Tx, call: Call<object>, deviations: readonly Deviation[]): Promise<void> =>
  deviations.length === 0
    ? Promise.resolve()
    : countDeviations(
        tx,
        {
          source: "station",
          atMs: call.arrivedAtMs,
          station: call.station.id,
          site: call.station.site_id,
          cause: call.id,
          trace: call.trace,
          live: call.live,
        },
        deviations,
        call.receivedAtMs,
      );

/** What gateways and sites saw of a station beside its CALLs: replies, frames, handshakes, silence. */
export const takeDeviations: Decision<"station.deviations"> = async (tx, input) => {
  const { station: id, route, deviations, atMs } = input;
  const station = await tx.first(findStation, { id });
  if (station === undefined || !speaksFor(route, station)) return;
  const head = { source: "csms", atMs, station: id, site: station.site_id } as const;
  await countDeviations(tx, head, deviations, atMs);
};

function exampleOf({ rule, path, was }: Deviation, receivedAtMs: number): string {
  const zone = rule === "time-without-zone" ? hoursOff(was, receivedAtMs) : "";
  return clipped([path, was].filter((part) => part !== "").join(": ") + zone, EXAMPLE_CHARS_MAX);
}

const HOUR_MS = 3_600_000;
const NEAR_MS = 120_000;

/** A clock that runs on local time is off by whole hours from when it is heard (QUIRKS 1). */
function hoursOff(was: string, receivedAtMs: number): string {
  const saidMs = dateTimeMs(`${was.replaceAll('"', "")}Z`);
  if (saidMs === undefined) return "";
  const hours = Math.round((saidMs - receivedAtMs) / HOUR_MS);
  const near = Math.abs(saidMs - receivedAtMs - hours * HOUR_MS) <= NEAR_MS;
  return hours === 0 || Math.abs(hours) > 14 || !near ? "" : ` (${hours > 0 ? "+" : ""}${hours} h of UTC)`;
}
