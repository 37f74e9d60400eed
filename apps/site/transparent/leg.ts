/**
 * One end of a relayed connection: what arrives is read within its rate, and not at all while the other end is full;
 * its life is watched by pings. A leg knows no frame.
 */
import type { Cancel, Clock, Log, Wire } from "@wattward/kernel";
import { Intake, type IntakeLimits } from "@wattward/ocpp";
import { laterOf } from "../stations/registry.ts";
import { BUFFERED_BYTES_MAX, DRAIN_POLL_MS, STALLED_MS_MAX, UNANSWERED_SILENT_MS_MAX } from "./limits.ts";

export type LegPorts = {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: IntakeLimits;
  readonly pingEveryMs: number;
  readonly silentMsMax: number;
  /** False: never pinged, and never given up for its silence within {@link UNANSWERED_SILENT_MS_MAX}. */
  readonly pinged: boolean;
  message(text: string): void;
  /** Once, last: it has ended, by whomever. */
  closed(code: number, reason: string): void;
  /** It breaks a limit: both ends are to go. */
  broken(why: "floods" | "silent" | "does-not-read"): void;
};

export class Leg {
  private pongAtMs: number | undefined;
  private readonly ports: LegPorts;
  private readonly intake: Intake;
  private heardAtMs: number;
  private open = true;
  /** Who keeps this end from being read: the other end, and the CALLs that wait. */
  private readonly blocks = new Set<string>();
  private readonly timers = new Set<Cancel>();

  constructor(ports: LegPorts) {
    const { wire, clock, limits } = ports;
    this.ports = ports;
    this.heardAtMs = clock.now().monotonicMs;
    this.intake = new Intake({
      ...{ wire, clock, limits },
      read: (text) => this.open && ports.message(text),
      flooded: () => this.breaks("floods"),
    });
    this.watch();
  }

  /** To be called once both ends are there: from now on this one is heard. */
  listen(): void {
    this.ports.wire.listen({
      message: (text) => {
        this.heardAtMs = this.now();
        if (this.open) this.intake.arrived(text);
      },
      pong: () => {
        this.pongAtMs = this.now();
        this.heardAtMs = this.pongAtMs;
      },
      closed: (code, reason) => {
        this.stop();
        this.ports.closed(code, reason);
      },
    });
  }

  send(text: string): void {
    this.ports.wire.send(text);
  }
  /** See `Live` in stations/registry.ts. */
  get aliveAtMs(): number | undefined {
    return laterOf(this.pongAtMs, this.intake.unreadAtMs);
  }
  get isFull(): boolean {
    return this.ports.wire.bufferedBytes > BUFFERED_BYTES_MAX;
  }
  ping(): void {
    this.ports.wire.ping();
  }

  isBlockedFor(who: string): boolean {
    return this.blocks.has(who);
  }
  /** Not read while anybody wants it so; what it has sent meanwhile is kept in order. */
  block(who: string, blocked: boolean): void {
    if (blocked) this.blocks.add(who);
    else this.blocks.delete(who);
    this.intake.block(this.blocks.size > 0);
  }

  /** Runs `drained` once this end has taken what it has; one that takes nothing at all is broken. */
  whenDrained(drained: () => void): void {
    let least = this.ports.wire.bufferedBytes;
    let movedAtMs = this.now();
    const look = () => {
      const { bufferedBytes } = this.ports.wire;
      if (bufferedBytes <= BUFFERED_BYTES_MAX / 2) return drained();
      if (bufferedBytes < least) {
        least = bufferedBytes;
        movedAtMs = this.now();
      }
      if (this.now() - movedAtMs >= STALLED_MS_MAX) return this.breaks("does-not-read");
      this.after(DRAIN_POLL_MS, look);
    };
    this.after(DRAIN_POLL_MS, look);
  }

  /** Nothing is heard any more, and the peer is told. */
  close(code: number, reason: string): void {
    this.stop();
    this.ports.wire.close(code, reason);
  }
  terminate(): void {
    this.stop();
    this.ports.wire.terminate();
  }

  private breaks(why: "floods" | "silent" | "does-not-read"): void {
    if (this.open) this.ports.broken(why);
  }

  private watch(): void {
    const { pingEveryMs, silentMsMax, pinged, wire } = this.ports;
    this.after(pingEveryMs, () => {
      const patienceMs = this.pongAtMs === undefined ? UNANSWERED_SILENT_MS_MAX : silentMsMax;
      // While it is not read, its silence is of our own making.
      if (this.intake.reading && this.now() - this.heardAtMs >= patienceMs) return this.breaks("silent");
      if (pinged) wire.ping();
      this.watch();
    });
  }

  private stop(): void {
    this.open = false;
    this.intake.stop();
    for (const cancel of this.timers) cancel();
    this.timers.clear();
  }

  private after(ms: number, run: () => void): void {
    if (!this.open) return;
    const cancel = this.ports.clock.after(ms, () => {
      this.timers.delete(cancel);
      run();
    });
    this.timers.add(cancel);
  }

  private now(): number {
    return this.ports.clock.now().monotonicMs;
  }
}
