/**
 * Whether the store takes anything, for whoever lets stations in: one that stays connected while nothing can be kept is
 * refused again and again, and may drop what is billed once its attempts are used up (1.6 TransactionMessageAttempts). One
 * that is offline queues.
 *
 *     taking ── a decision is not stored ──▶ doubted ── no small write succeeds for STORE_PATIENCE_MS ──▶ silent
 *        ▲                                      │                                                          │
 *        └──────── a small write succeeds ──────┴──────────────────────────────────────────────────────────┘
 *
 * A decision that succeeds proves nothing, because on a full disk those that write nothing still do: only a write of our
 * own does. A store that is merely behind (`busy`, and commits go on) is never silent.
 */
import type { Cancel, Clock, Log } from "@wattward/kernel";
import { type Core, CoreError } from "../core/port.ts";
import { STORE_PATIENCE_MS, STORE_TRY_MS } from "./limits.ts";

type Ports = {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  /** The store has taken nothing for {@link STORE_PATIENCE_MS}. */
  readonly silent: () => void;
};

export class StoreWatch {
  /** To be used in place of the core that was given: its failures are how the watch learns. */
  readonly core: Core;
  /** It takes nothing, and has not for a while. */
  isSilent = false;
  private readonly ports: Ports;
  private readonly stopHearing: () => void;
  private doubted = false;
  private failedBy: CoreError["kind"] = "storage";
  private committedAtMs = Number.NEGATIVE_INFINITY;
  private trying: Cancel | undefined;
  private patience: Cancel | undefined;
  private waiting: (() => void)[] = [];
  private stopped = false;

  constructor(ports: Ports) {
    const { core } = ports;
    this.ports = ports;
    this.stopHearing = core.onCommitted(() => (this.committedAtMs = this.nowMs));
    this.core = {
      decide: async (name, input) => {
        try {
          return await core.decide(name, input);
        } catch (error) {
          this.failed(error);
          throw error;
        }
      },
      query: (name, input) => core.query(name, input),
      onCommitted: (listener) => core.onCommitted(listener),
      close: () => core.close(),
    };
  }

  /** Resolves while the store is not silent, else when it takes something again, or nobody watches it any more. */
  back(): Promise<void> {
    if (!this.isSilent) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  stop(): void {
    this.stopped = true;
    this.stopHearing();
    this.takes();
  }

  private failed(error: unknown): void {
    if (!(error instanceof CoreError) || !ofTheStore.has(error.kind)) return;
    this.failedBy = error.kind;
    if (this.doubted || this.stopped) return;
    this.doubted = true;
    this.tryLater();
    this.waitOn();
  }

  private tryLater(): void {
    this.trying = this.ports.clock.after(STORE_TRY_MS, () => void this.tryNow());
  }

  /** One at a time: a server that says nothing holds the first up, and patience ends all the same. */
  private async tryNow(): Promise<void> {
    const { core, clock } = this.ports;
    try {
      await core.decide("store.try", { atMs: clock.now().wallMs });
      this.takes();
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      // Without a lease, or closing: nothing is known of the store, and others keep the stations out.
      if (error.kind === "fenced" || error.kind === "closed") return this.takes();
      this.failedBy = error.kind;
      if (this.doubted) this.tryLater();
    }
  }

  private waitOn(): void {
    this.patience = this.ports.clock.after(STORE_PATIENCE_MS, () => {
      const behind = this.failedBy === "busy" && this.nowMs - this.committedAtMs < STORE_PATIENCE_MS;
      if (behind) return this.waitOn();
      this.isSilent = true;
      this.ports.log.error("store-silent", { fault: this.failedBy, say: "stations are sent away to queue" });
      this.ports.silent();
    });
  }

  private takes(): void {
    this.trying?.();
    this.patience?.();
    this.doubted = false;
    if (this.isSilent) this.ports.log.info("store-takes-again", {});
    this.isSilent = false;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private get nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}

/** The environment's; a decision that broke by our own fault says nothing of the store. */
const ofTheStore: ReadonlySet<CoreError["kind"]> = new Set(["full", "busy", "storage"]);
