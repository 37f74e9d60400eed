/**
 * What the site's processes have in common. Each is started by the supervisor with one argument (JSON of {@link Orders}) and ends with it:
 * when the channel to the supervisor closes, however that came, it ends at once, so that no orphan holds a port or the journal.
 *
 *     orders ─▶ beats ─▶ lock of its part ─▶ start ─▶ "listening" ─▶ SIGTERM: closes, exit 0
 *                         └ held: exit 1     └ fails: exit 1, or 78 where a person must act
 */
import { join } from "node:path";
import type { Log } from "@wattward/kernel";
import { jsonLog, type LogLevel } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import type { Settings } from "../adapters/local-controller.ts";
import { lockFile } from "../adapters/lock.ts";
import { BEAT_EVERY_MS, type ChildMessage, EXIT_CANNOT_RUN } from "./protocol.ts";

export type Orders = { readonly settings: Settings; readonly logLevel: LogLevel };

export type ChildPart = {
  /** Of its lock and its log. */
  readonly name: string;
  /** In a sentence. */
  readonly called: string;
  /** Begins its work; where it rejects, the process ends. */
  start(settings: Settings, log: Log): Promise<StartedPart>;
  /** What a person must mend, beside its keys: another start would find the same. */
  isForAPerson?(error: unknown): boolean;
};

/** `port` is 0 where stations have nothing to do with it. */
export type StartedPart = { readonly port: number; close(): Promise<void> };

/** How long a predecessor whose supervisor was killed may take to go. */
const PREDECESSOR_MS_MAX = 5_000;

/** Dropped where nobody hears any more: then this process is about to end. */
export const tell = (message: ChildMessage): void =>
  void process.send?.(message, undefined, undefined, () => {});

/** The whole life of this process. */
export function runChild(part: ChildPart): void {
  run(part).catch((error: unknown) => end(part, error));
}

async function run({ name, called, start }: ChildPart): Promise<void> {
  // Only the supervisor starts this program, and writes this argument.
  const { settings, logLevel } = JSON.parse(process.argv[2] ?? "{}") as Orders;
  const log = jsonLog((line) => process.stderr.write(line), logLevel).with({ part: name });
  process.on("disconnect", () => process.exit(0));
  // A terminal's Ctrl-C reaches the whole group; the supervisor tells us in its own time.
  process.on("SIGINT", () => {});
  setInterval(() => tell({ kind: "beat" }), BEAT_EVERY_MS);

  const lock = lockFile(join(settings.dataFolder, "state", `${name}.lock`), PREDECESSOR_MS_MAX);
  if (lock === undefined) {
    log.error("predecessor-still-runs", { say: `another ${called} uses this data folder; trying again` });
    process.exit(1);
  }
  const started = await start(settings, log);
  // Who stops a whole group of processes (systemd does) is heard twice: once here, once through the supervisor.
  let closing = false;
  process.on("SIGTERM", () => {
    if (closing) return;
    closing = true;
    void started.close().then(() => process.exit(0));
  });
  tell({ kind: "listening", port: started.port });
}

function end({ name, isForAPerson }: ChildPart, error: unknown): void {
  const sentence = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${JSON.stringify({ level: "error", event: `${name}-failed`, say: sentence })}\n`);
  if (!(error instanceof PkiError) && isForAPerson?.(error) !== true) process.exit(1);
  // Told first: the exit closes the channel.
  if (process.send === undefined) process.exit(EXIT_CANNOT_RUN);
  process.send({ kind: "cannot-run", sentence } satisfies ChildMessage, () => process.exit(EXIT_CANNOT_RUN));
}
