/** What a car says of its needs, by the counters of its session; nothing is given back that was not said in full. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fieldsOf } from "./fields.ts";
import { readNeeds } from "./needs.ts";

const begun = { deliveredWh: 0, carWh: 0 };
const read = (needs: object, soFar = begun) => readNeeds(fieldsOf(needs), soFar);
const bothWays = (more: object = {}, requestedEnergyTransfer = "AC_BPT") => ({
  requestedEnergyTransfer,
  v2xChargingParameters: { maxDischargePower: 11_000, evMinEnergyRequest: -20_000, ...more },
});

test("needs: energy and departure, of direct and of alternating current, and of both ways", () => {
  const departureTime = "2026-01-05T18:00:00Z";
  const departureWallMs = Date.UTC(2026, 0, 5, 18);
  assert.deepEqual(
    read({
      departureTime,
      acChargingParameters: { energyAmount: 9_000, evMaxCurrent: 16, evMaxVoltage: 400 },
    }),
    { energyWh: 9_000, departureWallMs, carMa: 16_000 },
  );
  assert.deepEqual(read({ dcChargingParameters: { energyAmount: 30_000 } }), { energyWh: 30_000 });
  assert.deepEqual(read({ v2xChargingParameters: { evTargetEnergyRequest: 12_000 } }), { energyWh: 12_000 });
});

test("needs: energies count from when they were told", () => {
  const soFar = { deliveredWh: 5_000, carWh: 4_600 };
  assert.deepEqual(read(bothWays({ evTargetEnergyRequest: 10_000 }), soFar), {
    ...{ energyWh: 15_000, dischargeWMax: 11_000, keepsWh: -15_400 },
  });
});

test("needs: a car that has more than it wants keeps what it got", () => {
  const soFar = { deliveredWh: 5_000, carWh: 4_600 };
  assert.equal(read(bothWays({ evTargetEnergyRequest: -3_000 }), soFar).energyWh, 5_000);
});

test("needs: of two minimums the higher is kept, and of power that is told by phase the sum is given", () => {
  assert.equal(read(bothWays({ evMinV2XEnergyRequest: -8_000 })).keepsWh, -8_000);
  const byPhase = { maxDischargePower: 3_000, maxDischargePower_L2: 3_000, maxDischargePower_L3: 2_000 };
  assert.equal(read(bothWays(byPhase)).dischargeWMax, 8_000);
});

for (const [what, needs] of [
  ["energy was agreed to go one way", bothWays({}, "AC_three_phase")],
  ["no transfer was agreed", { v2xChargingParameters: bothWays().v2xChargingParameters }],
  ["the car does not say what it keeps", bothWays({ evMinEnergyRequest: undefined })],
  ["what it keeps is no number", bothWays({ evMinEnergyRequest: "all" })],
  ["what it keeps is beyond every car", bothWays({ evMinEnergyRequest: -1e12 })],
  ["it gives no power", bothWays({ maxDischargePower: 0 })],
  ["its power is below nothing", bothWays({ maxDischargePower: -11_000 })],
  ["its power is beyond every car", bothWays({ maxDischargePower: 1e9 })],
] as const)
  test(`needs: nothing is given back where ${what}`, () => {
    const { dischargeWMax, keepsWh } = read(needs);
    assert.deepEqual([dischargeWMax, keepsWh], [undefined, undefined]);
  });
