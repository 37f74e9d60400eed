/** What a command must obey beyond its schema, whoever insists: each rule broken on purpose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { iso, START_MS } from "../core/testing/test-core.ts";
import {
  ask,
  list,
  periods,
  profile2,
  profile16,
  schedule,
  setting,
  token,
  told,
  until,
  variable,
  world,
} from "./testing/world.ts";

/** Never goes out, whoever insists. */
const never: readonly [OcppVersion, string, JsonObject, RegExp][] = [
  ["1.6", "RemoteStopTransaction", { transactionId: 6 }, /another station's/],
  ["2.0.1", "RequestStopTransaction", { transactionId: "6" }, /another station's/],
  ["2.1", "GetTransactionStatus", { transactionId: "6" }, /another station's/],
  ["2.1", "UsePriorityCharging", { transactionId: "6", activate: true }, /another station's/],
  ["1.6", "CancelReservation", { reservationId: 9 }, /B's, not A's/],
  ["2.0.1", "CancelReservation", { reservationId: 9 }, /B's, not A's/],
  ["1.6", "ReserveNow", { connectorId: 1, expiryDate: until, idTag: "T", reservationId: 9 }, /is B's/],
  ["2.0.1", "ReserveNow", { id: 9, expiryDateTime: until, idToken: token }, /is B's/],
  [
    "1.6",
    "ReserveNow",
    { connectorId: 1, expiryDate: iso(START_MS), idTag: "T", reservationId: 1 },
    /before it begins/,
  ],
  ["1.6", "UnlockConnector", { connectorId: 0 }, /whole station/],
  ["1.6", "UnlockConnector", { connectorId: -1 }, /below 0/],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingProfilePurpose: "TxProfile" }),
    /needs the transactionId/,
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingProfilePurpose: "TxProfile", transactionId: 5 }, 0),
    /one EVSE/,
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingProfilePurpose: "TxProfile", transactionId: 6 }),
    /another station's/,
  ],
  ["1.6", "SetChargingProfile", profile16({ transactionId: 5 }), /belongs to no transaction/],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingProfilePurpose: "ChargePointMaxProfile" }),
    /whole station/,
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingSchedule: schedule({ chargingSchedulePeriod: periods(60) }) }),
    /is 0/,
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingSchedule: schedule({ chargingSchedulePeriod: [] }) }),
    /is 0/,
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingSchedule: schedule({ chargingSchedulePeriod: periods(0, 60, 60) }) }),
    /number 3/,
  ],
  ["1.6", "SetChargingProfile", profile16({ chargingProfileKind: "Absolute" }), /startSchedule/],
  ["1.6", "SetChargingProfile", profile16({ chargingProfileKind: "Recurring" }), /recurrencyKind/],
  ["1.6", "SetChargingProfile", profile16({ validFrom: until, validTo: iso(START_MS) }), /before it begins/],
  [
    "1.6",
    "RemoteStartTransaction",
    { idTag: "T", chargingProfile: profile16().csChargingProfiles },
    /only a TxProfile/,
  ],
  ["1.6", "RemoteStartTransaction", { idTag: "T", connectorId: 0 }, /whole station/],
  [
    "2.0.1",
    "SetChargingProfile",
    profile2({ chargingProfilePurpose: "ChargingStationExternalConstraints" }),
    /K01\.FR\.22/,
  ],
  [
    "2.0.1",
    "SetChargingProfile",
    profile2({ chargingProfilePurpose: "ChargingStationMaxProfile" }, 0),
    /K01\.FR\.38/,
  ],
  [
    "2.0.1",
    "ClearChargingProfile",
    { chargingProfileCriteria: { chargingProfilePurpose: "ChargingStationExternalConstraints" } },
    /K10\.FR\.06/,
  ],
  [
    "2.1",
    "SetChargingProfile",
    profile2({
      chargingProfileKind: "Dynamic",
      chargingSchedule: [{ id: 1, ...schedule({ chargingSchedulePeriod: periods(0, 60) }) }],
    }),
    /K28\.FR\.01/,
  ],
  ["2.1", "UpdateDynamicSchedule", { chargingProfileId: 4, scheduleUpdate: {} }, /changes nothing/],
  ["2.0.1", "TriggerMessage", { requestedMessage: "StatusNotification", evse: { id: 1 } }, /F06\.FR\.13/],
  ["2.0.1", "TriggerMessage", { requestedMessage: "BootNotification" }, /F06\.FR\.17/],
  ["1.6", "SendLocalList", list({ listVersion: 0 }), /above 0/],
  ["1.6", "SendLocalList", list({ localAuthorizationList: [{ idTag: "aA" }, { idTag: "Aa" }] }), /twice/],
  ["1.6", "ChangeConfiguration", { key: "authorizationkey", value: "0011" }, /secret/],
  ["1.6", "ChangeConfiguration", { key: "CentralSystemURL", value: "x" }, /address/],
  ["1.6", "ChangeConfiguration", { key: "Anything", value: " WSS://evil.example/ocpp" }, /address/],
  ["1.6", "ChangeConfiguration", { key: "SecurityProfile", value: "1" }, /only goes up/],
  ["1.6", "ChangeConfiguration", { key: "AdditionalRootCertificateCheck", value: "false" }, /trusts/],
  ["1.6", "ChangeConfiguration", { key: "AuthorizationKey ", value: "0011" }, /secret/],
  ["1.6", "ChangeConfiguration", { key: "SecurityCtrlr.BasicAuthPassword", value: "0011" }, /secret/],
  ["1.6", "ChangeConfiguration", { key: "Security_Profile ", value: "1" }, /only goes up/],
  ["1.6", "ChangeConfiguration", { key: "SecurityProfile", value: "0x3" }, /only goes up/],
  ["1.6", "ChangeConfiguration", { key: "SecurityProfile", value: " 3" }, /only goes up/],
  ["1.6", "ChangeConfiguration", { key: "Central System URL", value: "x" }, /address/],
  ["1.6", "ChangeConfiguration", { key: "OcppServerHost", value: "evil.example" }, /address/],
  ["1.6", "ChangeConfiguration", { key: "Anything", value: "http://evil.example" }, /address/],
  ["1.6", "DataTransfer", { vendorId: "V", data: '{"url":"ws:\\/\\/evil.example"}' }, /address/],
  ["1.6", "DataTransfer", { vendorId: "V", messageId: "SetSecurityProfile", data: "1" }, /address, or names/],
  ["2.0.1", "DataTransfer", { vendorId: "V", data: { key: "authorization key" } }, /address, or names/],
  ["2.1", "SetVariables", setting("SecurityProfile", "2.5", "SecurityCtrlr"), /only goes up/],
  ["2.0.1", "SetVariables", setting("basicauthpassword ", "secret", "SecurityCtrlr"), /secret/],
  ["2.0.1", "SetVariables", setting("BasicAuthPassword", "secret", "SecurityCtrlr"), /secret/],
  [
    "2.0.1",
    "SetVariables",
    setting("NetworkConfigurationPriority", "1", "OCPPCommCtrlr"),
    /reaches its central system/,
  ],
  [
    "2.1",
    "SetVariables",
    setting("MessageTimeout", "1", "networkConfiguration"),
    /reaches its central system/,
  ],
  [
    "2.1",
    "SetVariables",
    setting("AllowSecurityProfileDowngrade", "true", "SecurityCtrlr"),
    /lower security profile/,
  ],
  ["2.0.1", "ReserveNow", { id: 1e300, expiryDateTime: until, idToken: token }, /beyond anything/],
  ["2.0.1", "SetNetworkProfile", {}, /not open yet/],
];
for (const [i, [version, action, payload, why]] of never.entries()) {
  test(`command: ${action} ${version} never goes out so, nor by force: ${why.source} (${i + 1})`, async () => {
    const core = await world(version);
    for (const force of [false, true]) {
      const said = await ask(core, action, payload, force);
      assert(said.kind === "refused" && said.reason !== "objection", JSON.stringify(said));
      assert.match(said.sentence, why);
    }
    assert.deepEqual(await core.rows("commands"), []);
    await core.close();
  });
}

