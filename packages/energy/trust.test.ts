/** Measurements that are not believed, each with its reason. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import type { RawReading } from "./inputs.ts";
import type { Meter } from "./site.ts";
import { smallSite } from "./testing/small-site.ts";
import { MeterTrust } from "./trust.ts";

const meter = smallSite({ outlets: 0, mainA: 100 }).meters[0] as Meter;
const fresh = () => new MeterTrust(meter, { fuseMa: 100_000, voltageV: 230 });
const alone = { drawMa: 0, feedMa: 0, mostMa: Infinity, feedAtMostMa: 0 };
const solar = { drawMa: 0, feedMa: 0, mostMa: Infinity, feedAtMostMa: 90_000 };
const good: RawReading = { atMs: 1_000, currentMa: [10_000, 11_000, 12_000] };
const outcome = (raw: RawReading | undefined, nowMs = 1_000, own = solar) => {
  const verdict = fresh().judge(raw, own, nowMs);
  return verdict.kind === "refused" ? verdict.why : "trusted";
};

for (const [name, raw, nowMs, expected] of [
  ["a sound reading", good, 1_000, "trusted"],
  ["none", undefined, 1_000, "absent"],
  ["no number", { ...good, currentMa: [Number.NaN, 0, 0] }, 1_000, "no-number"],
  ["infinite power", { ...good, powerW: [Infinity, 0, 0] }, 1_000, "no-number"],
  ["one exactly as old as it may be", good, 4_000, "trusted"],
  ["one a millisecond older", good, 4_001, "stale"],
  ["one from the future", good, 999, "stale"],
  ["more than the wires carry", { ...good, currentMa: [300_001, 0, 0] }, 1_000, "beyond-the-wires"],
  ["power as volts times amperes say", { ...good, powerW: [2_300, 2_530, 2_760] }, 1_000, "trusted"],
  ["power of another scale", { ...good, powerW: [23, 25, 27] }, 1_000, "power-is-not-volts-times-amperes"],
  ["too much power", { ...good, powerW: [2_300, 2_530, 3_300] }, 1_000, "power-is-not-volts-times-amperes"],
  ["a poor power factor", { ...good, powerW: [1_000, 1_100, 1_200] }, 1_000, "trusted"],
  [
    "voltage that explains the power",
    { ...good, voltageMv: [115e3, 115e3, 115e3], powerW: [1_150, 1_265, 1_380] },
    1_000,
    "trusted",
  ],
] as readonly [string, RawReading | undefined, number, string][]) {
  test(`trust: ${name} is ${expected}`, () => assert.equal(outcome(raw, nowMs), expected));
}

test("trust: unsigned currents take their sign from power, phase by phase (failure 8)", () => {
  const verdict = fresh().judge({ ...good, powerW: [-2_300, 2_530, -2_760] }, solar, 1_000);
  assert.deepEqual(verdict, {
    kind: "trusted",
    reading: { atMs: 1_000, currentMa: [-10_000, 11_000, -12_000] },
  });
});

test("trust: figures that stand still to the last digit are frozen after their time, and believed when they move", () => {
  const trust = fresh();
  const at = (nowMs: number, ma = 10_000) =>
    trust.judge({ atMs: nowMs, currentMa: [ma, ma, ma] }, alone, nowMs).kind;
  for (let nowMs = 0; nowMs <= meter.frozenMs; nowMs += 500) assert.equal(at(nowMs), "trusted");
  assert.equal(at(meter.frozenMs + 500), "refused");
  assert.equal(at(meter.frozenMs + 1_000, 10_001), "trusted");
});

test("trust: export where nothing feeds is impossible, at once", () => {
  assert.equal(outcome({ ...good, currentMa: [-10_000, -10_000, -10_000] }, 1_000, alone), "sign-is-turned");
});

/** Solar hides a turned sign from the plain checks; our own steps still show it. */
function stepping(sign: 1 | -1, lagMs: number): string[] {
  const trust = fresh();
  const chance = seededChance(7);
  const verdicts: string[] = [];
  const drawAt = (ms: number) => (Math.floor(Math.max(0, ms) / 40_000) % 2 === 0 ? 10_000 : 60_000);
  for (let nowMs = 0; nowMs < 600_000; nowMs += 500) {
    const netMa = sign * (drawAt(nowMs - lagMs) - 20_000) + chance.int(-100, 100);
    const raw = { atMs: nowMs, currentMa: [netMa / 3, netMa / 3, netMa / 3] as const };
    const verdict = trust.judge(
      raw,
      { drawMa: drawAt(nowMs), feedMa: 20_000, mostMa: Infinity, feedAtMostMa: 200_000 },
      nowMs,
    );
    verdicts.push(verdict.kind === "refused" ? verdict.why : "trusted");
  }
  return verdicts;
}

