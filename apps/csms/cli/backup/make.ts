/** Makes a backup of a data folder and its database, while the central system runs or not, and proves that it can be read. */
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { FOLDERS, isBackedUp } from "../../backup/content.ts";
import { newHeader } from "../../backup/header.ts";
import { backupBytes } from "../../backup/write.ts";
import { openSnapshot, type Snapshot } from "../../store/snapshot.ts";
import { CommandError } from "../arguments.ts";
import { databaseOf } from "../database.ts";
import { type Looked, lookThrough } from "./look.ts";
import { writeNewFile } from "./new-file.ts";

export type Making = {
  readonly folder: string;
  readonly database: string | undefined;
  readonly out: string;
  readonly passphrase: string;
  err(text: string): void;
};

/** What the file holds, read back from the disk. Rejects with CommandError, StoreError and the system's errors. */
export async function makeBackup({ folder, database, out, passphrase, err }: Making): Promise<Looked> {
  const place = databaseOf(folder, database);
  if (place.kind === "file" && !existsSync(place.path)) {
    throw new CommandError(
      `there is no database in ${folder}: start 'wattward csms' there once, or give its folder with --data`,
    );
  }
  const header = await newHeader(passphrase, systemChance);
  // After the passphrase was stretched: a view of the database is held no longer than it must be.
  const snapshot = await openSnapshot(place.kind === "file" ? place.path : place.url);
  try {
    const backup = {
      snapshot,
      csmsEpoch: await epochIn(snapshot),
      createdAtMs: systemClock().now().wallMs,
      files: () => filesIn(folder),
      progress: (table: string, rows: number) => err(`  ${table}: ${rows} rows …\n`),
    };
    let looked: Looked | undefined;
    await writeNewFile(resolve(out), backupBytes(backup, header), async (partial) => {
      err("  written; reading it back …\n");
      looked = await lookThrough(partial, passphrase);
    });
    if (looked === undefined) throw new Error("the backup was not looked at");
    return looked;
  } finally {
    await snapshot.close();
  }
}

async function epochIn(snapshot: Snapshot): Promise<number> {
  const meta = snapshot.tables.find(({ name }) => name === "meta");
  if (meta === undefined) return 1;
  for await (const [key, value] of snapshot.rows(meta)) if (key === "csms_epoch") return Number(value);
  return 1;
}

async function* filesIn(folder: string): AsyncGenerator<{ path: string; bytes: Uint8Array }> {
  for (const inner of FOLDERS) {
    for (const entry of await entriesOf(join(folder, inner))) {
      const path = `${inner}/${entry}`;
      if (isBackedUp(path)) yield { path, bytes: await readFile(join(folder, path)) };
    }
  }
}

/** Plain files only; what is being written has another name until it is whole. */
async function entriesOf(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith(".new"))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}
