import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AppendFile, type Disk, DiskError } from "../disk.ts";

/** Files under `root`, created 0600 in folders of 0700: what we keep is nobody else's to read. */
export function folderDisk(root: string): Disk {
  const at = (path: string) => join(root, path);
  return {
    async read(path) {
      try {
        return new Uint8Array(await readFile(at(path)));
      } catch (error) {
        if (codeOf(error) === "ENOENT") return undefined;
        throw diskError(`cannot read ${at(path)}`, error);
      }
    },
    replace: (path, bytes) =>
      guarded(`cannot write ${at(path)}`, async () => {
        const folder = await folderFor(at(path));
        const temporary = `${at(path)}.new`;
        await withFile(temporary, "w", async (file) => {
          await file.writeFile(bytes);
          await file.datasync();
        });
        await rename(temporary, at(path));
        await syncFolder(folder);
      }),
    appendTo: (path) =>
      guarded(`cannot open ${at(path)}`, async () => {
        const folder = await folderFor(at(path));
        const file = await open(at(path), constants.O_RDWR | constants.O_CREAT | constants.O_APPEND, 0o600);
        await syncFolder(folder);
        return appendFile(at(path), file, (await file.stat()).size);
      }),
    async list(folder) {
      try {
        return (await readdir(at(folder))).sort();
      } catch (error) {
        if (codeOf(error) === "ENOENT") return [];
        throw diskError(`cannot list ${at(folder)}`, error);
      }
    },
    async remove(path) {
      try {
        await unlink(at(path));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw diskError(`cannot remove ${at(path)}`, error);
      }
    },
  };
}

function appendFile(path: string, file: FileHandle, startBytes: number): AppendFile {
  let sizeBytes = startBytes;
  return {
    get sizeBytes() {
      return sizeBytes;
    },
    append: (bytes) =>
      guarded(`cannot append to ${path}`, async () => {
        // A short write leaves a torn tail; whoever reads the file must know its own records' ends.
        for (let from = 0; from < bytes.length; ) {
          const { bytesWritten } = await file.write(bytes, from);
          from += bytesWritten;
          sizeBytes += bytesWritten;
        }
      }),
    sync: () => guarded(`cannot sync ${path}`, () => file.datasync()),
    truncate: (toBytes) =>
      guarded(`cannot truncate ${path}`, async () => {
        await file.truncate(toBytes);
        await file.datasync();
        sizeBytes = toBytes;
      }),
    close: () => file.close(),
  };
}

async function folderFor(path: string): Promise<string> {
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(dirname(made));
  return folder;
}

async function syncFolder(folder: string): Promise<void> {
  await withFile(folder, "r", (handle) => handle.sync());
}

async function withFile(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}

async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw diskError(what, error);
  }
}

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;

function diskError(what: string, cause: unknown): DiskError {
  const code = codeOf(cause);
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new DiskError(
    full ? "full" : "io",
    `${what}: ${full ? "the disk is full" : String(code ?? cause)}`,
    cause,
  );
}
