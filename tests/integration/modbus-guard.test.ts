/**
 * The Modbus guard's real process between masters that are not ours, `modbus-serial` and `mbpoll` (libmodbus), and devices: what passes,
 * what does not, who may come, and what a kill, a flood or a lying device does to the others.
 */
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { connect as connectPlain, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect as connectTls } from "node:tls";
import { promisify } from "node:util";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { joinAdu, ModbusClient, writeRequest } from "@wattward/modbus";
import { dialer } from "@wattward/modbus/tcp";
import modbusSerial from "modbus-serial";
import { modbusAuthority, opensslMissing, ROLE_OID } from "../../packages/modbus/testing/certificates.ts";
import { guardIn, type RealDevice, type RunningGuard, realDevice, until } from "./rig/modbus-guard.ts";

// A CommonJS module, whose types say where its class is.
const ModbusRTU = modbusSerial.default;
type ModbusRTU = InstanceType<typeof ModbusRTU>;

const noMbpoll =
  spawnSync("mbpoll", ["-V"]).error !== undefined && "mbpoll is not installed: apt-get install mbpoll";
const noOpenssl = opensslMissing();
const notRoot = process.getuid?.() !== 0 && "only root can run a process as another user";
const noSetpriv =
  spawnSync("setpriv", ["--version"]).error !== undefined && "no setpriv command on this machine";

