/**
 * Two ends of one wire on which nothing takes time: what one end sends, the other has in the next turn of promises, or
 * when it resumes. Each end shows what a test wants to see or to fake.
 */
import type { Peer, Wire, WireHandlers } from "@wattward/kernel";

export class TestWire implements Wire {
  readonly peer: Peer = { address: "test" };
  readonly protocol = "ocpp1.6";
  /** Everything this end sent, in order. */
  readonly sent: string[] = [];
  /** What `bufferedBytes` says: a test's slow reader. */
  bufferedBytes = 0;
  paused = false;
  pings = 0;
  ended: { readonly code: number; readonly reason: string } | undefined;
  private other: TestWire | undefined;
  private handlers: WireHandlers | undefined;
  private readonly inbox: string[] = [];

  static pair(): [TestWire, TestWire] {
    const [a, b] = [new TestWire(), new TestWire()];
    a.other = b;
    b.other = a;
    return [a, b];
  }

  listen(handlers: WireHandlers): void {
    this.handlers = handlers;
  }

  send(text: string): void {
    if (this.ended !== undefined) return;
    this.sent.push(text);
    this.other?.receive(text);
  }

  /** A message arrives at this end, as from the network. */
  receive(text: string): void {
    this.inbox.push(text);
    queueMicrotask(() => this.deliver());
  }

  /** Hands a message over although this end is paused, as a transport does with what it has read already. */
  press(text: string): void {
    if (this.ended === undefined) this.handlers?.message(text);
  }

  pong(): void {
    this.handlers?.pong?.();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    queueMicrotask(() => this.deliver());
  }

  ping(): void {
    this.pings++;
  }

  close(code: number, reason: string): void {
    this.end(code, reason);
    this.other?.end(code, reason);
  }

  terminate(): void {
    this.end(1006, "");
    this.other?.end(1006, "");
  }

  private deliver(): void {
    while (!this.paused && this.ended === undefined && this.inbox.length > 0) {
      this.handlers?.message(this.inbox.shift() as string);
    }
  }

  private end(code: number, reason: string): void {
    if (this.ended !== undefined) return;
    this.ended = { code, reason };
    this.handlers?.closed(code, reason);
  }
}
