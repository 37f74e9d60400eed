/**
 * One process per data folder: a lock that the operating system takes back when its holder dies, however it dies. It is
 * SQLite's own file lock on an empty database, because Node has no other that survives `kill -9` on every platform.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

export type Lock = { release(): void };

/**
 * What this process holds. Node closes a database that nobody refers to any more, and its lock goes with it: a caller
 * that only asks whether it got the lock would lose it at some collection of garbage.
 */
const held = new Set<DatabaseSync>();

/** Waits up to `waitMs` for a holder to go; undefined where it stays. Blocks meanwhile: for starting processes only. */
export function lockFile(path: string, waitMs: number): Lock | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite would make it readable for everybody.
  closeSync(openSync(path, "a", 0o600));
  const database = new DatabaseSync(path, { timeout: waitMs });
  try {
    database.exec("BEGIN EXCLUSIVE");
    held.add(database);
    return {
      release() {
        held.delete(database);
        database.close();
      },
    };
  } catch (error) {
    database.close();
    if (error instanceof Error && error.message.includes("locked")) return undefined;
    throw error;
  }
}
