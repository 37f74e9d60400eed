/**
 * Where a test file works: a folder of its own that is gone afterwards, and with it every process that was started.
 * Waits are limits, not measurements: the machine may be busy with something else.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { killAll, until } from "../../../demo/programs.ts";

/** For whatever a busy machine does in a second or two. */
export const SOON_MS = 30_000;

/** A new folder; at the end of the file's tests everything that was started is killed, and the folder removed. */
export function workplace(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `wattward-${name}-`));
  after(async () => {
    killAll();
    // Grandchildren end with their parents, which takes them a moment.
    await until(`nothing ran on ${folder}`, () => pidsOn(folder).length === 0 || undefined, {
      limitMs: SOON_MS,
    }).finally(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  });
  return folder;
}

/** Waits until `look` gives something other than undefined or false. */
export const eventually = <T>(what: string, look: () => T | undefined | false, limitMs = SOON_MS) =>
  until(
    what,
    () => {
      const found = look();
      return found === false ? undefined : found;
    },
    { limitMs },
  ) as Promise<Exclude<T, undefined | false>>;

/** What a program writes into its log from now on. */
export function tailOf(log: string): () => string {
  const from = existsSync(log) ? statSync(log).size : 0;
  return () => (existsSync(log) ? readFileSync(log).subarray(from).toString() : "");
}

/** Every process that works in the folder: its command line names something in there. */
export function pidsOn(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(Number)
    .filter((pid) => alive(pid) && commandLineOf(pid).includes(`${folder}/`));
}

const procFile = (pid: number, name: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return ""; // It has just ended.
  }
};
const commandLineOf = (pid: number) => procFile(pid, "cmdline");

/** A zombie is dead: it waits only to be looked at. */
export const alive = (pid: number): boolean => /^State:\s+[^ZX]/m.test(procFile(pid, "status"));

/** Memory of a process that is really there, MiB. */
export const residentMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(procFile(pid, "status"))?.[1] ?? 0) / 1024;

/** Can somebody else listen there now? */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
