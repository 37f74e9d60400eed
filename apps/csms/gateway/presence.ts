/**
 * Tells the core who is connected until it is stored: a store that is away for a while must not leave a station that
 * nobody can reach, or one that looks reachable and is not.
 *
 * Gives up where the core is closing, or this node has lost its lease: whoever takes over frees what was held.
 */
import { sleep } from "@wattward/kernel";
import { CoreError, type Decisions, type Elsewhere } from "../core/port.ts";
import { PRESENCE_ATTEMPTS_MAX, PRESENCE_RETRY_MS } from "./limits.ts";
import type { ConnectionPorts } from "./ports.ts";

type Names = "station.presence" | "site.presence";
type Told<N extends Names> = {
  readonly name: N;
  readonly input: Decisions[N]["input"];
  /** Asked before it is tried again: false once it is no longer so. */
  still(): boolean;
};

/** `elsewhere`: another node holds it. Never rejects: what could not be stored is in the log. */
export async function storePresence<N extends Names>(
  { name, input, still }: Told<N>,
  { core, clock, log, storeBack }: Pick<ConnectionPorts, "core" | "clock" | "log" | "storeBack">,
): Promise<Elsewhere | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await core.decide(name, input);
    } catch (error) {
      log.error("presence-not-stored", { presence: name, attempt, error: String(error) });
      const over = !(error instanceof CoreError) || error.kind === "closed" || error.kind === "fenced";
      if (over || attempt >= PRESENCE_ATTEMPTS_MAX) return undefined;
    }
    await sleep(clock, PRESENCE_RETRY_MS);
    // However long it is away: what is not told would stand for good.
    await storeBack();
    if (!still()) return undefined;
  }
}
