/**
 * One central system per data folder, and nobody who makes its authorities beside it. The lock is SQLite's own, on a file of its own: the kernel frees it when the
 * process ends, however it ends, so a `kill -9` leaves nothing to clean up and a process id that is used again
 * deceives nobody.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { CommandError } from "../cli/arguments.ts";

export type DataLock = { release(): void };

/**
 * Makes the folder (0700) where there is none. Undefined: another process has it. {@link CommandError} where the lock
 * cannot be made.
 */
export function lockData(folder: string): DataLock | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "csms.lock");
  const file = openLock(path);
  try {
    file.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    file.close();
    if (isLocked(error)) return undefined;
    throw cannotLock(path, error);
  }
  return { release: () => file.close() };
}

function openLock(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    throw cannotLock(path, error);
  }
}

const cannotLock = (path: string, error: unknown) =>
  new CommandError(
    `cannot lock ${path}: ${error instanceof Error ? error.message : String(error)}. Check that the folder is writable and its disk not full`,
    { cause: error },
  );

/** SQLITE_BUSY, whatever its sub-code. */
const SQLITE_BUSY = 5;
const isLocked = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
