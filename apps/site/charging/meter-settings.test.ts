/** What the site measures by is looked at again where a CSMS may have changed it, however it writes its name. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import { charging } from "../testing/scripted-charging.ts";

const key = "METERVALUESAMPLEINTERVAL";
const component = { name: "sampleddatactrlr" };
const cases: readonly (readonly ["1.6" | "2.0.1", string, string, JsonObject])[] = [
  ["1.6", "GetConfiguration", "ChangeConfiguration", { key, value: "86400" }],
  [
    ...(["2.0.1", "GetVariables", "SetVariables"] as const),
    {
      setVariableData: [{ attributeValue: "86400", component, variable: { name: "TXUPDATEDINTERVAL" } }],
    },
  ],
];

for (const [version, reads, changes, payload] of cases)
  test(`meter settings ${version}: names have no case (CiString, identifierString), so neither does what a CSMS may not hide by it`, async () => {
    const it = await charging(version, () => undefined);
    const asked = () => it.station.asked.filter(([, , action]) => action === reads).length;
    const before = asked();
    await it.world.time.advance(120_000);
    assert.equal(asked(), before);
    const frame = JSON.stringify([2, "c", changes, payload]);
    it.world.csms.send({ t: "down", station: "A" as StationId, frame });
    await it.world.time.advance(120_000);
    assert.equal(asked(), before + 1);
  });

test("meter settings: a station that writes their names otherwise has them all the same", async () => {
  const changed: unknown[] = [];
  await charging("1.6", (action, _wire, fields) => {
    if (action === "ChangeConfiguration") changed.push(fields.get("key"));
    const configurationKey = [
      { key: "meterValueSampleInterval", readonly: false, value: "10" },
      {
        ...{ key: "meterValuesSampledData", readonly: false },
        value: "Current.Import,Power.Active.Import,Voltage,Energy.Active.Import.Register",
      },
    ];
    return action === "GetConfiguration" ? { configurationKey } : undefined;
  });
  assert.deepEqual(changed, []);
});
