/** What is told as flowing: a sum of what is known, and nothing where a part of it cannot be. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BatteryInput, SolarInput } from "@wattward/energy";
import { smallSite } from "@wattward/energy/testing";
import { flowsOf } from "./flows.ts";

const site = smallSite({ outlets: 1, mainA: 63, battery: {}, solarW: 20_000 });
const flows = (solarW: number, batteryW: number) => {
  const reading = { atMs: 0, currentMa: [10_000, 10_000, 10_000], powerW: [2_300, 2_300, 2_300] };
  return flowsOf(
    site,
    {
      readings: new Map([[site.meters[0]!.id, reading]]) as never,
      meters: [],
      sessions: [],
      solar: [{ id: "solar", atMs: 0, feedW: solarW } as unknown as SolarInput],
      batteries: [{ id: "battery", atMs: 0, feedW: batteryW } as unknown as BatteryInput],
    },
    0,
  );
};

test("flows: the building is what is left of the meter and every source", () => {
  assert.deepEqual(flows(5_000, -1_000), {
    ...{ gridW: 6_900, solarW: 5_000, batteryW: -1_000, carsW: 0, buildingW: 10_900 },
  });
});

for (const [name, solarW, batteryW, told] of [
  ["the sun", 3e14, 0, { gridW: 6_900, batteryW: 0, carsW: 0 }],
  ["a sun that draws", -3e14, 0, { gridW: 6_900, batteryW: 0, carsW: 0 }],
  ["a battery", 0, 3e14, { gridW: 6_900, solarW: 0, carsW: 0 }],
  ["a battery that charges", 0, -3e14, { gridW: 6_900, solarW: 0, carsW: 0 }],
] as const)
  test(`flows: ${name} beyond its nameplate is unknown, as it is to the loop: no quarter and no forecast is made of it`, () => {
    assert.deepEqual(flows(solarW, batteryW), told);
  });
