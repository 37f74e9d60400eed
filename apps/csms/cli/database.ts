/**
 * Which database belongs to a data folder: `wattward.db` in it, or the PostgreSQL server that its file `database`
 * names. The central system writes that file when it is started with --database, so that every command that is given
 * the folder finds the same. No password is ever in it: that comes from PGPASSWORD.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DatabasePlace, serverPlace } from "../store/database-place.ts";
import { CommandError, UsageError } from "./arguments.ts";

export const DATABASE_FILE = "database";
export const SQLITE_FILE = "wattward.db";

/** @param given what --database said; it holds for the folder from then on */
export function databaseOf(folder: string, given?: string): DatabasePlace {
  const own = join(folder, SQLITE_FILE);
  if (given === undefined) {
    const url = remembered(folder);
    return url === undefined
      ? { kind: "file", path: own }
      : read(url, `the file ${join(folder, DATABASE_FILE)}`);
  }
  if (existsSync(own)) {
    throw new CommandError(
      `${folder} has its database in ${SQLITE_FILE}: to move it, 'wattward backup' it, and 'wattward restore' that into a new folder with --database`,
    );
  }
  return read(given, "--database");
}

function read(url: string, from: string): DatabasePlace {
  const place = serverPlace(url);
  if (!place.ok) throw new UsageError(`${from}: ${place.fault.sentence}`);
  return place.value;
}

function remembered(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, DATABASE_FILE), "utf8").trim();
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
