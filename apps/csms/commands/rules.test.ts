/** What a command must obey beyond its schema, before it is written down: each rule broken on purpose. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { CommandAccepted } from "../core/port.ts";
import { iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { storeVariables, type Variable } from "../stations/variables.ts";

const until = iso(START_MS + 3_600_000);

/** Station A with connectors 1 and 2 and open transaction 5, station B with open transaction 6 and reservation 9. */
async function world(version: OcppVersion): Promise<TestCore> {
  const core = await testCore({ A: "direct", B: "direct" });
  await core.db.updateTable("stations").set({ ocpp_version: version }).execute();
  for (const [station, evse] of [
    ["A", 1],
    ["A", 2],
    ["B", 1],
  ] as const) {
    await core.db
      .insertInto("connectors")
      .values({
        ...{ station_id: station, evse_id: evse, connector_id: 1, status: "Available", error_code: null },
        ...{ status_at_ms: 1, power_w: null, power_at_ms: null },
      })
      .execute();
  }
  for (const [station, wire] of [
    ["A", "5"],
    ["B", "6"],
  ] as const)
    await transaction(core, version, { station, wire });
  await core.db
    .insertInto("reservations")
    .values({
      ...{ station_id: "B", reservation_id: 9, evse_id: 1, token_shown: "…", state: "active" },
      ...{ expires_at_ms: START_MS + 3_600_000, command_id: null, changed_at_ms: 1 },
    })
    .execute();
  return core;
}

async function transaction(
  core: TestCore,
  version: string,
  { station, wire }: { station: string; wire: string },
) {
  const none = {
    meter_start_wh: null,
    meter_last_wh: null,
    meter_stop_wh: null,
    energy_wh: null,
    power_w: null,
  };
  await core.db
    .insertInto("transactions")
    .values({
      ...{ id: `T${station}${wire}`, station_id: station, evse_id: 1, connector_id: 1, wire_id: wire },
      ...{ ocpp_version: version, token: null, state: "open", started_at_ms: 1, ended_at_ms: null, ...none },
      ...{ power_at_ms: null, stop_reason: null, first_seq_no: null, seq_no: null, missing_seq: "" },
      ...{ offline: 0, review: null, changed_at_ms: 1 },
    })
    .execute();
}

const ask = (core: TestCore, action: string, payload: JsonObject, force = false): Promise<CommandAccepted> =>
  core.decide("command.request", {
    ...{ station: "A" as StationId, action, payload, actor: "p", reason: "r", force },
    ...{ atMs: core.nowMs, expiresAtMs: core.nowMs + 60_000 },
  });
const told = (core: TestCore, ...variables: Variable[]) =>
  core.writer.submit("test", undefined, (tx) =>
    storeVariables(tx, "A", variables, { source: "report", atMs: START_MS }),
  );
const variable = (
  component: string,
  name: string,
  value: string,
  more: Partial<Variable> = {},
): Variable => ({
  ...{ component: { name: component }, variable: { name }, value, ...more },
});

