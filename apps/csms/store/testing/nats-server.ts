/**
 * A NATS server of a test's own, on a port that is free and stays its own over a restart. Debian's package `nats-server`
 * has it; where it is absent the tests say that they are skipped, and why. It ends with the process that started it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after } from "node:test";
import type { Absent } from "./postgres-server.ts";

export type NatsServer = {
  readonly url: string;
  readonly port: number;
  start(): Promise<void>;
  /** SIGKILL: no word to anybody. */
  kill(): Promise<void>;
  /** Stops its packets, as a partition does: connections stay open and say nothing. */
  freeze(): void;
  thaw(): void;
};

const START_MS_MAX = 20_000;

/** `config`: more of its configuration file, such as users or TLS. */
export async function natsServer(config = ""): Promise<NatsServer | Absent> {
  const program = programOf("nats-server");
  if (program === undefined) return { skip: "NATS is not installed: apt-get install nats-server" };
  const folder = mkdtempSync(join(tmpdir(), "nats-"));
  const file = join(folder, "nats.conf");
  writeFileSync(file, `host: 127.0.0.1\n${config}\n`);
  let child: ChildProcess | undefined;
  let port = -1;

  async function start(): Promise<void> {
    const words = [program ?? "", "-c", file, "-p", String(port)];
    const [first = "", ...rest] =
      programOf("setpriv") === undefined ? words : ["setpriv", "--pdeathsig", "KILL", ...words];
    const started = spawn(first, rest, { stdio: ["ignore", "ignore", "pipe"] });
    child = started;
    port = await listening(started);
    // What is left of a file's tests decides when the file is over, not this.
    started.unref();
    (started.stderr as Socket | null)?.unref();
  }

  async function kill(): Promise<void> {
    const ended = child;
    child = undefined;
    if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return;
    const exit = new Promise((resolve) => ended.once("exit", resolve));
    ended.ref();
    ended.kill("SIGKILL");
    await exit;
  }

  after(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    start,
    kill,
    freeze: () => void child?.kill("SIGSTOP"),
    thaw: () => void child?.kill("SIGCONT"),
  };
}

/** Debian keeps servers where only root's path looks. */
function programOf(name: string): string | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}

async function listening(child: ChildProcess): Promise<number> {
  let said = "";
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const late = setTimeout(() => reject(new Error(`NATS does not start: ${said}`)), START_MS_MAX);
  child.stderr?.on("data", (bytes) => {
    said = `${said}${bytes}`.slice(-4_000);
    const at = /Listening for client connections on [^\n]*:(\d+)/.exec(said);
    if (at !== null && said.includes("Server is ready")) resolve(Number(at[1]));
  });
  child.once("exit", (code) => reject(new Error(`NATS ended with ${code}: ${said}`)));
  child.once("error", reject);
  try {
    return await promise;
  } finally {
    clearTimeout(late);
  }
}
