/**
 * A real file system of a few megabytes, which a test can fill and clear: a tmpfs in a mount namespace of its own, so that
 * nothing on this machine sees it but the programs that are started in it.
 *
 * From outside the same files are behind the `root` link of the keeper in `/proc` ({@link SmallDisk.seen}); only SQLite, which follows that
 * link by name, must be asked from within ({@link SmallDisk.rows}).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, cpSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after } from "node:test";
import type { Row } from "./stored.ts";

/** Root may make namespaces; others may as root of a user namespace, where the system lets them. */
const [unshare, enter] =
  process.getuid?.() === 0
    ? [
        ["unshare", "-m"],
        ["nsenter", "-m"],
      ]
    : [
        ["unshare", "-Urm"],
        ["nsenter", "-U", "-m", "--preserve-credentials"],
      ];

/** Why there can be none here; false where there can. */
export function smallDiskMissing(): false | string {
  const [command = "", ...args] = [...unshare, "sh", "-c", "mount -t tmpfs tmpfs /tmp"];
  return spawnSync(command, args).status === 0 ? false : "no mount namespace may be made on this machine";
}

const BALLAST = "ballast";
const CHUNK_BYTES = 64 * 1024;

export class SmallDisk {
  /** To be put before a program so that it runs in there. */
  readonly under: readonly string[];
  private readonly keeper: ChildProcess;
  private readonly folder: string;

  private constructor(keeper: ChildProcess, folder: string) {
    this.keeper = keeper;
    this.folder = folder;
    const [command = "", ...options] = enter;
    this.under = [command, "-t", String(keeper.pid), ...options, "--"];
  }

  /** An empty disk at `folder` holds what was in it; it is gone with the file's tests. */
  static async at(folder: string, megabytes: number): Promise<SmallDisk> {
    const [command = "", ...args] = unshare;
    const script = `mount -t tmpfs -o size=${megabytes}m,mode=700 tmpfs "$1" && echo mounted && exec cat`;
    const keeper = spawn(command, [...args, "sh", "-c", script, "sh", folder], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    after(() => keeper.kill("SIGKILL"));
    await once(keeper.stdout, "data");
    const disk = new SmallDisk(keeper, folder);
    cpSync(folder, disk.seen(folder), { recursive: true, preserveTimestamps: true });
    return disk;
  }

  /** The same path, as it can be read from outside, and from inside too. */
  seen(path: string): string {
    return `/proc/${this.keeper.pid}/root${path}`;
  }

  /** Not a byte is left, or no more than `leftBytes`. */
  fill(leftBytes = 0): void {
    const file = openSync(join(this.seen(this.folder), BALLAST), "a");
    try {
      if (leftBytes > 0) fillTo(file, this.seen(this.folder), leftBytes);
      else for (let bytes = CHUNK_BYTES; bytes >= 1; bytes = Math.floor(bytes / 2)) fillBy(file, bytes);
    } finally {
      closeSync(file);
    }
  }

  clear(): void {
    rmSync(join(this.seen(this.folder), BALLAST));
  }

  /** Rows of the database `file` on this disk. */
  rows(file: string, sql: string): Row[] {
    const script = `const { DatabaseSync } = require("node:sqlite");
      const rows = new DatabaseSync(process.argv[1], { readOnly: true }).prepare(process.argv[2]).all();
      process.stdout.write(JSON.stringify(rows));`;
    const [command = "", ...args] = [...this.under, process.execPath, "-e", script, file, sql];
    const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout) as Row[];
  }
}

function fillTo(file: number, folder: string, leftBytes: number): void {
  const free = () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  const chunk = Buffer.alloc(CHUNK_BYTES);
  while (free() > leftBytes) writeSync(file, chunk);
}

function fillBy(file: number, bytes: number): void {
  const chunk = Buffer.alloc(bytes);
  try {
    while (writeSync(file, chunk) === bytes);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOSPC") throw error;
  }
}