test("command: SetChargingProfile 1.6 of two objections the one that nobody overrules stands, where one insists on the other", async () => {
  const core = await world("1.6");
  const foreign = profile16({ chargingProfilePurpose: "TxProfile", transactionId: 6 }, 99);
  const said = await ask(core, "SetChargingProfile", foreign, true);
  assert(said.kind === "refused" && /another station's/.test(said.sentence), JSON.stringify(said));
  await core.close();
});

test("command: SetVariables 2.0.1 hides no secret behind a variable that one may insist on", async () => {
  const core = await world("2.0.1");
  await told(core, variable("X", "Fixed", "1", { mutability: "ReadOnly" }));
  const both = [
    { attributeValue: "2", component: { name: "X" }, variable: { name: "Fixed" } },
    { attributeValue: "2", component: { name: "X" }, variable: { name: "basicAuthPassword" } },
  ];
  const said = await ask(core, "SetVariables", { setVariableData: both }, true);
  assert(said.kind === "refused" && /secret/.test(said.sentence), JSON.stringify(said));
  await core.close();
});

test("command: SetVariables 2.0.1 a station that says less of its security profile than it came by is told none below that", async () => {
  const core = await world("2.0.1");
  await told(core, variable("SecurityCtrlr", "SecurityProfile", "1"));
  await core.db
    .insertInto("station_ways")
    .values({ station_id: "A", security_profile: 1, profile_3_at_ms: START_MS })
    .execute();
  const said = await ask(core, "SetVariables", setting("SecurityProfile", "2", "SecurityCtrlr"), true);
  assert(said.kind === "refused" && /only goes up/.test(said.sentence), JSON.stringify(said));
  await core.close();
});
