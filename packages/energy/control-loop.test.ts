/** The control loop on a simulated site: what a person can check by hand. The properties stand in properties.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { Plant } from "./testing/plant.ts";
import { MAIN, outletId, smallSite } from "./testing/small-site.ts";

const plant = (site: Parameters<typeof smallSite>[0], more: object = {}) =>
  new Plant({ site: smallSite(site), chance: seededChance(1), ...more });
const limits = ({ last }: Plant) => last!.state.outlets.map(({ limitMa }) => limitMa);

test("loop: one car alone gets what it wants", () => {
  const p = plant({ outlets: 1, mainA: 63 });
  p.plugIn(outletId(0));
  p.run(60_000);
  assert.deepEqual(limits(p), [32_000]);
  assert.equal(p.cars.get(outletId(0))!.drawMa, 32_000);
});

test("loop: a car's first limit is its minimum, within one turn of plugging in", () => {
  const p = plant({ outlets: 1, mainA: 63 });
  p.run(5_000);
  p.plugIn(outletId(0));
  p.run(500);
  assert.deepEqual(limits(p), [6_000]);
});

test("loop: three cars share 64.5 A evenly, with an ampere's deadband left", () => {
  const p = plant({ outlets: 3, mainA: 64.5 });
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
  p.run(180_000);
  assert.equal(
    limits(p).reduce((a, b) => a + b),
    63_000,
  );
  assert(
    limits(p).every((ma) => Math.abs(ma - 21_000) <= 1_000),
    `${limits(p)}`,
  );
});

test("loop: eight cars that plug in within two seconds never pass the fuse, not even before they draw", () => {
  const p = plant({ outlets: 8, mainA: 63, carriesPermille: 1_000 });
  let worst = 0;
  for (let i = 0; i < 8; i++) {
    p.plugIn(outletId(i));
    p.run(250);
  }
  p.run(120_000, () => {
    worst = Math.max(worst, p.worstLoad);
    const may = p.last!.state.fuses[0]!.mayMa;
    assert(Math.max(...may) <= 63_000, `may draw ${may} at ${p.nowMs}`);
  });
  assert(worst <= 1, `${worst}`);
  assert(
    limits(p).every((ma) => ma >= 6_000),
    `${limits(p)}`,
  );
});

test("loop: all twenty chargers are lowered in the turn after the load stepped (failure 3)", () => {
  const p = plant({ outlets: 20, mainA: 250, baseA: 150, riseA: 10 });
  for (let i = 0; i < 20; i++) p.plugIn(outletId(i));
  p.run(300_000);
  const before = p.sent.length;
  p.baseMa[0] = [110_000, 110_000, 110_000];
  p.run(1_000);
  const lowered = p.sent.slice(before).filter(({ reason }) => reason === "lowered-for-limit");
  assert.equal(new Set(lowered.map(({ outlet }) => outlet)).size, 20);
  p.run(7_000);
  assert(p.worstLoad <= 1, `${p.worstLoad}`);
});

test("loop: rotated single-phase cars load three phases; none is throttled for a phase it does not use", () => {
  const p = plant({ outlets: 3, mainA: 34 });
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i), { terminals: 1 });
  p.run(300_000);
  assert.deepEqual(limits(p), [32_000, 32_000, 32_000]);
  assert(p.worstLoad <= 1);
  assert.deepEqual(p.trueMa(MAIN), [32_000, 32_000, 32_000]);
});

test("loop: one deaf charger costs what it may draw, and stalls nobody", () => {
  const p = plant({ outlets: 3, mainA: 80, outlet: { expiry: "unproven" } });
  p.plugIn(outletId(0));
  p.run(60_000);
  p.stations.get(outletId(0))!.fault = "deaf";
  p.stations.get(outletId(0))!.limitUntilMs = Infinity;
  p.plugIn(outletId(1));
  p.plugIn(outletId(2));
  let worst = 0;
  p.run(300_000, () => (worst = Math.max(worst, p.worstLoad)));
  assert(worst <= 1);
  assert.equal(p.last!.state.outlets[0]!.standing, "deaf");
  const others = limits(p).slice(1);
  assert(others[0]! + others[1]! >= 46_000 && others.every((ma) => ma >= 22_000), `${others}`);
});

test("loop: who draws more than its grant is budgeted with its rating, and believed again when it obeys", () => {
  const p = plant({ outlets: 2, mainA: 45 });
  p.plugIn(outletId(0));
  p.plugIn(outletId(1));
  p.run(120_000);
  p.stations.get(outletId(0))!.fault = "disobeys";
  p.run(40_000);
  assert.equal(p.last!.state.outlets[0]!.standing, "disobeys");
  assert(p.worstLoad <= 1, `${p.worstLoad}`);
  p.run(60_000);
  assert.equal(limits(p)[1], 12_000);
  p.stations.get(outletId(0))!.fault = "none";
  p.run(400_000);
  assert.equal(p.last!.state.outlets[0]!.standing, "obeys");
});

for (const fault of ["lost", "frozen", "nan"] as const) {
  test(`loop: a meter that is ${fault} leads to the declared highest base load, never to a free connection`, () => {
    const p = plant({ outlets: 3, mainA: 100, baseA: 60, riseA: 10 });
    p.baseMa[0] = [20_000, 20_000, 20_000];
    for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
    p.run(180_000);
    assert.equal(p.last!.mode, "reactive");
    assert(p.trueMa(MAIN)[0] > 60_000);
    p.meterFault = fault;
    p.run(20_000);
    assert.equal(p.last!.mode, "conservative");
    p.baseMa[0] = [60_000, 60_000, 60_000];
    p.run(60_000, () => assert(p.worstLoad <= 1, `${p.worstLoad}`));
    assert(
      limits(p).every((ma) => ma >= 6_000),
      "and it goes on charging",
    );
  });
}

test("loop: a meter whose sign is turned is found out", () => {
  const p = plant({ outlets: 3, mainA: 100, baseA: 60, riseA: 10 });
  p.baseMa[0] = [20_000, 20_000, 20_000];
  p.meterFault = "turned";
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
  p.run(60_000);
  assert.equal(p.last!.mode, "conservative");
  assert.match(p.last!.reason, /sign/);
});

test("loop: where power is not enough for all, slots rotate and everybody charges", () => {
  const p = plant({ outlets: 6, mainA: 15 });
  for (let i = 0; i < 6; i++) p.plugIn(outletId(i));
  p.run(3 * 3_600_000, () => assert(p.worstLoad <= 1));
  const got = [...p.cars.values()].map(({ gotWh }) => gotWh);
  const mean = got.reduce((a, b) => a + b) / 6;
  assert(
    got.every((wh) => wh > 0.75 * mean && wh < 1.25 * mean),
    `${got}`,
  );
});

test("loop: a full car gives its power to those who wait", () => {
  const p = plant({ outlets: 2, mainA: 8.5 });
  p.plugIn(outletId(0), { needWh: 100 });
  p.run(10_000);
  p.plugIn(outletId(1));
  p.run(600_000);
  assert.equal(limits(p)[1], 7_000);
});

test("loop: a station of coarse steps gets only its steps", () => {
  const p = plant({
    outlets: 3,
    mainA: 64,
    outlet: { steps: { kind: "list", ma: [0, 8_000, 16_000, 24_000, 32_000] } },
  });
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
  p.run(300_000);
  assert.deepEqual(limits(p).sort(), [16_000, 16_000, 24_000]);
});

test("loop: solar is used first: what cars leave is stored, and given back when it is dark", () => {
  const p = plant({ outlets: 1, mainA: 100, baseA: 20, battery: {}, solarW: 30_000 });
  p.baseMa[0] = [5_000, 5_000, 5_000];
  p.solarW = 20_000;
  p.run(300_000);
  assert(p.battery.feedW < -15_000, `${p.battery.feedW} W`);
  assert(Math.abs(p.gridW) < 500, `${p.gridW} W`);
  p.solarW = 0;
  p.run(120_000);
  assert(p.battery.feedW > 3_000, `${p.battery.feedW} W`);
  assert(Math.abs(p.gridW) < 500, `${p.gridW} W`);
});

test("loop: the largest local source is never relied on: no fuse is overloaded when it trips", () => {
  const p = plant({ outlets: 6, mainA: 63, baseA: 20, riseA: 2, battery: {}, solarW: 60_000 });
  p.baseMa[0] = [5_000, 5_000, 5_000];
  p.solarW = 40_000;
  for (let i = 0; i < 6; i++) p.plugIn(outletId(i));
  p.run(300_000);
  p.solarW = 0;
  let worst = 0;
  p.run(60_000, () => (worst = Math.max(worst, p.worstLoad)));
  assert(worst <= 1, `${worst}`);
});

test("loop: a battery charges no more than the fuse leaves beside the cars", () => {
  const p = plant({ outlets: 3, mainA: 70, battery: { rampWPerS: 1e6 } });
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
  const id = p.site.sources[0]!.id;
  p.plan = { madeAtMs: 0, validUntilMs: Infinity, sessions: new Map(), batteries: new Map([[id, -20_000]]) };
  p.run(300_000, () => assert(p.worstLoad <= 1, `${p.worstLoad} at ${p.nowMs}`));
  assert.equal(p.last!.mode, "planned");
  assert(
    limits(p).every((ma) => ma >= 12_000),
    `${limits(p)}`,
  );
});

test("loop: a plan holds back and the loop follows; an absurd plan is not followed at all", () => {
  const p = plant({ outlets: 2, mainA: 80 });
  const [a] = [0, 1].map((i) => p.plugIn(outletId(i)));
  const bounds = (atLeastMa: number, atMostMa: number) => new Map([[a!.id, { atLeastMa, atMostMa }]]);
  const valid = { madeAtMs: 0, validUntilMs: Infinity, batteries: new Map() };
  p.plan = { ...valid, sessions: bounds(0, 10_000) };
  p.run(200_000);
  assert.deepEqual([p.last!.mode, ...limits(p)], ["planned", 10_000, 32_000]);
  for (const absurd of [bounds(Number.NaN, 10_000), bounds(9_000, 8_000), bounds(-1, 0)]) {
    p.plan = { ...valid, sessions: absurd };
    p.run(1_000);
    assert.equal(p.last!.mode, "reactive");
  }
});

test("loop: a plan cannot buy room: its promises are clamped by the fuse", () => {
  const p = plant({ outlets: 3, mainA: 30, carriesPermille: 1_000 });
  const cars = [0, 1, 2].map((i) => p.plugIn(outletId(i)));
  const sessions = new Map(cars.map(({ id }) => [id, { atLeastMa: 1e9, atMostMa: 1e9 }]));
  p.plan = { madeAtMs: 0, validUntilMs: Infinity, sessions, batteries: new Map() };
  p.run(120_000, () => assert(p.worstLoad <= 1, `${p.worstLoad}`));
});

test("modes: a start leaves conservative with the first reading that is trusted; a meter that was lost has to prove itself", () => {
  const p = new Plant({ site: smallSite({ outlets: 2, mainA: 63, baseA: 10 }), chance: seededChance(1) });
  p.meterFault = "lost";
  p.run(5_000);
  assert.equal(p.last!.mode, "conservative");
  p.meterFault = "none";
  p.run(1_000);
  assert.equal(p.last!.mode, "reactive");
  p.meterFault = "lost";
  p.run(10_000);
  p.meterFault = "none";
  p.run(50_000);
  assert.equal(p.last!.mode, "conservative");
  p.run(15_000);
  assert.equal(p.last!.mode, "reactive");
});

test("loop: whoever is offered a start gets it, also where those who charge would leave a little less than that takes", () => {
  // Two minimums are free, but not beside the deadband that a raise leaves.
  const p = plant({ outlets: 2, mainA: 12.5 });
  for (let i = 0; i < 2; i++) p.plugIn(outletId(i));
  p.run(3 * 3_600_000, () => assert(p.worstLoad <= 1));
  const got = [...p.cars.values()].map(({ gotWh }) => gotWh);
  assert(Math.min(...got) > 0.75 * Math.max(...got), `${got}`);
});

test("a car that takes less than the first step of its station is offered that step", () => {
  const steps = { kind: "list", ma: [0, 8_000, 16_000, 24_000, 32_000] } as const;
  const p = new Plant({
    site: smallSite({ outlets: 1, mainA: 63, outlet: { steps } }),
    chance: seededChance(1),
  });
  const car = p.plugIn(outletId(0), { mostMa: 7_000 });
  p.run(120_000);
  assert.deepEqual([p.last!.state.outlets[0]!.limitMa, car.drawMa], [8_000, 7_000]);
});
