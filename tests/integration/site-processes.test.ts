/**
 * The Modbus guard under the site's supervisor: killed, stopped (hung), and, where the test runs as root, as a user of its own that can
 * read nothing of the site's but what was brought to it.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import modbusSerial from "modbus-serial";
import { guardFolder } from "../../bench/guard-folder.ts";
import { modbusAuthority, opensslMissing } from "../../packages/modbus/testing/certificates.ts";
import { freePort, realDevice, until } from "./rig/modbus-guard.ts";

const ModbusRTU = modbusSerial.default;
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.reverse()) await close();
});

const entry = join(import.meta.dirname, "..", "..", "apps", "site", "main.ts");
const NOBODY = 65_534;

type Made = {
  readonly more?: readonly string[];
  readonly clients?: readonly object[];
  before?(folder: string): void;
};

async function site({ more = [], clients = [], before }: Made = {}) {
  const folder = mkdtempSync(join(tmpdir(), "ww-site-"));
  const device = await realDevice();
  const port = await freePort();
  const made = await guardFolder(folder, { whole: true });
  before?.(folder);
  await made.put({
    schema: 1,
    clients: [
      { name: "scada", by: { kind: "address", address: "127.0.0.1" }, perSecond: 100, burst: 100 },
      ...clients,
    ],
    devices: [
      {
        ...{ name: "meter", unit: 1, host: "127.0.0.1", port: device.port, tls: false, deviceUnit: 1 },
        ...{ answerMsMax: 1_000, registers: [] },
      },
    ],
    rules: [{ client: "scada", device: "meter", functions: [3], from: 0, to: 99 }],
    crossRules: [],
  });
  const args = [
    "--data",
    folder,
    "--csms",
    "wss://csms.wattward.test:1",
    "--connect",
    "127.0.0.1:1",
    "--port",
    "0",
  ];
  const child: ChildProcess = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", entry, ...args, "--modbus-port", String(port), ...more],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr?.on("data", (text) => (log += String(text)));
  closing.push(async () => {
    child.kill("SIGTERM");
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve(0)));
    await device.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const json = (): Record<string, number> => {
    try {
      return JSON.parse(readFileSync(join(folder, "site.json"), "utf8"));
    } catch {
      return {}; // Not written yet.
    }
  };
  /** One read through the guard, by a new connection: its value, or undefined. */
  const read = async (): Promise<number | undefined> => {
    const master = new ModbusRTU();
    try {
      await master.connectTCP("127.0.0.1", { port });
      master.setID(1);
      master.setTimeout(2_000);
      return (await master.readHoldingRegisters(7, 1)).data[0];
    } catch {
      return undefined;
    } finally {
      master.close(() => {});
    }
  };
  device.bank.registers[7] = 42;
  return { folder, json, read, log: () => log };
}

/** When the supervisor said last that this child hangs, wall clock. */
const hangs = (log: string, child: string): number | undefined =>
  log
    .split("\n")
    .filter((line) => line.includes("child-hangs") && line.includes(child))
    .map((line) => Date.parse((JSON.parse(line) as { at: string }).at))
    .at(-1);

test("supervisor: a guard that is killed serves again within 3 s, one that hangs within 3 s and that", async () => {
  const { json, read, log } = await site();
  await until(
    "the guard serves",
    async () => (await read()) === 42 && json()["guardPid"] !== undefined,
    30_000,
  );
  const first = json()["guardPid"]!;
  const local = json()["localControllerPid"]!;
  process.kill(first, "SIGKILL");
  const killedMs = performance.now();
  await until("it serves again", async () => (await read()) === 42);
  assert(performance.now() - killedMs < 5_000, `${performance.now() - killedMs} ms`);
  await until("its new number is told", () => json()["guardPid"] !== first);
  const second = json()["guardPid"]!;
  process.kill(second, "SIGSTOP");
  const [stoppedMs, stoppedWallMs] = [performance.now(), Date.now()];
  await until("a third one serves", async () => json()["guardPid"] !== second && (await read()) === 42);
  assert(performance.now() - stoppedMs < 9_000, `${performance.now() - stoppedMs} ms`);
  const noticed = hangs(log(), "modbus-guard");
  // Three seconds after its last beat, and what a busy machine takes.
  assert(noticed !== undefined && noticed - stoppedWallMs <= 3_900, `noticed after ${noticed} ms`);
  assert.equal(json()["localControllerPid"], local, "the local controller went on all the while");
});

