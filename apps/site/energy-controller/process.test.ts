/**
 * The real processes on real files and sockets: energy controller and Modbus guard between a device on TCP and a local controller by hand;
 * kill -9; and the command line of commissioning on the same devices.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFile, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { EnergyConfig } from "@wattward/energy";
import { smallSite } from "@wattward/energy/testing";
import { sunspecPolicy } from "@wattward/guard";
import { ok, type Result, type SiteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { serve } from "@wattward/modbus";
import { discover } from "@wattward/modbus/sunspec";
import { listen, type ModbusListener } from "@wattward/modbus/tcp";
import { type Authorities, issueServer, issueSite, openOrCreateAuthorities, signBundle } from "@wattward/pki";
import { type KeyedChain, newKey, openKeyFiles, publicHalf, writeSiteIdentity } from "@wattward/pki/files";
import { ENERGY_SOCKET, listenLines } from "../adapters/energy-link.ts";
import type { FromEnergy } from "../energy-link/messages.ts";
import { parseFromEnergy } from "../energy-link/parse.ts";
import { fakeBundle } from "../testing/fake-csms.ts";
import { answerer, BankDevice } from "./testing/sunspec-bank.ts";

const SITE = "lyon" as SiteId;
const root = mkdtempSync(join(tmpdir(), "ww-ec-"));
const data = join(root, "d");
const clock = systemClock();
const ports = { clock, chance: systemChance };
const started: ChildProcess[] = [];
const turns: { readonly atMs: number; readonly turn: FromEnergy }[] = [];
const nowMs = () => performance.now();
const devices = new Map<number, BankDevice>();
let listener: ModbusListener;
let lines: { close(): Promise<void> };
let config: EnergyConfig;

type Issuing = Promise<Result<{ chainPem: string }, { sentence: string }>>;
async function keyed(issue: (publicKey: Uint8Array) => Issuing): Promise<KeyedChain> {
  const key = await newKey("ec-p256");
  const issued = await issue(publicHalf(key));
  assert(issued.ok, issued.ok ? "" : issued.fault.sentence);
  return { key, chainPem: issued.value.chainPem };
}

async function identity(authorities: Authorities): Promise<void> {
  const names = [`${SITE}.lc.wattward.test`];
  const link = await keyed((publicKey) => issueSite(authorities, { site: SITE, publicKey }, ports));
  const server = await keyed((publicKey) => issueServer(authorities, { names, publicKey }, ports));
  const rootPem = authorities.root.pem;
  const content = { site: SITE, domain: "wattward.test", link, serverEc: server, serverRsa: server, rootPem };
  await writeSiteIdentity(data, content, systemChance);
}

const meter = (w: number) => ({
  ...{ AphA: w / 690, AphB: w / 690, AphC: w / 690 + Math.random() / 10, A_SF: -2, V_SF: -1, W_SF: 0 },
  ...{
    PhVphA: 230,
    PhVphB: 230,
    PhVphC: 230,
    WphA: Math.round(w / 3),
    WphB: Math.round(w / 3),
    WphC: Math.round(w / 3),
  },
});
const battery = {
  103: {
    ...{ W: 0, W_SF: 0, TmpCab: 25, Tmp_SF: -1, A_SF: 0, V_SF: -1, Hz_SF: -2, VA_SF: 0, VAr_SF: 0, PF_SF: 0 },
    ...{ WH_SF: 0, DCA_SF: 0, DCV_SF: 0, DCW_SF: 0 },
  },
  124: {
    ...{ WChaMax: 20_000, WChaMax_SF: 0, StorCtl_Mod: 0, ChaState: 50, ChaState_SF: -1, MinRsvPct_SF: -1 },
    ...{ OutWRte: 100, InWRte: 100, InOutWRte_SF: -2, InOutWRte_RvrtTms: 0, InOutWRte_WinTms: 0 },
    ...{ WChaDisChaGra_SF: 0, VAChaMax_SF: 0, StorAval_SF: 0, InBatV_SF: 0 },
  },
};

/** By the hour of UTC: whatever is decided, by plan or without one, a battery gives now. */
function dearNow(): number[] {
  const hour = new Date().getUTCHours();
  return Array.from({ length: 24 }, (_, h) => (h === hour || h === (hour + 1) % 24 ? 60_000 : 10_000));
}

