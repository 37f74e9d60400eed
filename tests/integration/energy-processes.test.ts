/**
 * The energy controller under the site's supervisor, on real sockets: a meter through the guard up to the local controller's mode; stopped (as an
 * event loop that is blocked is), it is noticed by the local controller and by the supervisor within 3 s each; and, where the test
 * runs as root, the same as a user of its own.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { smallSite } from "@wattward/energy/testing";
import { sunspecPolicy } from "@wattward/guard";
import { ok } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { serve } from "@wattward/modbus";
import { discover } from "@wattward/modbus/sunspec";
import { listen } from "@wattward/modbus/tcp";
import { answerer, BankDevice } from "../../apps/site/energy-controller/testing/sunspec-bank.ts";
import { guardFolder } from "../../bench/guard-folder.ts";
import { until } from "./rig/modbus-guard.ts";

const entry = join(import.meta.dirname, "..", "..", "apps", "site", "main.ts");
const NOBODY = 65_534;
/** Of the site's meter: sooner than a fresh guard can serve in a hung one's place, which may be before 3 s. */
const METER_STALE_MS = 1_500;
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

/** 6.9 kW of import; its last digits never stand still. */
const metered = () => ({
  ...{ AphA: 10, AphB: 10, AphC: 10 + Math.random() / 10, A_SF: -2, V_SF: -1, W_SF: 0 },
  ...{ PhVphA: 230, PhVphB: 230, PhVphC: 230, WphA: 2_300, WphB: 2_300, WphC: 2_300 },
});

async function meter(): Promise<{ readonly device: BankDevice; readonly port: number }> {
  const device = new BankDevice(() => performance.now(), { 203: metered() });
  const answer = answerer(new Map([[1, device]]), (ms, run) => void setTimeout(run, ms));
  const listener = await listen({
    at: { host: "127.0.0.1", port: 0 },
    accept: (link) => void serve(link, { clock: systemClock(), answer }),
  });
  const alive = setInterval(() => device.show(203, metered()), 200);
  closing.push(() => {
    clearInterval(alive);
    return listener.close();
  });
  return { device, port: listener.port };
}

type Line = { readonly at: string; readonly event: string; readonly part?: string; readonly mode?: string };

async function site(...more: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "ww-esite-"));
  const { device, port } = await meter();
  const found = await discover(async (address, quantity) =>
    ok([...device.bank.registers.subarray(address, address + quantity)]),
  );
  assert(found.ok);
  const models = found.value.models.map(({ id, address, length }) => ({ id, address, length }));
  const made = await guardFolder(folder, { whole: true });
  const at = { host: "127.0.0.1", port, tls: false, deviceUnit: 1 };
  const small = smallSite({ outlets: 1, mainA: 63, baseA: 20 });
  await made.put(sunspecPolicy([{ name: "grid", unit: 1, ...at, models }]), {
    site: { ...small, meters: small.meters.map((meter) => ({ ...meter, staleMs: METER_STALE_MS })) },
    devices: [{ id: "grid", unit: 1, pollMs: 250, is: { kind: "meter", meter: "grid" } }],
    strategy: "fairness",
    tariff: {
      ...{ currency: "EUR", energy: { kind: "flat", milliCentPerKwh: 30_000 } },
      ...{ feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
    },
    commands: { rampWPerS: 1_000, dwellMs: 0, reversalsPer10MinMax: 60, randomDelayMsMax: 0 },
    timeZone: "Europe/Berlin",
  });
  const to = ["--csms", "wss://csms.wattward.test:1", "--connect", "127.0.0.1:1", "--port", "0"];
  const child: ChildProcess = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", entry, "--data", folder, ...to, ...more],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr?.on("data", (text) => (log += String(text)));
  closing.push(async () => {
    child.kill("SIGTERM");
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(0)));
    rmSync(folder, { recursive: true, force: true });
  });
  const lines = (): Line[] =>
    log
      .split("\n")
      .slice(0, -1)
      .flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Line] : []));
  const pid = (of: "energyControllerPid" | "guardPid" = "energyControllerPid"): number | undefined => {
    try {
      return JSON.parse(readFileSync(join(folder, "site.json"), "utf8"))[of];
    } catch {
      return undefined; // Not written yet.
    }
  };
  /** The first line of that kind that was written after an instant. */
  const said = (event: string, fromMs: number, is: (line: Line) => boolean = () => true) =>
    lines().find((line) => line.event === event && Date.parse(line.at) >= fromMs && is(line));
  const manages = (fromMs = 0) =>
    said("mode", fromMs, ({ mode }) => mode === "reactive" || mode === "planned") !== undefined;
  return { folder, pid, said, manages, log: () => log };
}

