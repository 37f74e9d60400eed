/** The Modbus guard's real process on real sockets, a device behind it, and everything that it tells. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "@wattward/kernel/node";
import { type Asked, type Reply, type Request, type ServerEvent, serve } from "@wattward/modbus";
import { listen } from "@wattward/modbus/tcp";
import { RegisterBank } from "@wattward/modbus/testing";
import type { Settings } from "../../../apps/site/adapters/local-controller.ts";
import { type GuardFolder, guardFolder } from "../../../bench/guard-folder.ts";

const entry = join(import.meta.dirname, "..", "..", "..", "apps", "site", "modbus-guard", "main.ts");

export type Told = { readonly what: string; readonly detail: string };

export type RunningGuard = GuardFolder & {
  readonly port: number;
  readonly tlsPort: number;
  readonly told: Told[];
  pid(): number;
  /** Starts it; again after a kill. Resolves when it says that it listens. */
  start(): Promise<void>;
  kill(): Promise<void>;
  close(): Promise<void>;
};

/** In a folder of its own, so that a socket's path is short enough. Not started yet. */
export async function guardIn(prefix: string, settings: Partial<Settings> = {}): Promise<RunningGuard> {
  const base = await guardFolder(mkdtempSync(join(tmpdir(), `ww-${prefix}-`)));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const told: Told[] = [];
  let child: ChildProcess | undefined;
  const end = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    ...base,
    ...{ port, tlsPort, told },
    pid: () => child?.pid ?? 0,
    async start() {
      const modbus = { host: "127.0.0.1", port, tlsPort };
      const orders = { settings: { dataFolder: base.folder, modbus, ...settings }, logLevel: "warn" };
      child = fork(entry, [JSON.stringify(orders)], { stdio: ["ignore", "inherit", "pipe", "ipc"] });
      const log: string[] = [];
      child.stderr?.on("data", (text) => log.push(String(text)));
      await new Promise<void>((resolve, reject) => {
        child?.on("message", (message: { kind: string } & Told) => {
          if (message.kind === "listening") resolve();
          if (message.kind === "observed") told.push({ what: message.what, detail: message.detail });
        });
        child?.once("exit", () => reject(new Error(`the guard ended: ${log.join("")}`)));
      });
    },
    kill: end,
    async close() {
      await end();
      rmSync(base.folder, { recursive: true, force: true });
    },
  };
}

export type RealDevice = {
  readonly port: number;
  readonly bank: RegisterBank;
  readonly asked: Asked[];
  readonly events: ServerEvent[];
  answer: (request: Request) => Reply | Promise<Reply>;
  close(): Promise<void>;
};

/** A bank of registers on a port of its own, that answers as a test wants. */
export async function realDevice(): Promise<RealDevice> {
  const bank = new RegisterBank((address, quantity) => address + quantity <= 1_000);
  const asked: Asked[] = [];
  const events: ServerEvent[] = [];
  const listener = await listen({
    at: { host: "127.0.0.1", port: 0 },
    accept: (link) =>
      void serve(link, {
        clock: systemClock(),
        answer(one) {
          asked.push(one);
          return it.answer(one.request);
        },
        observe: (event) => events.push(event),
      }),
  });
  const it: RealDevice = {
    ...{ port: listener.port, bank, asked, events, answer: (request) => bank.answer(request) },
    close: () => listener.close(),
  };
  return it;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}

/** Looks every 20 ms, for the real world has no events to wait for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  limitMs = 15_000,
): Promise<T> {
  for (const endMs = performance.now() + limitMs; performance.now() < endMs; await wait(20)) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`${what}: not within ${limitMs} ms`);
}
