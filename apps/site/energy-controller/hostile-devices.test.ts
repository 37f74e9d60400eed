/**
 * Whatever devices say, and however late: what cannot be is not believed, the fuse is never overloaded, the mode is one that is declared. On
 * simulated time, with base load within its declaration.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@wattward/energy";
import { busy, last, limits } from "./testing/busy-plant.ts";
import { SmallPlant, UNITS } from "./testing/small-plant.ts";

const meterOf = (values: object) => ({
  ...{ AphA: 12, AphB: 12, AphC: 12, A_SF: 0, PhVphA: 230, PhVphB: 230, PhVphC: 230, V_SF: 0 },
  ...{ WphA: 2_760, WphB: 2_760, WphC: 2_760, W: 8_280, W_SF: 0 },
  ...values,
});
for (const [name, values, reason] of [
  ["whose power is not volts times amperes", { WphA: 20_000, WphB: 1, WphC: 1 }, /power-is-not/],
  ["whose currents are three times the fuse", { AphA: 400, AphB: 400, AphC: 400 }, /beyond-the-wires/],
] as const)
  test(`a meter ${name} is not believed: conservative in time`, async () => {
    const { plant, holds } = await busy();
    plant.isStill = true;
    plant.device("meter").lay({ 203: meterOf(values) as never });
    assert(await plant.time.until(() => last(plant).mode === "conservative", 5_000), last(plant).reason);
    assert.match(last(plant).reason, reason);
    plant.isStill = false;
    holds();
  });

/** What a device's registers hold at a point, whatever its model would say. */
function poke(plant: SmallPlant, model: number, point: string, registers: readonly number[]): void {
  const { bank } = plant.device("meter");
  const { offset } = plant.device("meter").reading(model).points.get(point)!;
  // Behind the common model, which is 66 registers long, and its own header.
  bank.registers.set(registers, 40_002 + 68 + 2 + offset);
}
const raw = (value: number) => value & 0xffff;

for (const [name, factor, reason] of [
  ["a thousand times greater", 1, /beyond-the-wires|power-is-not/],
  ["not implemented", -32_768, /no-number/],
  ["none", 99, /no-number|beyond-the-wires/],
] as const)
  test(`a meter whose scale factor of currents is suddenly ${name} is not believed: conservative in time`, async () => {
    const { plant, holds } = await busy();
    plant.isStill = true;
    poke(plant, 203, "A_SF", [raw(factor)]);
    assert(await plant.time.until(() => last(plant).mode === "conservative", 5_000), last(plant).reason);
    assert.match(last(plant).reason, reason);
    holds();
  });

test("a meter whose float values are ±2³¹, infinite, none: not believed", async () => {
  for (const registers of [
    [0x4f00, 0],
    [0xcf00, 0],
    [0x7f80, 0],
    [0x7fc0, 0],
  ]) {
    const plant = new SmallPlant();
    plant.isStill = true;
    const volts = { PhVphA: 230, PhVphB: 230, PhVphC: 230 };
    plant
      .device("meter")
      .lay({ 213: { ...volts, AphA: 3, AphB: 3, AphC: 3, WphA: 690, WphB: 690, WphC: 690 } });
    for (const point of ["AphA", "AphB", "WphA"]) poke(plant, 213, point, registers);
    await plant.start();
    await plant.time.advance(5_000);
    assert.equal(last(plant).mode, "conservative", registers.join());
    assert.match(last(plant).reason, /no-number|beyond-the-wires/);
    assert.equal(plant.snapshot?.flows.gridW, undefined);
  }
});

test("a meter that answers after 30 s: never believed, each answer is dropped, the fuse holds at the declared load", async () => {
  const { plant, holds } = await busy();
  plant.device("meter").delayMs = 30_000;
  plant.baseMa = [25_000, 25_000, 25_000];
  await plant.time.advance(120_000);
  assert.equal(last(plant).mode, "conservative");
  assert(
    limits(plant).some((ma) => ma >= 6_000),
    limits(plant).join(),
  );
  holds();
});