for (const lagMs of [0, 2_000, 8_000]) {
  test(`trust: a meter that moves against our own steps has its sign turned; ${lagMs} ms late`, () => {
    assert.equal(stepping(-1, lagMs).at(-1), "sign-is-turned");
    assert(stepping(1, lagMs).every((verdict) => verdict === "trusted"));
  });
}

/** By day the building, or a sign that is turned, goes against our own steps, which makes the sign doubtful; then the sun sets so slowly that nothing steps any more. */
function doubtedTillDusk(sign: 1 | -1): string[] {
  const trust = fresh();
  const verdicts: string[] = [];
  for (let nowMs = 0; nowMs < 900_000; nowMs += 500) {
    const steps = Math.min(4, Math.floor(nowMs / 30_000));
    const drawMa = steps % 2 === 0 ? 20_000 : 32_000;
    const buildingMa = sign === 1 && steps % 2 === 0 ? 70_000 : 46_000;
    const feedMa = Math.max(0, 80_000 - Math.max(0, nowMs - 150_000) * 0.15);
    const each = (sign * (buildingMa + drawMa - feedMa)) / 3 + (nowMs % 1_000) / 500;
    const own = { drawMa, feedMa, mostMa: Infinity, feedAtMostMa: 150_000 };
    verdicts.push(trust.judge({ atMs: nowMs, currentMa: [each, each, each] }, own, nowMs).kind);
  }
  return verdicts;
}

test("trust: a doubt needs no step of ours to end where only the one sign can be", () => {
  const verdicts = doubtedTillDusk(1);
  assert(verdicts.includes("refused"), "nobody doubted");
  assert.equal(verdicts.at(-1), "trusted");
});

test("trust: a sign that is turned in truth stays refused, however long nothing steps", () => {
  assert.equal(doubtedTillDusk(-1).at(-1), "refused");
});

/** Cars that always begin as the building's load falls, and stop as it rises; before that the building moves alone, by `aloneMa`. */
function besideABuilding(aloneMa: number, { feedMa = 60_000, mostMa = Infinity } = {}): string {
  const trust = fresh();
  let kind = "";
  for (let nowMs = 0; nowMs < 400_000; nowMs += 500) {
    const look = Math.floor(nowMs / 25_000);
    const alone = look < 8;
    const drawMa = !alone && look % 2 === 0 ? 32_000 : 20_000;
    const buildingMa = alone ? 30_000 + (look % 2) * aloneMa : look % 2 === 0 ? 30_000 : 60_000;
    const each = (buildingMa + drawMa - feedMa) / 3 + (nowMs % 1_000) / 500;
    const own = { drawMa, feedMa, mostMa, feedAtMostMa: 150_000 };
    ({ kind } = trust.judge({ atMs: nowMs, currentMa: [each, each, each] }, own, nowMs));
  }
  return kind;
}

test("trust: steps of ours no larger than what the building does by itself say nothing about a sign", () => {
  assert.equal(besideABuilding(30_000), "trusted");
  assert.equal(besideABuilding(4_000), "refused");
});

test("trust: a doubt ends where the other sign would be more than all may draw", () => {
  // Shown are 40 to 58 A of export.
  assert.equal(besideABuilding(4_000, { feedMa: 120_000, mostMa: 60_000 }), "refused");
  assert.equal(besideABuilding(4_000, { feedMa: 120_000, mostMa: 30_000 }), "trusted");
});

test("trust: what only the one sign could be long ago clears no doubt of today in a moment", () => {
  const trust = fresh();
  /** Twenty-five seconds of one draw of ours; what the meter shows at their first look, and after it. */
  const stretch = (n: number, drawMa: number, first: number, then: number) => {
    let kind = "";
    for (let ms = 0; ms < 25_000; ms += 500) {
      const nowMs = n * 25_000 + ms;
      const each = (ms === 0 ? first : then) / 3 + (nowMs % 1_000) / 500;
      const own = { drawMa, feedMa: 0, mostMa: Infinity, feedAtMostMa: 150_000 };
      ({ kind } = trust.judge({ atMs: nowMs, currentMa: [each, each, each] }, own, nowMs));
    }
    return kind;
  };
  // A doubt that ends, since for long only the one sign could be.
  stretch(0, 0, 30_000, 30_000);
  stretch(1, 20_000, 16_000, 16_000);
  stretch(2, 20_000, 16_000, 16_000);
  stretch(3, 20_000, 16_000, 0);
  // Three steps against ours; at each look but those either sign may be.
  for (let n = 4; n < 7; n++) stretch(n, n % 2 === 0 ? 0 : 20_000, n % 2 === 0 ? 30_000 : 16_000, 0);
  assert.equal(stretch(7, 20_000, 16_000, 0), "refused");
});
