/** What commissioning says of a battery, beside what the controller would make of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parse } from "yaml";
import type { Values } from "../energy-controller/devices/sunspec-unit.ts";
import { SmallPlant } from "../energy-controller/testing/small-plant.ts";
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
