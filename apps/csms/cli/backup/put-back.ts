/**
 * A backup back into an empty data folder, and into an empty database. All or nothing:
 *
 *     read it to its end ─▶ a folder beside: keys/, pki/, the database filled in one transaction ─▶ synced ─▶ renamed
 *
 * A process that is killed leaves the folder beside, which the next one clears; a server's database is filled and
 * committed before the folder gets its name, so that no folder ever stands for an empty one. That the folder beside can
 * get that name (it cannot where there is a mount point) is tried before anything is written.
 */
import { existsSync } from "node:fs";
import { mkdir, open, readdir, realpath, rename, rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { systemClock } from "@wattward/kernel/node";
import { type Filled, fill } from "../../backup/fill.ts";
import { backupItems } from "../../backup/read.ts";
import type { DatabasePlace } from "../../store/database-place.ts";
import { StoreError } from "../../store/engine.ts";
import { openEngine } from "../../store/open.ts";
import { CommandError } from "../arguments.ts";
import { DATABASE_FILE, SQLITE_FILE } from "../database.ts";
import { lookThrough } from "./look.ts";
import { bytesOf, inWords, syncFolder } from "./new-file.ts";

export type PuttingBack = {
  readonly folder: string;
  readonly file: string;
  /** Undefined: a file in the folder. */
  readonly server: (DatabasePlace & { readonly kind: "server" }) | undefined;
  readonly passphrase: string;
  err(text: string): void;
};

/** Rejects with CommandError, BackupFault, StoreError and the system's errors; then nothing was restored. */
export async function putBack(asked: PuttingBack): Promise<Filled> {
  // Through links: what is renamed must replace the folder, not the link to it.
  const folder = await realpath(asked.folder).catch(() => resolve(asked.folder));
  await refuseOccupied(folder);
  asked.err("  reading it to its end …\n");
  await lookThrough(asked.file, asked.passphrase);
  const draft = join(dirname(folder), `.${basename(folder)}.restoring`);
  let committed = false;
  try {
    await tryToName(draft, folder);
    const filled = await filledFrom(asked, draft);
    committed = true;
    await refuseOccupied(folder);
    await rename(draft, folder);
    await syncFolder(dirname(folder));
    return filled;
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {}); // The first error is the one to be told.
    const told = inWords(error, folder);
    if (!committed || asked.server === undefined) throw told;
    throw new CommandError(
      `${asked.server.shown} was filled, but not the folder: ${messageOf(told)}. Drop the database, make it again with 'createdb', and restore once more`,
      { cause: error },
    );
  }
}

/** Leaves `draft` as a new, empty folder, after it had the name once: whatever forbids that is told before there is anything. */
async function tryToName(draft: string, folder: string): Promise<void> {
  const was = existsSync(folder);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    await rename(draft, folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EBUSY" && code !== "EXDEV") throw error;
    const within = join(folder, "csms");
    throw new CommandError(
      `${folder} is a mount point, which a restore cannot put its folder in place of: give one within it, --data ${within}. Nothing was restored.`,
      { cause: error },
    );
  }
  if (!was) await rmdir(folder);
  await mkdir(draft, { mode: 0o700 });
}

async function filledFrom({ file, server, passphrase, err }: PuttingBack, draft: string): Promise<Filled> {
  const place = server ?? ({ kind: "file", path: join(draft, SQLITE_FILE) } as const);
  // Before the commit: there may be no room for it afterwards.
  if (server !== undefined) await writeFile(join(draft, DATABASE_FILE), Buffer.from(`${server.shown}\n`));
  const { engine, types } = await openEngine(place, {});
  try {
    const done = await fill(backupItems(bytesOf(file), passphrase), {
      engine,
      types,
      atMs: systemClock().now().wallMs,
      file: (path, bytes) => writeFile(join(draft, path), bytes),
      progress: (table, rows) => err(`  ${table}: ${rows} rows …\n`),
    });
    if (done.kind === "occupied") {
      throw new CommandError(
        `the database ${server?.shown ?? place.kind} has tables: a restore takes an empty one, made with 'createdb'. Nothing was changed.`,
      );
    }
    return done.filled;
  } catch (error) {
    const fault = engine.faultOf(error);
    if (fault === undefined || error instanceof StoreError) throw error;
    throw new CommandError(
      `the database cannot take it (${fault}): ${messageOf(error)}. Nothing was restored.`,
      {
        cause: error,
      },
    );
  } finally {
    await engine.close();
    await syncAll(draft);
  }
}

async function writeFile(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncAll(draft: string): Promise<void> {
  for (const entry of await readdir(draft, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncFolder(join(draft, entry.name));
  }
  await syncFolder(draft);
}

async function refuseOccupied(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw inWords(error, folder);
  });
  if (names.length === 0) return;
  throw new CommandError(
    `${folder} is not empty: a restore takes an empty folder. Move it away first; it may hold what the backup does not`,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