test("another model in the place of the battery: looked at anew, told nothing that is not its own, and the site goes on", async () => {
  const { plant, holds } = await busy();
  plant.isStill = true;
  plant.device("battery").lay({ 103: inverterAlone });
  const written = plant.device("battery").writes.length;
  await plant.time.advance(30_000);
  const battery = plant.snapshot?.devices?.find(({ kind }) => kind === "battery");
  assert.equal(battery?.state, "ailing");
  // The heartbeat of the map that was, if one was under way.
  assert(plant.device("battery").writes.length <= written + 2);
  plant.isStill = false;
  assert.deepEqual(plant.fatals, []);
  holds();
});
const inverterAlone = {
  ...{ W: 0, W_SF: 0, TmpCab: 25, Tmp_SF: -1, A_SF: 0, V_SF: -1, Hz_SF: -2, VA_SF: 0, VAr_SF: 0, PF_SF: 0 },
  ...{ WH_SF: 0, DCA_SF: 0, DCV_SF: 0, DCW_SF: 0 },
};

test("a battery whose charge goes from nothing to all in a second rests, and its power is believed all the same", async () => {
  const { plant, holds } = await busy();
  plant.chargePermille = 0;
  await plant.time.advance(1_000);
  plant.chargePermille = 1_000;
  await plant.time.advance(5_000);
  assert.match(plant.snapshot?.batteries[0]?.why ?? "", /not believed/);
  assert.deepEqual(plant.observations("energy.battery"), ['{"battery":"battery","charge":"jumps"}']);
  assert(Math.abs(plant.feedW) < 100, `${plant.feedW} W`);
  assert.notEqual(plant.snapshot?.flows.batteryW, undefined);
  holds();
});

test("a battery whose power, and counter of energy, stand still is not believed after five minutes, and rests until they move", async () => {
  const { plant, holds } = await busy();
  const battery = () => plant.snapshot?.devices?.find(({ kind }) => kind === "battery");
  plant.device("battery").show(103, { WH: 5_000 });
  plant.batteryIgnores = true;
  plant.feedW = 2_000;
  await plant.time.advance(350_000);
  assert.equal(battery()?.state === "ailing" && /frozen/.test(battery()?.detail ?? ""), false);
  await plant.time.advance(15_000);
  assert.match(battery()?.detail ?? "", /2000 W for 6 min.*frozen/);
  assert.match(plant.observations("energy.device").join(), /disbelieved/);
  assert.equal(plant.snapshot?.flows.batteryW, undefined);
  plant.feedW = 1_990;
  await plant.time.advance(3_000);
  assert.equal(plant.snapshot?.flows.batteryW, 1_990);
  holds();
});

test("an inverter whose power, and counter of energy, stand still is not believed after five minutes: what it feeds is unknown", async () => {
  const plant = new SmallPlant({ solarW: 20_000 });
  plant.sunW = 6_000;
  plant.device("solar").show(103, { WH: 5_000 });
  await plant.start();
  await plant.time.advance(320_000);
  assert.equal(plant.snapshot?.flows.solarW, 6_000);
  await plant.time.advance(15_000);
  assert.equal(plant.snapshot?.flows.solarW, undefined);
  assert.match(plant.observations("energy.device").join(), /disbelieved.*6000 W for 6 min/);
  plant.device("solar").show(103, { WH: 5_001 });
  await plant.time.advance(3_000);
  assert.equal(plant.snapshot?.flows.solarW, 6_000);
});

test("an inverter whose figures are frozen is held to its limit all the same", async () => {
  const devices = [
    { id: "grid", unit: UNITS.meter, pollMs: 250, is: { kind: "meter", meter: "grid" } },
    { id: "pv", unit: UNITS.solar, pollMs: 500, is: { kind: "solar", source: "solar", exportWMax: 5_000 } },
  ] as unknown as Device[];
  const plant = new SmallPlant({ solarW: 20_000, devices, baseA: 1 });
  plant.sunW = 18_000;
  const solar = plant.device("solar");
  await plant.start();
  await plant.time.advance(60_000);
  const exportW = () => plant.sunFeedW - (3 * 230 * plant.baseMa[0]) / 1_000;
  assert(exportW() < 5_500, `${exportW()} W`);
  // Its figures stay as they are now, whatever it does.
  solar.show(103, { WH: 5_000 });
  const show = solar.show.bind(solar);
  solar.show = (model, values) => (model === 103 ? undefined : show(model, values));
  await plant.time.advance(400_000);
  assert.match(plant.observations("energy.device").join(), /disbelieved/);
  await plant.time.advance(300_000);
  assert(exportW() < 5_500, `${exportW()} W`);
});
