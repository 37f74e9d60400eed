/** Since when a mode is: from the turn that told it first, whatever the watch itself goes through meanwhile. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { smallSite } from "@wattward/energy/testing";
import { silentLog } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import type { LineHandlers } from "../energy-link/line-link.ts";
import type { FromEnergy } from "../energy-link/messages.ts";
import { Watch } from "./watch.ts";

/** A watch that looks ten times a second, and its energy controller, which says the same mode twice a second. */
function watched() {
  const time = simulatedTime();
  const beganAtMs = time.now().monotonicMs;
  const watch = new Watch({
    ...{ clock: time, log: silentLog, site: () => smallSite({ outlets: 1, mainA: 40 }), linkUp: () => true },
    ...{ granted: () => new Map(), siteSeq: () => 0 },
    ...{ turned: () => {}, ignored: () => {}, observe: () => {} },
  });
  let handlers: LineHandlers | undefined;
  const listen = (heard: LineHandlers) => {
    handlers = heard;
  };
  watch.accept({ send: () => {}, bufferedBytes: 0, destroy: () => {}, listen });
  let turn = 0;
  return {
    /** `mode` undefined: it says nothing. */
    async goesOn(ms: number, mode: FromEnergy["mode"] | undefined) {
      for (let atMs = 0; atMs < ms; atMs += 100) {
        if (mode !== undefined && atMs % 500 === 0) {
          turn += 1;
          handlers?.line(
            JSON.stringify({ t: "turn", turn, mode, reason: "", grants: [] } satisfies FromEnergy),
          );
        }
        await time.advance(100);
        watch.look();
      }
      const { mode: now, sinceMs } = watch.mode;
      return `${now} since ${Math.round((sinceMs - beganAtMs) / 100) / 10} s`;
    },
  };
}

test("watch: a mode is since its first turn, over the minute after a start too, and anew when another is told", async () => {
  const { goesOn } = watched();
  assert.equal(await goesOn(12_000, "conservative"), "conservative since 0 s");
  assert.equal(await goesOn(12_000, "reactive"), "reactive since 12 s");
  assert.equal(await goesOn(90_000, "planned"), "planned since 24 s");
  assert.equal(await goesOn(1_000, "reactive"), "reactive since 114 s");
  assert.equal(await goesOn(80_000, "reactive"), "reactive since 114 s");
});

test("watch: after a fallback the mode is since the fallback ended, though the same was told before it", async () => {
  const { goesOn } = watched();
  assert.equal(await goesOn(100_000, "planned"), "planned since 0 s");
  const [mode, , atS] = (await goesOn(5_000, undefined)).split(" ");
  assert.equal(mode, "fallback");
  assert(Number(atS) >= 101 && Number(atS) <= 102, atS);
  const [after, , backS] = (await goesOn(60_000, "planned")).split(" ");
  assert.equal(after, "planned");
  assert(Number(backS) >= 135 && Number(backS) <= 136, backS);
});
