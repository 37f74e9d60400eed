/** Stations that do not do as told: how long an overload may last that no reckoning explains, and that nobody is blocked for ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { PROBATION_MS } from "./limits.ts";
import { Plant } from "./testing/plant.ts";
import { MAIN, outletId, smallSite } from "./testing/small-site.ts";

const standings = ({ last }: Plant) => last!.state.outlets.map(({ standing }) => standing);
const limits = ({ last }: Plant) => last!.state.outlets.map(({ limitMa }) => limitMa);

test("an overload that stays when what was lowered for it has had its time is shed, before any station says who it is", () => {
  const p = new Plant({
    site: smallSite({ outlets: 3, mainA: 60, baseA: 15, riseA: 1 }),
    chance: seededChance(1),
    // Until the next meter values the meter at the fuse alone knows.
    stationDelayMs: 20_000,
  });
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
  p.run(240_000);
  assert(
    limits(p).every((ma) => ma >= 12_000),
    `${limits(p)}`,
  );
  // Who was the highest a moment ago does not follow when all are lowered: what he draws is hidden by what he was granted.
  p.stations.get(outletId(0))!.fault = "disobeys";
  p.baseMa[0] = [15_000, 15_000, 15_000];
  let overMs = 0;
  let lastsMs = 0;
  p.run(50_000, () => {
    lastsMs = p.trueMa(MAIN)[0] > 60_000 ? lastsMs + 100 : 0;
    overMs = Math.max(overMs, lastsMs);
  });
  assert(overMs > 0, "it was to be too much at first");
  assert(overMs <= 11_000, `${overMs} ms`);
});

for (const [also, hears] of [
  ["and takes each grant", true],
  ["and hears nothing", false],
] as const)
  test(`a station that says its car gives back without having been told, ${also}, costs its own rating and stalls nobody`, () => {
    const outlet = { dischargeMaMax: 16_000 };
    const site = smallSite({ outlets: 2, mainA: 63, baseA: 20, riseA: 1, outlet });
    const p = new Plant({ site, chance: seededChance(7) });
    p.baseMa[0] = [5_000, 5_000, 5_000];
    p.plugIn(outletId(0), { needWh: 0 });
    const other = p.plugIn(outletId(1));
    p.stations.get(outletId(0))!.fault = "boasts";
    p.run(600_000, () => {
      if (!hears) p.stations.get(outletId(0))!.arriving = [];
    });
    assert.equal(standings(p)[0], "disobeys");
    // 63 A less a rating of 32, the building's declared 20, and the deadband.
    assert(other.drawMa >= 9_000, `${other.drawMa} mA`);
    assert.equal(p.last!.state.fuses[0]!.beyondDeclaration, false, "what is not there is no load");
  });

for (const [fuse, mainA] of [
  ["carries one of them", 45],
  ["carries none of them", 20],
] as const)
  test(`two that did not obey and stand at nothing are believed again, at a fuse that ${fuse}`, () => {
    const p = new Plant({ site: smallSite({ outlets: 2, mainA }), chance: seededChance(1) });
    for (let i = 0; i < 2; i++) {
      p.plugIn(outletId(i));
      p.stations.get(outletId(i))!.fault = "disobeys";
    }
    p.run(60_000);
    assert.deepEqual(standings(p), ["disobeys", "disobeys"]);
    for (let i = 0; i < 2; i++) p.stations.get(outletId(i))!.fault = "none";
    p.run(2_400_000);
    assert.deepEqual(standings(p), ["obeys", "obeys"]);
    assert(
      limits(p).some((ma) => ma > 0),
      `${limits(p)}`,
    );
  });

test("a station that reboots hides no load: what it told last may have ended, and nobody is given its room", () => {
  const p = new Plant({
    site: smallSite({ outlets: 3, mainA: 60, baseA: 20, riseA: 5, outlet: { ttlMs: 600_000 } }),
    chance: seededChance(1),
  });
  p.baseMa[0] = [3_000, 3_000, 3_000];
  for (let i = 0; i < 3; i++) p.plugIn(outletId(i));
  p.run(240_000);
  p.stations.get(outletId(0))!.fault = "reboots";
  const might = () => {
    const grantedMa = [...p.stations.values()].reduce((ma, { limitMa }) => ma + limitMa, 0);
    return grantedMa + p.baseMa[0]![0];
  };
  let mostMa = 0;
  const watch = () => void (mostMa = Math.max(mostMa, might()));
  // As fast as was declared, up to the declared highest: no meter tells it from a car that has gone.
  for (const ma of [8_000, 13_000, 18_000, 20_000]) {
    p.run(150_000, watch);
    p.baseMa[0] = [ma, ma, ma];
  }
  p.run(150_000, watch);
  assert(limits(p)[1]! > 0 && limits(p)[2]! > 0, "the others go on");
  assert.deepEqual(
    [p.last!.mode, p.last!.state.meters],
    ["reactive", [{ id: "grid" }]],
    "nor is the meter doubted",
  );
  assert(mostMa <= 60_000, `${mostMa} mA might flow`);
});

for (const meterFault of ["none", "lost"] as const)
  test(`who proves himself gives way to another that does not obey; the meter's fault: ${meterFault}`, () => {
    const p = new Plant({ site: smallSite({ outlets: 2, mainA: 36 }), chance: seededChance(1) });
    const station = (i: number) => p.stations.get(outletId(i))!;
    p.meterFault = meterFault;
    for (let i = 0; i < 2; i++) p.plugIn(outletId(i));
    p.run(180_000);
    station(0).fault = "disobeys";
    p.run(60_000);
    station(0).fault = "none";
    p.run(120_000);
    assert.deepEqual([standings(p)[0], limits(p)[0]], ["disobeys", 6_000], "it was to be on probation");
    station(1).fault = "disobeys";
    let [overMs, lastsMs] = [0, 0];
    p.run(120_000, () => {
      lastsMs = p.worstLoad > 1.0001 ? lastsMs + 100 : 0;
      overMs = Math.max(overMs, lastsMs);
    });
    assert(overMs > 0, "it was to be too much at first");
    assert(overMs <= 11_000, `${overMs} ms`);
  });

for (const [what, goes] of [
  ["whose car is full", (p: Plant) => void (p.cars.get(outletId(0))!.needWh = 0)],
  ["whose car has left", (p: Plant) => p.unplug(outletId(0))],
] as const)
  test(`a station that did not obey once, ${what}, keeps nobody from charging for longer than a proof takes`, () => {
    const p = new Plant({ site: smallSite({ outlets: 2, mainA: 36 }), chance: seededChance(1) });
    p.plugIn(outletId(0));
    const other = p.plugIn(outletId(1));
    p.stations.get(outletId(0))!.fault = "disobeys";
    p.run(60_000);
    p.stations.get(outletId(0))!.fault = "none";
    goes(p);
    p.run(PROBATION_MS / 2);
    assert.equal(standings(p)[0], "disobeys");
    p.run(PROBATION_MS + 300_000);
    assert.notEqual(standings(p)[0], "disobeys");
    assert(other.drawMa >= 16_000, `${other.drawMa} mA`);
  });

test("what one draws beyond his limit, no more than meters differ by, is nobody else's, though the sun hides it", () => {
  const p = new Plant({
    site: smallSite({ outlets: 2, mainA: 48.5, baseA: 7.8, riseA: 1, solarW: 9_000 }),
    chance: seededChance(1),
  });
  p.solarW = 9_000;
  p.baseMa[0] = [6_000, 6_000, 6_000];
  for (let i = 0; i < 2; i++) p.plugIn(outletId(i));
  p.run(240_000);
  p.stations.get(outletId(0))!.fault = "exceeds";
  p.run(60_000);
  p.baseMa[0] = [7_800, 7_800, 7_800];
  p.run(60_000);
  const drawnMa = [...p.cars.values()].reduce((ma, { drawMa }) => ma + drawMa, 0);
  assert.equal(standings(p)[0], "obeys");
  assert(p.cars.get(outletId(0))!.drawMa > limits(p)[0]!, "it was to draw more than its limit");
  assert(drawnMa + 7_800 <= 48_500, `${drawnMa + 7_800} mA without the sun`);
});