let guard: RunningGuard;
let battery: RealDevice;
let meter: RealDevice;
const closing: (() => unknown)[] = [];
const authority = noOpenssl ? undefined : modbusAuthority();
const vendorTls = authority?.issue("vendor", [`${ROLE_OID}=ASN1:UTF8String:Operator`]);
const spkiOf = (pem: string) =>
  createHash("sha256")
    .update(new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");

function policy(over: object = {}) {
  const device = (name: string, unit: number, port: number) => ({
    ...{ name, unit, host: "127.0.0.1", port, tls: false, deviceUnit: 1, answerMsMax: 300 },
    registers: [
      { name: "setpoint", address: 100, type: "int16", unit: "W" },
      { name: "power", address: 300, type: "int16", unit: "W" },
    ],
  });
  const writes = [{ register: "setpoint", min: -5_000, max: 5_000 }];
  const readAll = { functions: [3, 4], from: 0, to: 999 };
  return {
    schema: 1,
    clients: [
      { name: "ems", by: { kind: "socket", uid: "same" }, perSecond: 1_000, burst: 1_000 },
      { name: "scada", by: { kind: "address", address: "127.0.0.1" }, perSecond: 1_000, burst: 1_000 },
      ...(vendorTls === undefined
        ? []
        : [
            {
              ...{ name: "vendor", perSecond: 1_000, burst: 1_000 },
              by: { kind: "certificate", spkiSha256: spkiOf(vendorTls.cert), role: "Operator" },
            },
          ]),
    ],
    devices: [device("battery", 1, battery.port), device("meter", 2, meter.port)],
    rules: [
      { client: "any", device: "battery", ...readAll },
      { client: "any", device: "meter", ...readAll },
      { client: "ems", device: "battery", functions: [6, 16], from: 100, to: 100, writes },
      { client: "scada", device: "battery", functions: [6, 16], from: 100, to: 100, writes },
    ],
    crossRules: [],
    ...over,
  };
}

before(async () => {
  battery = await realDevice();
  meter = await realDevice();
  guard = await guardIn("guard");
  if (authority !== undefined) {
    const folder = join(guard.folder, "modbus-tls");
    mkdirSync(folder, { mode: 0o700 });
    const identity = authority.issue("guard");
    const files = { "certificate.pem": identity.cert, "key.pem": identity.key, "clients.pem": authority.ca };
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  await guard.put(policy());
  await guard.start();
});
after(async () => {
  for (const close of closing.reverse()) await close();
  await guard?.close();
  await battery?.close();
  await meter?.close();
  authority?.remove();
});

async function serialMaster(unit: number): Promise<ModbusRTU> {
  const master = new ModbusRTU();
  await master.connectTCP("127.0.0.1", { port: guard.port });
  master.setID(unit);
  master.setTimeout(2_000);
  // Its own callback never comes where the guard has closed it before.
  closing.push(() => master.close(() => {}));
  return master;
}
const emsMaster = () => {
  const dial = dialer({ to: { path: join(guard.folder, "state", "guard.sock") } });
  const master = new ModbusClient({ dial, clock: systemClock(), chance: systemChance });
  closing.push(() => master.close());
  return master;
};
const exceptionOf = async (asking: Promise<unknown>): Promise<number | undefined> => {
  try {
    await asking;
    return 0;
  } catch (error) {
    return (error as { modbusCode?: number }).modbusCode;
  }
};
const toldOf = (what: string) => guard.told.filter((one) => one.what === what).map(({ detail }) => detail);

/** What a guard has to tell of all the tests before waits for its turn. */
const TURN_MS_MAX = 60_000;

test("modbus-serial reads and writes through the guard; what the policy does not name is refused and told", async () => {
  battery.bank.registers.set([1, 2, 65_535], 0);
  const master = await serialMaster(1);
  assert.deepEqual((await master.readHoldingRegisters(0, 3)).data, [1, 2, 65_535]);
  await master.writeRegister(100, 65_536 - 4_000);
  assert.equal(battery.bank.registers[100], 65_536 - 4_000);
  await master.writeRegisters(100, [4_000]);
  assert.equal(battery.bank.registers[100], 4_000);

  const askedBefore = battery.asked.length;
  assert.equal(await exceptionOf(master.writeRegister(100, 5_001)), 3);
  assert.equal(await exceptionOf(master.writeRegister(101, 1)), 2);
  assert.equal(await exceptionOf(master.writeCoil(0, true)), 1);
  assert.equal(await exceptionOf(master.readHoldingRegisters(990, 20)), 2);
  master.setID(9);
  assert.equal(await exceptionOf(master.readHoldingRegisters(0, 1)), 2);
  assert.equal(battery.asked.length, askedBefore, "none of it reached the device");
  const told = await until(
    "five refusals told",
    () => toldOf("modbus.denied").length >= 5 && toldOf("modbus.denied"),
  );
  assert.match(
    told.join("\n"),
    /scada, write-single-register 100 of battery: setpoint = 5001 W: exception 03/,
  );
});

test("mbpoll reads, writes, and is told the exception by its name", { skip: noMbpoll }, async () => {
  const mbpoll = async (options: readonly string[], values: readonly string[] = []) => {
    const fixed = ["-m", "tcp", "-p", String(guard.port), "-0", "-1", "-o", "3", "-a", "1"];
    try {
      const done = await promisify(execFile)("mbpoll", [...fixed, ...options, "127.0.0.1", ...values], {
        timeout: 20_000,
      });
      return { code: 0, out: done.stdout + done.stderr };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, out: stdout + stderr };
    }
  };
  battery.bank.registers.set([11, 22, 33], 500);
  const read = await mbpoll(["-t", "4", "-r", "500", "-c", "3"]);
  assert.deepEqual(
    [...read.out.matchAll(/^\[\d+\]:\s+(-?\d+)/gm)].map((line) => Number(line[1])),
    [11, 22, 33],
  );
  assert.equal((await mbpoll(["-t", "4", "-r", "100"], ["1234"])).code, 0);
  assert.equal(battery.bank.registers[100], 1_234);
  const refused = await mbpoll(["-t", "4", "-r", "100"], ["9999"]);
  assert.notEqual(refused.code, 0);
  assert.match(refused.out, /Illegal data value/i);
  assert.match((await mbpoll(["-t", "0", "-r", "0"])).out, /Illegal function/i);
  assert.equal(battery.bank.registers[100], 1_234);
});

test("the energy controller by the unix socket, a vendor by its certificate and role; each sees its own answers", {
  skip: noOpenssl,
}, async () => {
  for (let i = 0; i < 100; i++) battery.bank.registers[i] = i;
  const identity = { ...vendorTls!, ca: [authority!.ca] };
  const vendor = new ModbusClient({
    dial: dialer({ to: { host: "127.0.0.1", port: guard.tlsPort }, tls: identity }),
    ...{ clock: systemClock(), chance: systemChance },
  });
  closing.push(() => vendor.close());
  const ems = emsMaster();
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const outcome = await (i % 2 === 0 ? ems : vendor).request(1, {
        ...{ kind: "read-holding-registers", address: i % 100, quantity: 1 },
      });
      // Each client lets 32 wait; beyond that it says so itself.
      if (outcome.kind === "failed") assert.equal(outcome.why, "busy");
      else
        assert.deepEqual(outcome, {
          kind: "response",
          response: { kind: "read-holding-registers", registers: [i % 100] },
        });
    }),
  );
  const write = { kind: "write-single-register", address: 100, value: 77 } as const;
  assert.deepEqual(await vendor.request(1, write), { kind: "exception", code: 1 });
  assert.equal((await ems.request(1, write)).kind, "response");
  assert.equal(battery.bank.registers[100], 77);
});

