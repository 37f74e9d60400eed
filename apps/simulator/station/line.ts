/**
 * The cable between a station and the network, and what can happen to it:
 *
 *     cut       packets stop in both directions without a word, as when a switch dies: no close, dials find nobody
 *     down      the connection is closed and none can be made, as when the station's modem loses its network
 *     restore   packets flow again: what waited on a wire that is still open arrives, given-up wires end at the peer
 *
 * A dialer over a dialer; the station above sees only wires that fall silent or end.
 */
import {
  type Cancel,
  type Clock,
  type Dialer,
  type DialFault,
  failed,
  ok,
  type Result,
  sleep,
  type Wire,
  type WireHandlers,
} from "@wattward/kernel";

/** How long a dial into a cut line lasts before it is given up. */
const DIAL_TIMEOUT_MS = 5_000;
/** How long a peer may take to agree to a close. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Frames held back on one cut wire; more are dropped, as a full send buffer would refuse them. */
const HELD_FRAMES_MAX = 1_000;

export type LineState = "up" | "cut" | "down";

export class Line implements Dialer {
  private readonly dialer: Dialer;
  private readonly clock: Clock;
  private readonly wires = new Set<LineWire>();
  private current: LineState = "up";
  private restoring: Cancel = () => {};

  constructor(dialer: Dialer, clock: Clock) {
    this.dialer = dialer;
    this.clock = clock;
  }

  get state(): LineState {
    return this.current;
  }

  async dial(path: string, protocols: readonly string[]): Promise<Result<Wire, DialFault>> {
    if (this.current === "cut") await sleep(this.clock, DIAL_TIMEOUT_MS);
    if (this.current !== "up")
      return failed({ kind: "unreachable", sentence: `the line is ${this.current}` });
    const dialed = await this.dialer.dial(path, protocols);
    if (!dialed.ok) return dialed;
    const wire = new LineWire(dialed.value, (gone) => this.wires.delete(gone));
    this.wires.add(wire);
    if (this.state !== "up") wire.silence();
    return ok(wire);
  }

  /** For `forMs`, or until {@link restore}. */
  cut(forMs?: number): void {
    this.become("cut", forMs);
    for (const wire of this.wires) wire.silence();
  }

  /** For `forMs`, or until {@link restore}. */
  takeDown(forMs?: number): void {
    this.become("down", forMs);
    for (const wire of this.wires) wire.close(1001, "offline");
  }

  restore(): void {
    this.become("up");
    for (const wire of [...this.wires]) wire.unsilence();
  }

  /** Closes what is open and waits for the peer to agree, but not for long. */
  async shut(): Promise<void> {
    this.become("down");
    for (const wire of [...this.wires]) {
      if (wire.isSilent) wire.unsilence("terminate");
      else wire.close(1000, "switched off");
    }
    const late = this.clock.after(CLOSE_TIMEOUT_MS, () => {
      for (const wire of [...this.wires]) wire.unsilence("terminate");
    });
    await Promise.all([...this.wires].map((wire) => wire.ended));
    late();
  }

  /** The station's computer is gone: its wires are silent for ever, and end at the peer when it is back. */
  abandon(): void {
    for (const wire of this.wires) {
      wire.silence();
      wire.disown();
    }
  }

  /** The computer is back: its network stack knows nothing of the old wires and resets them. */
  forget(): void {
    if (this.current === "up") for (const wire of [...this.wires]) wire.unsilence();
  }

  private become(state: LineState, forMs?: number): void {
    this.restoring();
    this.current = state;
    this.restoring = forMs === undefined ? () => {} : this.clock.after(forMs, () => this.restore());
  }
}

/** A wire that can fall silent. */
class LineWire implements Wire {
  private readonly inner: Wire;
  private readonly gone: (wire: LineWire) => void;
  private handlers: WireHandlers | undefined;
  private silent = false;
  private givenUp = false;
  private held: string[] = [];
  private end: () => void = () => {};
  /** Resolves when the network has nothing of it left. */
  readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  constructor(inner: Wire, gone: (wire: LineWire) => void) {
    this.inner = inner;
    this.gone = gone;
  }

  get peer() {
    return this.inner.peer;
  }
  get protocol() {
    return this.inner.protocol;
  }
  get bufferedBytes() {
    return this.inner.bufferedBytes + this.held.reduce((sum, text) => sum + text.length, 0);
  }

  get isSilent(): boolean {
    return this.silent;
  }

  silence(): void {
    this.silent = true;
    this.inner.pause();
  }

  unsilence(then: "flow" | "terminate" = "flow"): void {
    this.silent = false;
    if (this.givenUp || then === "terminate") {
      this.inner.terminate();
      this.vanish();
      return;
    }
    this.inner.resume();
    for (const text of this.held.splice(0)) this.inner.send(text);
  }

  /** Nobody listens any more, and nobody will end it. */
  disown(): void {
    this.handlers = undefined;
    this.givenUp = true;
    this.held = [];
  }

  listen(handlers: WireHandlers): void {
    this.handlers = handlers;
    this.inner.listen({
      message: (text) => this.handlers?.message(text),
      pong: () => this.handlers?.pong?.(),
      closed: (code, reason) => {
        this.vanish();
        this.over(code, reason);
      },
    });
  }

  send(text: string): void {
    if (!this.silent) this.inner.send(text);
    else if (!this.givenUp && this.held.length < HELD_FRAMES_MAX) this.held.push(text);
  }
  pause(): void {
    this.inner.pause();
  }
  resume(): void {
    if (!this.silent) this.inner.resume();
  }
  ping(): void {
    if (!this.silent) this.inner.ping();
  }
  close(code: number, reason: string): void {
    if (this.silent) this.terminate();
    else this.inner.close(code, reason);
  }

  /** On a silent line the peer cannot learn of it yet. */
  terminate(): void {
    if (!this.silent) {
      this.inner.terminate();
      return;
    }
    const { handlers } = this;
    this.disown();
    queueMicrotask(() => handlers?.closed(1006, "given up"));
  }

  private vanish(): void {
    this.gone(this);
    this.end();
  }

  private over(code: number, reason: string): void {
    const { handlers } = this;
    this.handlers = undefined;
    handlers?.closed(code, reason);
  }
}
