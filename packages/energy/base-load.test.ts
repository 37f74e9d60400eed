/** What is believed of a base load while changes of ours are under way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BaseLoads, type Own } from "./base-load.ts";
import { fuseTree } from "./fuse-tree.ts";
import { NO_CURRENT, type PerPhase } from "./phases.ts";
import { smallSite } from "./testing/index.ts";

const flat = (a: number): PerPhase => [a * 1_000, a * 1_000, a * 1_000];

/** A at the meter, seen to be drawn, and drawn at most. */
type Seen = { readonly meter: number; readonly draw: number; readonly atMost: number };

function forLowering(heeds: boolean, course: readonly Seen[], more: Partial<Own> = {}): number[] {
  const loads = new BaseLoads(fuseTree(smallSite({ outlets: 2, mainA: 60, baseA: 9, riseA: 3 })));
  return course.map(({ atMost, draw, meter }, i) => {
    const own: Own = {
      ...{ drawMa: [flat(draw)], drawAtMostMa: [flat(atMost)], drawAtLeastMa: [flat(draw)] },
      ...{ heeded: [heeds], feedMa: [NO_CURRENT], feedAtLeastMa: [NO_CURRENT] },
      ...more,
    };
    const nowMs = i * 5_000;
    const [base] = loads.estimate([{ atMs: nowMs, currentMa: flat(meter) }], own, nowMs);
    return base!.forLowering[0] / 1_000;
  });
}

const known = { meter: 44, draw: 40, atMost: 40 };
/** A change of ours is under way: 20 A more might be drawn than was seen. */
const hidden = { meter: 44, draw: 40, atMost: 60 };

test("base load: where everybody obeys, a change of ours hides it, so that nobody hunts on readings that are apart", () => {
  assert.deepEqual(forLowering(true, [known, hidden]), [7, 3]);
});

test("base load: beside a car that does not obey, what was certain still counts, as far as the meter bears it out", () => {
  assert.deepEqual(forLowering(false, [known, hidden, hidden]), [7, 7, 7]);
  assert.deepEqual(forLowering(false, [known, { ...hidden, meter: 41 }]), [7, 4], "it has fallen");
  const later = (turns: number) => forLowering(false, [known, ...Array<Seen>(turns).fill(hidden)]).at(-1);
  assert.deepEqual([later(11), later(13)], [7, 3], "through one change after the other, but not for ever");
});

test("base load: where an outlet may draw more without a grant, what is likely counts, never beyond what was declared", () => {
  assert.deepEqual(forLowering(true, [hidden], { freed: [true] }), [7]);
  assert.deepEqual(forLowering(true, [{ ...hidden, meter: 59 }], { freed: [true] }), [9]);
});

test("base load: a source whose device is silent may hide as much of it as was declared", () => {
  assert.deepEqual(forLowering(true, [known], { unseenFeedMa: [flat(12)] }), [9]);
  assert.deepEqual(forLowering(true, [known], { unseenFeedMa: [flat(1)] }), [8]);
});

test("base load: a car whose station is silent may have ended, and hides as much of it as was declared", () => {
  assert.deepEqual(forLowering(true, [known], { unseenDrawMa: [flat(12)] }), [9]);
  assert.deepEqual(forLowering(true, [known], { unseenDrawMa: [flat(1)] }), [8]);
});

test("base load: after a gap of its meter the declared highest counts for raising, until what stations told before it cannot hide any", () => {
  const loads = new BaseLoads(fuseTree(smallSite({ outlets: 2, mainA: 60, baseA: 9, riseA: 3 })));
  const raising = (nowMs: number, meter: number | undefined, draw = 40) => {
    const own: Own = {
      ...{ drawMa: [flat(draw)], drawAtMostMa: [flat(draw)], drawAtLeastMa: [flat(draw)], heeded: [true] },
      ...{ feedMa: [NO_CURRENT], feedAtLeastMa: [NO_CURRENT] },
    };
    const reading = meter === undefined ? undefined : { atMs: nowMs, currentMa: flat(meter) };
    return loads.estimate([reading], own, nowMs)[0]!.forRaising[0] / 1_000;
  };
  for (let s = 0; s < 25; s++) assert.equal(raising(s * 1_000, 44), 9);
  assert.equal(raising(25_000, 44), 7);
  assert.equal(raising(26_000, undefined), 9);
  // A car of 14 A had left within the gap, and its station has not said so yet: the meter seems to show no load at all.
  for (let s = 27; s < 37; s++) assert.equal(raising(s * 1_000, 30), 9);
  for (let s = 37; s < 52; s++) assert.equal(raising(s * 1_000, 30, 26), 9);
  assert.equal(raising(52_000, 30, 26), 7);
  assert.equal(raising(53_000, 36, 26), 10, "more than declared is believed, as far as it was measured");
});

test("base load: beyond what was declared is told once it has lasted: a car that nobody has told of yet looks the same", () => {
  const loads = new BaseLoads(fuseTree(smallSite({ outlets: 2, mainA: 60, baseA: 9, riseA: 3 })));
  const own: Own = {
    ...{ drawMa: [flat(20)], drawAtMostMa: [flat(20)], drawAtLeastMa: [flat(20)], heeded: [true] },
    ...{ feedMa: [NO_CURRENT], feedAtLeastMa: [NO_CURRENT] },
  };
  const beyondAt = (nowMs: number, meter: number | undefined) => {
    const reading = meter === undefined ? undefined : { atMs: nowMs, currentMa: flat(meter) };
    return loads.estimate([reading], own, nowMs)[0]!.beyondDeclaration;
  };
  assert.deepEqual([beyondAt(0, 45), beyondAt(20_000, 45), beyondAt(20_500, 25)], [false, false, false]);
  assert.deepEqual([beyondAt(21_000, 45), beyondAt(45_500, 45), beyondAt(46_000, 45)], [false, false, true]);
  assert.deepEqual([beyondAt(46_500, undefined), beyondAt(47_000, 45)], [false, false], "known anew");
  assert.deepEqual([beyondAt(72_000, 30), beyondAt(99_000, 30)], [false, false], "within a measurement");
});
