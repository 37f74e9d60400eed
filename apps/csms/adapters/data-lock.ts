/**
 * One central system per data folder. The lock is SQLite's own, on a file of its own: the kernel frees it when the
 * process ends, however it ends, so a `kill -9` leaves nothing to clean up and a process id that is used again
 * deceives nobody.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

export type DataLock = { release(): void };

/** Makes the folder (0700) where there is none. Undefined: another process has it. */
export function lockData(folder: string): DataLock | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = new DatabaseSync(join(folder, "csms.lock"), { timeout: 0 });
  try {
    file.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (isLocked(error)) return undefined;
    throw error;
  }
  return { release: () => file.close() };
}

/** SQLITE_BUSY, whatever its sub-code. */
const SQLITE_BUSY = 5;
const isLocked = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