test("a certificate of another key, without the role, or none at all, is no client", {
  skip: noOpenssl,
}, async () => {
  const others = [
    authority!.issue("other", [`${ROLE_OID}=ASN1:UTF8String:Operator`]),
    authority!.issue("plain"),
  ];
  const tls = { host: "127.0.0.1", port: guard.tlsPort, ca: [authority!.ca], servername: "localhost" };
  for (const identity of [...others, {}]) {
    const socket = connectTls({ ...tls, ...identity });
    socket.on("error", () => {});
    socket.on("secureConnect", () =>
      socket.write(joinAdu({ transaction: 1, unit: 1, pdu: Uint8Array.of(3, 0, 0, 0, 1) })),
    );
    const heard: Buffer[] = [];
    socket.on("data", (bytes) => heard.push(bytes));
    await new Promise((resolve) => socket.on("close", resolve));
    assert.deepEqual(heard, []);
  }
  await until("strangers told", () => toldOf("modbus.unknown-master").length > 0);
});

test("a process of another user is closed at the unix socket, whatever it may open", {
  skip: notRoot || noSetpriv,
}, async () => {
  const path = join(guard.folder, "state", "guard.sock");
  for (const folder of [guard.folder, join(guard.folder, "state")]) chmodSync(folder, 0o755);
  chmodSync(path, 0o666);
  const script = `const s = require("net").connect(${JSON.stringify(path)});
    s.on("data", () => process.exit(3)); s.on("close", () => process.exit(4)); s.on("error", () => {});
    s.write(Buffer.from("000100000006010300000001", "hex"));`;
  const as = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const other = spawn("setpriv", [...as, process.execPath, "-e", script], { stdio: "ignore" });
  const code = await new Promise((resolve) => other.on("exit", resolve));
  assert.equal(code, 4, "closed without an answer");
  await until("told", () => toldOf("modbus.unknown-master").some((detail) => detail.includes("user 65534")));
  for (const folder of [guard.folder, join(guard.folder, "state")]) chmodSync(folder, 0o700);
  chmodSync(path, 0o600);
});

