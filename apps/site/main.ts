/**
 * `npx wattward site`: the site's supervisor (and the way to its commissioning, cli/commission.ts). It holds the data folder, starts the site's processes from one table
 * (ADR 15) and keeps them running; it does none of
 * their work. Exit codes: 0 stopped, 1 cannot run, or no identity yet, 2 wrong usage.
 */
import { createPrivateKey } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { folderDisk, jsonLog, systemChance, systemClock } from "@wattward/kernel/node";
import { PkiError } from "@wattward/pki";
import { readSiteIdentity, type SiteIdentity, siteIdentityFolder } from "@wattward/pki/files";
import type { Settings, User } from "./adapters/local-controller.ts";
import { lockFile } from "./adapters/lock.ts";
import { type Own, ownFolder, owns, settleOwn, userOf } from "./adapters/own-users.ts";
import { spawnChild } from "./adapters/processes.ts";
import { asked } from "./supervisor/arguments.ts";
import { Child } from "./supervisor/child.ts";
import type { Orders } from "./supervisor/child-main.ts";
import { type ChildMessage, SILENT_LOCAL_MS_MAX, SILENT_SOON_MS_MAX } from "./supervisor/protocol.ts";
import { maySay, type Rights } from "./supervisor/rights.ts";

/** A process of the site's, as the supervisor sees it. Without a `vital` one there is no site; the absence of others changes the mode, and is said. */
type Row = Rights & {
  readonly name: string;
  readonly entry: URL;
  /** Without a beat for so long, it hangs and is killed. */
  readonly silentMsMax: number;
  /** Where its process number stands in site.json. */
  readonly pidAs: "localControllerPid" | "guardPid" | "energyControllerPid";
  /** In transparent mode the central system is another's: no bundle says what there is to manage. */
  readonly modes: readonly Settings["mode"][];
  /** Whose user it runs as, where it has one of its own. */
  readonly own?: Own;
};

const children: readonly Row[] = [
  {
    name: "local-controller",
    entry: new URL("./local-controller/main.ts", import.meta.url),
    silentMsMax: SILENT_LOCAL_MS_MAX,
    pidAs: "localControllerPid",
    vital: true,
    modes: ["autonomous", "transparent"],
    hands: "wall",
  },
  {
    name: "modbus-guard",
    entry: new URL("./modbus-guard/main.ts", import.meta.url),
    silentMsMax: SILENT_SOON_MS_MAX,
    pidAs: "guardPid",
    own: "guard",
    hands: "observed",
    vital: false,
    modes: ["autonomous"],
  },
  {
    name: "energy-controller",
    entry: new URL("./energy-controller/main.ts", import.meta.url),
    silentMsMax: SILENT_SOON_MS_MAX,
    pidAs: "energyControllerPid",
    own: "energy",
    vital: false,
    modes: ["autonomous"],
  },
];

const say = (text: string) => process.stderr.write(`wattward: ${text}\n`);

async function main(): Promise<number> {
  const [word, ...rest] = process.argv.slice(2);
  if (word === "commission" || word === "verify") {
    const { commissionCommand } = await import("./cli/commission.ts");
    return commissionCommand(word, rest);
  }
  const given = asked(process.argv.slice(2));
  if (given.kind === "wrong") {
    process.stderr.write(`wattward site: ${given.sentence}\nLook at: npx wattward site --help\n`);
    return 2;
  }
  const settings = { ...given.settings, dataFolder: resolve(given.settings.dataFolder) };
  if (!(await hasIdentity(settings.dataFolder))) return 1;
  const lock = lockFile(join(settings.dataFolder, "state", "supervisor.lock"), 0);
  if (lock === undefined) {
    const commission = lockFile(join(settings.dataFolder, "state", "commission.lock"), 0);
    const other = commission === undefined ? "a commission" : "another site controller";
    say(`${other} runs on ${settings.dataFolder}: stop it first, or give this one its own --data`);
    return 1;
  }
  const users = usersOf(given.userNames);
  if (typeof users === "string") {
    say(users);
    return 2;
  }
  return supervise({
    settings: { ...settings, ...(Object.keys(users).length > 0 && { users }) },
    logLevel: given.logLevel,
  });
}

/** The users by their names; or what is wrong. */
function usersOf(
  names: { readonly [O in Own]: string | undefined },
): NonNullable<Settings["users"]> | string {
  const users: { [O in Own]?: User } = {};
  for (const own of owns) {
    const name = names[own];
    if (name === undefined) continue;
    if (process.getuid?.() !== 0)
      return `--${own}-user: only root can start a process as another user; run the site as root, or without it`;
    const user = userOf(name);
    if (user === undefined) return `--${own}-user: there is no user '${name}' on this machine`;
    users[own] = user;
  }
  return users;
}

/** What stands in site.json. */
type Told = {
  readonly mode: string;
  readonly port?: number | undefined;
  readonly pid?: number;
  readonly localControllerPid?: number;
  readonly guardPid?: number;
  readonly energyControllerPid?: number;
  /** While a dispensation keeps it open. */
  readonly profile1Port?: number | undefined;
  readonly profile2Port?: number | undefined;
  readonly upstreams?: object;
};

