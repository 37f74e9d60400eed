/** What is known of a station and speaks against a command: held back, and sent by force. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { iso, START_MS } from "../core/testing/test-core.ts";
import type { Variable } from "../stations/variables.ts";
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

const DAY_MS = 86_400_000;
const absolute = (fromMs: number, duration: number) => ({
  chargingProfileKind: "Absolute",
  chargingSchedule: schedule({ startSchedule: iso(START_MS + fromMs), duration }),
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
  ["1.6", "SetChargingProfile", profile16({ validTo: undefined }), /has no validTo, and stays/],
  [
    "2.0.1",
    "SetChargingProfile",
    profile2({ validTo: undefined }),
    /ends within 24 hours unless a person says/,
  ],
  ["2.1", "SetChargingProfile", profile2({ validTo: iso(START_MS + DAY_MS + 1) }), /stays until 2026-/],
  ["2.0.1", "SetChargingProfile", profile2({ validTo: iso(START_MS) }), /it ended already/],
  ["1.6", "SetChargingProfile", profile16(absolute(-DAY_MS - 1, 60)), /began more than a day ago/],
  [
    "1.6",
    "SetChargingProfile",
    profile16({ ...absolute(0, 86_401), validTo: undefined }),
    /ends within 24 hours/,
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

test("AT-C4: command: a profile that ends within a day by its own word goes without force: by validTo, by its duration, with its transaction, again each day until then", async () => {
  const core = await world("1.6");
  for (const payload of [
    profile16({ validTo: iso(START_MS + DAY_MS) }),
    profile16({ validFrom: iso(START_MS + 30 * DAY_MS), validTo: iso(START_MS + 31 * DAY_MS) }),
    profile16({ ...absolute(0, 86_400), validTo: undefined }),
    profile16({ ...absolute(-DAY_MS, 60), validTo: undefined }),
    profile16({ chargingProfilePurpose: "TxProfile", transactionId: 5, validTo: undefined }),
    profile16({
      chargingProfileKind: "Recurring",
      recurrencyKind: "Daily",
      chargingSchedule: schedule({ startSchedule: "2020-01-01T00:00:00Z" }),
    }),
  ]) {
    const said = await ask(core, "SetChargingProfile", payload as JsonObject);
    assert.equal(said.kind, "requested", `${JSON.stringify(payload)} ${JSON.stringify(said)}`);
  }
  await core.close();
});
