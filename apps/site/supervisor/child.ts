/**
 * Keeps one child process running: starts it again with back-off when it dies, kills it when it hangs, ends it when
 * told to. A child that says it cannot run is not started again.
 */
import {
  backoffMs,
  type Cancel,
  type Chance,
  type Clock,
  type Log,
  sleep,
  TokenBucket,
} from "@wattward/kernel";
import {
  BEAT_EVERY_MS,
  type ChildMessage,
  HANDED_ON_RATE,
  type HandedOn,
  STARTING_MS_MAX,
} from "./protocol.ts";

export const RESTART_MS = { firstMs: 200, maxMs: 10_000 } as const;
/** A child that lived this long died of something new. */
export const STABLE_MS = 30_000;
/** From SIGTERM to SIGKILL. */
export const STOP_MS_MAX = 5_000;

/** A running process, as the supervisor sees it. */
export type Process = {
  readonly pid: number;
  /** Dropped where its channel is closed or full. */
  tell(message: HandedOn): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
  /** How it ended: exit code or signal. */
  readonly exited: Promise<string>;
};

export type ChildPorts = {
  readonly name: string;
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  /** Once it has beaten, it hangs after so long without a beat; before, after {@link STARTING_MS_MAX}. */
  readonly silentMsMax: number;
  spawn(heard: (message: ChildMessage) => void): Process;
  listening(port: number, pid: number): void;
  passwordPort?(profile: 1 | 2, port: number | undefined): void;
  /** News of the stations' own connections upstream, from a child that has such. */
  upstreams?(stations: object): void;
  /** To be handed on to another child. */
  told?(message: HandedOn): void;
};

export class Child {
  private readonly ports: ChildPorts;
  private process: Process | undefined;
  private stopping = false;
  private heardAtMs = 0;
  private silentMsMax = STARTING_MS_MAX;
  private stopped: () => void = () => {};
  private readonly share: TokenBucket;

  constructor(ports: ChildPorts) {
    this.ports = ports;
    this.share = new TokenBucket(HANDED_ON_RATE, ports.clock.now().monotonicMs);
  }

  /** Runs until {@link stop}, or until the child says that it cannot run: then its sentence. */
  async run(): Promise<string | undefined> {
    const { clock, chance, log, name } = this.ports;
    const stopped = new Promise<void>((resolve) => (this.stopped = resolve));
    for (let attempt = 0; !this.stopping; attempt++) {
      const fromMs = clock.now().monotonicMs;
      const ended = await this.once();
      if (this.stopping || ended.cannotRun !== undefined) return ended.cannotRun;
      if (clock.now().monotonicMs - fromMs > STABLE_MS) attempt = 0;
      const waitMs = backoffMs(chance, attempt, RESTART_MS);
      log.error("child-died", { child: name, how: ended.how, restartMs: waitMs });
      await Promise.race([sleep(clock, waitMs), stopped]);
    }
    return undefined;
  }

  stop(): void {
    this.stopping = true;
    this.stopped();
    const { process } = this;
    if (process === undefined) return;
    process.kill("SIGTERM");
    const cancel = this.ports.clock.after(STOP_MS_MAX, () => process.kill("SIGKILL"));
    void process.exited.then(cancel);
  }

  /** Nothing where it is not running: the next one has not seen it. */
  tell(message: HandedOn): void {
    this.process?.tell(message);
  }

  private async once(): Promise<{ how: string; cannotRun: string | undefined }> {
    let cannotRun: string | undefined;
    this.heardAtMs = this.ports.clock.now().monotonicMs;
    this.silentMsMax = STARTING_MS_MAX;
    let listens = false;
    const process = this.ports.spawn((message) => {
      this.heardAtMs = this.ports.clock.now().monotonicMs;
      this.silentMsMax = this.ports.silentMsMax;
      // Once a life: it is written down for scripts, and another's word without end would be, too.
      if (message.kind === "listening" && !listens) this.ports.listening(message.port, process.pid);
      listens ||= message.kind === "listening";
      if (message.kind === "password-port") this.ports.passwordPort?.(message.profile, message.port);
      if (message.kind === "upstreams") this.ports.upstreams?.(message.stations);
      const handedOn = message.kind === "observed" || message.kind === "wall";
      if (handedOn && this.share.take(this.heardAtMs)) this.ports.told?.(message);
      if (message.kind === "cannot-run") cannotRun = message.sentence;
    });
    this.process = process;
    const cancel = this.watch(process);
    const how = await process.exited;
    cancel();
    this.process = undefined;
    return { how, cannotRun };
  }

  private watch(process: Process): Cancel {
    const { clock, log, name } = this.ports;
    let cancel: Cancel = () => {};
    let dueMs = clock.now().monotonicMs;
    const look = () => {
      const nowMs = clock.now().monotonicMs;
      // This process stood still (its log's reader did, or the whole machine): what was said meanwhile is not read yet.
      if (nowMs - dueMs > BEAT_EVERY_MS) this.heardAtMs += nowMs - dueMs;
      const silentMs = nowMs - this.heardAtMs;
      if (silentMs >= this.silentMsMax) {
        log.error("child-hangs", {
          child: name,
          pid: process.pid,
          silentMs: Math.round(silentMs),
          say: "killed",
        });
        process.kill("SIGKILL");
        return;
      }
      const waitMs = Math.min(this.silentMsMax - silentMs, BEAT_EVERY_MS);
      dueMs = nowMs + waitMs;
      cancel = clock.after(waitMs, look);
    };
    look();
    return () => cancel();
  }
}
