/** Simulated devices as a master sees them: found by walking their models, read, steered; setpoints that fall back, and those that do not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Request, readRequest } from "@wattward/modbus";
import { discover, type PointValue, readModel, writesOf } from "@wattward/modbus/sunspec";
import { seededChance } from "@wattward/testing";
import { atWork, drawOf } from "../testing/small-plant.ts";
import { type Device, readerOf } from "./sunspec-device.ts";

async function modelOf(device: Device, id: number) {
  const read = readerOf(device);
  const found = await discover(read);
  assert(found.ok, "no map");
  assert.deepEqual(found.value.oddities, []);
  const at = found.value.models.find((each) => each.id === id);
  assert(at?.model !== undefined, `model ${id}`);
  const known = { ...at, model: at.model };
  const reading = await readModel(read, known);
  assert(reading.ok);
  return { found: known, reading: reading.value };
}

const pointOf = async (device: Device, id: number, path: string) =>
  (await modelOf(device, id)).reading.values.get(path);

/** Exceptions of the writes, or nothing where all were done. */
async function write(device: Device, id: number, values: { [path: string]: PointValue }): Promise<number[]> {
  const { found, reading } = await modelOf(device, id);
  const writes = writesOf(found, reading, values);
  assert(writes.ok, writes.ok ? "" : writes.fault.sentence);
  return writes.value
    .map((each) => device.answer(each))
    .flatMap((reply) => (reply.kind === "exception" ? [reply.code] : []));
}

test("devices: each is found with the models that it has", async () => {
  const { devices } = atWork();
  const ids = async (id: string) => {
    const found = await discover(readerOf(devices.all.find(({ planned }) => planned.id === id)!.device));
    return found.ok ? found.value.models.map((model) => model.id) : found.fault.sentence;
  };
  assert.deepEqual(await ids("grid"), [1, 213]);
  assert.deepEqual(await ids("sub"), [1, 203]);
  assert.deepEqual(await ids("bess"), [1, 103, 120, 121, 124, 802, 803, 715]);
  assert.deepEqual(await ids("bess-7"), [1, 701, 704, 713, 802, 715]);
  assert.deepEqual(await ids("pv"), [1, 103, 120, 121, 123]);
  assert.deepEqual(await ids("pv-7"), [1, 701, 704, 715]);
});

test("devices: both kinds of meter show what flows, per phase, with its sign", async () => {
  const work = atWork();
  work.draws = [drawOf("B", 10, 11, 12)];
  await work.run(1);
  const grid = (await modelOf(work.deviceOf("grid").device, 213)).reading.values;
  assert.deepEqual([grid.get("AphA"), grid.get("AphB"), grid.get("AphC")], [17, 16, 18]);
  const sub = (await modelOf(work.deviceOf("sub").device, 203)).reading.values;
  assert.deepEqual([sub.get("AphA"), sub.get("AphB"), sub.get("AphC")], [12, 10, 11]);
  assert(Math.abs(Number(sub.get("WphA")) - 12 * 230) < 12, `${sub.get("WphA")}`);
});

test("meter faults: frozen, late, no number, turned; each ends", async () => {
  const work = atWork();
  const amps = () => pointOf(work.deviceOf("grid").device, 213, "AphA");
  const drawing = async (a: number, s: number) => {
    work.draws = [drawOf("A", a, a, a)];
    await work.run(s);
  };
  await drawing(10, 40);
  for (const [what, shown] of [
    ["meter-frozen", 15],
    ["meter-nan", undefined],
    ["meter-wrong-sign", -25],
  ] as const) {
    await drawing(10, 1);
    assert.equal(await amps(), 15, what);
    work.devices.inflict({ what, forMs: 10_000 }, "grid");
    await amps();
    await drawing(20, 5);
    assert.equal(await amps(), shown, what);
    await drawing(20, 6);
    assert.equal(await amps(), 25, what);
  }
  work.devices.inflict({ what: "meter-late", forMs: 60_000, byMs: 20_000 }, "grid");
  await drawing(30, 19);
  assert.equal(await amps(), 25);
  await drawing(30, 2);
  assert.equal(await amps(), 35);
});

