/**
 * How fast a peer is heard: a rate of frames, and a stop while those who answer are behind. A peer that sends faster is
 * not read, so that its own transport slows it down; what a transport still delivers after that is kept in order, up
 * to a limit.
 *
 * Always true: every message is read exactly once and in order, or the intake has flooded; over any t seconds at most
 * burst + rate · t messages are read, a long one counting for one more each {@link FRAME_CHARS}.
 */
import type { Cancel, Clock, Wire } from "@wattward/kernel";
import { TokenBucket } from "@wattward/kernel";

export type IntakeLimits = {
  /** Frames a second in the long run and at once; beyond, reading pauses. */
  readonly framesPerSecond: number;
  readonly framesBurst: number;
  /** Characters that may still arrive while reading is paused, since transports deliver what they hold. */
  readonly deferredCharsMax: number;
};

/** Reading costs by length: one station's megabytes must not take the time that all others' kilobytes need. */
const FRAME_CHARS = 16 * 1024;

export type IntakePorts = {
  readonly wire: Pick<Wire, "pause" | "resume">;
  readonly clock: Clock;
  readonly limits: IntakeLimits;
  /** The next message. May block or stop this intake. */
  read(text: string): void;
  /** The peer sent more than `deferredCharsMax` while it was not read. Nothing is read any more. */
  flooded(): void;
};

export class Intake {
  private readonly ports: IntakePorts;
  private readonly bucket: TokenBucket;
  private deferred: string[] = [];
  private deferredChars = 0;
  private blocked = false;
  private paused = false;
  private resumedAtMs: number | undefined;
  private stopped = false;
  /** Set while the rate is used up. */
  private waiting: Cancel | undefined;

  constructor(ports: IntakePorts) {
    this.ports = ports;
    const { framesBurst: burst, framesPerSecond: perSecond } = ports.limits;
    this.bucket = new TokenBucket({ burst, perSecond }, ports.clock.now().monotonicMs);
  }

  /** False while we do not listen, so that silence means nothing. */
  get reading(): boolean {
    return !this.blocked && this.waiting === undefined && !this.stopped;
  }

  /**
   * Monotonic ms at which the wire was last not read, the present while it is not: until then a pong that did not come
   * says nothing. Undefined where it was always read.
   */
  get unreadAtMs(): number | undefined {
    return this.paused ? this.ports.clock.now().monotonicMs : this.resumedAtMs;
  }

  /** A message from the wire. */
  arrived(text: string): void {
    if (this.stopped) return;
    // Where something is deferred, the rate or the block that deferred it still holds: order is kept.
    if (this.mayRead(text)) this.ports.read(text);
    else this.defer(text);
    this.pauseOrResume();
  }

  /** Those who answer are behind (true), or have caught up (false). */
  block(blocked: boolean): void {
    if (this.blocked === blocked) return;
    this.blocked = blocked;
    this.readDeferred();
    this.pauseOrResume();
  }

  /** The end: nothing is read any more. */
  stop(): void {
    this.stopped = true;
    this.waiting?.();
    this.deferred = [];
  }

  private mayRead(text: string): boolean {
    if (!this.reading) return false;
    const nowMs = this.ports.clock.now().monotonicMs;
    const cost = Math.min(1 + Math.floor(text.length / FRAME_CHARS), this.ports.limits.framesBurst);
    if (this.bucket.take(nowMs, cost)) return true;
    this.waiting = this.ports.clock.after(Math.max(1, this.bucket.waitMs(nowMs, cost)), () => {
      this.waiting = undefined;
      this.readDeferred();
      this.pauseOrResume();
    });
    return false;
  }

  private defer(text: string): void {
    this.deferred.push(text);
    this.deferredChars += text.length;
    if (this.deferredChars <= this.ports.limits.deferredCharsMax) return;
    this.stop();
    this.ports.flooded();
  }

  private readDeferred(): void {
    let taken = 0;
    for (const text of this.deferred) {
      if (!this.mayRead(text)) break;
      taken++;
      this.deferredChars -= text.length;
      this.ports.read(text);
    }
    if (taken > 0) this.deferred = this.deferred.slice(taken);
  }

  private pauseOrResume(): void {
    const paused = !this.reading;
    if (paused === this.paused || this.stopped) return;
    this.paused = paused;
    if (!paused) this.resumedAtMs = this.ports.clock.now().monotonicMs;
    if (paused) this.ports.wire.pause();
    else this.ports.wire.resume();
  }
}