test("supervisor: a local controller that hangs is killed within 7 s and serves again; one that stalls for 3 s is left alone", async () => {
  const { json, log } = await site();
  const pid = () => json()["localControllerPid"];
  await until("it listens", () => pid() !== undefined && json()["guardPid"] !== undefined, 30_000);
  const [first, port] = [pid()!, json()["port"]];
  process.kill(first, "SIGSTOP");
  await wait(3_000);
  process.kill(first, "SIGCONT");
  await wait(4_000);
  assert.equal(pid(), first, "as where whoever reads its log waits for a disk");
  assert.equal(hangs(log(), "local-controller"), undefined);
  process.kill(first, "SIGSTOP");
  const stoppedMs = Date.now();
  await until("it was noticed", () => hangs(log(), "local-controller") !== undefined);
  const tookMs = hangs(log(), "local-controller")! - stoppedMs;
  assert(tookMs <= 7_000, `noticed after ${tookMs} ms`);
  await until("another listens", () => pid() !== undefined && pid() !== first, 20_000);
  assert.equal(json()["port"], port);
});

const notRoot = process.getuid?.() !== 0 && "only root can start processes as another user";

test("supervisor: the guard as a user of its own reads what was brought to it, and none of the site's keys", {
  skip: notRoot,
}, async () => {
  const { folder, json, read } = await site({ more: ["--guard-user", String(NOBODY)] });
  await until(
    "the guard serves",
    async () => (await read()) === 42 && json()["guardPid"] !== undefined,
    30_000,
  );
  const status = readFileSync(`/proc/${json()["guardPid"]}/status`, "utf8");
  assert.match(status, new RegExp(`^Uid:\\t${NOBODY}\\t${NOBODY}\\t${NOBODY}`, "m"));
  for (const path of ["identity/link-key.pem", "identity/passphrase", "state/bundle.json"]) {
    const { uid, mode } = statSync(join(folder, path));
    assert.deepEqual([uid, mode & 0o077], [0, 0], path);
  }
  assert.equal(statSync(join(folder, "guard", "state", "bundle.json")).uid, NOBODY);
});

test("supervisor: Modbus certificates lie in the site's folder, also where the guard is a user of its own: brought, renewed, taken away", {
  skip: notRoot || opensslMissing(),
}, async () => {
  const authority = modbusAuthority();
  closing.push(() => authority.remove());
  const [first, second, vendor] = [authority.issue("g"), authority.issue("g"), authority.issue("vendor")];
  const lay = (folder: string, files: Record<string, string>) => {
    mkdirSync(join(folder, "modbus-tls"), { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, "modbus-tls", name), text, { mode: 0o600 });
  };
  const own = ({ cert, key }: typeof first) => ({ "certificate.pem": cert, "key.pem": key });
  const key = new X509Certificate(vendor.cert).publicKey.export({ type: "spki", format: "der" });
  const spkiSha256 = createHash("sha256").update(key).digest("hex");
  const tlsPort = await freePort();
  const { folder, json } = await site({
    more: ["--guard-user", String(NOBODY), "--modbus-tls-port", String(tlsPort)],
    clients: [{ name: "vendor", by: { kind: "certificate", spkiSha256 }, perSecond: 10, burst: 10 }],
    before: (at) => lay(at, { ...own(first), "clients.pem": authority.ca }),
  });
  const shown = () =>
    new Promise<string | undefined>((resolve) => {
      const to = { host: "127.0.0.1", port: tlsPort, servername: "localhost", ca: [authority.ca] };
      const socket = connectTls({ ...to, ...vendor }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256);
        socket.destroy();
      });
      socket.on("error", () => resolve(undefined));
    });
  const fingerprint = ({ cert }: typeof first) => new X509Certificate(cert).fingerprint256;
  await until("it listens", async () => (await shown()) === fingerprint(first), 30_000);
  await until("its number is told", () => json()["guardPid"] !== undefined);
  const pid = json()["guardPid"];
  const brought = join(folder, "guard", "modbus-tls", "key.pem");
  assert.deepEqual([statSync(brought).uid, statSync(brought).mode & 0o777], [NOBODY, 0o600]);
  lay(folder, own(second));
  await until("renewed", async () => (await shown()) === fingerprint(second), 20_000);
  assert.equal(json()["guardPid"], pid, "without a new start");
  chmodSync(join(folder, "modbus-tls", "key.pem"), 0o644);
  rmSync(join(folder, "modbus-tls", "clients.pem"));
  const clients = join(folder, "guard", "modbus-tls", "clients.pem");
  await until("taken away", () => statSync(clients, { throwIfNoEntry: false }) === undefined);
  writeFileSync(join(folder, "modbus-tls", "key.pem"), first.key);
  await wait(3_000);
  assert.equal(readFileSync(brought, "utf8"), second.key, "one that others may read is not taken");
});

test("supervisor: a user that there is not, or users without being root, are refused at the start", async () => {
  const { log } = await site({ more: ["--guard-user", "nobody-of-that-name"] });
  await until("refused", () => /--guard-user: (there is no user|only root)/.test(log()));
});