for (const { id, model, set, shown } of [
  {
    id: "bess",
    model: 124,
    set: (percent: number) => ({ StorCtl_Mod: 3, InWRte: -percent, OutWRte: percent, InOutWRte_RvrtTms: 30 }),
    shown: "StorCtl_Mod",
  },
  {
    id: "bess-7",
    model: 704,
    set: (percent: number) => ({
      WSetEna: 1,
      WSetMod: 1,
      WSet: percent * 230,
      WSetRvrt: 0,
      WSetEnaRvrt: 0,
      WSetRvrtTms: 30,
    }),
    shown: "WSetEna",
  },
]) {
  const feeding = (work: ReturnType<typeof atWork>) => Math.round(work.plant.batteries.get(id)!.feedW);

  test(`battery by ${model}: both signs are followed, and fall back when they are not renewed`, async () => {
    const work = atWork();
    const { device } = work.deviceOf(id);
    for (const percent of [40, -60, 0]) {
      assert.deepEqual(await write(device, model, set(percent)), []);
      await work.run(10);
      assert.equal(feeding(work), percent * 230);
    }
    await write(device, model, set(50));
    await work.run(20);
    await write(device, model, set(50));
    await work.run(20);
    assert.equal(feeding(work), 11_500);
    await work.run(12);
    assert.equal(feeding(work), 0);
    assert.equal(await pointOf(device, model, shown), 0);
  });

  test(`battery by ${model}: beyond what it can it refuses with exception 3, and nothing changes`, async () => {
    const work = atWork();
    const { device } = work.deviceOf(id);
    assert((await write(device, model, set(140))).includes(3));
    await work.run(5);
    assert.equal(feeding(work), 0);
  });

  test(`battery by ${model}: one that never reverts goes on, one that reverts early says nothing, one that ignores shows it all the same`, async () => {
    const faults = [
      ["never-reverts", 11_500],
      ["reverts-early", 0],
      ["ignores-setpoints", 0],
    ] as const;
    for (const [what, feedW] of faults) {
      const work = atWork();
      const { device } = work.deviceOf(id);
      work.devices.inflict({ what, forMs: 600_000 }, id);
      await write(device, model, set(50));
      await work.run(what === "never-reverts" ? 60 : 10);
      assert.equal(feeding(work), feedW, what);
      assert.notEqual(await pointOf(device, model, shown), 0, what);
    }
  });
}

test("a device that restarts is dark, feeds nothing, and has forgotten its setpoint", async () => {
  const work = atWork();
  const { conduct, device } = work.deviceOf("bess-7");
  await write(device, 704, { WSetEna: 1, WSet: 5_000, WSetRvrtTms: 0 });
  await work.run(5);
  work.devices.inflict({ what: "device-reboot", forMs: 20_000 }, "bess-7");
  assert.equal(conduct.dark, true);
  await work.run(25);
  assert.equal(conduct.dark, false);
  assert.equal(work.plant.batteries.get("bess-7")!.feedW, 0);
});

test("frozen figures: a battery and an inverter go on telling the power and energy of before, whatever they do; it ends", async () => {
  const work = atWork();
  for (const [id, model] of [
    ["bess", 103],
    ["bess-7", 701],
    ["pv", 103],
    ["pv-7", 701],
  ] as const) {
    const { device } = work.deviceOf(id);
    const told = async () => {
      const { reading } = await modelOf(device, model);
      return ["W", model === 103 ? "WH" : "TotWhInj"].map((path) => Number(reading.values.get(path) ?? 0));
    };
    const source = work.plant.batteries.get(id) ?? work.plant.solars.get(id)!;
    const before = await told();
    work.devices.inflict({ what: "figures-frozen", forMs: 60_000 }, id);
    if (id === "bess-7") await write(device, 704, { WSetEna: 1, WSet: 5_000, WSetRvrtTms: 0 });
    if (id === "bess")
      await write(device, 124, { StorCtl_Mod: 3, OutWRte: 50, InWRte: -50, InOutWRte_RvrtTms: 600 });
    // By night the sun moves no counter.
    if (id.startsWith("pv")) source.outWh += 3_000;
    await work.run(50);
    assert.deepEqual(await told(), before, id);
    await work.run(20);
    const after = await told();
    assert(Math.abs(after[0]! - source.feedW) < 20, `${id}: ${after[0]} W, and it feeds ${source.feedW}`);
    assert(after[1]! > before[1]! + 10, `${id}: ${after[1]} Wh after ${before[1]}`);
  }
});

