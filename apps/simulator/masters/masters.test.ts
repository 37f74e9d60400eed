/** Attackers and a vendor's master: each does what it says to a device that lets everything happen, and counts refusals as what they are. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exceptionReply, ModbusClient, type Reply, type Request, serve } from "@wattward/modbus";
import { discover, registerReader } from "@wattward/modbus/sunspec";
import { RegisterBank, SimulatedModbusNetwork } from "@wattward/modbus/testing";
import { seededChance, simulatedTime } from "@wattward/testing";
import { DeviceConduct } from "../devices/conduct.ts";
import { type ExchangeLine, serveDevice } from "../devices/device-line.ts";
import { atWork } from "../testing/small-plant.ts";
import { type AttackId, type AttackReport, attack, attackIds } from "./attacks.ts";
import { RawMaster } from "./raw-master.ts";
import { VendorEms } from "./vendor-ems.ts";

type Answering = (request: Request) => Reply;

function network(answer: Answering, unit = 1) {
  const time = simulatedTime();
  const net = new SimulatedModbusNetwork(time, seededChance(3));
  const heard: Request[] = [];
  net.listen("device", (link) => {
    serve(link, {
      clock: time,
      answer: (asked) => {
        heard.push(asked.request);
        return asked.unit === unit ? answer(asked.request) : { kind: "silence" };
      },
    });
  });
  const until = async <T>(work: Promise<T>): Promise<T> => {
    let done = false;
    const ended = work.finally(() => (done = true));
    while (!done) await time.advance(50);
    return ended;
  };
  const play = (id: AttackId, forMs = 5_000): Promise<AttackReport> =>
    until(
      attack(
        id,
        { unit: 1, setpoint: 40_194, forMs },
        {
          clock: time,
          async connect() {
            const link = await net.dialer("device")();
            return link.ok ? new RawMaster(link.value, time) : undefined;
          },
        },
      ),
    );
  return { time, net, heard, play, until };
}

const open = (): Answering => {
  const bank = new RegisterBank();
  return (request) => (request.kind === "diagnostics" ? request : bank.answer(request));
};
const shut: Answering = () => exceptionReply(1);

test("attacks: a device that refuses everything contains each of them", async () => {
  for (const id of attackIds) {
    const report = await network(shut).play(id);
    assert.equal(report.contained, true, id);
    assert(report.sent > 0, id);
  }
});

test("attacks: what an open device lets happen is not called contained", async () => {
  for (const id of ["AT-M1", "AT-M2", "AT-M3", "AT-M8", "AT-M9", "AT-M12"] as const) {
    const report = await network(open()).play(id);
    assert.equal(report.contained, false, id);
    assert(report.accepted > 0, id);
  }
});

test("attacks: each goes its own way on the wire", async () => {
  const kinds = async (id: AttackId, forMs?: number) => {
    const { heard, play } = network(open());
    const report = await play(id, forMs);
    return { heard, report, functions: new Set(heard.map(({ kind }) => kind)) };
  };
  assert.equal((await kinds("AT-M1")).functions.size, 6);
  const units = await kinds("AT-M4", 120_000);
  assert.equal(units.report.silent, 246);
  assert.equal((await kinds("AT-M5", 60_000)).report.sent, 128);
  const { heard } = await kinds("AT-M6", 60_000);
  assert.deepEqual(
    heard.slice(0, 3).map((each) => "address" in each && each.address),
    [0, 16, 32],
  );
  assert((await kinds("AT-M3")).heard.length > 10);
});

test("AT-M11: of stacked and malformed frames none is taken for a write that was not framed, and links end", async () => {
  const { heard, play } = network(shut);
  const report = await play("AT-M11");
  assert(report.closed >= 5, `${report.closed} times closed`);
  assert(heard.every(({ kind }) => kind.startsWith("read") || kind === "write-multiple-registers"));
  assert.equal(heard.filter(({ kind }) => kind === "write-multiple-registers").length, 1);
});

test("a device's line: dark is silence, flooded is late and busy, and every exchange is noted with who asked and what came back", async () => {
  const { devices, time } = atWork();
  const { device } = devices.all[0]!;
  const net = new SimulatedModbusNetwork(time, seededChance(1));
  const conduct = new DeviceConduct();
  const lines: ExchangeLine[] = [];
  net.listen("meter", (link) => {
    serveDevice(link, {
      id: "grid",
      unit: 1,
      device,
      conduct,
      clock: time,
      exchanged: (line) => lines.push(line),
    });
  });
  const client = new ModbusClient({
    dial: net.dialer("meter", { address: "10.0.0.9" }),
    clock: time,
    chance: seededChance(1),
  });
  const ask = async (unit = 1) => {
    const asked = client.request(unit, { kind: "read-holding-registers", address: 40_000, quantity: 2 });
    await time.advance(2_000);
    const outcome = await asked;
    return outcome.kind === "failed" ? outcome.why : outcome.kind === "exception" ? outcome.code : "data";
  };
  assert.equal(await ask(), "data");
  assert.equal(await ask(2), "timeout");
  conduct.dark = true;
  assert.equal(await ask(), "timeout");
  conduct.dark = false;
  conduct.flooded = true;
  assert.deepEqual([await ask(), await ask(), await ask()], ["data", 6, "data"]);
  const sunS = { registers: [0x5375, 0x6e53] };
  assert.deepEqual(
    lines.map(({ answer }) => answer),
    [sunS, undefined, undefined, sunS, undefined, sunS],
  );
  assert.deepEqual(
    lines.map(({ device, exception, from, function: code }) => [device, from, code, exception]),
    [
      ["grid", "10.0.0.9", 3, undefined],
      ["grid", "10.0.0.9", 3, "silence"],
      ["grid", "10.0.0.9", 3, "silence"],
      ["grid", "10.0.0.9", 3, undefined],
      ["grid", "10.0.0.9", 3, 6],
      ["grid", "10.0.0.9", 3, undefined],
    ],
  );
});

test("a vendor's energy management sets its battery, and counts its absurd wishes apart", async () => {
  const { devices, time } = atWork();
  const { device } = devices.all.find(({ planned }) => planned.id === "bess")!;
  const net = new SimulatedModbusNetwork(time, seededChance(1));
  net.listen("bess", (link) => {
    serveDevice(link, { id: "bess", unit: 1, device, conduct: new DeviceConduct(), clock: time });
  });
  const ports = { dial: net.dialer("bess"), clock: time, chance: seededChance(1) };
  const walked = discover(registerReader(new ModbusClient(ports), 1));
  await time.advance(5_000);
  const found = await walked;
  const storage = found.ok ? found.value.models.find(({ id }) => id === 124) : undefined;
  assert.equal(storage?.address, 40_182);
  const plan = { unit: 1, reads: 40_190, sets: 40_194, everyMs: 1_000, usual: [2_000, -3_000 & 0xffff] };
  const vendor = new VendorEms(new ModbusClient(ports), { ...plan, absurd: 0x7fff, absurdEvery: 4 });
  const stop = vendor.start(time);
  for (let s = 0; s < 12; s++) await time.advance(1_000);
  stop();
  const { absurdDone, absurdRefused, reads, refused, writes } = vendor.counts;
  assert.deepEqual({ absurdDone, refused }, { absurdDone: 0, refused: 0 });
  assert(absurdRefused >= 2 && writes >= 6 && reads >= 8, JSON.stringify(vendor.counts));
});
