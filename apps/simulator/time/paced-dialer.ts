/**
 * A dialer whose dials, calls and pings hold simulated time until they are answered ({@link Underway}). A wire that its
 * station no longer reads holds nothing: that silence is simulated.
 */
import type { Dialer, Wire, WireHandlers } from "@wattward/kernel";
import type { Underway } from "./underway.ts";

export const pacedDialer = (dialer: Dialer, underway: Underway): Dialer => ({
  async dial(path, protocols) {
    const dialed = await underway.during(dialer.dial(path, protocols));
    return dialed.ok ? { ok: true, value: new PacedWire(dialed.value, underway) } : dialed;
  },
});

const nothing = (): void => {};
const isCall = (text: string) => /^\s*\[\s*2\s*,/.test(text);
const isAnswer = (text: string) => /^\s*\[\s*[34]\s*,/.test(text);

class PacedWire implements Wire {
  private readonly inner: Wire;
  private readonly underway: Underway;
  /** A station has one call underway at a time (Part 4 §4.1.1). */
  private answered = nothing;
  private ponged = nothing;

  constructor(inner: Wire, underway: Underway) {
    this.inner = inner;
    this.underway = underway;
  }

  get peer() {
    return this.inner.peer;
  }
  get protocol() {
    return this.inner.protocol;
  }
  get bufferedBytes() {
    return this.inner.bufferedBytes;
  }
  get receivedBytes() {
    return this.inner.receivedBytes;
  }

  send(text: string): void {
    if (isCall(text)) {
      this.answered();
      this.answered = this.underway.begin();
    }
    this.inner.send(text);
  }

  ping(): void {
    this.ponged();
    this.ponged = this.underway.begin();
    this.inner.ping();
  }

  pause(): void {
    this.letGo();
    this.inner.pause();
  }
  resume(): void {
    this.inner.resume();
  }
  close(code: number, reason: string): void {
    this.letGo();
    this.inner.close(code, reason);
  }
  terminate(): void {
    this.letGo();
    this.inner.terminate();
  }

  listen(handlers: WireHandlers): void {
    this.inner.listen({
      message: (text) => {
        if (isAnswer(text)) this.answered();
        handlers.message(text);
      },
      pong: () => {
        this.ponged();
        handlers.pong?.();
      },
      closed: (code, reason) => {
        this.letGo();
        handlers.closed(code, reason);
      },
    });
  }

  private letGo(): void {
    this.answered();
    this.ponged();
  }
}