test("a device that answers late, or under another transaction id, is not believed: 0B, and the next gets its own", async () => {
  let late = true;
  const lying = createServer((socket: Socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const answer = (value: number) => Uint8Array.of(...bytes.subarray(0, 4), 0, 5, 1, 3, 2, 0, value);
      if (bytes[9] === 1) setTimeout(() => socket.write(answer(1)), late ? 400 : 0);
      else if (bytes[9] === 2) socket.write(answer(2).with(1, bytes[1]! ^ 1));
      else socket.write(answer(bytes[9]!));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => lying.once("listening", resolve));
  closing.push(() => lying.close());
  const { port } = lying.address() as { port: number };
  const devices = (policy() as { devices: { unit: number }[] }).devices.map((one) =>
    one.unit === 2 ? { ...one, port } : one,
  );
  await guard.put(policy({ devices }));
  const master = await serialMaster(2);
  await until("the new policy in force", async () => {
    const got = await exceptionOf(
      master.readHoldingRegisters(7, 1).then(({ data }) => assert.deepEqual(data, [7])),
    );
    return got === 0;
  });
  assert.equal(await exceptionOf(master.readHoldingRegisters(1, 1)), 11);
  late = false;
  // The connection that owes an answer is gone: whatever comes on it is for nobody.
  assert.deepEqual((await master.readHoldingRegisters(3, 1)).data, [3]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual((await master.readHoldingRegisters(4, 1)).data, [4]);
  assert.equal(await exceptionOf(master.readHoldingRegisters(2, 1)), 11);
  assert.deepEqual((await master.readHoldingRegisters(5, 1)).data, [5]);
  await until(
    "told, in its turn",
    () => /meter: an answer to transaction/.test(toldOf("modbus.device-answer").join()),
    TURN_MS_MAX,
  );
  await guard.put(policy());
});

test("a flood of refused writes and a slow loris beside it: the energy controller is served all the while", async () => {
  const flood = connectPlain(guard.port, "127.0.0.1");
  flood.on("error", () => {});
  flood.resume();
  const pdu = writeRequest({ kind: "write-single-register", address: 900, value: 1 });
  const segment = Buffer.concat(Array.from({ length: 500 }, () => joinAdu({ transaction: 1, unit: 1, pdu })));
  const pour = () => {
    while (flood.writable && flood.write(segment));
  };
  flood.on("drain", pour);
  flood.on("connect", pour);
  const loris = connectPlain(guard.port, "127.0.0.1");
  loris.on("error", () => {});
  const lorisClosed = new Promise((resolve) => loris.on("close", resolve));
  loris.write(Uint8Array.of(0, 1, 0, 0, 0, 6, 1));
  const ems = emsMaster();
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const fromMs = performance.now();
    const outcome = await ems.request(1, { kind: "read-holding-registers", address: 0, quantity: 10 });
    assert.equal(outcome.kind, "response");
    times.push(performance.now() - fromMs);
  }
  flood.destroy();
  times.sort((a, b) => a - b);
  assert(times[100]! < 50, `half of them took more than ${times[100]} ms`);
  assert.equal(
    battery.asked.filter(({ request }) => "address" in request && request.address === 900).length,
    0,
  );
  await lorisClosed;
  await until(
    "told, in its turn",
    () => toldOf("modbus.master-ended").some((detail) => /did not finish/.test(detail)),
    TURN_MS_MAX,
  );
});

test("kill -9: connections die with the guard, nothing reaches a device without it, and a new start serves the same policy", async () => {
  const master = await serialMaster(1);
  await master.readHoldingRegisters(0, 1);
  const socket = connectPlain(guard.port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  await new Promise((resolve) => socket.once("connect", resolve));
  const askedBefore = battery.asked.length;
  await guard.kill();
  await closed;
  assert.equal(
    await new Promise((resolve) =>
      connectPlain(guard.port, "127.0.0.1").on("error", () => resolve("refused")),
    ),
    "refused",
  );
  assert.equal(battery.asked.length, askedBefore);
  const fromMs = performance.now();
  await guard.start();
  assert(performance.now() - fromMs < 5_000);
  const again = await serialMaster(1);
  assert.equal((await again.readHoldingRegisters(0, 1)).data.length, 1);
  assert.equal(
    (await emsMaster().request(1, { kind: "read-holding-registers", address: 0, quantity: 1 })).kind,
    "response",
  );
});

test("a forged bundle changes nothing; one without a policy closes everything, and says so", async () => {
  const stranger = await guardIn("forged");
  closing.push(() => stranger.close());
  await stranger.put(policy());
  // Signed by another operator's key: this guard's root does not know it.
  const { readFile, writeFile } = await import("node:fs/promises");
  const bundle = (folder: string) => join(folder, "state", "bundle.json");
  const own = await readFile(bundle(guard.folder));
  await writeFile(bundle(guard.folder), await readFile(bundle(stranger.folder)));
  await until("refused", () => toldOf("modbus.policy").some((detail) => /bundle refused/.test(detail)));
  const master = await serialMaster(1);
  assert.equal((await master.readHoldingRegisters(0, 1)).data.length, 1);
  await writeFile(bundle(guard.folder), own);
  await guard.put(undefined);
  await until(
    "closed",
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connectPlain(guard.port, "127.0.0.1");
        socket.on("connect", () => {
          socket.destroy();
          resolve(false);
        });
        socket.on("error", () => resolve(true));
      }),
  );
  assert.match(toldOf("modbus.policy").join(), /nothing passes/);
});
