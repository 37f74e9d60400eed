/**
 * `bench modbus-guard`: masters (`modbus-serial`, and `mbpoll` beside them through the guard where it is installed) to a device through the guard, and through a bare TCP relay, in turn, in one run; each twice: with the
 * machine quiet, and while a store beside commits without end. What is reported is the worse of the two.
 */
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Options } from "./gateway.ts";
import { guardFolder } from "./guard-folder.ts";
import { mbpoll } from "./load/mbpoll.ts";
import { type Masters, masters } from "./load/modbus-masters.ts";
import type { Say } from "./plant.ts";

/** Masters of the throughput; one alone asks for the latency. */
const MASTERS = 8;
/** What the policy allows at most, for a client. */
const PER_SECOND = 10_000;

type Both = { readonly guard: Masters; readonly relay: Masters };
type Figures = { perSecond: number; relayPerSecond: number; p50Us: number; p99Us: number };

export async function modbusGuard({ seconds, rounds }: Options, say: Say) {
  const plant = new GuardPlant();
  try {
    say("starting a device, a relay and the guard");
    const device = await plant.yardstick("load/modbus-device.ts");
    const relay = await plant.yardstick("yardstick/tcp-relay.ts", String(device));
    const guard = await plant.guard(device);
    const both = { guard: await masters(guard, MASTERS), relay: await masters(relay, MASTERS) };
    const other = await mbpoll(guard);
    if (other === undefined)
      say("mbpoll is not installed: modbus-serial alone asks (apt-get install mbpoll)");
    const quiet = await measure(both, { seconds, rounds }, (line) => say(`quiet: ${line}`));
    plant.commit();
    const committing = await measure(both, { seconds, rounds }, (line) =>
      say(`while stores commit: ${line}`),
    );
    const polled = await other?.stop();
    if (polled !== undefined) say(`mbpoll beside: ${polled.asked} asked, ${polled.answered} answered`);
    if (polled !== undefined && polled.errors > 0)
      throw new Error(`the guard failed mbpoll ${polled.errors} times of ${polled.asked}`);
    both.guard.close();
    both.relay.close();
    return worse(quiet, committing);
  } finally {
    plant.close();
  }
}

async function measure(
  both: Both,
  { seconds, rounds }: Pick<Options, "seconds" | "rounds">,
  say: Say,
): Promise<Figures> {
  const rates = { guard: [] as number[], relay: [] as number[] };
  for (let round = 1; round <= rounds; round++) {
    const sums = { guard: 0, relay: 0 };
    // In turn and in short slices, so that whatever else happens on the machine happens to both.
    for (let slice = 0; slice < seconds; slice++)
      for (const name of ["relay", "guard"] as const) sums[name] += await both[name].perSecond(1);
    for (const name of ["relay", "guard"] as const) rates[name].push(sums[name] / seconds);
    say(
      `${round}/${rounds}: ${rates.guard.at(-1)!.toFixed(0)} per second, relay ${rates.relay.at(-1)!.toFixed(0)}`,
    );
  }
  const asked: { p50Us: number; p99Us: number }[] = [];
  for (let round = 1; round <= rounds; round++) {
    const times = { guard: [] as number[], relay: [] as number[] };
    for (const endMs = performance.now() + seconds * 1_000; performance.now() < endMs; )
      for (const name of ["relay", "guard"] as const) times[name].push(await both[name].once());
    const at = (name: "guard" | "relay", share: number) => quantile(times[name], share);
    const added = (share: number) => at("guard", share) - at("relay", share);
    asked.push({ p50Us: added(0.5), p99Us: added(0.99) });
    say(
      `one master, ${round}/${rounds}: ${at("guard", 0.5).toFixed(0)} µs, relay ${at("relay", 0.5).toFixed(0)}; p99 ${at("guard", 0.99).toFixed(0)} µs, relay ${at("relay", 0.99).toFixed(0)}`,
    );
  }
  const middle = (values: readonly number[]) => quantile(values, 0.5);
  const figures = {
    ...{ perSecond: middle(rates.guard), relayPerSecond: middle(rates.relay) },
    ...{ p50Us: middle(asked.map(({ p50Us }) => p50Us)), p99Us: middle(asked.map(({ p99Us }) => p99Us)) },
  };
  return figures;
}

function worse(quiet: Figures, committing: Figures) {
  const ratio = ({ perSecond, relayPerSecond }: Figures) => perSecond / relayPerSecond;
  const slower = ratio(quiet) < ratio(committing) ? quiet : committing;
  return {
    throughput: {
      perSecond: Math.round(slower.perSecond),
      relayPerSecond: Math.round(slower.relayPerSecond),
      ratio: Math.round(ratio(slower) * 1_000) / 1_000,
    },
    addedP50Us: Math.round(Math.max(quiet.p50Us, committing.p50Us)),
    addedP99Us: Math.round(Math.max(quiet.p99Us, committing.p99Us)),
  };
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** A guard by its real process and a signed bundle, in a folder that is gone afterwards. */
class GuardPlant {
  private readonly folder = mkdtempSync(join(tmpdir(), "wattward-guard-"));
  private readonly children: ChildProcess[] = [];

  async yardstick(entry: string, ...args: string[]): Promise<number> {
    const child = this.run(entry, args);
    const [text] = (await once(child.stdout!, "data")) as [Buffer];
    return Number(String(text));
  }

  commit(): void {
    this.run("load/committing.ts", [join(this.folder, "store.db")]).stdout?.resume();
  }

  /** Its port. */
  async guard(devicePort: number): Promise<number> {
    const { folder, put } = await guardFolder(this.folder);
    await put(policyFor(devicePort));
    const port = await freePort();
    const settings = { dataFolder: folder, modbus: { host: "127.0.0.1", port } };
    const entry = join(import.meta.dirname, "..", "apps", "site", "modbus-guard", "main.ts");
    const child = fork(entry, [JSON.stringify({ settings, logLevel: "warn" })]);
    this.children.push(child);
    for await (const [message] of on(child)) if (message.kind === "listening") break;
    return port;
  }

  close(): void {
    for (const child of this.children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(entry: string, args: readonly string[]): ChildProcess {
    const script = join(import.meta.dirname, entry);
    const options = ["--disable-warning=ExperimentalWarning", script, ...args];
    const child = spawn(process.execPath, options, { stdio: ["ignore", "pipe", "inherit"] });
    this.children.push(child);
    return child;
  }
}

async function* on(child: ChildProcess): AsyncGenerator<[{ kind: string }]> {
  for (;;) yield (await once(child, "message")) as [{ kind: string }];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (typeof address !== "object" || address === null) throw new Error("no port is free");
  return address.port;
}

const policyFor = (port: number) => {
  const numbers = Array.from({ length: MASTERS }, (_, i) => i + 1);
  return {
    schema: 1,
    clients: numbers.map((n) => ({
      ...{ name: `master-${n}`, perSecond: PER_SECOND, burst: PER_SECOND },
      by: { kind: "address", address: `127.0.0.${n}` },
    })),
    devices: numbers.map((n) => ({
      ...{
        name: `meter-${n}`,
        unit: n,
        host: "127.0.0.1",
        port,
        tls: false,
        deviceUnit: n,
        answerMsMax: 5_000,
      },
      registers: [{ name: "W", address: 4, type: "int32", unit: "W" }],
    })),
    rules: numbers.map((n) => ({
      ...{ client: `master-${n}`, device: `meter-${n}`, functions: [3], from: 0, to: 999 },
    })),
    crossRules: [],
  };
};
