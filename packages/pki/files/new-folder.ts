/**
 * A new folder of secrets: 0700 with files of 0600, all of it or nothing. It is written beside its place and then renamed,
 * so that a crash leaves no half of an identity, and nothing that exists is ever overwritten.
 */
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { PkiError } from "../errors.ts";

/** PkiError `file-exists` unless the folder is absent or empty. */
export async function refuseTaken(folder: string): Promise<void> {
  try {
    const [first] = await readdir(folder);
    if (first !== undefined) throw taken(folder);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOTDIR") throw taken(folder);
    if (code !== "ENOENT") throw error;
  }
}

/** Creates the folder with these files (name → text). */
export async function writeNewFolder(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  const target = resolve(folder);
  await refuseTaken(target);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const draft = join(dirname(target), `.${basename(target)}.new-${process.pid}`);
  try {
    await mkdir(draft, { mode: 0o700 });
    for (const [name, text] of files) await writeNewFile(join(draft, name), text);
    await syncFolder(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const code = (error as { code?: unknown }).code;
    throw code === "ENOTEMPTY" || code === "EEXIST" ? taken(folder) : error;
  }
  await syncFolder(dirname(target));
}

/** Creates one file of 0600, durably, or none; PkiError `file-exists` if there is one. */
export async function writeNewFile(path: string, text: string): Promise<void> {
  const file = await openNew(path);
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (error) {
    // On a full disk: half a file would be in the way of the next try.
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function openNew(path: string) {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    throw (error as { code?: unknown }).code === "EEXIST" ? taken(path) : error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const taken = (path: string) =>
  new PkiError("file-exists", `${path}; choose another place, or move it away first`);