test("stopped as a blocked event loop is: fallback and a fresh process within 3 s each, and managed again", async () => {
  const { pid, said, manages, log } = await site();
  await until("it manages", () => manages() && pid() !== undefined, 60_000);
  const first = pid()!;
  const fromMs = Date.now();
  process.kill(first, "SIGSTOP");
  await until("both noticed", () =>
    Boolean(said("mode", fromMs, ({ mode }) => mode === "fallback") && said("child-hangs", fromMs)),
  );
  const took = (line: Line | undefined) => Date.parse(line!.at) - fromMs;
  const byLocal = took(said("mode", fromMs, ({ mode }) => mode === "fallback"));
  const bySupervisor = took(said("child-hangs", fromMs));
  // A machine that is busy with other tests may be late by some tenths.
  assert(byLocal <= 3_500, `the local controller noticed after ${byLocal} ms`);
  assert(bySupervisor <= 4_000, `the supervisor noticed after ${bySupervisor} ms`);
  await until("another one runs", () => pid() !== undefined && pid() !== first, 20_000);
  await until("it manages again", () => manages(fromMs), 90_000);
  assert.doesNotMatch(log(), /energy-controller-failed/);
});

test("a guard that is stopped: no reading passes, conservative within its meter's time, and a fresh guard after 3 s", async () => {
  const { pid, said, manages, log } = await site();
  await until("it manages", () => manages() && pid("guardPid") !== undefined, 60_000);
  const first = pid("guardPid")!;
  const fromMs = Date.now();
  process.kill(first, "SIGSTOP");
  const conservative = () => said("mode", fromMs, ({ mode }) => mode === "conservative");
  await until("both noticed", () => Boolean(conservative() && said("child-hangs", fromMs)), 20_000);
  const took = (line: Line | undefined) => Date.parse(line!.at) - fromMs;
  assert(
    took(said("child-hangs", fromMs)) <= 4_000,
    `the supervisor after ${took(said("child-hangs", fromMs))} ms`,
  );
  assert(took(conservative()) <= METER_STALE_MS + 1_500, `the mode after ${took(conservative())} ms`);
  await until("another one runs", () => pid("guardPid") !== undefined && pid("guardPid") !== first, 20_000);
  assert.doesNotMatch(log(), /modbus-guard-failed/);
});

const notRoot = process.getuid?.() !== 0 && "only root can start processes as another user";

test("the energy controller as a user of its own: manages through guard and local controller, and reads no key", {
  skip: notRoot,
}, async () => {
  const { folder, pid, manages, log } = await site("--energy-user", String(NOBODY));
  await until("it manages", () => manages() && pid() !== undefined, 60_000);
  const status = readFileSync(`/proc/${pid()}/status`, "utf8");
  assert.match(status, new RegExp(`^Uid:\\t${NOBODY}\\t${NOBODY}\\t${NOBODY}`, "m"));
  for (const path of ["identity/link-key.pem", "identity/passphrase", "state/bundle.json"]) {
    const { uid, mode } = statSync(join(folder, path));
    assert.deepEqual([uid, mode & 0o077], [0, 0], path);
  }
  const kept = join(folder, "energy", "energy", "quarter.json");
  await until("what it measured is kept", () => statSync(kept, { throwIfNoEntry: false })?.uid === NOBODY);
  assert.doesNotMatch(log(), /EACCES|quarters-not-kept|forecasts-not-kept/);
});
