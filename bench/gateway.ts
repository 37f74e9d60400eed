/**
 * `bench gateway`: 200 stations over mutual TLS against the real gateway with the real store, and against a bare `ws`
 * echo of the same frames, in turn, in one run.
 */

import type { Order, Told } from "./load/fleet.ts";
import type { Kind } from "./load/messages.ts";
import type { Target } from "./load/station.ts";
import { median, Plant, round, type Say } from "./plant.ts";

export type Compared = { readonly perSecond: number; readonly echoPerSecond: number; readonly ratio: number };
export type Options = { readonly stations: number; readonly seconds: number; readonly rounds: number };

/** Sockets that are opened at one time, before anything is measured. */
const AT_ONCE = 32;

export async function gateway(options: Options, say: Say) {
  const plant = new Plant();
  try {
    say("starting the central system and the echo");
    const csms = await plant.csms(UNTHROTTLED);
    const echo = await plant.yardstick("echo");
    say(`enrolling ${options.stations} stations`);
    const enrolled = await plant.enrol(options.stations);
    const ours = await plant.load(enrolled);
    const theirs = await plant.load(enrolled);
    await connectBoth({ ours, theirs }, csms.target, echo.target, say);
    return {
      heartbeats: await compare("heartbeats", { ours, theirs }, options, say),
      transactions: await compare("transactions", { ours, theirs }, options, say),
    };
  } finally {
    plant.close();
  }
}

/** A station's own limit is far below what a closed loop does; here the whole is measured, not the limit. */
export const UNTHROTTLED = ["--station-frames-per-second", "100000"];

type Loads = Record<"ours" | "theirs", (order: Order) => Promise<Told>>;

export async function connectBoth(loads: Loads, ours: Target, theirs: Target, say: Say): Promise<void> {
  say("connecting to both");
  await loads.ours({ do: "connect", target: ours, atOnce: AT_ONCE });
  await loads.theirs({ do: "connect", target: theirs, atOnce: AT_ONCE });
}

/** In turn, so that whatever else the machine does falls on both; the median of the rounds. */
export async function compare(kind: Kind, loads: Loads, options: Options, say: Say): Promise<Compared> {
  const rates = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 1; round <= options.rounds; round++) {
    for (const whom of ["theirs", "ours"] as const) {
      const told = await loads[whom]({ do: "run", kind, seconds: options.seconds });
      if (told.failed > 0)
        throw new Error(`${told.failed} ${kind} were refused or cut off: nothing to compare`);
      rates[whom].push(told.messages / told.seconds);
      const name = whom === "ours" ? "wattward" : "echo";
      say(
        `${kind} ${round}/${options.rounds}: ${name} ${Math.round(told.messages / told.seconds)} per second`,
      );
    }
  }
  const [perSecond, echoPerSecond] = [median(rates.ours), median(rates.theirs)];
  return {
    perSecond: Math.round(perSecond),
    echoPerSecond: Math.round(echoPerSecond),
    ratio: round(perSecond / echoPerSecond),
  };
}
