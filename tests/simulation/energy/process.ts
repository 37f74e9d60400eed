/**
 * Simulated processes and the byte links between them. A process lives on a clock of its own: killed, none of its timers fires, its disk never
 * answers, and its links end, told to the other side; hung, its links stay open and nothing is read from them.
 */
import { type Clock, failed, ok } from "@wattward/kernel";
import type { ByteLink, Dial, LinkHandlers, LinkPeer } from "@wattward/modbus";

const HOP_MS = 1;

/** One run of one process. */
export class Life {
  readonly clock: Clock;
  state: "lives" | "hangs" | "dead" = "lives";
  private readonly ends = new Set<End>();
  private readonly atDeath: (() => void)[] = [];

  constructor(clock: Clock) {
    this.clock = {
      now: () => clock.now(),
      after: (ms, run) => clock.after(ms, () => void (this.state === "lives" && run())),
    };
  }

  get lives(): boolean {
    return this.state === "lives";
  }

  hang(): void {
    if (this.state === "lives") this.state = "hangs";
  }

  /** SIGKILL. */
  kill(): void {
    if (this.state === "dead") return;
    this.state = "dead";
    for (const run of this.atDeath) run();
    for (const end of [...this.ends]) end.abandon();
  }

  onDeath(run: () => void): void {
    this.atDeath.push(run);
  }

  holds(end: End): void {
    this.ends.add(end);
  }
  drops(end: End): void {
    this.ends.delete(end);
  }
}

type Listener = { readonly life: Life; readonly accept: (link: ByteLink) => void };

/** Addresses that listen, and links between lives. */
export class Links {
  private readonly clock: Clock;
  private readonly listeners = new Map<string, Listener>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Until it is closed, or its process dies. */
  listen(address: string, life: Life, accept: (link: ByteLink) => void): () => void {
    const listener = { life, accept };
    this.listeners.set(address, listener);
    const stop = () => {
      if (this.listeners.get(address) === listener) this.listeners.delete(address);
    };
    life.onDeath(stop);
    return stop;
  }

  dialer(to: string, life: Life, peer: LinkPeer): Dial {
    return () =>
      new Promise((resolve) => {
        this.clock.after(HOP_MS, () => {
          if (!life.lives) return;
          const listener = this.listeners.get(to);
          if (listener === undefined)
            return resolve(failed({ kind: "unreachable", sentence: `${to}: connection refused` }));
          const near = new End(this.clock, life, { address: to });
          const far = new End(this.clock, listener.life, peer);
          near.other = far;
          far.other = near;
          resolve(ok(near));
          if (listener.life.lives) listener.accept(far);
        });
      });
  }
}

class End implements ByteLink {
  readonly peer: LinkPeer;
  other: End | undefined;
  bufferedBytes = 0;
  private readonly clock: Clock;
  private readonly life: Life;
  private handlers: LinkHandlers | undefined;
  private waiting: Uint8Array[] = [];
  private paused = false;
  private closed = false;

  constructor(clock: Clock, life: Life, peer: LinkPeer) {
    this.clock = clock;
    this.life = life;
    this.peer = peer;
    life.holds(this);
  }

  listen(handlers: LinkHandlers): void {
    this.handlers = handlers;
    this.deliver();
  }

  send(bytes: Uint8Array): void {
    if (this.closed || !this.life.lives) return;
    const copy = bytes.slice();
    this.clock.after(HOP_MS, () => this.other?.arrive(copy));
  }

  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
    this.deliver();
  }
  end(): void {
    this.clock.after(HOP_MS, () => this.destroy());
  }

  destroy(): void {
    if (this.closed) return;
    this.over();
    this.clock.after(HOP_MS, () => this.other?.over());
  }

  /** Its process is dead: the operating system tells the other side. */
  abandon(): void {
    this.closed = true;
    this.life.drops(this);
    this.clock.after(HOP_MS, () => this.other?.over());
  }

  private over(): void {
    if (this.closed) return;
    this.closed = true;
    this.life.drops(this);
    if (this.life.lives) this.handlers?.closed();
  }

  private arrive(bytes: Uint8Array): void {
    if (this.closed || this.life.state === "dead") return;
    this.waiting.push(bytes);
    this.deliver();
  }

  private deliver(): void {
    while (!this.paused && !this.closed && this.handlers !== undefined && this.life.lives) {
      const bytes = this.waiting.shift();
      if (bytes === undefined) return;
      this.handlers.bytes(bytes);
    }
  }
}