test("what two faults break is whole when both have healed, whichever ends first", async () => {
  const work = atWork();
  const { conduct } = work.deviceOf("bess-7");
  const battery = work.plant.batteries.get("bess-7")!;
  work.devices.inflict({ what: "device-reboot", forMs: 20_000 }, "bess-7");
  work.devices.inflict({ what: "modbus-cut", forMs: 10_000 });
  work.devices.inflict({ what: "trip", forMs: 30_000 }, "bess-7");
  const states: [boolean, boolean][] = [];
  for (let i = 0; i < 3; i++) {
    await work.run(i === 0 ? 15 : 10);
    states.push([conduct.dark, battery.tripped]);
  }
  assert.deepEqual(states, [
    [true, true],
    [false, true],
    [false, false],
  ]);
});

test("solar: limited in per cent, for its time alone", async () => {
  const work = atWork();
  const { device } = work.deviceOf("pv");
  await write(device, 123, { WMaxLimPct: 25, WMaxLimPct_RvrtTms: 10, WMaxLim_Ena: 1 });
  await work.run(1);
  assert.equal(work.plant.solars.get("pv")!.limit, 0.25);
  await work.run(10);
  assert.equal(work.plant.solars.get("pv")!.limit, 1);
});

test("control box: its heart beats, and it tells its limit in watts", async () => {
  const work = atWork();
  const [box] = work.devices.limitSignals;
  const registers = () => {
    const reply = box!.answer({ kind: "read-holding-registers", address: 0, quantity: 4 });
    return reply.kind === "read-holding-registers" ? reply.registers : [];
  };
  const before = registers();
  box!.limitW = 70_000;
  await work.run(2);
  assert.deepEqual(registers().slice(1), [1, 1, 4_464]);
  assert.equal(registers()[0]! - before[0]!, 2);
});

test("devices: no request makes one fail, and what is not to be written is refused", () => {
  const { devices } = atWork();
  const chance = seededChance(7);
  let done = 0;
  for (let i = 0; i < 20_000; i++) {
    const { device } = devices.all[chance.int(0, devices.all.length - 1)]!;
    const request = someRequest(chance.int(0, 4), chance);
    const read = readRequest(Uint8Array.from(request));
    if (!read.ok) continue;
    const reply = device.answer(read.value as Request);
    if (reply.kind !== "exception") done++;
  }
  assert(done > 1_000, `${done} requests were answered`);
  const refused = devices.all[0]!.device.answer({ kind: "write-single-register", address: 40_010, value: 1 });
  assert.deepEqual(refused, { kind: "exception", code: 2 });
});

/** A PDU near the models of a device: reads, single and many writes, masks, coils. */
function someRequest(kind: number, chance: ReturnType<typeof seededChance>): number[] {
  const address = chance.int(39_990, 40_420);
  const at = [address >> 8, address & 0xff];
  const count = chance.int(1, 6);
  const word = () => [chance.int(0, 255), chance.int(0, 255)];
  switch (kind) {
    case 0:
      return [3, ...at, 0, count];
    case 1:
      return [6, ...at, ...word()];
    case 2:
      return [16, ...at, 0, count, 2 * count, ...Array.from({ length: count }, word).flat()];
    case 3:
      return [22, ...at, ...word(), ...word()];
    default:
      return [1, 0, chance.int(0, 2), 0, 1];
  }
}
