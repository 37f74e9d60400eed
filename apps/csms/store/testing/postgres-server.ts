/**
 * A PostgreSQL server of a test's own: a new cluster in a temporary folder, on a unix socket, with fsync. Debian's
 * package `postgresql` has what it needs; where it is absent the tests say that they are skipped, and why.
 *
 * PostgreSQL refuses to run as root: then it runs as the user `postgres`. It ends with the process that started it.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { Client } from "pg";
import { openStore } from "../open.ts";

export type PostgresServer = {
  /** URL of a database that is empty at first, and shared by all who take it. */
  readonly url: string;
  /** URL of a schema of its own in that database, empty: a whole database would cost a second. */
  create(): Promise<string>;
  /** The same, migrated and with the rows of a new one; given back, it is emptied and lent again. */
  lend(): Promise<string>;
  giveBack(url: string): Promise<void>;
  /** Runs SQL there, as whoever owns the server. */
  sql(url: string, text: string): Promise<Record<string, unknown>[]>;
  start(): Promise<void>;
  /** `fast`: sessions are ended, as an operator does it. `crash`: no word to anybody. */
  stop(how: "fast" | "crash"): Promise<void>;
};

export type Absent = { readonly skip: string };

const START_MS_MAX = 30_000;
const OWNER = "postgres";
const signals = { fast: "SIGINT", crash: "SIGQUIT" } as const;

/** Starts one for this test file, and ends it after the file's last test. */
export async function postgresServer(): Promise<PostgresServer | Absent> {
  const [bin] = globSync("/usr/lib/postgresql/*/bin").sort().reverse();
  if (bin === undefined || !existsSync(join(bin, "postgres"))) {
    return { skip: "PostgreSQL is not installed: apt-get install postgresql" };
  }
  const folder = mkdtempSync(join(tmpdir(), "pg-"));
  const asOwner = process.getuid?.() === 0 ? ownerBy(folder) : [];
  const data = join(folder, "data");
  const [first = "", ...rest] = [...asOwner, join(bin, "initdb")];
  const made = spawnSync(
    first,
    [...rest, "-D", data, "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    { encoding: "utf8", cwd: folder },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}${made.error?.message ?? ""}`);

  let child: ChildProcess | undefined;
  const url = `postgres://${OWNER}@${encodeURIComponent(folder)}/${OWNER}`;
  let schemas = 0;
  const unused: string[] = [];
  const server: PostgresServer = {
    url,
    sql: runSql,
    async create() {
      const schema = `s${schemas++}`;
      await runSql(url, `CREATE SCHEMA ${schema}`);
      return `${url}?options=${encodeURIComponent(`-c search_path=${schema}`)}`;
    },
    async lend() {
      const lent = unused.pop();
      if (lent !== undefined) return lent;
      const made = await server.create();
      await (await openStore({ database: made })).close();
      return made;
    },
    async giveBack(lent) {
      await emptied(lent);
      unused.push(lent);
    },
    async start() {
      const [program = "", ...words] = [...asOwner, join(bin, "postgres")];
      const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "max_connections=200"];
      child = spawn(program, [...words, "-D", data, ...settings.flatMap((setting) => ["-c", setting])], {
        stdio: ["ignore", "ignore", "pipe"],
        cwd: folder,
      });
      await accepting(child);
      // What is left of a file's tests decides when the file is over, not this.
      child.unref();
      (child.stderr as Socket | null)?.unref();
    },
    async stop(how) {
      const ended = child;
      child = undefined;
      if (ended === undefined || ended.exitCode !== null) return;
      const exit = new Promise((resolve) => ended.once("exit", resolve));
      ended.ref();
      ended.kill(signals[how]);
      await exit;
    },
  };
  after(async () => {
    await server.stop("crash");
    rmSync(folder, { recursive: true, force: true });
  });
  await server.start();
  return server;
}

async function runSql(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** As it was after its migration. */
async function emptied(url: string): Promise<void> {
  const tables = await runSql(url, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()");
  const deletes = tables.map(({ tablename }) =>
    tablename === "meta" ? "DELETE FROM meta WHERE key <> 'schema_version'" : `DELETE FROM ${tablename}`,
  );
  const meta = "INSERT INTO meta VALUES ('csms_epoch', '1'), ('next_transaction_id', '1')";
  // Without foreign keys' order, and without waiting for a disk: it is nobody's data.
  const settings = "SET session_replication_role = replica; SET synchronous_commit = off";
  await runSql(url, [settings, ...deletes, meta].join("; "));
}

/** The folder given to the user `postgres`, and the words that run a program as that user, until we end. */
function ownerBy(folder: string): string[] {
  const owner = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith(`${OWNER}:`));
  if (owner === undefined) throw new Error(`there is no user ${OWNER}, which PostgreSQL is to run as`);
  const [, , uid = "", gid = ""] = owner.split(":");
  chmodSync(folder, 0o700);
  spawnSync("chown", [`${uid}:${gid}`, folder]);
  return ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups", "--pdeathsig", "QUIT"];
}

async function accepting(child: ChildProcess): Promise<void> {
  let said = "";
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const late = setTimeout(() => reject(new Error(`PostgreSQL does not start: ${said}`)), START_MS_MAX);
  child.stderr?.on("data", (bytes) => {
    said = `${said}${bytes}`.slice(-4_000);
    if (said.includes("ready to accept connections")) resolve();
  });
  child.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)));
  child.once("error", reject);
  try {
    await promise;
  } finally {
    clearTimeout(late);
  }
}
