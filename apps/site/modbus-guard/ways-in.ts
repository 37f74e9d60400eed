/** The guard's listeners: open exactly while the policy has clients that come by them; tried again where one cannot be had. */
import { backoffMs, type Cancel, type Chance, type Clock, type Log } from "@wattward/kernel";
import type { ByteLink } from "@wattward/modbus";
import { type Way, ways } from "./identify.ts";
import { LISTEN_AGAIN_MS } from "./limits.ts";

export type Listener = { close(): Promise<void> };
type Why = "full" | "silent" | "untrusted" | "role";
/** A connection that never became a link, and why. */
export type Refused = (address: string, why: Why) => void;

export type WaysInPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Opens a way in; each connection is handed to `accept` once it proved what that way proves. Rejects where it cannot be had. */
  listen(way: Way, accept: (link: ByteLink) => void, refused: Refused): Promise<Listener>;
};
export type WaysInTold = {
  accept(way: Way, link: ByteLink): void;
  refused(way: Way, address: string, why: Why): void;
  failed(way: Way, why: string): void;
};

type State =
  | { readonly kind: "closed" }
  | { readonly kind: "opening" }
  | { readonly kind: "open"; readonly listener: Listener }
  | { readonly kind: "waiting"; readonly cancel: Cancel };

export class WaysIn {
  private readonly ports: WaysInPorts;
  private readonly told: WaysInTold;
  private readonly states = new Map<Way, State>(ways.map((way) => [way, { kind: "closed" }]));
  private readonly opening = new Set<Promise<void>>();
  private readonly closing = new Set<Promise<void>>();
  private readonly failures = new Map<Way, number>();
  private wanted: ReadonlySet<Way> = new Set();

  constructor(ports: WaysInPorts, told: WaysInTold) {
    this.ports = ports;
    this.told = told;
  }

  get open(): Way[] {
    return ways.filter((way) => this.states.get(way)?.kind === "open");
  }

  want(wanted: ReadonlySet<Way>): void {
    this.wanted = wanted;
    for (const way of ways) this.settle(way);
  }

  /** Resolves when each that is wanted is open, or has failed once. */
  async tried(): Promise<void> {
    await Promise.all(this.opening);
  }

  /** Resolves when nothing listens any more. */
  async close(): Promise<void> {
    this.want(new Set());
    await this.tried();
    await Promise.all(this.closing);
  }

  private settle(way: Way): void {
    const state = this.states.get(way)!;
    if (this.wanted.has(way)) {
      if (state.kind === "closed") this.try(way);
      return;
    }
    if (state.kind === "waiting") state.cancel();
    if (state.kind === "open") {
      const closed = state.listener.close().finally(() => this.closing.delete(closed));
      this.closing.add(closed);
    }
    // What is being opened is closed again when it is open.
    if (state.kind !== "opening") this.states.set(way, { kind: "closed" });
  }

  private try(way: Way): void {
    this.states.set(way, { kind: "opening" });
    const accept = (link: ByteLink) => this.told.accept(way, link);
    const refused: Refused = (address, why) => this.told.refused(way, address, why);
    const trying = this.ports.listen(way, accept, refused).then(
      (listener) => {
        this.failures.delete(way);
        this.states.set(way, { kind: "open", listener });
        this.settle(way);
      },
      (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        const attempt = this.failures.get(way) ?? 0;
        this.failures.set(way, attempt + 1);
        const againMs = backoffMs(this.ports.chance, attempt, LISTEN_AGAIN_MS);
        this.ports.log.error("way-in-closed", { way, say: why, againMs });
        this.told.failed(way, why);
        const cancel = this.ports.clock.after(againMs, () => {
          this.states.set(way, { kind: "closed" });
          this.settle(way);
        });
        this.states.set(way, { kind: "waiting", cancel });
        if (!this.wanted.has(way)) this.settle(way);
      },
    );
    this.opening.add(trying);
    void trying.then(() => this.opening.delete(trying));
  }
}
