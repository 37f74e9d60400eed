/** What a CSMS may not set at a managed station, in the words of each version, and what passes beside it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, MessageId } from "@wattward/kernel";
import { type OcppVersion, validateResult } from "@wattward/ocpp";
import { refusedSetting } from "./csms-settings.ts";

const asked = (version: OcppVersion, action: string, payload: JsonObject) =>
  refusedSetting(version, { kind: "call", id: "1" as MessageId, action, payload });

const variables = (...of: (readonly [name: string, value: string])[]): JsonObject => ({
  setVariableData: of.map(([name, attributeValue]) => {
    const [component = "", variable = ""] = name.split(".");
    return { attributeValue, component: { name: component }, variable: { name: variable } };
  }),
});

test("settings 1.6: a station is sent to no other address, by whichever key; the standard's keys pass", () => {
  const key = (key: string, value: string) => asked("1.6", "ChangeConfiguration", { key, value });
  for (const [name, value] of [
    ["CentralSystemURL", "192.0.2.1"],
    ["vendor.Backend", "evil.example"],
    ["OcppServerAddress", "192.0.2.1:80"],
    ["Ocpp16JUrl", "evil.example:80"],
    ["ServerURL", "https://evil.example/ocpp"],
    ["WebSocketServer", "evil.example"],
    ["HostName", "evil.example"],
    ["NetworkConnectionProfiles", "[]"],
    ["Whatever", ' "WSS://evil.example/ocpp"'],
  ] as const) {
    const refused = key(name, value);
    assert.equal(refused?.observed, "station-move-refused", name);
    assert.deepEqual(refused.answer, { status: "Rejected" });
  }
  for (const name of [
    ...["HeartbeatInterval", "WebSocketPingInterval", "AuthorizationKey", "CpoName", "ConnectionTimeOut"],
    ...["BackendTimeout", "FallbackEndTime", "VerifyCsmsCommonName", "SupportedFileTransferProtocols"],
    ...[
      "ChargingScheduleAllowedChargingRateUnit",
      "MaxChargingProfilesInstalled",
      "SupportedFeatureProfiles",
    ],
  ])
    assert.equal(key(name, "60"), undefined, name);
  for (const name of ["SmartChargingEnabled", "IgnoredProfilePurposesOffline"])
    assert.equal(key(name, "false")?.observed, "smart-charging-setting-refused", name);
});

for (const version of ["2.0.1", "2.1"] as const)
  test(`settings ${version}: network profiles, and what limits charging, are refused whole, as the schema has it`, () => {
    const moved = asked(version, "SetNetworkProfile", { configurationSlot: 1 });
    assert.equal(moved?.observed, "station-move-refused");
    assert.equal(validateResult(version, "station", "SetNetworkProfile", moved.answer).kind, "valid");
    for (const [name, value, observed] of [
      ["OCPPCommCtrlr.NetworkConfigurationPriority", "2,1", "station-move-refused"],
      ["networkconfiguration.ocppcsmsurl", "", "station-move-refused"],
      ["VendorCtrlr.Fallback", "ws://192.0.2.1/", "station-move-refused"],
      ["InternalCtrlr.NetworkConnectionProfiles", '[{"ocppCsmsUrl":"x"}]', "station-move-refused"],
      ["VendorCtrlr.CentralSystemUrl", "evil.example:443", "station-move-refused"],
      ["OCPPCommCtrlr .NetworkConfigurationPriority", "2", "station-move-refused"],
      ["SmartChargingCtrlr.Enabled", "false", "smart-charging-setting-refused"],
    ] as const) {
      const refused = asked(
        version,
        "SetVariables",
        variables(["OCPPCommCtrlr.HeartbeatInterval", "60"], [name, value]),
      );
      assert.equal(refused?.observed, observed, name);
      assert.equal(validateResult(version, "station", "SetVariables", refused.answer).kind, "valid");
      assert.equal((refused.answer.setVariableResult as JsonObject[]).length, 2);
    }
    const harmless = variables(["OCPPCommCtrlr.HeartbeatInterval", "60"], ["SecurityCtrlr.Identity", "LYO"]);
    assert.equal(asked(version, "SetVariables", harmless), undefined);
  });
