/**
 * `bench gateway`: 200 stations over mutual TLS against the real gateway with the real store, and against a bare `ws`
 * echo of the same frames, in turn, in one run.
 */

import { costOf, threadSeconds } from "./cpu.ts";
import type { Order, Told } from "./load/fleet.ts";
import type { Kind } from "./load/messages.ts";
import type { Target } from "./load/socket.ts";
import { median, Plant, round, type Say } from "./plant.ts";

export type Compared = { readonly perSecond: number; readonly echoPerSecond: number; readonly ratio: number };
export type Options = {
  readonly stations: number;
  readonly seconds: number;
  readonly rounds: number;
  readonly profiles?: string | undefined;
};

/** Sockets that are opened at one time, before anything is measured. */
const AT_ONCE = 32;

export async function gateway(options: Options, say: Say) {
  const plant = new Plant(options.profiles);
  try {
    say("starting the central system and the echo");
    const csms = await plant.csms(UNTHROTTLED);
    const echo = await plant.yardstick("echo");
    say(`enrolling ${options.stations} stations`);
    const enrolled = await plant.enrol(options.stations);
    const ours = await plant.load(enrolled);
    const theirs = await plant.load(enrolled);
    const both = {
      ours: { order: ours, target: csms.target, processes: { csms: csms.program.pid } },
      theirs: { order: theirs, target: echo.target, processes: { echo: echo.pid } },
    };
    await connectBoth(both, say);
    return {
      heartbeats: await compare("heartbeats", both, options, say),
      transactions: await compare("transactions", both, options, say),
    };
  } finally {
    await plant.close();
  }
}

/** A station's own limit is far below what a closed loop does; here the whole is measured, not the limit. */
export const UNTHROTTLED = ["--station-frames-per-second", "100000"];

/** What is measured, and the yardstick: each with a load of its own. */
export type Both = Readonly<Record<"ours" | "theirs", Side>>;
type Side = {
  readonly order: (order: Order) => Promise<Told>;
  readonly target: Target;
  /** The processes that serve it, by name. */
  readonly processes: Readonly<Record<string, number>>;
};

export async function connectBoth({ ours, theirs }: Both, say: Say): Promise<void> {
  say("connecting to both");
  await ours.order({ do: "connect", target: ours.target, atOnce: AT_ONCE });
  await theirs.order({ do: "connect", target: theirs.target, atOnce: AT_ONCE });
}

/** In turn, so that whatever else the machine does falls on both; the median of the rounds. */
export async function compare(kind: Kind, both: Both, options: Options, say: Say): Promise<Compared> {
  const rates = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 1; round <= options.rounds; round++) {
    for (const whom of ["theirs", "ours"] as const) {
      const { order, processes } = both[whom];
      await order({ do: "warm-up", kind });
      const before = threadSeconds(processes);
      const told = await order({ do: "run", seconds: options.seconds });
      const cost = costOf(before, threadSeconds(processes), told.messages);
      await order({ do: "rest" });
      if (told.failed > 0)
        throw new Error(`${told.failed} ${kind} were refused or cut off: nothing to compare`);
      rates[whom].push(told.messages / told.seconds);
      const name = whom === "ours" ? "wattward" : "echo";
      const perSecond = Math.round(told.messages / told.seconds);
      say(`${kind} ${round}/${options.rounds}: ${name} ${perSecond} per second${cost}`);
    }
  }
  const [perSecond, echoPerSecond] = [median(rates.ours), median(rates.theirs)];
  return {
    perSecond: Math.round(perSecond),
    echoPerSecond: Math.round(echoPerSecond),
    ratio: round(perSecond / echoPerSecond),
  };
}