/** What commissioning finds: models where they are. */
async function modelsOf(device: BankDevice) {
  const found = await discover(async (address, quantity) =>
    ok([...device.bank.registers.subarray(address, address + quantity)]),
  );
  assert(found.ok);
  return found.value.models.map(({ id, address, length }) => ({ id, address, length }));
}

before(async () => {
  mkdirSync(join(data, "state"), { recursive: true, mode: 0o700 });
  const disk = folderDisk(join(root, "ca"));
  const keys = await openKeyFiles("ca", { disk, passphrase: "for this test only", chance: systemChance });
  const authorities = await openOrCreateAuthorities(keys, folderDisk(join(root, "pki")), {
    ...ports,
    operatorName: "Op",
  });
  await identity(authorities);
  devices.set(1, new BankDevice(nowMs, { 203: meter(6_900) }));
  devices.set(2, new BankDevice(nowMs, battery));
  const answer = answerer(devices, (ms, run) => void setTimeout(run, ms));
  listener = await listen({
    at: { host: "127.0.0.1", port: 0 },
    accept: (link) => void serve(link, { clock, answer }),
  });
  config = {
    site: smallSite({ outlets: 1, mainA: 63, baseA: 20, battery: {} }),
    devices: [
      { id: "grid", unit: 11, pollMs: 250, is: { kind: "meter", meter: "grid" } },
      { id: "store", unit: 12, pollMs: 250, is: { kind: "battery", source: "battery" } },
    ],
    strategy: "fairness",
    tariff: {
      ...{ currency: "EUR", energy: { kind: "hours", milliCentPerKwh: dearNow() } },
      ...{ feedInMilliCentPerKwh: 0, demandMilliCentPerKw: 0, batteryWearMilliCentPerKwh: 0 },
    },
    commands: { rampWPerS: 1_000, dwellMs: 0, reversalsPer10MinMax: 60, randomDelayMsMax: 0 },
    timeZone: "UTC",
  } as unknown as EnergyConfig;
  const place = { host: "127.0.0.1", port: listener.port, tls: false };
  const envelope = {
    chargeWMax: 20_000,
    dischargeWMax: 20_000,
    reservePermille: 100,
    fullPermille: 950,
    rampWPerS: 20_000,
  };
  const guard = sunspecPolicy([
    { name: "grid", unit: 11, deviceUnit: 1, ...place, models: await modelsOf(devices.get(1)!) },
    { name: "store", unit: 12, deviceUnit: 2, ...place, models: await modelsOf(devices.get(2)!), envelope },
  ]);
  const bundle = fakeBundle(SITE, ["A"], { energy: JSON.stringify(config), guard: JSON.stringify(guard) });
  const signed = await signBundle(JSON.stringify(bundle), authorities.bundle);
  writeFileSync(join(data, "state", "bundle.json"), JSON.stringify(signed), { mode: 0o600 });
  lines = await listenLines(join(data, ENERGY_SOCKET), (link) => {
    const state = {
      t: "state",
      bundleVersion: 1,
      linkUp: true,
      grantSeq: 0,
      sessions: [],
      outcomes: [],
      csmsEpoch: 1,
    };
    const timer = setInterval(() => link.send(JSON.stringify(state)), 500);
    link.listen({
      line: (text) => {
        const read = parseFromEnergy(text);
        assert(read.ok, read.ok ? "" : read.fault.sentence);
        turns.push({ atMs: nowMs(), turn: read.value });
      },
      closed: () => clearInterval(timer),
    });
  });
});

