/**
 * A PostgreSQL and a NATS for one run, where several central systems are asked for and nobody said on which servers:
 * new ones on this machine, from the programs that are installed, gone with the run.
 *
 * PostgreSQL refuses to run as root: then it runs as its own user `postgres`, in a folder that this one may enter.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { DemoError, endsWithUs, until } from "./programs.ts";

export type Servers = {
  readonly database: string;
  readonly nats: string;
  stop(): Promise<void>;
};

const START_MS = 30_000;
const OWNER = "postgres";

/** Either server is started only where no URL of it is given; {@link DemoError} where its program is not installed. */
export async function serversFor(
  logs: string,
  given: { readonly database: string | undefined; readonly nats: string | undefined },
): Promise<Servers> {
  const nats = given.nats === undefined ? await startNats(logs) : undefined;
  const postgres = given.database === undefined ? await startPostgres(logs) : undefined;
  return {
    database: given.database ?? postgres?.url ?? "",
    nats: given.nats ?? nats?.url ?? "",
    async stop() {
      await nats?.stop();
      await postgres?.stop();
    },
  };
}

type Server = { readonly url: string; stop(): Promise<void> };

async function startNats(logs: string): Promise<Server> {
  const program = inPath("nats-server");
  if (program === undefined) throw missing("NATS", "nats-server", "--nats");
  const log = join(logs, "nats.log");
  const child = run([program, "-a", "127.0.0.1", "-p", "-1"], log, "/");
  const url = await until(
    "NATS listened",
    () => {
      const said = readFileSync(log, "utf8");
      const port = /Listening for client connections on [^\n]*:(\d+)/.exec(said)?.[1];
      return said.includes("Server is ready") && port !== undefined ? `nats://127.0.0.1:${port}` : undefined;
    },
    { limitMs: START_MS, log },
  );
  return { url, stop: () => ended(child, "SIGTERM") };
}

async function startPostgres(logs: string): Promise<Server> {
  const [bin] = globSync("/usr/lib/postgresql/*/bin").sort().reverse();
  const initdb = bin === undefined ? inPath("initdb") : join(bin, "initdb");
  const program = bin === undefined ? inPath("postgres") : join(bin, "postgres");
  if (initdb === undefined || program === undefined || !existsSync(program))
    throw missing("PostgreSQL", "postgresql", "--database");
  // Short, because the path of a unix socket must be.
  const folder = mkdtempSync(join(tmpdir(), "wattward-pg-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  const asOwner = process.getuid?.() === 0 ? ownerOf(folder) : [];
  const data = join(folder, "data");
  const [first = "", ...rest] = [...asOwner, initdb, "-D", data, "-U", OWNER, "--auth=trust"];
  const made = spawnSync(first, [...rest, "--encoding=UTF8", "--locale=C.UTF-8"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (made.status !== 0) throw new DemoError(`initdb failed: ${made.stderr}${made.error?.message ?? ""}`);
  const log = join(logs, "postgres.log");
  const settings = ["-c", "listen_addresses=", "-c", `unix_socket_directories=${folder}`];
  const child = run([...asOwner, program, "-D", data, ...settings], log, folder);
  await until(
    "PostgreSQL listened",
    () => readFileSync(log, "utf8").includes("ready to accept") || undefined,
    {
      limitMs: START_MS,
      log,
    },
  );
  const url = `postgres://${OWNER}@${encodeURIComponent(folder)}/${OWNER}`;
  return {
    url,
    async stop() {
      await ended(child, "SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function run([program = "", ...words]: readonly string[], log: string, cwd: string): ChildProcess {
  const out = openSync(log, "a", 0o600);
  const child = spawn(program, words, { cwd, detached: true, stdio: ["ignore", out, out] });
  endsWithUs(child);
  return child;
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await exit;
}

const missing = (name: string, what: string, option: string) =>
  new DemoError(
    `several central systems need ${name}, which is not installed: 'apt-get install ${what}', or name a server with ${option} URL`,
  );

/** Debian keeps servers where only root's path looks. */
function inPath(name: string): string | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}

/** The folder given to that user, and the words that run a program as it. */
function ownerOf(folder: string): string[] {
  const owner = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${OWNER}:`));
  if (owner === undefined) throw new DemoError(`there is no user ${OWNER}, which PostgreSQL is to run as`);
  const [, , uid = "", gid = ""] = owner.split(":");
  chmodSync(folder, 0o700);
  spawnSync("chown", [`${uid}:${gid}`, folder]);
  return ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"];
}
