/**
 * Processes of the site under users of their own (ADR 15), where the supervisor runs as root. Each gets a folder of its own in the data
 * folder, laid out as the data folder is: what it must read is brought there, so that it can read nothing else of the site's.
 *
 *     DATA/            0711   root's or the site's; keys and state in it stay 0600
 *     DATA/guard/      0711   root's:  identity/ (whom to believe, no key)
 *     DATA/guard/state/ 0711  its own: bundle.json and clock.json (brought), guard.sock
 *     DATA/guard/modbus-tls/  root's:  its own copies (0600) of what lies in DATA/modbus-tls/ (brought, also when renewed)
 *     DATA/energy/state/      its own: bundle.json and clock.json (brought), guard.sock and energy.sock (links to where they are)
 *     DATA/energy/energy/ 0700 its own: quarters, forecasts
 *
 * Root writes into a folder that belongs to somebody less: always to a new file there (O_EXCL), which is then renamed; nothing that
 * lies there already is followed or opened for writing.
 */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Cancel, type Clock, every, type Log } from "@wattward/kernel";
import { refuseExposed, siteIdentityFolder } from "@wattward/pki/files";
import { CLOCK } from "../state/wall-floor.ts";
import type { Settings, User } from "./local-controller.ts";
import { TLS_FILES, TLS_FOLDER } from "./modbus-tls.ts";

export type Own = "guard" | "energy";
export const owns: readonly Own[] = ["guard", "energy"];
const BRING_EVERY_MS = 1_000;
const BUNDLE = join("state", "bundle.json");
const READ_BY_ALL = [BUNDLE, CLOCK];
const KEY = join(TLS_FOLDER, "key.pem");
const tlsPaths = TLS_FILES.map((name) => join(TLS_FOLDER, name));

/** Where a process with a user of its own has its data. */
export const ownFolder = (dataFolder: string, own: Own): string => join(dataFolder, own);

/** A user by name or number; undefined where there is none. */
export function userOf(name: string): User | undefined {
  const id = (what: "-u" | "-g") =>
    Number(execFileSync("id", [what, "--", name], { stdio: "pipe" }).toString());
  try {
    const user = { uid: id("-u"), gid: id("-g") };
    return Number.isInteger(user.uid) && Number.isInteger(user.gid) ? user : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the folders, and keeps bringing what is to be read there. Returns how to stop that. */
export function settleOwn({ dataFolder, users }: Settings, clock: Clock, log: Log): Cancel {
  const settled = owns.flatMap((own) => {
    const user = users?.[own];
    return user === undefined ? [] : [{ own, user }];
  });
  if (settled.length === 0) return () => {};
  for (const folder of [dataFolder, join(dataFolder, "state")]) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
    chmodSync(folder, 0o711);
  }
  for (const { own, user } of settled) settle(dataFolder, own, user);
  if (users?.energy !== undefined) linkSockets(dataFolder, users.guard !== undefined, log);
  const seen = new Map<string, Buffer>();
  const bring = async () => {
    for (const { own, user } of settled) {
      for (const path of own === "guard" ? [...READ_BY_ALL, ...tlsPaths] : READ_BY_ALL) {
        try {
          await bringFile({ path, from: dataFolder, to: ownFolder(dataFolder, own), user }, seen);
        } catch (error) {
          log.error("not-brought", { path, to: own, say: String(error) });
        }
      }
    }
  };
  void bring();
  return every(clock, BRING_EVERY_MS, bring);
}

function settle(dataFolder: string, own: Own, user: User): void {
  const folder = ownFolder(dataFolder, own);
  const [identity, state] = [siteIdentityFolder(folder), join(folder, "state")];
  for (const path of [folder, identity, state]) {
    mkdirSync(path, { recursive: true, mode: 0o711 });
    chmodSync(path, path === identity ? 0o755 : 0o711);
  }
  for (const name of ["site.json", "root.pem"]) {
    copyFileSync(join(siteIdentityFolder(dataFolder), name), join(identity, name));
    chmodSync(join(identity, name), 0o644);
  }
  giveBack(state, user);
  if (own === "guard") {
    mkdirSync(join(folder, TLS_FOLDER), { recursive: true });
    chmodSync(join(folder, TLS_FOLDER), 0o711);
  }
  if (own !== "energy") return;
  // What it has learnt and measured. Nobody else's, so nobody else reads it.
  const measured = join(folder, "energy");
  mkdirSync(measured, { recursive: true, mode: 0o700 });
  giveBack(measured, user);
}

/**
 * With all that lies in it: a `chown -R` of the data folder, by a person or by systemd, takes it away. From below, and never into a
 * folder that is the user's already, who could lay a link in the way there.
 */
function giveBack(path: string, user: User): void {
  const found = lstatSync(path);
  if (found.uid === user.uid) return;
  if (found.isDirectory()) for (const name of readdirSync(path)) giveBack(join(path, name), user);
  lchownSync(path, user.uid, user.gid);
}

function linkSockets(dataFolder: string, guardIsApart: boolean, log: Log): void {
  const state = join(ownFolder(dataFolder, "energy"), "state");
  const guard = guardIsApart ? ownFolder(dataFolder, "guard") : dataFolder;
  const links = { "guard.sock": guard, "energy.sock": dataFolder };
  for (const [name, where] of Object.entries(links)) {
    const path = join(state, name);
    try {
      rmSync(path, { force: true });
      symlinkSync(join(where, "state", name), path);
    } catch (error) {
      // The folder is its own: what it put in the way there (a folder, for one) is in nobody else's.
      log.error("not-brought", { path, to: "energy", say: String(error) });
    }
  }
}

type Brought = {
  /** The same in both folders. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly user: User;
};

/** What is gone there goes here too, but for the bundle: the last good one holds. */
async function bringFile({ path, from, to, user }: Brought, seen: Map<string, Buffer>): Promise<void> {
  const target = join(to, path);
  const bytes = await bytesOf(join(from, path));
  if (bytes === undefined) {
    seen.delete(target);
    if (path !== BUNDLE) await rm(target, { force: true });
    return;
  }
  if (seen.get(target)?.equals(bytes)) return;
  if (path === KEY) await refuseExposed(join(from, path));
  const fresh = `${target}.brought`;
  await rm(fresh, { force: true });
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  const file = await open(fresh, flags, 0o600);
  try {
    await file.writeFile(bytes);
    await file.chown(user.uid, user.gid);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(fresh, target);
  seen.set(target, bytes);
}

async function bytesOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
