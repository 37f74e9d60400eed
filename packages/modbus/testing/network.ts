/**
 * Byte links on simulated time: addresses that listen, links that split and merge what they carry by a seed, delay,
 * cut and reset it. Bytes arrive whole and in order (it is TCP underneath); a cut costs silence.
 */
import { type Chance, type Clock, failed, ok } from "@wattward/kernel";
import type { ByteLink, Dial, LinkHandlers, LinkPeer } from "../link.ts";

const DIAL_TIMEOUT_MS = 3_000;

type Listening = { accept(link: ByteLink): void; readonly shown: Partial<LinkPeer> };

export class SimulatedModbusNetwork {
  /** One way, for each segment. */
  delayMs = 1;
  /** Nothing arrives, dialling takes its whole time, nobody is told. */
  isCut = false;
  private readonly clock: Clock;
  private readonly chance: Chance;
  private readonly listeners = new Map<string, Listening>();
  private readonly open = new Set<End>();

  constructor(clock: Clock, chance: Chance) {
    this.clock = clock;
    this.chance = chance;
  }

  /** `accept` gets each new link; `shown` is what it proves to those who dial. Returns how to stop listening; open links stay. */
  listen(address: string, accept: (link: ByteLink) => void, shown: Partial<LinkPeer> = {}): () => void {
    this.listeners.set(address, { accept, shown });
    return () => void this.listeners.delete(address);
  }

  dialer(to: string, from: LinkPeer = { address: "master" }): Dial {
    return () =>
      new Promise((resolve) => {
        const unreachable = (why: string) =>
          resolve(failed({ kind: "unreachable", sentence: `${to}: ${why}` }));
        this.clock.after(this.isCut ? DIAL_TIMEOUT_MS : this.delayMs, () => {
          if (this.isCut) return unreachable("no answer");
          const listening = this.listeners.get(to);
          if (listening === undefined) return unreachable("connection refused");
          const [near, far] = this.pair({ address: to, ...listening.shown }, from);
          listening.accept(far);
          resolve(ok(near));
        });
      });
  }

  /** Ends every link at once, told to both ends. */
  reset(): void {
    for (const end of [...this.open]) end.destroy();
  }

  /** Links that are open now. */
  get links(): number {
    return this.open.size / 2;
  }

  private pair(near: LinkPeer, far: LinkPeer): [End, End] {
    const carry = (arrive: () => void) => void this.clock.after(this.delayMs, () => !this.isCut && arrive());
    const ends: [End, End] = [new End(near, this.chance, carry), new End(far, this.chance, carry)];
    for (const [i, end] of ends.entries()) {
      end.other = ends[1 - i];
      end.gone = () => void this.open.delete(end);
      this.open.add(end);
    }
    return ends;
  }
}

class End implements ByteLink {
  readonly peer: LinkPeer;
  other: End | undefined;
  gone: () => void = () => {};
  bufferedBytes = 0;
  private readonly chance: Chance;
  private readonly carry: (arrive: () => void) => void;
  private handlers: LinkHandlers | undefined;
  private arrived: Uint8Array = new Uint8Array(0);
  private paused = false;
  private closed = false;

  constructor(peer: LinkPeer, chance: Chance, carry: (arrive: () => void) => void) {
    this.peer = peer;
    this.chance = chance;
    this.carry = carry;
  }

  listen(handlers: LinkHandlers): void {
    this.handlers = handlers;
    this.deliver();
  }

  send(bytes: Uint8Array): void {
    if (this.closed) return;
    const { other } = this;
    const copy = bytes.slice();
    this.bufferedBytes += copy.length;
    this.carry(() => {
      this.bufferedBytes -= copy.length;
      other?.arrive(copy);
    });
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.deliver();
  }

  end(): void {
    // What was sent before is ahead of it on the same way.
    this.carry(() => this.destroy());
  }

  destroy(): void {
    if (this.closed) return;
    this.over();
    this.carry(() => this.other?.over());
  }

  private over(): void {
    if (this.closed) return;
    this.closed = true;
    this.gone();
    this.handlers?.closed();
  }

  private arrive(bytes: Uint8Array): void {
    const arrived = new Uint8Array(this.arrived.length + bytes.length);
    arrived.set(this.arrived);
    arrived.set(bytes, this.arrived.length);
    this.arrived = arrived;
    this.deliver();
  }

  /** In pieces of any size, so that no test depends on where TCP cuts. */
  private deliver(): void {
    while (!this.paused && !this.closed && this.handlers !== undefined && this.arrived.length > 0) {
      const piece = this.arrived.subarray(0, this.chance.int(1, this.arrived.length));
      this.arrived = this.arrived.subarray(piece.length);
      this.handlers.bytes(piece);
    }
  }
}
