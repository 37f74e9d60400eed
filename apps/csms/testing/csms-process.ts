/** The central system as a real process on a folder of its own, for tests: started, spoken to and killed as in life. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach } from "node:test";
import { silentLog, type Wire } from "@wattward/kernel";
import { dialer } from "@wattward/ocpp/websocket";

export const quiet = "--disable-warning=ExperimentalWarning";
export const entry = (path: string) => join(import.meta.dirname, "..", path);

export type Running = {
  readonly child: ChildProcess;
  readonly port: number;
  readonly httpPort: number;
  readonly out: () => string;
  /** Its log. */
  readonly err: () => string;
  readonly readyMs: number;
};

/** A new folder; whatever was started on it is killed after the test that did. */
export function csmsProcess() {
  const folder = mkdtempSync(join(tmpdir(), "wattward-csms-"));
  const data = join(folder, "data");
  const children = new Set<ChildProcess>();
  after(() => rmSync(folder, { recursive: true, force: true }));
  // One that a failed test left behind holds the folder, and would fail the next.
  afterEach(async () => {
    for (const child of children) {
      child.kill("SIGKILL");
      await ended(child);
    }
    children.clear();
  });

  async function start(...more: string[]): Promise<Running> {
    const startedMs = performance.now();
    const words = [quiet, entry("main.ts"), "--data", data, "--port", "0", "--http-port", "0", ...more];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
    children.add(child);
    let out = "";
    let err = "";
    child.stderr?.on("data", (bytes) => (err += bytes));
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on("data", (bytes) => {
        out += bytes;
        if (out.includes("console and API")) resolve();
      });
      child.once("exit", (code) => reject(new Error(`csms ended with ${code}: ${err}`)));
    });
    const readyMs = performance.now() - startedMs;
    const { port, httpPort } = JSON.parse(readFileSync(join(data, "csms.json"), "utf8"));
    return { child, port, httpPort, out: () => out, err: () => err, readyMs };
  }

  function command(path: string, ...args: string[]): string {
    const words = [quiet, entry(path), ...args, "--data", data];
    const done = spawnSync(process.execPath, words, { encoding: "utf8" });
    assert.equal(done.status, 0, `${path} ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }
  return { folder, data, start, command };
}

/** Its exit code, or the signal that ended it. */
export const ended = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
    } else child.once("exit", (code, signal) => resolve({ code, signal }));
  });

export type Identity = Record<"folder" | "cert" | "key", string>;

/** Over mutual TLS, with an identity as `pki issue` writes it. */
export async function connect(path: string, port: number, names: Identity, protocol: string) {
  const read = (name: string) => readFileSync(join(names.folder, name), "utf8");
  const tls = { ca: read("root.pem"), cert: read(names.cert), key: read(names.key) };
  const passphrase = read("passphrase").trim();
  const url = `wss://localhost:${port}`;
  const dialled = await dialer({ url, tls: { ...tls, passphrase }, log: silentLog }).dial(path, [protocol]);
  assert(dialled.ok, dialled.ok ? "" : dialled.fault.sentence);
  return heard(dialled.value);
}

function heard(wire: Wire) {
  const received: string[] = [];
  let over: number | undefined;
  let wake = () => {};
  const closed = new Promise<number>((resolve) => {
    const message = (text: string) => {
      received.push(text);
      wake();
    };
    const ended = (code: number) => {
      over = code;
      wake();
      resolve(code);
    };
    wire.listen({ message, closed: ended });
  });
  const next = async () => {
    while (received.length === 0) {
      if (over !== undefined) throw new Error(`the connection was closed with ${over}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
    return received.shift() ?? "";
  };
  return { wire, next, closed };
}
