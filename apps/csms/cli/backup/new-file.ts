/**
 * A new file that is there as a whole or not at all: written beside its place under another name (0600), synced, looked
 * at by the caller, and only then given its name. A process that is killed leaves `FILE.partial`, which the next one
 * writes over.
 */
import { createReadStream, existsSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CommandError } from "../arguments.ts";

const READ_BYTES = 256 * 1024;

/** Rejects with {@link CommandError}: it exists, no room, no right. Whatever goes wrong, nothing is left of it. */
export async function writeNewFile(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  verify: (partial: string) => Promise<void>,
): Promise<void> {
  refuseTaken(path);
  const partial = `${path}.partial`;
  try {
    await rm(partial, { force: true });
    // wx: whatever stands there after all, a link of somebody else's above all, is not written through.
    const file = await open(partial, "wx", 0o600);
    try {
      await writeAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await verify(partial);
    refuseTaken(path);
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}); // The first error is the one to be told.
    throw inWords(error, path);
  }
}

export const bytesOf = (path: string): AsyncIterable<Uint8Array> =>
  createReadStream(path, { highWaterMark: READ_BYTES });

async function writeAll(file: FileHandle, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of bytes) {
    for (let from = 0; from < piece.length; ) from += (await file.write(piece, from)).bytesWritten;
  }
}

function refuseTaken(path: string): void {
  if (existsSync(path)) throw new CommandError(`${path} exists: choose another name, or move it away first`);
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The system's own errors name the path that we made up. */
export function inWords(error: unknown, path: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new CommandError(`no room for ${path}: its disk is full. Nothing of it was kept.`, {
      cause: error,
    });
  if (code === "ENOENT")
    return new CommandError(`${path}: there is no such file or folder`, { cause: error });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS")
    return new CommandError(`${path} may not be read or written by this user`, { cause: error });
  return error;
}
