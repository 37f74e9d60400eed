/** How a run ends: the drivers leave, and what their stations said arrives. */
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { attacksOf } from "./attackers.ts";
import { readEvidence } from "./evidence.ts";
import type { Plant } from "./plant.ts";
import { DemoError } from "./programs.ts";
import { type Audit, recount } from "./recount.ts";

/** How long after the last driver has left the last message may take to be stored. */
const SETTLE_MS = 60_000;
const SETTLE_POLL_MS = 500;

/** Tells the simulator that all drivers leave, and waits until its stations have nothing more to say. */
export async function finish({ simulator }: Pick<Plant, "simulator">): Promise<void> {
  const { stdin, stdout } = simulator.child;
  if (stdin === null || stdout === null) throw new DemoError("the simulator has no pipes");
  stdin.write(`${JSON.stringify({ do: "finish" })}\n`);
  const lines = createInterface({ input: stdout });
  const late = setTimeout(() => simulator.child.kill("SIGTERM"), SETTLE_MS);
  await simulator.exited;
  clearTimeout(late);
  lines.close();
}

/**
 * Recounts until nothing is missing any more, or {@link SETTLE_MS} have passed: a journal may still be replaying, and what attacks were seen
 * waits its turn, for the guard tells at a bounded rate.
 */
export async function settled(out: string): Promise<Audit> {
  const endMs = performance.now() + SETTLE_MS;
  for (;;) {
    const evidence = await readEvidence(out);
    const audit = recount(evidence);
    // What is wrong with a trace stays so.
    const { duplicated, lost } = audit.counts;
    const untold = (await attacksOf(out, audit.kinds ?? new Set()))?.line.attacks.untold ?? 0;
    const done = lost === 0 && duplicated === 0 && evidence.pending.size === 0 && untold === 0;
    if (done || performance.now() > endMs) return audit;
    await wait(SETTLE_POLL_MS);
  }
}
