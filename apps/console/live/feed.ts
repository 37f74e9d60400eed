/**
 * Keeps one site's picture live: a snapshot, then the events after it, by their sequence. A stream that breaks is
 * opened again after the last sequence it gave; when that does not help soon, or it fell silent, the feed starts over
 * from a new snapshot: by itself and for ever, ever less often.
 *
 * Always true: what is shown is a snapshot with every event up to `seq` applied once; while that may no longer be so,
 * `link` says since when.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import type { Observation, SiteSnapshot } from "../api/shapes.ts";
import { applyObservation, type LiveSite, liveSite } from "./live-site.ts";

export const feedLimits = {
  /** A stream lost for longer than this starts over from a snapshot. */
  resumeMs: 30_000,
  /** The server says something every 15 s; after this silence the stream is taken for dead. */
  silenceMs: 40_000,
  /** Waits between attempts; the last repeats. */
  retryMs: [1_000, 2_000, 4_000, 8_000, 15_000],
  /** A stream that held for this long was a success: the next break is a first one again. */
  steadyMs: 5_000,
  /** A fact that the reducers could not place asks for a new snapshot, at most this often. */
  refreshMs: 3_000,
} as const;

/** `starting`: nothing is known yet. `lost`: the picture is as it was at `sinceMs` (the CSMS's wall clock). */
export type FeedLink =
  | { readonly kind: "starting" }
  | { readonly kind: "live" }
  | { readonly kind: "lost"; readonly sinceMs: number };

export type FeedState = {
  readonly link: FeedLink;
  readonly site: LiveSite | undefined;
  /** Why the last attempt failed; undefined once one succeeded. */
  readonly failure: unknown;
};

export type StreamHandlers = {
  readonly onOpen: () => void;
  readonly onObservation: (observation: Observation) => void;
  /** Anything was heard, a heartbeat too. */
  readonly onSign: () => void;
  /** It ended, or could not be opened: why, where that is known. */
  readonly onBroken: (failure: unknown) => void;
};

/** What the feed needs of the world. */
export type FeedPorts = {
  readonly clock: Clock;
  readonly nowMs: () => number;
  readonly snapshot: () => Promise<SiteSnapshot>;
  /** Opens the events after `seq`; returns how to close. Calls no handler before it has returned. */
  readonly stream: (seq: number, handlers: StreamHandlers) => Cancel;
  /** A failure after which trying again is of no use, such as a session that ended. */
  readonly isFinal: (failure: unknown) => boolean;
};

type Timer = "retry" | "silence" | "steady" | "refresh";

export class SiteFeed {
  readonly #ports: FeedPorts;
  readonly #listeners = new Set<() => void>();
  readonly #timers = new Map<Timer, Cancel>();
  #state: FeedState = { link: { kind: "starting" }, site: undefined, failure: undefined };
  /** Raised by every new attempt, so that what an older one left behind changes nothing. */
  #generation = 0;
  #attempt = 0;
  #closeStream: Cancel = () => {};

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  current = (): FeedState => this.#state;

  subscribe = (changed: () => void): Cancel => {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  };

  /** Starts, or starts over from a new snapshot: also the way to try at once. */
  start = (): void => {
    this.stop();
    const generation = this.#generation;
    this.#ports.snapshot().then(
      (snapshot) => {
        if (generation !== this.#generation) return;
        this.#set({ site: liveSite(snapshot), failure: undefined });
        this.#open(snapshot.seq);
      },
      (failure: unknown) => {
        if (generation === this.#generation) this.#failed(failure);
      },
    );
  };

  stop(): void {
    this.#generation += 1;
    this.#closeStream();
    this.#closeStream = () => {};
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #open(seq: number): void {
    const generation = this.#generation;
    const current = () => generation === this.#generation;
    this.#closeStream = this.#ports.stream(seq, {
      onOpen: () => current() && this.#live(),
      onSign: () => current() && this.#heard(),
      onObservation: (observation) => current() && this.#observe(observation),
      onBroken: (failure) => current() && this.#failed(failure),
    });
    // A stream that never opens is as dead as one that fell silent.
    this.#heard();
  }

  #live(): void {
    this.#arm("steady", feedLimits.steadyMs, () => {
      this.#attempt = 0;
    });
    this.#set({ link: { kind: "live" }, failure: undefined });
  }

  #heard(): void {
    this.#arm("silence", feedLimits.silenceMs, () => {
      this.#lost();
      this.start();
    });
  }

  #observe(observation: Observation): void {
    const site = this.#state.site;
    if (site === undefined || observation.seq <= site.seq) return;
    const applied = applyObservation(site, observation);
    this.#set({ site: applied.site });
    if (!applied.whole && !this.#timers.has("refresh")) this.#armRefresh();
  }

  #armRefresh(): void {
    this.#arm("refresh", feedLimits.refreshMs, () => void this.#refresh());
  }

  /** A new snapshot under the running stream: events up to the snapshot's sequence then count as applied. */
  async #refresh(): Promise<void> {
    const generation = this.#generation;
    const snapshot = await this.#ports.snapshot().catch(() => undefined);
    if (generation !== this.#generation) return;
    this.#timers.delete("refresh");
    const shownSeq = this.#state.site?.seq ?? 0;
    if (snapshot === undefined || snapshot.seq < shownSeq) this.#armRefresh();
    else this.#set({ site: liveSite(snapshot) });
  }

  #failed(failure: unknown): void {
    this.stop();
    this.#lost();
    this.#set({ failure });
    if (this.#ports.isFinal(failure)) return;
    const waits = feedLimits.retryMs;
    const waitMs = waits[Math.min(this.#attempt, waits.length - 1)] ?? 0;
    this.#attempt += 1;
    this.#arm("retry", waitMs, () => this.#again());
  }

  /** A short break goes on where it stopped; after a longer one a snapshot is cheaper than all that was missed. */
  #again(): void {
    const { link, site } = this.#state;
    const lostMs = link.kind === "lost" ? this.#ports.nowMs() - link.sinceMs : Number.POSITIVE_INFINITY;
    if (site === undefined || lostMs > feedLimits.resumeMs) this.start();
    else this.#open(site.seq);
  }

  #lost(): void {
    if (this.#state.link.kind !== "live") return;
    this.#set({ link: { kind: "lost", sinceMs: this.#ports.nowMs() } });
  }

  #arm(name: Timer, ms: number, run: () => void): void {
    this.#timers.get(name)?.();
    const cancel = this.#ports.clock.after(ms, () => {
      // A refresh stays armed while its snapshot is on the way: one at a time.
      if (name !== "refresh") this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, cancel);
  }

  #set(change: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...change };
    for (const changed of this.#listeners) changed();
  }
}
