/** A meter beside those below it (AT-M10): nobody's load gives, so one that shows less than they do is not relied on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuseTree } from "./fuse-tree.ts";
import { LAG_MS_MAX } from "./limits.ts";
import { MeterReadings } from "./meter-readings.ts";
import { NO_CURRENT, type PerPhase } from "./phases.ts";
import type { FuseId, MeterId, Site } from "./site.ts";
import { smallSite } from "./testing/small-site.ts";

const flat = (a: number): PerPhase => [a * 1_000, a * 1_000, a * 1_000];

/** A main fuse and a hall below it, a meter at each. */
function site(): Site {
  const small = smallSite({ outlets: 0, mainA: 100 });
  const [main] = small.fuses;
  const [grid] = small.meters;
  const hall = { ...main!, id: "hall" as FuseId, parent: main!.id };
  // The lower one first: the order of the document is nobody's business.
  return {
    ...small,
    fuses: [hall, main!],
    meters: [{ ...grid!, id: "hall" as MeterId, fuse: hall.id }, grid!],
  };
}

type Shown = { readonly mainA: number; readonly hallA: number; readonly feedAtMostA?: number };

/** What the two are refused for, after `forMs` of that: the hall's, then the main one's. */
function refusedAfter(forMs: number, { feedAtMostA = 0, hallA, mainA }: Shown) {
  const readings = new MeterReadings(fuseTree(site()));
  const [hall, main] = site().meters;
  const own = {
    drawMa: [NO_CURRENT, NO_CURRENT],
    feedMa: [NO_CURRENT, NO_CURRENT],
    mostMa: [flat(100), flat(100)],
    feedAtMostMa: [NO_CURRENT, flat(feedAtMostA)],
  };
  let refused: readonly (string | undefined)[] = [];
  for (let nowMs = 0; nowMs <= forMs; nowMs += 500) {
    const at = (a: number) => ({
      atMs: nowMs,
      currentMa: [a * 1_000 + (nowMs % 7), a * 1_000, a * 1_000] as const,
    });
    const meters = new Map([
      [main!.id, at(mainA)],
      [hall!.id, at(hallA)],
    ]);
    ({ refused } = readings.turn({ meters, nowMs }, own));
  }
  return refused;
}

test("meters: less than the meter below shows, for longer than a lag, is not believed", () => {
  const lies = { mainA: 20, hallA: 60 };
  assert.deepEqual(refusedAfter(LAG_MS_MAX, lies), [undefined, undefined], "one may be late");
  assert.deepEqual(refusedAfter(LAG_MS_MAX + 500, lies), [undefined, "less-than-below"]);
});

test("meters: as much as below, or a little less, is what two meters of one wire show", () => {
  assert.deepEqual(refusedAfter(60_000, { mainA: 60, hallA: 60 }), [undefined, undefined]);
  assert.deepEqual(refusedAfter(60_000, { mainA: 56, hallA: 60 }), [undefined, undefined]);
});

test("meters: what a source beside the meter below may feed explains less, also export", () => {
  const more = { hallA: 60, feedAtMostA: 90 };
  assert.deepEqual(refusedAfter(60_000, { mainA: 20, ...more }), [undefined, undefined]);
  assert.deepEqual(refusedAfter(60_000, { mainA: -25, ...more }), [undefined, undefined]);
  assert.deepEqual(refusedAfter(60_000, { mainA: -36, ...more }), [undefined, "less-than-below"]);
});
