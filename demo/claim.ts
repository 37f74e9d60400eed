/** One demo at a time in a folder: a second one would delete the database under the first. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DemoError, readJson } from "./programs.ts";

/**
 * Makes `out`, anew unless what is in it is `kept`, and marks it with this process. {@link DemoError} where a demo that
 * still runs has marked it.
 */
export function claim(out: string, kept: boolean): void {
  const mark = join(out, "demo.json");
  const pid = readJson(mark)?.["pid"];
  if (typeof pid === "number" && pid !== process.pid && runs(pid)) {
    throw new DemoError(
      `another demo (process ${pid}) uses ${out}: stop it, or give this one a folder with --out DIR`,
    );
  }
  if (!kept) rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true, mode: 0o700 });
  writeFileSync(mark, `${JSON.stringify({ pid: process.pid })}\n`);
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
