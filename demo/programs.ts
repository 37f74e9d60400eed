/**
 * The demo's processes: each a real program of Wattward, its output kept in a log file, killed and started again as
 * the faults want it. Nothing here imports the programs; they are run as their users run them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const root = resolve(import.meta.dirname, "..");
const POLL_MS = 50;
/** It needs the fourth of a child's streams. */
const tie = new URL("ends-with-us.ts", import.meta.url).href;

export type Program = {
  readonly name: string;
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with the exit code, or the signal's name, once the process is gone. */
  readonly exited: Promise<number | string>;
};

/** What {@link start} started and has not ended yet. */
const running = new Set<ChildProcess>();

/** SIGKILL to whatever still runs: for the end of a run that failed, so that nothing is left behind. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** A program that is none of Wattward's, to be killed with the rest where a run fails. */
export function endsWithUs(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

export class DemoError extends Error {
  override readonly name = "DemoError";
}

export type StartOptions = {
  /** Standard output is read by the caller, rather than written to the log. */
  readonly readOutput?: boolean;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A command that runs another, with its options: strace, nsenter. It must become that program, so that the process id is the program's. */
  readonly under?: readonly string[];
};

/** Starts `entry` (a path in this repository) under this Node; `log` gets its standard error, and its standard output unless that is read. */
export function start(
  name: string,
  entry: string,
  args: readonly string[],
  log: string,
  options: StartOptions = {},
): Program {
  const out = openSync(log, "a", 0o600);
  const flags = ["--disable-warning=ExperimentalWarning", `--import=${tie}`];
  const node = [process.execPath, ...flags, join(root, entry), ...args];
  const [program = process.execPath, ...words] = [...(options.under ?? []), ...node];
  const child = spawn(program, words, {
    cwd: root,
    env: { ...process.env, ...options.env },
    // A group of its own: a terminal's Ctrl-C is for the demo alone, which still needs its programs to end in order.
    detached: true,
    stdio: ["pipe", options.readOutput === true ? "pipe" : out, out, "pipe"],
  });
  closeSync(out);
  const exited = new Promise<number | string>((done) => {
    child.on("exit", (code, signal) => done(code ?? signal ?? "unknown"));
    child.on("error", (error) => done(error.message));
  });
  running.add(child);
  void exited.then(() => running.delete(child));
  if (child.pid === undefined) throw new DemoError(`${name} could not be started: ${process.execPath}`);
  // A child that died takes its end of the pipe with it; the exit is what we look at.
  child.stdin?.on("error", () => {});
  return { name, child, pid: child.pid, exited };
}

/** Runs a command of Wattward to its end; its words are the error if it fails. */
export async function command(entry: string, args: readonly string[]): Promise<string> {
  const { code, said, whispered } = await tried(entry, args);
  if (code !== 0) throw new DemoError(`${entry} ${args.join(" ")} failed:\n${whispered}${said}`);
  return `${whispered}${said}`;
}

/** As {@link command}, whatever comes of it: what it said on standard output, and on standard error. */
export async function tried(
  entry: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string; readonly whispered: string }> {
  const words = ["--disable-warning=ExperimentalWarning", join(root, entry), ...args];
  const child = spawn(process.execPath, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  endsWithUs(child);
  let said = "";
  let whispered = "";
  child.stdout.on("data", (chunk) => (said += String(chunk)));
  child.stderr.on("data", (chunk) => (whispered += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said, whispered };
}

/** Waits until `look` gives something; fails with the tail of the program's log when it dies or takes too long. */
export async function until<T>(
  what: string,
  look: () => T | undefined,
  limits: { limitMs: number; program?: Program; log?: string },
): Promise<T> {
  let ended: number | string | undefined;
  void limits.program?.exited.then((how) => (ended = how));
  const endMs = performance.now() + limits.limitMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (ended !== undefined)
      throw new DemoError(`${limits.program?.name} ended (${ended}) before ${what}.${tail(limits.log)}`);
    if (performance.now() > endMs)
      throw new DemoError(`${what}: not within ${limits.limitMs / 1000} s.${tail(limits.log)}`);
    await wait(POLL_MS);
  }
}

/** Asks the program to stop, and kills it if it does not within `limitMs`. */
export async function stop(program: Program, limitMs: number): Promise<number | string> {
  program.child.stdin?.end();
  program.child.kill("SIGTERM");
  const late = setTimeout(() => program.child.kill("SIGKILL"), limitMs);
  const how = await program.exited;
  clearTimeout(late);
  return how;
}

/** JSON of a file that another program may be writing: undefined until it is there and whole. */
export function readJson(path: string): Record<string, unknown> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function tail(log: string | undefined): string {
  if (log === undefined || !existsSync(log)) return "";
  const lines = readFileSync(log, "utf8").trimEnd().split("\n").slice(-8);
  return ` The end of ${log}:\n  ${lines.join("\n  ")}`;
}
