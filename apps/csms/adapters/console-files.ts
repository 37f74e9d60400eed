/** Reads the built console into memory, once at the start; it is a few hundred kilobytes. */
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { ConsoleFiles } from "../api/console-pages.ts";

/** A build that has more is not ours. */
const FILES_MAX = 1_000;
const BYTES_MAX = 32 * 1024 * 1024;

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Undefined where the folder does not exist, or holds no index.html: the console is not built. */
export async function readConsoleFiles(folder: string): Promise<ConsoleFiles | undefined> {
  const files = new Map<string, { bytes: Uint8Array; type: string }>();
  let bytesTotal = 0;
  for (const entry of await entriesOf(folder)) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    bytesTotal += bytes.length;
    if (files.size >= FILES_MAX || bytesTotal > BYTES_MAX) {
      throw new Error(
        `${folder} holds more than a built console: ${FILES_MAX} files, ${BYTES_MAX} bytes at most`,
      );
    }
    const type = types[extname(entry.name)] ?? "application/octet-stream";
    files.set(relative(folder, path).split(sep).join("/"), { bytes, type });
  }
  return files.has("index.html") ? files : undefined;
}

/** Plain files only: a link could lead anywhere. */
async function entriesOf(folder: string) {
  try {
    return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}