const periods = (...starts: number[]) => starts.map((startPeriod) => ({ startPeriod, limit: 10 }));
const schedule = (more: object = {}) => ({
  chargingRateUnit: "A",
  chargingSchedulePeriod: periods(0),
  ...more,
});
const profile16 = (more: object = {}, at = 1) => ({
  connectorId: at,
  csChargingProfiles: {
    ...{ chargingProfileId: 4, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile" },
    ...{ chargingProfileKind: "Relative", chargingSchedule: schedule(), ...more },
  },
});
const profile2 = (more: object = {}, at = 1) => ({
  evseId: at,
  chargingProfile: {
    ...{ id: 4, stackLevel: 0, chargingProfilePurpose: "TxDefaultProfile", chargingProfileKind: "Relative" },
    ...{ chargingSchedule: [{ id: 1, ...schedule() }], ...more },
  },
});
const setting = (name: string, value: string, component = "X") => ({
  setVariableData: [{ attributeValue: value, component: { name: component }, variable: { name } }],
});
const token = { idToken: "T1", type: "ISO14443" };
const list = (more: object = {}) => ({ listVersion: 2, updateType: "Full", ...more });

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

/** What is known of the station speaks against it: a person may insist. */
const objected: readonly [OcppVersion, string, JsonObject, RegExp, ...Variable[]][] = [
  ["1.6", "UnlockConnector", { connectorId: 3 }, /no connector 3/],
  ["2.0.1", "RequestStartTransaction", { idToken: token, remoteStartId: 1, evseId: 3 }, /no EVSE 3/],
  ["2.0.1", "UnlockConnector", { evseId: 1, connectorId: 2 }, /no connector 2/],
  ["1.6", "RemoteStopTransaction", { transactionId: 77 }, /known here/],
  ["2.1", "UpdateDynamicSchedule", { chargingProfileId: 4, scheduleUpdate: { limit: 1 } }, /known here/],
  ["1.6", "CancelReservation", { reservationId: 1 }, /known here/],
  ["1.6", "SendLocalList", list({ updateType: "Differential" }), /send it in full/],
  [
    "1.6",
    "SendLocalList",
    list({ localAuthorizationList: [{ idTag: "a" }, { idTag: "b" }] }),
    /holds 1 tokens/,
    variable("LocalAuthListCtrlr", "Entries", "1", { attribute: "MaxSet" }),
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ stackLevel: 9 }),
    /up to 8/,
    variable("SmartChargingCtrlr", "ProfileStackLevel", "8"),
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16(),
    /no limits in A/,
    variable("SmartChargingCtrlr", "RateUnit", "Power"),
  ],
  [
    "2.0.1",
    "SetChargingProfile",
    profile2(),
    /no limits in A/,
    variable("SmartChargingCtrlr", "RateUnit", "W"),
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ chargingSchedule: schedule({ chargingSchedulePeriod: periods(0, 1) }) }),
    /takes 1 periods/,
    variable("SmartChargingCtrlr", "PeriodsPerSchedule", "1"),
  ],
  [
    "1.6",
    "SetChargingProfile",
    profile16(),
    /no SmartCharging/,
    variable("Configuration16", "SupportedFeatureProfiles", "Core, Reservation"),
  ],
  [
    "2.0.1",
    "SetChargingProfile",
    profile2(),
    /Enabled = false/,
    variable("SmartChargingCtrlr", "Enabled", "False"),
  ],
  [
    "2.0.1",
    "ReserveNow",
    { id: 1, expiryDateTime: until, idToken: token },
    /Available = false/,
    variable("ReservationCtrlr", "Available", "false"),
  ],
  [
    "2.0.1",
    "SetVariables",
    setting("V", "9"),
    /only be read/,
    variable("X", "V", "1", { mutability: "ReadOnly" }),
  ],
  [
    "2.0.1",
    "SetVariables",
    setting("v", "9"),
    /at most 5/,
    variable("X", "V", "1", { characteristics: { dataType: "integer", maxLimit: 5 } }),
  ],
  [
    "2.0.1",
    "SetVariables",
    setting("V", "1.5"),
    /whole number/,
    variable("X", "V", "1", { characteristics: { dataType: "integer" } }),
  ],
  [
    "2.0.1",
    "SetVariables",
    setting("V", "yes"),
    /true or false/,
    variable("X", "V", "1", { characteristics: { dataType: "boolean" } }),
  ],
  [
    "2.0.1",
    "SetVariables",
    setting("V", "c"),
    /one of a, b/,
    variable("X", "V", "a", { characteristics: { dataType: "OptionList", valuesList: "a, b" } }),
  ],
  [
    "1.6",
    "ChangeConfiguration",
    { key: "NumberOfConnectors", value: "9" },
    /only be read/,
    variable("Configuration16", "NumberOfConnectors", "2", { mutability: "ReadOnly" }),
  ],
];
for (const [i, [version, action, payload, why, ...variables]] of objected.entries()) {
  test(`command: ${action} ${version} is held back by what is known, and goes by force: ${why.source} (${i + 1})`, async () => {
    const core = await world(version);
    await told(core, ...variables);
    const said = await ask(core, action, payload);
    assert(said.kind === "refused" && said.reason === "objection", JSON.stringify(said));
    assert.match(said.sentence, why);
    assert.match(said.sentence, /ask with force/);
    assert.equal((await ask(core, action, payload, true)).kind, "requested");
    await core.close();
  });
}

test("command: what is right goes without force: own transaction, own connector, a profile up, an update of its own list", async () => {
  const core = await world("1.6");
  await told(core, variable("SecurityCtrlr", "SecurityProfile", "1"));
  for (const [action, payload] of [
    ["RemoteStopTransaction", { transactionId: 5 }],
    ["SetChargingProfile", profile16({ chargingProfilePurpose: "TxProfile", transactionId: 5 })],
    [
      "SetChargingProfile",
      profile16(
        {
          chargingProfilePurpose: "ChargePointMaxProfile",
          chargingProfileKind: "Absolute",
          chargingSchedule: schedule({ startSchedule: until, chargingSchedulePeriod: periods(0, 60, 90) }),
        },
        0,
      ),
    ],
    [
      "RemoteStartTransaction",
      {
        idTag: "T",
        connectorId: 2,
        chargingProfile: profile16({ chargingProfilePurpose: "TxProfile" }).csChargingProfiles,
      },
    ],
    ["ChangeConfiguration", { key: "SecurityProfile", value: "2" }],
    ["ChangeConfiguration", { key: "SecurityProfile", value: "3" }],
    ["ChangeConfiguration", { key: "MeterValuesSampledData", value: "Power.Active.Import" }],
    ["ReserveNow", { connectorId: 0, expiryDate: until, idTag: "T", reservationId: 10 }],
  ] as const) {
    const said = await ask(core, action, payload as JsonObject);
    assert.equal(said.kind, "requested", `${action} ${JSON.stringify(said)}`);
  }
  await core.close();
});
