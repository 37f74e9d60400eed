/** One demo at a time in a folder: a second one would delete the database under the first. */
import { existsSync, mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./options.ts";
import { DemoError, readJson } from "./programs.ts";

/** What a run of some minutes leaves, with room for its databases to grow. */
const FREE_MIB_MIN = 64;
const MIB = 2 ** 20;

/**
 * Makes `out`, anew unless what is in it is `kept`, and marks it with this process. {@link DemoError} where a demo that
 * still runs has marked it, or its disk is all but full; {@link UsageError} where there can be no such folder.
 */
export function claim(out: string, kept: boolean, freeBytes: (folder: string) => number = freeAt): void {
  const mark = join(out, "demo.json");
  const pid = readJson(mark)?.["pid"];
  if (typeof pid === "number" && pid !== process.pid && runs(pid)) {
    throw new DemoError(
      `another demo (process ${pid}) uses ${out}: stop it, or give this one a folder with --out DIR`,
    );
  }
  try {
    if (!kept) rmSync(out, { recursive: true, force: true });
    make(out);
    writeFileSync(mark, `${JSON.stringify({ pid: process.pid })}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = `${out} cannot be written to (${code}): name another folder with --out DIR`;
    throw isFull(error) ? new DemoError(why) : new UsageError(why);
  }
  const freeMib = Math.floor(freeBytes(out) / MIB);
  if (freeMib >= FREE_MIB_MIN) return;
  unclaim(out);
  throw new DemoError(
    `the disk of ${out} has ${freeMib} MiB free, a run needs ${FREE_MIB_MIN}: name a folder elsewhere with --out DIR`,
  );
}

/** One by one: node's own way of making parents never ends in /proc. */
function make(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) make(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

function freeAt(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** The disk, or what this user may use of it, is full. */
export function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === "ENOSPC" || code === "EDQUOT";
}

/** The mark goes with the demo's end; after a kill it stays, and its process id is free again. */
export function unclaim(out: string): void {
  if (readJson(join(out, "demo.json"))?.["pid"] === process.pid) rmSync(join(out, "demo.json"));
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}
