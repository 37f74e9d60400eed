/** What commissioning says of a battery, beside what the controller would make of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@wattward/energy";
import { every } from "@wattward/kernel";
import { serve } from "@wattward/modbus";
import { parse } from "yaml";
import type { Values } from "../energy-controller/devices/sunspec-unit.ts";
import { SmallPlant, UNITS } from "../energy-controller/testing/small-plant.ts";
import { batteryModels } from "../energy-controller/testing/small-plant-models.ts";
import { about, commissioned } from "./testing/commissioned.ts";

const models = batteryModels(124) as Readonly<Record<103 | 124 | 715 | 802, Values>>;
const without = (values: Values, point: string): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name !== point));

test("a battery's charge is read from whichever model tells it; what the controller would rest or stumble at is said", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  await plant.time.advance(300);
  plant.isStill = true;
  const lay = (parts: Readonly<Record<number, Values>>) => plant.device("battery").lay(parts);
  const found = async () => (await commissioned(plant, { provesReverts: false })).report;
  lay({ ...models, 124: { ...models[124], ChaState: 61 }, 802: without(models[802], "SoC") });
  const charged = await found();
  assert(charged.passed, JSON.stringify(charged.devices));
  assert(about(charged, "battery", "values").some(({ sentence }) => sentence === "charged to 61 %"));
  lay({ ...models, 103: without(models[103], "TmpCab") });
  const cold = about(await found(), "battery", "values").filter(({ level }) => level === "look");
  assert.match(cold[0]!.sentence, /no temperature .* always rests/);
  lay({ ...models, 103: without(models[103], "W") });
  const dark = about(await found(), "battery", "values").filter(({ level }) => level === "fault");
  assert.match(dark[0]!.sentence, /tells no power/);
});

test("a battery that tells no greatest discharging power: the guard reckons its per cents as the controller does", async () => {
  const plant = new SmallPlant({ baseA: 20, battery: { dischargeWMax: 10_000 } });
  plant.device("battery").lay({ 103: models[103], 124: { ...models[124], ChaState: 50 } });
  plant.isStill = true;
  const { proposal } = await commissioned(plant, { provesReverts: false });
  assert.equal(parse(proposal).modbus[1].ratedDischargeW, 20_000);
});

test("a battery that cannot be steered is proposed as unproven, whatever the document says of its revert", async () => {
  const { 124: storage, ...others } = models;
  for (const [parts, why] of [
    [others, /neither 704 nor 124/],
    [{ ...others, 124: without(storage, "WChaMax") }, /what its per cents are of/],
  ] as const) {
    const plant = new SmallPlant({ baseA: 20, battery: {} });
    plant.device("battery").lay(parts);
    plant.isStill = true;
    const { report, proposal } = await commissioned(plant);
    assert.deepEqual(plant.device("battery").writes, []);
    const [told] = about(report, "battery", "revert");
    assert.equal(told!.level, "fault");
    assert.match(told!.sentence, why);
    assert.deepEqual(parse(proposal).energy.site.sources[0].revert, { kind: "unproven" });
  }
});

/** A grid operator's box, and what hangs on a contactor. */
function withPlain(relay?: { limitW: number }): SmallPlant {
  const plant = new SmallPlant();
  const device = (id: string, unit: number, is: Device["is"]) =>
    ({ id, unit, pollMs: 500, is }) as unknown as Device;
  plant.config = {
    ...plant.config,
    devices: [
      ...plant.config.devices,
      device("box", UNITS.signal, { kind: "limit-signal", ...(relay && { relay }) }),
      device("main", UNITS.contactor, { kind: "contactor", fuse: plant.config.site.fuses[0]!.id }),
    ],
    external: { failsafeW: 5_000, failsafeMs: 7_200_000, devices: 1 },
  };
  return plant;
}

test("a control box whose heart stands still is a fault, for nothing it says would be believed; else it is told what it says", async () => {
  const plant = withPlain();
  const { registers } = plant.device("signal").bank;
  const still = await commissioned(plant, { provesReverts: false });
  assert.equal(still.report.passed, false);
  assert.match(about(still.report, "limit-signal", "values")[0]!.sentence, /heartbeat stood still/);
  every(plant.time, 1_000, () => void registers[0]!++);
  for (const [word, limitW, says] of [
    [0, 0, /no limit holds/],
    [1, 8_000, /holds: 8000 W/],
    [7, 0, /state word is 7/],
  ] as const) {
    registers.set([word, 0, limitW], 1);
    const { report } = await commissioned(plant, { provesReverts: false });
    assert.match(about(report, "limit-signal", "values")[0]!.sentence, says);
    assert.equal(report.passed, word !== 7);
  }
});

test("a relay and a contactor are told as they stand", async () => {
  const plant = withPlain({ limitW: 4_200 });
  plant.device("signal").bank.coils[0] = 1;
  const values = async () => {
    const { report } = await commissioned(plant, { provesReverts: false });
    assert(report.passed);
    return ["limit-signal", "contactor"].map((kind) => about(report, kind, "values")[0]!.sentence);
  };
  assert.deepEqual(await values(), [
    "its limit holds: 4200 W",
    "it is open: whatever hangs below it has no power",
  ]);
  plant.device("contactor").bank.coils[0] = 1;
  plant.device("signal").bank.coils[0] = 0;
  assert.deepEqual(await values(), ["it says that no limit holds", "it is closed"]);
});

test("a device whose map begins elsewhere, and that says nothing outside it, is found", async () => {
  const plant = new SmallPlant({ baseA: 20 });
  const shiftedBy = 40_000;
  plant.network.listen("elsewhere", (link) =>
    serve(link, {
      clock: plant.time,
      answer: ({ unit, request }) =>
        request.kind === "read-holding-registers" && request.address < shiftedBy
          ? plant.devices.get(unit)!.answer({ ...request, address: request.address + shiftedBy })
          : { kind: "silence" },
    }),
  );
  const { report } = await commissioned(plant, { dial: () => plant.network.dialer("elsewhere") });
  assert.match(about(report, "meter", "reachable")[0]!.sentence, /its map at 0/);
});
