/**
 * Small snapshots in `state/`, each one JSON file replaced whole. What cannot be read is as if it were not there, and
 * said loudly: each of them can be had again from the journal or from the CSMS.
 */
import { type Disk, DiskError, INSTANT_MS_MAX, type Log } from "@wattward/kernel";

export type KeptFile<T> = {
  readonly path: string;
  /** Undefined where the parsed JSON is not one of ours. */
  parse(value: unknown): T | undefined;
};

export async function readKept<T>(disk: Disk, log: Log, file: KeptFile<T>): Promise<T | undefined> {
  const bytes = await disk.read(file.path);
  if (bytes === undefined) return undefined;
  const value = parsedBy(file, new TextDecoder().decode(bytes));
  if (value === undefined) log.error("state-unreadable", { path: file.path, say: "goes on without it" });
  return value;
}

/** What the disk cannot read is as if it were not there, and said: for what is worth less than the start of whoever reads it. */
export async function orNothing<T>(log: Log, path: string, read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    log.error("state-unreadable", { path, say: `goes on without it: ${String(error)}` });
    return undefined;
  }
}

/** False where the disk is full: the old file stays. Any other fault of the disk rejects. */
export async function keep(disk: Disk, log: Log, path: string, value: object): Promise<boolean> {
  try {
    await disk.replace(path, new TextEncoder().encode(JSON.stringify(value)));
    return true;
  } catch (error) {
    if (!(error instanceof DiskError && error.kind === "full")) throw error;
    log.error("state-not-kept", { path, say: error.message });
    return false;
  }
}

function parsedBy<T>(file: KeptFile<T>, text: string): T | undefined {
  try {
    return file.parse(JSON.parse(text));
  } catch {
    return undefined; // Not JSON: the caller says so.
  }
}

/** A JSON object's fields, or none. */
export const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> =>
  typeof value === "object" && value !== null ? new Map(Object.entries(value)) : new Map();

export const isWallMs = (value: unknown): value is number => isCount(value) && value <= INSTANT_MS_MAX;

export const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;