async function supervise(orders: Orders): Promise<number> {
  const clock = systemClock();
  const log = jsonLog((line) => process.stderr.write(line), orders.logLevel).with({ part: "supervisor" });
  const disk = folderDisk(orders.settings.dataFolder);
  let current = orders;
  let publishing = Promise.resolve();
  const { mode } = orders.settings;
  let told: Told = { mode };
  const tell = (news: Partial<typeof told>) => {
    told = { ...told, ...news };
    // A station's news may come before the port: nobody could find us by that.
    if (told.port !== undefined) publishing = publishing.then(() => publish(told));
  };
  const stopBringing = settleOwn(orders.settings, clock, log);
  const rows = children.filter(({ modes }) => modes.includes(mode));
  const running: readonly Child[] = rows.map(
    ({ name, entry, silentMsMax, pidAs, vital, own, hands }) =>
      new Child({
        ...{ name, clock, chance: systemChance, log, silentMsMax },
        spawn(hears) {
          let forged = false;
          const heard = (message: ChildMessage) => {
            if (maySay({ vital, ...(hands && { hands }) }, message)) return hears(message);
            // Once for each start of it: whoever forges may do so without end.
            if (!forged) log.error("child-forges", { child: name, kind: message.kind, say: "not heeded" });
            forged = true;
          };
          // What its predecessor had open is closed.
          if (vital) tell({ profile1Port: undefined, profile2Port: undefined });
          const { settings } = current;
          const user = own && settings.users?.[own];
          if (own === undefined || user === undefined)
            return spawnChild(entry, [JSON.stringify(current)], heard);
          const orders = {
            ...current,
            settings: { ...settings, dataFolder: ownFolder(settings.dataFolder, own) },
          };
          return spawnChild(entry, [JSON.stringify(orders)], heard, user);
        },
        listening: (port, pid) => {
          tell({ [pidAs]: pid });
          if (!vital) return;
          // Stations know the port now: after a restart it must be the same, also where the system chose it.
          current = { ...current, settings: { ...current.settings, port } };
          tell({ port, pid: process.pid });
        },
        passwordPort(profile, port) {
          tell({ [`profile${profile}Port`]: port });
          if (port === undefined) return;
          const { passwords } = current.settings;
          const ports = { ...passwords.ports, [profile]: port };
          current = { ...current, settings: { ...current.settings, passwords: { ...passwords, ports } } };
        },
        upstreams: (stations) => tell({ upstreams: stations }),
        // What is seen goes to the one that has the link, and its time to the others.
        told(message) {
          for (const [i, row] of rows.entries())
            if (row.vital === (message.kind === "observed")) running[i]?.tell(message);
        },
      }),
  );
  // Scripts find the site by this file; it is there only while somebody listens, or has just died.
  const publish = async (content: object) => {
    try {
      await disk.replace("site.json", Buffer.from(`${JSON.stringify(content)}\n`));
    } catch (error) {
      log.error("site-json-not-written", { say: String(error) });
    }
  };
  const stop = () => {
    for (const child of running) child.stop();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  const faults = await Promise.all(
    running.map(async (child, i) => {
      const fault = await child.run();
      if (fault !== undefined && rows[i]?.vital === false) {
        say(`${rows[i].name} cannot run; the site goes on without it: ${fault}`);
        return undefined;
      }
      if (fault !== undefined) stop();
      return fault;
    }),
  );
  for (const fault of faults) if (fault !== undefined) say(fault);
  stopBringing();
  await publishing;
  await disk.remove("site.json").catch((error: unknown) => {
    log.error("site-json-not-removed", { say: String(error) });
  });
  return faults.some((fault) => fault !== undefined) ? 1 : 0;
}

/** Without an identity there is nothing to run; whoever reads this should be able to go on at once. */
async function hasIdentity(dataFolder: string): Promise<boolean> {
  try {
    const closed = closedKey(await readSiteIdentity(dataFolder));
    if (closed === undefined) return true;
    say(
      `the passphrase in ${siteIdentityFolder(dataFolder)} does not open the key ${closed} beside it, or that is damaged: bring the whole folder from a backup, or make a new identity with 'wattward pki issue site'`,
    );
    return false;
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    if (existsSync(siteIdentityFolder(dataFolder))) {
      // It says what to do: a new identity is seldom it.
      say(error.message);
      return false;
    }
    say(`${dataFolder} holds no site yet.`);
    say(`make its identity where the CSMS's keys are, and bring it here:

    npx wattward pki issue site SITE --out ${dataFolder}
    npx wattward station add STATION --site SITE       (for each of its stations)

  SITE is a short name of a-z, 0-9 and '-'. Then start this command again.`);
    return false;
  }
}

/** Its file's name; undefined where all of them open. The local controller would die of it again and again. */
function closedKey({ link, serverEc, serverRsa }: SiteIdentity): string | undefined {
  const keys = { "link-key.pem": link, "server-ec-key.pem": serverEc, "server-rsa-key.pem": serverRsa };
  return Object.entries(keys).find(([, { key, passphrase }]) => !opens(String(key), passphrase))?.[0];
}

function opens(key: string, passphrase?: string): boolean {
  try {
    createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) });
    return true;
  } catch {
    return false;
  }
}

process.exitCode = await main();
// The lock and the channels to children keep nothing alive; what is left are timers of the past.
process.exit();
