/**
 * What breaks off a walk that has things to take back: Ctrl-C, SIGTERM, a terminal that goes, an error that nobody caught. The first asks
 * for an end, by an AbortSignal; a second one ends at once.
 */

/** Exit codes of shells: 128 and the signal's number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type SignalName = keyof typeof exitCodes;
const names = Object.keys(exitCodes) as SignalName[];

/** Whoever starts us may pass on a signal that we got as well: so soon after the first it is the same. */
const PASSED_ON_MS = 500;

/** Somebody's wish, by a signal. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly exitCode: number;
  constructor(signal: SignalName) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCodes[signal];
  }
}

/** The signal's reason is an `Interrupted`, or the error that nobody caught. `done` ends the watch. */
export function heedInterruptions(say: (sentence: string) => void): {
  readonly signal: AbortSignal;
  done(): void;
} {
  const controller = new AbortController();
  let firstMs: number | undefined;
  const heed = (name: SignalName) => {
    const nowMs = performance.now();
    if (firstMs === undefined) {
      firstMs = nowMs;
      say("interrupted: what is under way is taken back first; once more ends at once");
      controller.abort(new Interrupted(name));
      // A terminal that goes may say so twice, and nobody is there to insist.
    } else if (nowMs - firstMs > PASSED_ON_MS && name !== "SIGHUP") process.exit(exitCodes[name]);
  };
  const failed = (error: Error) => controller.abort(error);
  for (const name of names) process.on(name, heed);
  process.on("uncaughtException", failed);
  // A terminal that is gone is no reason to leave a device as it is.
  for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on("error", () => {});
  return {
    signal: controller.signal,
    done() {
      for (const name of names) process.off(name, heed);
      process.off("uncaughtException", failed);
    },
  };
}