after(async () => {
  for (const child of started) {
    child.kill("SIGKILL");
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
  await lines?.close();
  await listener?.close();
  rmSync(root, { recursive: true, force: true });
});

function start(entry: string): { readonly child: ChildProcess; log(): string } {
  const orders = { settings: { dataFolder: data, mode: "autonomous" }, logLevel: "info" };
  const child = fork(join(import.meta.dirname, entry), [JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  started.push(child);
  let text = "";
  child.stderr?.on("data", (chunk) => (text += String(chunk)));
  return { child, log: () => text };
}

async function until<T>(what: () => string, look: () => T | undefined | false, limitMs = 60_000): Promise<T> {
  for (const endMs = nowMs() + limitMs; ; await wait(20)) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    assert(nowMs() < endMs, `not in time: ${what()}`);
  }
}

test("commission: the command line finds the devices, signs what it found, and the report is proven or found out", async () => {
  const file = join(root, "lyon.json");
  const modbus = config.devices.map(({ id }, i) => ({
    device: id,
    host: "127.0.0.1",
    port: listener.port,
    tls: false,
    deviceUnit: i + 1,
  }));
  writeFileSync(file, JSON.stringify({ schema: 1, energy: config, modbus }));
  const run = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const entry = join(import.meta.dirname, "..", "main.ts");
      execFile(
        process.execPath,
        ["--disable-warning=ExperimentalWarning", entry, ...args],
        (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
  const done = await run("commission", file, "--data", data, "--yes", "--json");
  assert.equal(done.code, 0, done.stderr + done.stdout);
  const report = JSON.parse(done.stdout);
  assert.deepEqual(
    report.devices.map(({ models }: { models: { id: number }[] }) => models.map(({ id }) => id)),
    [
      [1, 203],
      [1, 103, 124],
    ],
  );
  assert.match(done.stderr, /\[1\/3\] grid: good reachable/);
  assert.equal(readdirSync(join(data, "energy", "commissioning")).length, 2);
  const proven = await run("verify", report.files.report, "--data", data);
  assert.equal(proven.code, 0, proven.stderr);
  assert.match(proven.stdout, /site lyon said this on .*: nothing is at fault/);
  const forged = join(root, "forged.json");
  writeFileSync(
    forged,
    readFileSync(report.files.report, "utf8").replace("20000 W of its", "99999 W of its"),
  );
  const refused = await run("verify", forged, "--data", data);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /its text is not what the site signed/);
  assert.equal((await run("commission", join(root, "none.yaml"), "--data", data)).code, 1);
  assert.equal((await run("commission", "--data", data)).code, 2);
});

test("processes: meter and battery through the real guard; kill -9, and turns again", async (t) => {
  const guard = start("../modbus-guard/main.ts");
  let energy = start("main.ts");
  const logs = () => `${guard.log()}\n${energy.log()}`;
  await until(logs, () => turns.some(({ turn }) => turn.snapshot?.flows.gridW !== undefined));
  const gridW = turns.findLast(({ turn }) => turn.snapshot !== undefined)?.turn.snapshot?.flows.gridW;
  assert(gridW !== undefined && Math.abs(gridW - 6_900) < 10, String(gridW));
  const store = devices.get(2)!;
  const alive = setInterval(() => devices.get(1)!.show(203, meter(6_900)), 200);
  t.after(() => clearInterval(alive));
  await until(logs, () => store.value(124, "StorCtl_Mod") === 3 && store.value(124, "OutWRte") > 5);
  assert.equal(store.value(124, "InOutWRte_RvrtTms"), 60);
  assert(store.writtenAt(124, "InOutWRte_RvrtTms")[0]! < store.writtenAt(124, "OutWRte")[0]!);
  energy.child.kill("SIGKILL");
  await wait(100);
  const killedAtMs = nowMs();
  energy = start("main.ts");
  await until(logs, () => turns.some(({ atMs }) => atMs > killedAtMs));
  energy.child.kill("SIGTERM");
  await until(logs, () => energy.child.exitCode !== null);
  assert.equal(energy.child.exitCode, 0, logs());
});
