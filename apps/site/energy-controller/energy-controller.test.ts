/** The production energy controller on simulated time, between a small plant behind a simulated guard and a simulated local controller. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type MeterId, parseSnapshot } from "@wattward/energy";
import { SmallPlant } from "./testing/small-plant.ts";

const begun = async (settings: ConstructorParameters<typeof SmallPlant>[0] = {}, ms = 70_000) => {
  const plant = new SmallPlant(settings);
  await plant.start();
  await plant.time.advance(ms);
  assert.deepEqual(plant.fatals, []);
  return plant;
};
const last = (plant: SmallPlant) => plant.turns.at(-1)!.turn;

test("runs: reads the meter, leaves conservative, grants what the fuse leaves, and tells it in a snapshot that parses", async () => {
  const plant = await begun();
  assert.equal(last(plant).mode, "reactive");
  plant.plugIn(0);
  plant.plugIn(1);
  await plant.time.advance(60_000);
  const limits = [...plant.cars.values()].map(({ limitMa }) => limitMa);
  assert(
    limits.every((ma) => ma >= 20_000),
    limits.join(),
  );
  assert(Math.max(...plant.trueMa()) <= 63_000, plant.trueMa().join());
  const { snapshot } = plant;
  assert(snapshot !== undefined && parseSnapshot(JSON.stringify(snapshot)).ok);
  const trueW = (plant.trueMa().reduce((a, b) => a + b) * 230) / 1_000;
  assert(Math.abs(snapshot.flows.gridW! - trueW) < 100, `${snapshot.flows.gridW} of ${trueW}`);
  assert(Math.abs(snapshot.flows.buildingW! - 3 * 2 * 230) < 200, String(snapshot.flows.buildingW));
  assert.deepEqual(
    snapshot.devices?.map(({ state }) => state),
    ["well"],
  );
});

test("reaction: from a load step at the meter to lower grants within a second, at any moment", async () => {
  const plant = await begun({ outlets: 3, mainA: 100 });
  for (let i = 0; i < 3; i++) plant.plugIn(i);
  let worstMs = 0;
  for (let step = 0; step < 12; step++) {
    plant.baseMa = [2_000, 2_000, 2_000];
    await plant.time.advance(90_000 + step * 37);
    const before = [...plant.cars.values()].reduce((sum, { limitMa }) => sum + limitMa, 0);
    assert(before >= 80_000, String(before));
    plant.baseMa = [60_000, 60_000, 60_000];
    const atMs = plant.nowMs;
    const lowered = await plant.time.until(
      () => [...plant.cars.values()].reduce((sum, { limitMa }) => sum + limitMa, 0) < before,
      5_000,
    );
    assert(lowered);
    worstMs = Math.max(worstMs, plant.nowMs - atMs);
  }
  assert(worstMs <= 1_000, `${worstMs} ms`);
});

for (const [name, hurt, refused] of [
  ["lost", (plant: SmallPlant) => void (plant.device("meter").conduct = "silent"), "stale"],
  ["frozen", (plant: SmallPlant) => void (plant.meterFault = "frozen"), "frozen"],
  ["no number", (plant: SmallPlant) => void (plant.meterFault = "nan"), "no-number"],
  ["refusing", (plant: SmallPlant) => void (plant.device("meter").conduct = "refuses"), "stale"],
  ["too late", (plant: SmallPlant) => void (plant.device("meter").delayMs = 5_000), "stale"],
] as const)
  test(`meter ${name}: conservative in time, never a zero, told; and back when it is well again`, async () => {
    const plant = await begun({ baseA: 30 });
    hurt(plant);
    const inTime = await plant.time.until(() => last(plant).mode === "conservative", 12_000);
    assert(inTime, JSON.stringify(last(plant)));
    assert.match(last(plant).reason, new RegExp(refused));
    await plant.time.advance(5_000);
    assert.equal(plant.snapshot?.flows.gridW, undefined);
    assert(plant.observations("energy.meter").some((detail) => detail.includes(refused)));
    plant.device("meter").conduct = "well";
    plant.device("meter").delayMs = 0;
    plant.meterFault = "none";
    assert(await plant.time.until(() => last(plant).mode === "reactive", 80_000));
    await plant.time.advance(70_000);
    assert.equal(plant.snapshot?.devices?.[0]?.state, "well");
  });

test("meter with other models after a reboot: found anew, and nothing of the moved registers was believed", async () => {
  const plant = await begun();
  plant
    .device("meter")
    .lay({ 802: plantsOther, 203: plant.device("meter").reading(203).values.size > 0 ? meterNow : {} });
  const seen: number[] = [];
  plant.meterFault = "frozen";
  await plant.time.until(() => {
    const w = plant.snapshot?.flows.gridW;
    if (w !== undefined) seen.push(w);
    return false;
  }, 4_000);
  assert(
    seen.every((w) => w > 1_000 && w < 1_800),
    seen.join(),
  );
  plant.meterFault = "none";
  await plant.time.advance(10_000);
  assert.equal(plant.snapshot?.devices?.[0]?.state, "well");
});
const plantsOther = {
  ...{ SoC: 50, SoC_SF: -1, W_SF: 0, A_SF: 0, V_SF: 0, AHRtg_SF: 0, WHRtg_SF: 0, WChaDisChaMax_SF: 0 },
  ...{ DisChaRte_SF: 0, DoD_SF: 0, SoH_SF: 0, CellV_SF: 0, AMax_SF: 0 },
};
const meterNow = {
  ...{ AphA: 2, AphB: 2, AphC: 2.03, A_SF: -2, PhVphA: 230, PhVphB: 230, PhVphC: 230, V_SF: -1 },
  ...{ WphA: 460, WphB: 461, WphC: 462, W: 1_383, W_SF: 1 },
};

test("a single-phase meter at a fuse with three phases is not believed, and none of its missing phases is a zero", async () => {
  const plant = new SmallPlant();
  plant.device("meter").lay({ 201: { AphA: 3, A_SF: 0, WphA: 690, W_SF: 0, PhVphA: 230, V_SF: 0 } });
  plant.meterFault = "frozen";
  await plant.start();
  await plant.time.advance(20_000);
  assert.match(last(plant).reason, /no-number/);
});

test("local controller: silent, gone, talking nonsense; the line is made anew and the cars are not forgotten", async () => {
  const plant = await begun();
  plant.plugIn(0);
  await plant.time.advance(30_000);
  const turns = plant.turns.length;
  plant.network.reset();
  await plant.time.advance(3_000);
  assert(plant.turns.length > turns + 3);
  assert.equal(plant.snapshot?.outlets[0]?.standing, "obeys");
  plant.network.isCut = true;
  await plant.time.advance(20_000);
  plant.network.isCut = false;
  await plant.time.advance(15_000);
  assert(plant.nowMs - plant.turns.at(-1)!.atMs < 1_000);
  assert.deepEqual(plant.fatals, []);
});

test("restart: the killed controller's successor goes on from what stations live on, and numbers its grants further", async () => {
  const plant = await begun();
  const car = plant.plugIn(0);
  await plant.time.advance(60_000);
  const { limitMa } = car;
  assert(limitMa >= 20_000);
  const before = plant.grants().at(-1)!.seq;
  plant.kill();
  plant.inForceMa = limitMa;
  await plant.time.advance(1_000);
  const from = plant.turns.length;
  await plant.start();
  await plant.time.advance(5_000);
  const after = plant.turns.slice(from).flatMap(({ turn }) => turn.grants);
  assert(after.length > 0 && after.every(({ seq }) => seq > before));
  assert(
    after.every((grant) => grant.limitMa === limitMa),
    JSON.stringify(after),
  );
});

test("a newer document in place: sessions keep their grants, devices that are the same are not asked anew", async () => {
  const plant = await begun();
  const car = plant.plugIn(0);
  await plant.time.advance(60_000);
  const { limitMa } = car;
  const { site } = plant.config;
  plant.publish({
    ...plant.config,
    site: { ...site, fuses: site.fuses.map((fuse) => ({ ...fuse, ratedMa: 80_000 })) },
  });
  const from = plant.turns.length;
  await plant.time.advance(4_000);
  assert.equal(plant.controller?.status().bundleVersion, 2);
  assert((plant.snapshot?.fuses[0]?.capacityMa[0] ?? 0) > 63_000);
  const lowered = plant.turns
    .slice(from)
    .flatMap(({ turn }) => turn.grants.filter((grant) => grant.limitMa < limitMa));
  assert.deepEqual(lowered, []);
  // Whoever comes to that outlet next begins from its safe default.
  plant.unplug(0);
  await plant.time.advance(2_000);
  plant.plugIn(0);
  await plant.time.advance(600);
  assert(plant.grants().at(-1)!.limitMa <= 8_000, JSON.stringify(plant.grants().at(-1)));
});

test("what was granted is said again on a new line: nobody knows what of the old one was heard", async () => {
  const plant = await begun();
  plant.plugIn(0);
  await plant.time.advance(60_000);
  const before = plant.grants().length;
  while (plant.grants().length === before) await plant.time.advance(500);
  // Just refreshed: nothing is due for half a life.
  const { limitMa } = plant.grants().at(-1)!;
  plant.breakLine();
  await plant.time.advance(3_000);
  assert.deepEqual(
    plant
      .grants()
      .slice(before + 1)
      .map((grant) => grant.limitMa),
    [limitMa],
  );
});

test("quarters: acknowledged they are told no more, by a CSMS of another epoch they are wanted again", async () => {
  const plant = new SmallPlant({ outlets: 1 });
  await plant.start();
  await plant.time.advance(1_000_000);
  const [first] = plant.quarters;
  assert(first !== undefined);
  const told = () => plant.quarters.filter(({ fromWallMs }) => fromWallMs === first.fromWallMs).length;
  plant.ackedWallMs = first.fromWallMs;
  await plant.time.advance(2_000);
  const before = told();
  await plant.time.advance(200_000);
  assert.equal(told(), before);
  plant.csmsEpoch = 2;
  await plant.time.advance(10_000);
  assert.equal(told(), before + 1);
  plant.kill();
});

test("a document that is wrong changes nothing and is told; without one the site is not managed, and is again", async () => {
  const plant = await begun();
  const meters = [{ ...plant.config.site.meters[0]!, fuse: "nowhere" }];
  const wrong = JSON.stringify({ ...plant.config, site: { ...plant.config.site, meters } });
  plant.publish(plant.config, wrong);
  await plant.time.advance(3_000);
  assert.equal(plant.controller?.status().bundleVersion, 1);
  assert.match(plant.observations("energy.document-refused").join(), /site\.meters\[0\]\.fuse/);
  const { config } = plant;
  plant.publish(undefined);
  await plant.time.advance(3_000);
  assert.equal(plant.controller?.status().bundleVersion, undefined);
  const turns = plant.turns.length;
  await plant.time.advance(3_000);
  assert.equal(plant.turns.length, turns);
  plant.publish(config);
  await plant.time.advance(5_000);
  assert.equal(plant.controller?.status().bundleVersion, 4);
  assert(plant.turns.length > turns);
});

test("self-watch: an event loop that stood still ends the process, loudly", async () => {
  const plant = await begun();
  const { now } = plant.time;
  // Time passes, and no timer fires.
  plant.time.now = () => ({ ...now(), monotonicMs: now().monotonicMs + 6_000 });
  await plant.time.advance(600);
  assert.match(plant.fatals.join(), /stood still for/);
});

test("a meter that nobody polls is stale, not zero: a site without devices stays conservative", async () => {
  const plant = await begun({ devices: [] });
  assert.equal(last(plant).mode, "conservative");
  assert.equal(plant.snapshot?.meters[0]?.id, "grid" as MeterId);
  assert.equal(plant.snapshot?.flows.gridW, undefined);
});
