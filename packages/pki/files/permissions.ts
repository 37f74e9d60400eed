/** Secrets on disk belong to one user: a file that others may read is refused, not repaired, because it may have been read. */
import { stat } from "node:fs/promises";
import { PkiError } from "../errors.ts";

/** PkiError `exposed-file` if group or others may do anything with this file; a missing file is for the reader to report. */
export async function refuseExposed(path: string): Promise<void> {
  const mode = await modeOf(path);
  if (mode === undefined || (mode & 0o077) === 0) return;
  throw new PkiError(
    "exposed-file",
    `${path} has mode ${(mode & 0o777).toString(8)}. If nobody else can have read it: chmod 600 ${path}; otherwise ` +
      "replace what it protects",
  );
}

async function modeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
