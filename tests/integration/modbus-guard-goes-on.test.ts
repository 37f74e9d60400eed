/** What the Modbus guard's real process goes on with: its memory of motions through kill -9, and certificates that are renewed under it. */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { ModbusClient, type Request } from "@wattward/modbus";
import { dialer } from "@wattward/modbus/tcp";
import { modbusAuthority, opensslMissing } from "../../packages/modbus/testing/certificates.ts";
import { guardIn, type RealDevice, type RunningGuard, realDevice, until } from "./rig/modbus-guard.ts";

const noOpenssl = opensslMissing();
const authority = noOpenssl ? undefined : modbusAuthority();
const [first, vendorTls] = [authority?.issue("guard"), authority?.issue("vendor")];
const host = "127.0.0.1";
const read: Request = { kind: "read-holding-registers", address: 100, quantity: 1 };
let guard: RunningGuard;
let battery: RealDevice;
const closing: (() => unknown)[] = [];

const spkiOf = (pem: string) =>
  createHash("sha256")
    .update(new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");

before(async () => {
  battery = await realDevice();
  guard = await guardIn("goes-on");
  const often = { perSecond: 1_000, burst: 1_000 };
  const by = vendorTls && { kind: "certificate", spkiSha256: spkiOf(vendorTls.cert) };
  if (authority !== undefined && first !== undefined) {
    mkdirSync(join(guard.folder, "modbus-tls"), { mode: 0o700 });
    lay({ "certificate.pem": first.cert, "key.pem": first.key, "clients.pem": authority.ca });
  }
  await guard.put({
    schema: 1,
    clients: [
      { name: "scada", by: { kind: "address", address: host }, ...often },
      ...(by === undefined ? [] : [{ name: "vendor", by, ...often }]),
    ],
    devices: [
      {
        ...{
          name: "battery",
          unit: 1,
          host,
          port: battery.port,
          tls: false,
          deviceUnit: 1,
          answerMsMax: 300,
        },
        registers: [{ name: "setpoint", address: 100, type: "int16", unit: "W" }],
      },
    ],
    rules: [
      { client: "any", device: "battery", functions: [3], from: 0, to: 999 },
      {
        ...{ client: "scada", device: "battery", functions: [6], from: 100, to: 100 },
        writes: [{ register: "setpoint", min: -5_000, max: 5_000, dwellMs: 500, reversalsPer10MinMax: 2 }],
      },
    ],
    crossRules: [],
  });
  await guard.start();
});
after(async () => {
  for (const close of closing.reverse()) await close();
  await guard?.close();
  await battery?.close();
  authority?.remove();
});

function lay(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(guard.folder, "modbus-tls", name), text, { mode: 0o600 });
}

function master(tls?: { cert: string; key: string; ca: string[] }): ModbusClient {
  const to = { host, port: tls === undefined ? guard.port : guard.tlsPort };
  const dial = dialer({ to, ...(tls && { tls }) });
  const one = new ModbusClient({ dial, clock: systemClock(), chance: systemChance });
  closing.push(() => one.close());
  return one;
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 600));

test("kill -9 gives no new steps: dwell runs from the new start, changes of direction count on, towards 0 is free", async () => {
  let scada = master();
  /** The exception's code; 0: it passed. */
  const said = async (value: number) => {
    const outcome = await scada.request(1, { kind: "write-single-register", address: 100, value });
    assert(outcome.kind !== "failed", JSON.stringify(outcome));
    return outcome.kind === "exception" ? outcome.code : 0;
  };
  // Up, down, up again: no turn is left.
  for (const value of [300, 200, 250, 200]) {
    assert.equal(await said(value), 0, `${value}`);
    await settle();
  }
  assert.equal(await said(300), 6);
  for (let kills = 0; kills < 3; kills++) {
    await guard.kill();
    await guard.start();
    scada = master();
    assert.equal((await scada.request(1, read)).kind, "response");
    assert.equal(await said(400), 6, "dwell");
    assert.equal(await said(150 - 50 * kills), 0, "towards 0");
    await settle();
    assert.equal(await said(300), 6, "no turn is left");
  }
});

test("a certificate that is renewed where it lies is in force without a new start, and who is connected stays so", {
  skip: noOpenssl,
}, async () => {
  const tls = { ca: [authority!.ca], ...vendorTls! };
  const shown = () =>
    new Promise<string | undefined>((resolve) => {
      const socket = connectTls({ ...tls, host, port: guard.tlsPort, servername: "localhost" }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256);
        socket.destroy();
      });
      socket.on("error", () => resolve(undefined));
    });
  const vendor = master(tls);
  assert.equal((await vendor.request(1, read)).kind, "response");
  const pid = guard.pid();
  const fresh = authority!.issue("guard");
  // As a hand does it: for a moment the two do not belong together.
  lay({ "certificate.pem": fresh.cert });
  await until("half of it was looked at", async () => (await shown()) !== undefined);
  lay({ "key.pem": fresh.key });
  const { fingerprint256 } = new X509Certificate(fresh.cert);
  await until("the new one is shown", async () => (await shown()) === fingerprint256);
  assert.equal(guard.pid(), pid);
  assert.equal((await vendor.request(1, read)).kind, "response");
});
