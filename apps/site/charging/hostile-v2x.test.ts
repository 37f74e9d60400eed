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
