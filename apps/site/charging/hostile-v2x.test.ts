/** What a station says of giving back, and no car ever gave: it costs that station at most, and owes nobody anything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SmallDocument } from "../testing/energy-document.ts";
import { charging } from "../testing/scripted-charging.ts";

const both: SmallDocument = { outlet: { dischargeMaMax: 16_000 } };

/** A site whose first station tells of one sample after the other, ten seconds apart. */
async function telling(measurand: string, values: readonly number[], document: SmallDocument) {
  const it = await charging("2.1", () => undefined, document);
  for (const value of values) {
    const timestamp = new Date(it.world.time.now().wallMs).toISOString();
    void it.station.tell("MeterValues", {
      evseId: 1,
      meterValue: [{ timestamp, sampledValue: [{ value, measurand }] }],
    });
    await it.world.time.advance(10_000);
  }
  return it;
}

for (const [measurand, value] of [
  ["Current.Export", 1e9],
  ["Current.Export", 1e300],
  ["Power.Active.Export", 1e12],
  ["Energy.Active.Export.Register", 1e300],
] as const)
  test(`hostile station: ${value} of ${measurand} takes no energy controller away from the others`, async () => {
    const it = await telling(measurand, [0, value, value], both);
    assert.deepEqual(it.energy.refused, []);
    assert.equal(it.world.site.status().mode?.mode, "reactive");
  });

test("hostile station: an export register that leaps again and again owes its car no more than any car could need", async () => {
  const leaps = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 0 : 1e12));
  const it = await telling("Energy.Active.Export.Register", leaps, both);
  const { deliveredWh } = it.energy.sessions[0]!;
  assert(deliveredWh < 0 && deliveredWh >= -12_000_000, `${deliveredWh} Wh`);
});

test("what a register says was exported where no car may give back is owed to nobody", async () => {
  const it = await telling("Energy.Active.Export.Register", [0, 50_000, 100_000], {});
  assert.equal(it.energy.sessions[0]?.deliveredWh, 0);
});

test("a car whose meter does not count what it gives is asked for nothing: nobody would know when it has no more to give", async () => {
  const it = await charging("2.1", () => undefined, both);
  void it.station.tell("NotifyEVChargingNeeds", {
    evseId: 1,
    chargingNeeds: {
      requestedEnergyTransfer: "AC_BPT",
      v2xChargingParameters: { maxDischargePower: 11_000, evMinEnergyRequest: -20_000 },
    },
  });
  const tells = async (measurand: string, value: number) => {
    const timestamp = new Date(it.world.time.now().wallMs).toISOString();
    const meterValue = [{ timestamp, sampledValue: [{ value, measurand }] }];
    void it.station.tell("MeterValues", { evseId: 1, meterValue });
    await it.world.time.advance(10_000);
    return it.energy.sessions[0]?.dischargeLeftWh;
  };
  assert.equal(await tells("Current.Export", 0), undefined);
  assert.equal(await tells("Energy.Active.Export.Register", 5_000), 18_400);
  assert.equal(await tells("Energy.Active.Export.Register", 6_000), 17_400);
});
