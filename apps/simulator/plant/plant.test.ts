/** The wires: Kirchhoff by hand, rotation, sub-fuses, contactors; batteries and meters against their books. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { atWork, drawOf, smallPlant } from "../testing/small-plant.ts";
import { Battery } from "./battery.ts";
import { Heat } from "./heat.ts";
import { Load } from "./load.ts";
import { readPlan } from "./read-plan.ts";
import { clearSky, Solar } from "./solar.ts";

test("plant: currents add up phase by phase, each device on the phases that it is wired to", async () => {
  const work = atWork();
  work.draws = [
    drawOf("A", 16, 16, 16),
    drawOf("B", 10, 0, 0),
    drawOf("C", 20),
    drawOf("nobody", 99, 99, 99),
  ];
  await work.run(1);
  assert.deepEqual(work.amps("hall"), [0, 30, 0]);
  assert.deepEqual(work.amps("main"), [21, 52, 23]);
});

test("plant: below an open contactor nothing flows", async () => {
  const work = atWork();
  work.draws = [drawOf("A", 16, 16, 16), drawOf("B", 10, 10, 10)];
  const { device } = work.deviceOf("switch");
  device.answer({ kind: "write-single-coil", address: 0, on: false });
  await work.run(1);
  assert.deepEqual(work.amps("hall"), [0, 0, 0]);
  assert.deepEqual(work.amps("main"), [21, 22, 23]);
});

test("plant: what stations might draw is summed by what is in force in them, not by what they draw", () => {
  const { plant } = atWork();
  const may = plant.mayMa([drawOf("B", 0, 0, 0), drawOf("C", 0)]);
  assert.deepEqual(may.get("hall"), [32_000, 64_000, 32_000]);
  const onePhase = plant.mayMa([{ ...drawOf("B", 0, 0, 0), phases: 1 }, drawOf("C", 0)]);
  assert.deepEqual(onePhase.get("hall"), [0, 64_000, 0], "a car of one phase draws on no other");
});

const facts = {
  ...{ capacityWh: 10_000, chargeWMax: 5_000, dischargeWMax: 5_000, chargePermille: 500, efficiency: 0.9 },
  ...{ rampWPerS: 1_000, delayMs: 500, ambientC: 20 },
};
const runBattery = (battery: Battery, ms: number, fromMs = 0) => {
  for (let nowMs = fromMs + 100; nowMs <= fromMs + ms; nowMs += 100) battery.move(100, nowMs);
};

test("battery: a setpoint comes after its delay, at its ramp", () => {
  const battery = new Battery(facts);
  battery.ask({ leastW: 3_000, mostW: 3_000 }, 0);
  runBattery(battery, 400);
  assert.equal(battery.feedW, 0);
  runBattery(battery, 1_100, 400);
  assert(Math.abs(battery.feedW - 1_100) < 1e-6, `${battery.feedW}`);
  runBattery(battery, 3_000, 1_500);
  assert.equal(Math.round(battery.feedW), 3_000);
});

test("battery: what goes in comes out less its losses, and a trip is at once", () => {
  const battery = new Battery(facts);
  battery.ask({ leastW: -4_000, mostW: -4_000 }, 0);
  runBattery(battery, 900_000);
  const storedWh = ((battery.chargePermille - 500) * 10_000) / 1000;
  assert(Math.abs(storedWh - battery.inWh * 0.9) < 1e-6, `${storedWh} of ${battery.inWh}`);
  battery.trip(true);
  assert.equal(battery.feedW, 0);
});

test("battery: one that may only charge has a temperature all the same", () => {
  const battery = new Battery({ ...facts, dischargeWMax: 0 });
  runBattery(battery, 1_000);
  assert.equal(battery.temperatureC, facts.ambientC);
  battery.ask({ leastW: -4_000, mostW: -4_000 }, 1_000);
  runBattery(battery, 600_000, 1_000);
  assert(battery.temperatureC > facts.ambientC && battery.feedW < 0);
});

test("battery: whatever is asked, the charge stays within 0 and full, and no energy is made", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const chance = seededChance(seed);
    const battery = new Battery({ ...facts, capacityWh: 500 });
    let nowMs = 0;
    for (let i = 0; i < 200; i++) {
      const w = chance.int(-9_000, 9_000);
      battery.ask({ leastW: w, mostW: w }, nowMs);
      const ms = chance.int(1, 60) * 1_000;
      runBattery(battery, ms, nowMs);
      nowMs += ms;
      assert(battery.chargePermille >= 0 && battery.chargePermille <= 1000, `seed ${seed}, step ${i}`);
      assert(Math.abs(battery.feedW) <= 5_000, `seed ${seed}, step ${i}: ${battery.feedW} W`);
      assert(battery.outWh / 0.9 <= 250 + battery.inWh * 0.9 + 1e-6, `seed ${seed}, step ${i}`);
    }
  }
});

test("solar: nothing at night, most at noon, at the limit never above it, at its ramp", () => {
  assert.deepEqual([0, 6, 20, 23].map(clearSky), [0, 0, 0, 0]);
  assert.equal(clearSky(13), 1);
  const solar = new Solar({ peakW: 10_000, rampWPerS: 1_000, cloudyPermille: 0 }, seededChance(1));
  const noon = (ms: number) => solar.move(ms, { nowMs: ms, hour: 13, speed: 1 });
  noon(2_000);
  assert.equal(solar.feedW, 2_000);
  noon(60_000);
  assert.equal(solar.feedW, 10_000);
  solar.limit = 0.3;
  noon(60_000);
  assert.equal(solar.feedW, 3_000);
});

test("load: never beyond its declaration, nor its declared rise, whatever chance says; a fault alone goes further", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const load = new Load(
      {
        leastMa: [5_000, 5_000, 5_000],
        highestMa: [40_000, 12_000, 40_000],
        riseMa: [9_000, 9_000, 9_000],
        stepEveryMs: 3_000,
      },
      seededChance(seed),
      0,
    );
    for (let nowMs = 0; nowMs < 300_000; nowMs += 100) {
      load.move(nowMs);
      const [a, b] = load.currentMa;
      assert(a <= 14_060 && a >= 4_940 && b <= 12_000, `seed ${seed}: ${a}, ${b}`);
    }
    const eased = load.force(1.5);
    load.move(400_000);
    assert.deepEqual(load.currentMa, [60_000, 18_000, 60_000]);
    const lower = load.force(0.5);
    load.move(400_050);
    assert.deepEqual(load.currentMa, [20_000, 6_000, 20_000], "the later one");
    const lit = load.force(0);
    load.force(1)();
    load.move(400_080);
    assert.deepEqual(load.currentMa, [0, 0, 0], "without power whatever comes later");
    lower();
    eased();
    load.move(400_100);
    assert.deepEqual(load.currentMa, [0, 0, 0], "one end is not the other's");
    lit();
    load.move(400_200);
    assert(load.currentMa[0] >= 4_940);
  }
});

test("heat: 1.3 times the rating for a minute is all that a fuse takes; below the rating it cools", () => {
  const heat = new Heat();
  for (let ms = 0; ms < 60_000; ms += 100) heat.bear(1.3, 100);
  assert(Math.abs(heat.share - 1) < 1e-9, `${heat.share}`);
  for (let ms = 0; ms < 120_000; ms += 100) heat.bear(0.5, 100);
  assert.equal(heat.share, 0);
});

test("plan: what cannot be is refused with its path", () => {
  const refused = (change: object): string => {
    const read = readPlan({ ...smallPlant, ...change });
    return read.ok ? "" : read.fault;
  };
  const [main, hall] = smallPlant.fuses;
  const cases: readonly [object, RegExp][] = [
    [{ fuses: [main, { ...hall, parent: "attic" }] }, /fuses\[1\]\.parent: there is no fuse 'attic'/],
    [{ fuses: [main, { ...hall, parent: "hall" }] }, /fuses\[1\]\.parent: leads in a circle/],
    [{ fuses: [main, { id: "hall", ratedA: 32 }] }, /2 have no parent/],
    [{ fuses: [] }, /fuses/],
    [{ outlets: [{ station: "A", evse: 1, fuse: "attic" }] }, /outlets\[0\]\.fuse: there is no fuse 'attic'/],
    [{ outlets: [{ station: "A", evse: 1, fuse: "main", wiring: ["L4"] }] }, /outlets\.0\.wiring/],
    [{ outlets: [{ station: "A", evse: 1, fuse: "main", wiring: ["L1", "L1"] }] }, /wiring/],
    [{ devices: [{ id: "b", kind: "battery", fuse: "main", port: 1 }] }, /a battery needs 'kwh'/],
    [{ devices: [{ id: "b", kind: "heat-pump", fuse: "main", port: 1 }] }, /devices\.0\.kind/],
    [{ device: [] }, /there is no 'device' here/],
  ];
  for (const [change, expected] of cases) assert.match(refused(change), expected);
  assert.equal(refused({}), "");
});

test("plan: what docs/simulator.md shows can be read", () => {
  const page = readFileSync(new URL("../../../docs/simulator.md", import.meta.url), "utf8");
  const [, shown = ""] = /```json\n(\{\n {2}"fuses"[\s\S]*?)```/.exec(page) ?? [];
  const plan = readPlan(JSON.parse(shown));
  assert.equal(plan.ok ? plan.value.devices.length : plan.fault, 4);
});
