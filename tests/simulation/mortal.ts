/**
 * A process of the simulation, killed at any of its port calls. Every call that it makes to the world, and every one
 * that the world makes to it, is a step: a timer that fires, a frame sent or heard, a write asked for and heard of, a
 * decision asked for and heard of. The n-th step can be its last, with or without its effect, as chance wills.
 *
 * Always true: after its death no port does anything for it, and nothing that it waits for ever returns.
 */
import {
  type AppendFile,
  type Chance,
  type Clock,
  type Dialer,
  type Disk,
  ok,
  type UpgradeVerdict,
  type Wire,
} from "@wattward/kernel";
import type { BootedDisk, Host } from "@wattward/testing";

export type Step = "timer" | "send" | "hear" | "write" | "written" | "ask" | "told";
const never = new Promise<never>(() => {});

/** How a process dies: which steps count on the way there, all by default; whether the last one takes effect. */
export type Dying = { readonly steps?: ReadonlySet<Step>; readonly effect?: boolean };

export class Mortal {
  private readonly chance: Chance;
  private readonly endings: (() => void)[] = [];
  private stepsLeft = Number.POSITIVE_INFINITY;
  private dying: Dying = {};
  private living = true;

  constructor(chance: Chance) {
    this.chance = chance;
  }

  get alive(): boolean {
    return this.living;
  }

  /** Its `n`-th step from now (1 is the next), of those that count, is its last. */
  dieAtStep(n: number, dying: Dying = {}): void {
    this.stepsLeft = n;
    this.dying = dying;
  }

  /** It lives on after all. */
  reprieve(): void {
    this.stepsLeft = Number.POSITIVE_INFINITY;
  }

  /** Runs at its death; at once where it is dead. */
  onDeath(run: () => void): void {
    if (this.living) this.endings.push(run);
    else run();
  }

  kill(): void {
    if (!this.living) return;
    this.living = false;
    for (const end of this.endings) end();
  }

  /** Takes a step; undefined where it died, whether or not the effect took place. */
  step<T>(kind: Step, effect: () => T): T | undefined {
    if (!this.living) return undefined;
    const { steps } = this.dying;
    if ((steps !== undefined && !steps.has(kind)) || --this.stepsLeft > 0) return effect();
    if (this.dying.effect ?? this.chance.int(0, 1) === 1) effect();
    this.kill();
    return undefined;
  }

  /** What `work` gives, told in a step of its own; never, once dead. Its failure is told as well. */
  async told<T>(kind: Step, work: Promise<T>): Promise<T> {
    const outcome = await work.then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error;
      },
    );
    const heard = this.step(kind, () => outcome);
    return heard === undefined || !this.living ? never : heard();
  }
}

export function mortalClock(clock: Clock, mortal: Mortal): Clock {
  return {
    now: () => clock.now(),
    after: (ms, run) => clock.after(ms, () => void mortal.step("timer", run)),
  };
}

export function mortalDisk(disk: BootedDisk, mortal: Mortal): Disk {
  mortal.onDeath(() => disk.kill());
  const write = <T>(effect: () => Promise<T>): Promise<T> => {
    const written = mortal.step("write", () => {
      const writing = effect();
      // A process that dies of this step does not hear that it failed, either.
      writing.catch(() => {});
      return writing;
    });
    return written === undefined ? never : mortal.told("written", written);
  };
  const file = (inner: AppendFile): AppendFile => ({
    get sizeBytes() {
      return inner.sizeBytes;
    },
    append: (bytes) => write(() => inner.append(bytes)),
    sync: () => write(() => inner.sync()),
    truncate: (sizeBytes) => write(() => inner.truncate(sizeBytes)),
    close: () => inner.close(),
  });
  return {
    read: (path) => disk.read(path),
    list: (folder) => disk.list(folder),
    replace: (path, bytes) => write(() => disk.replace(path, bytes)),
    remove: (path) => write(() => disk.remove(path)),
    appendTo: async (path) => file(await disk.appendTo(path)),
  };
}

/** Who listens in on a process's wires: sees each frame before its effect. */
export type Ear = { sent(text: string): void; heard(text: string): void };

export function mortalHost(host: Host, mortal: Mortal): Host {
  mortal.onDeath(() => host.kill());
  return {
    kill: () => mortal.kill(),
    dialer: (to, port, chain): Dialer => {
      const inner = host.dialer(to, port, chain);
      return {
        async dial(path, protocols) {
          const dialled = await inner.dial(path, protocols);
          if (!mortal.alive) return never;
          return dialled.ok ? ok(mortalWire(dialled.value, mortal)) : dialled;
        },
      };
    },
    listen: (port, upgrade) =>
      host.listen(port, async (request): Promise<UpgradeVerdict> => {
        if (!mortal.alive) return never;
        const verdict = await upgrade(request);
        if (!mortal.alive) return never;
        if (verdict.kind === "refuse") return verdict;
        const opened = (wire: Wire) => mortal.alive && verdict.opened(mortalWire(wire, mortal));
        return { ...verdict, opened };
      }),
  };
}

function mortalWire(wire: Wire, mortal: Mortal): Wire {
  return {
    peer: wire.peer,
    protocol: wire.protocol,
    get bufferedBytes() {
      return wire.bufferedBytes;
    },
    send: (text) => void mortal.step("send", () => wire.send(text)),
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    ping: () => void (mortal.alive && wire.ping()),
    close: (code, reason) => void (mortal.alive && wire.close(code, reason)),
    terminate: () => void (mortal.alive && wire.terminate()),
    listen: (handlers) =>
      wire.listen({
        message: (text) => void mortal.step("hear", () => handlers.message(text)),
        pong: () => void (mortal.alive && handlers.pong?.()),
        closed: (code, reason) => void (mortal.alive && handlers.closed(code, reason)),
      }),
  };
}

/** The same wire, overheard. */
export function overheard(wire: Wire, ear: Ear): Wire {
  return {
    peer: wire.peer,
    protocol: wire.protocol,
    get bufferedBytes() {
      return wire.bufferedBytes;
    },
    send(text) {
      ear.sent(text);
      wire.send(text);
    },
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    ping: () => wire.ping(),
    close: (code, reason) => wire.close(code, reason),
    terminate: () => wire.terminate(),
    listen: (handlers) =>
      wire.listen({
        ...handlers,
        message(text) {
          ear.heard(text);
          handlers.message(text);
        },
      }),
  };
}
