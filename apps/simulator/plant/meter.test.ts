/** What a meter shows with more than one thing wrong with it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { Meter } from "./meter.ts";

/** A second each; what flows rises by an ampere. */
function measured(meter: Meter, fromS: number, seconds: number): void {
  for (let s = fromS; s < fromS + seconds; s++) meter.measure([s * 1_000, 0, 0], 1_000, s * 1_000);
}
const ampere = (meter: Meter, atS: number): number =>
  Math.round(meter.show(atS * 1_000)!.currentMa[0] / 1_000);
const meter = () => new Meter({ nominalV: 230, unsigned: false, chance: seededChance(1) });

test("meter: one that is frozen stays so while it is late besides, and when that heals", () => {
  const one = meter();
  measured(one, 0, 20);
  one.befall({ kind: "frozen" });
  assert.equal(ampere(one, 19), 19);
  const heal = one.befall({ kind: "late", byMs: 10_000 });
  measured(one, 20, 20);
  assert.equal(ampere(one, 39), 19);
  heal();
  assert.equal(ampere(one, 39), 19);
});

test("meter: late and with a turned sign at once; each heals alone", () => {
  const one = meter();
  measured(one, 0, 20);
  const punctual = one.befall({ kind: "late", byMs: 10_000 });
  const right = one.befall({ kind: "wrong-sign" });
  assert.equal(ampere(one, 19), -9);
  punctual();
  assert.equal(ampere(one, 19), -19);
  right();
  assert.equal(ampere(one, 19), 19);
});
