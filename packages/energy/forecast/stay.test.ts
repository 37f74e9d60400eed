/** What visits of the past say, whatever one of them said: a station that lies, or a file that is spoilt, takes nobody's forecast away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionId } from "../inputs.ts";
import type { OutletId } from "../site.ts";
import { LocalTime } from "./local-time.ts";
import { Stays } from "./stay.ts";
import type { Arrival } from "./visits.ts";

const HOUR_MS = 3_600_000;
const MORNING = Date.UTC(2026, 10, 2, 8);
const outlet = "o" as OutletId;
const arrival = (extra: Partial<Arrival> = {}): Arrival => ({
  ...{ id: "next" as SessionId, outlet, arrivedWallMs: MORNING + 24 * HOUR_MS },
  ...{ energyWh: 10_000, departureWallMs: MORNING + 28 * HOUR_MS, ...extra },
});
/** Ten that took what they said, and one more. */
function stays(odd: Partial<Arrival>, takenWh: number): Stays {
  const all = new Stays(new LocalTime("UTC"));
  for (let i = 0; i < 11; i++) {
    const visit = { arrivedWallMs: MORNING, departureWallMs: MORNING + 4 * HOUR_MS, ...(i === 10 && odd) };
    const one = arrival({ id: `v${i}` as SessionId, ...visit });
    all.arrived(one);
    all.departed(one, {
      leftWallMs: MORNING + 4 * HOUR_MS,
      takenWh: i === 10 ? takenWh : 10_000,
    });
  }
  return all;
}

for (const [says, odd, takenWh] of [
  ["wanted nothing, and took something", { energyWh: 0 }, 500],
  ["wanted nothing, and took nothing", { energyWh: 0 }, 0],
  ["wanted next to nothing", { energyWh: 1e-300 }, 10_000],
  ["took more than any car holds", {}, 1e12],
  ["gave more than it took", {}, -5_000],
  ["meant to stay for ever", { departureWallMs: 8.64e15 }, 10_000],
] as const)
  test(`stays: of a visit that ${says} the next one hears nothing absurd`, () => {
    const past = stays(odd, takenWh);
    const takes = past.takes(arrival({ energyWh: 2_000 }), 0);
    assert(takes.length > 0);
    assert(
      takes.every((wh) => wh >= 0 && wh <= 30_000),
      `${takes}`,
    );
    assert(past.leaves(arrival(), MORNING + 24 * HOUR_MS).every(Number.isFinite));
  });

test("stays: of a file only visits that can have been are learnt", () => {
  const good = { outlet, arrivedWallMs: MORNING, leftWallMs: MORNING + HOUR_MS, takenWh: 5_000 };
  const bad = [
    { takenWh: 1e12 },
    { takenWh: -1 },
    { leftWallMs: MORNING },
    { energyWh: "many" },
    { energyWh: -3 },
    { departureWallMs: null },
    { outlet: 7 },
  ].map((wrong) => ({ ...good, ...wrong }));
  const past = new Stays(new LocalTime("UTC"));
  // Files of before said of each whether it left full.
  const before = { ...good, full: true };
  past.restore({ visits: [...bad, good, before], errorMeanMs: 0 });
  assert.deepEqual(past.visits, [good, before]);
});
