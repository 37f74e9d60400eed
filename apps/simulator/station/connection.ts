/**
 * Keeps the station connected: dials, dials again after a growing pause, and ends a connection that has fallen silent
 * (OCPP 2.0.1 Part 4 §5.3 and §5.4; 1.6 by the same rule).
 *
 *     pause before the first attempt after a loss = RetryBackOffWaitMinimum + 0…RetryBackOffRandomRange
 *     after every failed one the first part doubles, RetryBackOffRepeatTimes times at most
 */
import { type Chance, type Dialer, every, type Log, sleep, type Wire } from "@wattward/kernel";
import { type OcppVersion, subprotocols } from "@wattward/ocpp";
import type { Notebook } from "../truth/notebook.ts";
import type { Life } from "./life.ts";
import type { Link } from "./link.ts";
import type { Settings } from "./settings.ts";

export type ConnectionParts = {
  readonly life: Life;
  readonly dialer: Dialer;
  /** Path of the URL, the station's id as its last segment. */
  readonly path: string;
  readonly version: OcppVersion;
  readonly settings: Settings;
  readonly chance: Chance;
  readonly notebook: Notebook;
  readonly log: Log;
  /** Takes over a fresh wire; must tell {@link Connection.closed} when it ends. */
  open(wire: Wire): Link;
  opened(link: Link): void;
  lost(): void;
};

export class Connection {
  private readonly parts: ConnectionParts;
  private current: Link | undefined;
  private ended: () => void = () => {};
  /** Why the last attempt failed; each new reason is a warning, its repetitions are not. */
  private obstacle = "";

  constructor(parts: ConnectionParts) {
    this.parts = parts;
  }

  get link(): Link | undefined {
    return this.current;
  }

  /** Begins, and goes on for as long as the life does. */
  start(): void {
    const { life, settings } = this.parts;
    life.run(() => this.keep());
    const pingS = settings.number("pingS");
    if (pingS > 0) every(life, pingS * 1000, () => this.watch(pingS * 1000));
  }

  /** The link has ended. */
  closed(): void {
    this.ended();
  }

  private async keep(): Promise<void> {
    const { life, log, notebook, opened, lost } = this.parts;
    for (let failures = 0; ; ) {
      // Before the dial: a wire may have ended by the time that it is handed over.
      const over = new Promise<void>((resolve) => (this.ended = resolve));
      const link = await this.dial();
      if (link === undefined) {
        await life.hold(sleep(life, this.pauseMs(failures++)));
        continue;
      }
      failures = 0;
      this.obstacle = "";
      this.current = link;
      notebook.connections++;
      log.info("connected");
      opened(link);
      await life.hold(over);
      this.current = undefined;
      log.info("disconnected");
      lost();
      await life.hold(sleep(life, this.pauseMs(failures++)));
    }
  }

  private async dial(): Promise<Link | undefined> {
    const { dialer, life, log, notebook, path, version } = this.parts;
    const protocol = subprotocols[version];
    const dialed = await life.hold(dialer.dial(path, [protocol]));
    if (!dialed.ok) {
      notebook.dialFaults++;
      const { kind, sentence } = dialed.fault;
      notebook.obstacle = sentence;
      log[sentence === this.obstacle ? "info" : "warn"]("dial-failed", { kind, sentence });
      this.obstacle = sentence;
      return undefined;
    }
    if (dialed.value.protocol !== protocol) {
      // Part 4 §3.1.2: without the agreed sub-protocol there is nothing to talk.
      notebook.complain(life.now().wallMs, "wrong sub-protocol", dialed.value.protocol);
      dialed.value.listen({ message() {}, closed() {} });
      dialed.value.close(1002, "no agreed sub-protocol");
      return undefined;
    }
    return this.parts.open(dialed.value);
  }

  private pauseMs(failures: number): number {
    const { chance, settings } = this.parts;
    const doublings = Math.min(failures, settings.number("backOffRepeats"));
    const waitMs = settings.number("backOffWaitS") * 1000 * 2 ** doublings;
    return Math.min(MAX_PAUSE_MS, waitMs + chance.int(0, settings.number("backOffRandomS") * 1000));
  }

  /** Two pings without any sign of life: the other end is gone, whatever TCP believes. */
  private watch(periodMs: number): void {
    const link = this.current;
    if (link === undefined) return;
    if (this.parts.life.now().monotonicMs - link.heardAtMs > 2 * periodMs) {
      this.parts.log.info("link-silent");
      link.terminate();
    } else link.ping();
  }
}

/** Even with the largest settings a station tries at least this often: a timer cannot wait longer than 24 days. */
const MAX_PAUSE_MS = 86_400_000;
