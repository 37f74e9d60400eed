/**
 * The central system as a process that dies and comes back on the same database file. Its core answers over a wait in
 * both directions, as the thread that it lives in does: a kill finds decisions that were not yet taken up (they are
 * lost) and commits that nobody has heard of yet (they are durable).
 *
 *     gateway ── ask, 0 to 2 ms ──▶ core: decision, commit ── told, 0 to 2 ms ──▶ gateway
 */
import assert from "node:assert/strict";
import type { Chance, Clock, Log } from "@wattward/kernel";
import { signBundle } from "@wattward/pki";
import type { Host, SimulatedNetwork } from "@wattward/testing";
import { createCore } from "../../apps/csms/core/create-core.ts";
import type { Core, Decisions, Queries } from "../../apps/csms/core/port.ts";
import { type Csms, createCsms } from "../../apps/csms/csms.ts";
import { Trust } from "../../apps/csms/gateway/trust.ts";
import { silentMetrics } from "../../apps/csms/metrics/metrics.ts";
import { authorities } from "./identities.ts";
import { Mortal, mortalClock, mortalHost } from "./mortal.ts";

export const CSMS_HOST = "csms";
export const CSMS_PORT = 9443;
const WAIT_MS_MAX = 2;

/** Sees each decision at the moment of its commit, before the gateway hears of it. */
export type CommitWatch = {
  decided<N extends keyof Decisions>(
    name: N,
    input: Decisions[N]["input"],
    output: Decisions[N]["output"],
  ): void;
};

export type Breakage = (core: Core) => Core;

export type CsmsPorts = {
  readonly clock: Clock;
  readonly network: SimulatedNetwork;
  readonly chance: Chance;
  readonly log: Log;
  /** Path of the SQLite file. */
  readonly database: string;
  readonly watch: CommitWatch;
  /**
   * A test puts something broken in the place of the real core, to see that somebody notices: `core` is below the watch,
   * a decision gone wrong; `port` above it, a gateway that does not wait.
   */
  readonly broken?: { readonly core?: Breakage; readonly port?: Breakage } | undefined;
};

export class CsmsProcess {
  private readonly ports: CsmsPorts;
  private mortal: Mortal | undefined;
  private core: Core | undefined;
  private csms: Csms | undefined;

  constructor(ports: CsmsPorts) {
    this.ports = ports;
  }

  get process(): Mortal | undefined {
    return this.mortal?.alive === true ? this.mortal : undefined;
  }

  /** Begins to boot; time has to pass until it listens. Nothing happens to one that runs. */
  async start(): Promise<void> {
    if (this.process !== undefined) return;
    const { network, chance, clock, database, log, watch } = this.ports;
    const { core: lower = asIs, port: upper = asIs } = this.ports.broken ?? {};
    const mortal = new Mortal(chance);
    this.mortal = mortal;
    const { station, site, bundle } = (await authorities()).authorities;
    const real = await createCore({
      database,
      synchronous: "off",
      chance,
      log,
      stationAnchors: [station.pem],
    });
    // Whatever it has committed stays; the connection alone is let go of.
    mortal.onDeath(() => void real.close());
    this.core = real;
    const host: Host = mortalHost(network.host(CSMS_HOST), mortal);
    const own = mortalClock(clock, mortal);
    const starting = createCsms({
      core: afar(upper(watched(lower(real), watch)), mortal, { clock, chance }),
      clock: own,
      chance,
      log,
      trust: new Trust({ station: [station.pem], site: [site.pem] }),
      signBundle: (body) => signBundle(body, bundle),
      listen: ({ upgrade }) => host.listen(CSMS_PORT, upgrade),
      metrics: silentMetrics,
    });
    void starting.then((csms) => {
      if (mortal.alive) this.csms = csms;
    });
  }

  /** For what an operator does at his desk: past the gateway. */
  get desk(): Core {
    assert(this.core !== undefined, "the CSMS was never started");
    return this.core;
  }

  kill(): void {
    this.csms = undefined;
    this.mortal?.kill();
  }

  /** As an operator stops it. */
  async close(): Promise<void> {
    await this.csms?.close();
    this.kill();
  }
}

const asIs: Breakage = (core) => core;

function watched(core: Core, watch: CommitWatch): Core {
  return {
    ...core,
    async decide(name, input) {
      const output = await core.decide(name, input);
      watch.decided(name, input, output);
      return output;
    },
  };
}

/** The core as its thread's port gives it: in order both ways, later, and not at all once the process is dead. */
function afar(core: Core, mortal: Mortal, { clock, chance }: Pick<CsmsPorts, "clock" | "chance">): Core {
  const there = lane(clock, chance);
  const back = lane(clock, chance);
  const asked = <T>(ask: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      const reply = (tell: () => void) => back(() => void mortal.step("told", tell));
      there(() => {
        const asking = mortal.step("ask", ask);
        asking?.then(
          (value) => reply(() => resolve(value)),
          (error: unknown) => reply(() => reject(error)),
        );
      });
    });
  return {
    decide: <N extends keyof Decisions>(name: N, input: Decisions[N]["input"]) =>
      asked(() => core.decide(name, input)),
    query: <N extends keyof Queries>(name: N, input: Queries[N]["input"]) =>
      asked(() => core.query(name, input)),
    onCommitted: (listener) =>
      core.onCommitted((seq) => back(() => void mortal.step("told", () => listener(seq)))),
    close: () => asked(async () => {}),
  };
}

/** Runs what it is given in order, each after a wait. */
function lane(clock: Clock, chance: Chance): (run: () => void) => void {
  let freeAtMs = 0;
  return (run) => {
    const nowMs = clock.now().monotonicMs;
    freeAtMs = Math.max(freeAtMs, nowMs + chance.int(0, WAIT_MS_MAX));
    clock.after(freeAtMs - nowMs, run);
  };
}
