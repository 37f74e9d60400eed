import assert from "node:assert/strict";
import { test } from "node:test";
import type { Grant, OutletId, SessionId } from "@wattward/energy";
import { smallSite } from "@wattward/energy/testing";
import type { FromEnergy } from "../energy-link/messages.ts";
import { type Granted, soundness } from "./sound-turn.ts";

const site = smallSite({ outlets: 4, mainA: 40, outlet: { safeMa: 0 } });
const grant = (outlet: number, limitMa: number, more: Partial<Grant> = {}): Grant => ({
  ...{
    session: `s${outlet}` as SessionId,
    outlet: `o${outlet}` as OutletId,
    seq: outlet + 1,
    limitMa,
    ttlMs: 120_000,
    reason: "raised",
  },
  ...more,
});
const turn = (grants: readonly Grant[], number = 1): FromEnergy => ({
  t: "turn",
  turn: number,
  mode: "reactive",
  reason: "",
  grants,
});
const granted = (of: Record<string, number>, draws?: readonly ("L1" | "L2" | "L3")[]): Granted =>
  new Map(Object.entries(of).map(([outlet, limitMa]) => [outlet as OutletId, { limitMa, draws }]));
const judged = (told: FromEnergy, before: Granted = new Map(), over = site) =>
  soundness(told, { site: over, lastTurn: 0, lastSeq: 0, siteSeq: 0, granted: before }).kind;

test("sound turn: numbers rise, outlets exist, no grant is above its rating or outlives it", () => {
  assert.equal(judged(turn([grant(0, 32_000)])), "sound");
  assert.equal(judged(turn([], 0)), "absurd");
  assert.equal(judged(turn([grant(0, 32_100)])), "absurd");
  assert.equal(judged(turn([grant(9, 6_000)])), "absurd");
  assert.equal(judged(turn([grant(0, 6_000, { ttlMs: 120_001 })])), "absurd");
  assert.equal(judged(turn([grant(0, 6_000, { seq: 5 }), grant(1, 6_000, { seq: 5 })])), "absurd");
});

test("sound turn: three-phase cars together are held to each phase", () => {
  const all = ["L1", "L2", "L3"] as const;
  assert.equal(judged(turn([grant(0, 20_000)]), granted({ o0: 0, o1: 20_000 }, all)), "sound");
  assert.equal(judged(turn([grant(0, 21_000)]), granted({ o0: 0, o1: 20_000 }, all)), "overloading");
});

test("sound turn: cars on one phase of rotated stations may have more together than a phase has", () => {
  const before = new Map([
    ...granted({ o0: 32_000 }, ["L1"]),
    ...granted({ o1: 32_000 }, ["L2"]),
    ...granted({ o2: 0 }, ["L3"]),
  ]);
  assert.equal(judged(turn([grant(2, 32_000)]), before), "sound");
  const same = new Map([...granted({ o0: 32_000 }, ["L1"]), ...granted({ o1: 0 }, ["L1"])]);
  assert.equal(judged(turn([grant(1, 9_000)]), same), "overloading");
});

test("sound turn: cars that nobody has seen drawing are held to the phases together", () => {
  assert.equal(judged(turn([0, 1, 2].map((i) => grant(i, 32_000)))), "sound");
  assert.equal(judged(turn([0, 1, 2, 3].map((i) => grant(i, 32_000)))), "overloading");
});

test("sound turn: a sum that was too high and is lowered is a controller at work", () => {
  const all = ["L1", "L2", "L3"] as const;
  assert.equal(judged(turn([grant(0, 25_000)]), granted({ o0: 32_000, o1: 30_000 }, all)), "sound");
});

test("sound turn: what sources can feed comes on top", () => {
  const sunny = smallSite({ outlets: 4, mainA: 40, solarW: 13_800, outlet: { safeMa: 0 } });
  const all = ["L1", "L2", "L3"] as const;
  assert.equal(judged(turn([grant(0, 30_000)]), granted({ o0: 0, o1: 30_000 }, all), sunny), "sound");
  assert.equal(judged(turn([grant(0, 31_000)]), granted({ o0: 0, o1: 30_000 }, all), sunny), "overloading");
});
