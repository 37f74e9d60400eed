/** Commands of a central system, all versions: what is answered, and what then happens; every command of every version has its test by name, see `all-commands.test.ts`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ocppVersions } from "@wattward/ocpp";
import { card, one, someCar } from "../testing/bench.ts";
import { charging, opened, told } from "../testing/commanded.ts";

const dialects = {
  "1.6": {
    start: ["RemoteStartTransaction", { idTag: "REMOTE1" }],
    stop: (id: unknown) => ["RemoteStopTransaction", { transactionId: id }],
    reset: ["Reset", { type: "Soft" }],
    inoperative: ["ChangeAvailability", { connectorId: 0, type: "Inoperative" }],
    trigger: (what: string) => ["TriggerMessage", { requestedMessage: what }],
    unlock: ["UnlockConnector", { connectorId: 1 }],
    limit: (limitW: number) => [
      "SetChargingProfile",
      {
        connectorId: 1,
        csChargingProfiles: {
          chargingProfileId: 1,
          stackLevel: 0,
          chargingProfilePurpose: "TxProfile",
          chargingProfileKind: "Absolute",
          chargingSchedule: {
            chargingRateUnit: "W",
            chargingSchedulePeriod: [
              { startPeriod: 0, limit: limitW },
              { startPeriod: 60, limit: 1_400 },
            ],
          },
        },
      },
    ],
    reasonOf: (payload: { [key: string]: unknown }) => payload.reason,
  },
  "2.0.1": {
    start: [
      "RequestStartTransaction",
      { idToken: { idToken: "REMOTE1", type: "Central" }, remoteStartId: 77 },
    ],
    stop: (id: unknown) => ["RequestStopTransaction", { transactionId: id }],
    reset: ["Reset", { type: "Immediate" }],
    inoperative: ["ChangeAvailability", { operationalStatus: "Inoperative" }],
    trigger: (what: string) => ["TriggerMessage", { requestedMessage: what }],
    unlock: ["UnlockConnector", { evseId: 1, connectorId: 1 }],
    limit: (limitW: number) => [
      "SetChargingProfile",
      {
        evseId: 1,
        chargingProfile: {
          id: 1,
          stackLevel: 0,
          chargingProfilePurpose: "TxProfile",
          chargingProfileKind: "Absolute",
          chargingSchedule: [
            {
              id: 1,
              chargingRateUnit: "W",
              chargingSchedulePeriod: [
                { startPeriod: 0, limit: limitW },
                { startPeriod: 60, limit: 1_400 },
              ],
            },
          ],
        },
      },
    ],
    reasonOf: ({ transactionInfo }: { [key: string]: unknown }) =>
      (transactionInfo as { stoppedReason?: string }).stoppedReason,
  },
} as const;

for (const version of ocppVersions) {
  const words = dialects[version === "1.6" ? "1.6" : "2.0.1"];

  test(`simulator: ${words.start[0]} ${version}: with a car there begins at once; ${words.stop(0)[0]} ends it; of a foreign id nothing`, async () => {
    const b = await opened(version);
    b.station.plug(one, someCar());
    await b.time.advance(2_000);
    assert.equal(await b.status(words.start), "Accepted");
    await b.time.advance(3_000);
    assert(b.station.charging(one));
    const { token, wireId } = b.station.notebook.transactions[0]!;
    assert.equal(token, "REMOTE1");
    const started = b.csms.heard.find(({ payload }) => payload.eventType === "Started");
    if (version !== "1.6") {
      assert(started !== undefined);
      assert.equal((started.payload.transactionInfo as { remoteStartId?: number }).remoteStartId, 77);
      assert.equal(started.payload.triggerReason, "RemoteStart");
    }
    assert.equal(await b.status(words.start), "Rejected");
    assert.equal(await b.status(words.stop(typeof wireId === "number" ? wireId + 1 : "another")), "Rejected");
    assert.equal(await b.status(words.stop(wireId)), "Accepted");
    await b.time.advance(3_000);
    assert.equal(words.reasonOf(b.lastEnd().payload), "Remote");
    assert.equal(b.station.evses[0]!.powerW, 0);
  });

  test(`simulator: ${words.start[0]} ${version}: without a car waits for one, and no longer than the time-out`, async () => {
    const b = await opened(version, { settings: { cableTimeoutS: 20 } });
    assert.equal(await b.status(words.start), "Accepted");
    await b.time.advance(30_000);
    b.station.plug(one, someCar());
    await b.time.advance(3_000);
    assert.equal(b.station.charging(one), false);
    b.station.unplug(one);
    await b.time.advance(1_000);
    assert.equal(await b.status(words.start), "Accepted");
    b.station.plug(one, someCar());
    await b.time.advance(3_000);
    assert(b.station.charging(one));
  });

  test(`simulator: Reset ${version}: in a transaction ends it with its reason, then boots again`, async () => {
    const b = await charging(version);
    assert.equal(await b.status(words.reset), "Accepted");
    await b.time.advance(20_000);
    assert.equal(words.reasonOf(b.lastEnd().payload), version === "1.6" ? "SoftReset" : "ImmediateReset");
    assert.equal(b.csms.of("BootNotification").length, 2);
    if (version !== "1.6") assert.equal(b.csms.of("BootNotification")[1]!.payload.reason, "RemoteReset");
  });

  test(`simulator: ChangeAvailability ${version}: while charging: scheduled; afterwards no card is taken`, async () => {
    const b = await charging(version);
    assert.equal(await b.status(words.inoperative), "Scheduled");
    assert(b.station.charging(one));
    assert.equal(await b.during(b.station.card(one, card)), "stopped");
    await b.time.advance(2_000);
    assert.equal(told(b), "Unavailable");
    assert.equal(await b.during(b.station.card(one, card)), "refused");
    assert.equal(await b.status(words.start), "Rejected");
  });

  test(`simulator: TriggerMessage ${version}: triggered messages come`, async () => {
    const b = await charging(version);
    for (const [what, heard] of [
      ["Heartbeat", "Heartbeat"],
      ["StatusNotification", "StatusNotification"],
      ["MeterValues", version === "1.6" ? "MeterValues" : "TransactionEvent"],
    ] as const) {
      const before = b.csms.of(heard).length;
      assert.equal(await b.status(words.trigger(what)), "Accepted", what);
      await b.time.advance(2_000);
      assert.equal(b.csms.of(heard).length, before + 1, what);
    }
    // F06.FR.17: a station of 2.x that is accepted boots only by itself.
    const boot = await b.status(words.trigger("BootNotification"));
    assert.equal(boot, version === "1.6" ? "Accepted" : "Rejected");
  });

  test(`simulator: UnlockConnector ${version}: ends a transaction or leaves it, as its version says`, async () => {
    const b = await charging(version);
    const expected = version === "1.6" ? "Unlocked" : "OngoingAuthorizedTransaction";
    assert.equal(await b.status(words.unlock), expected);
    assert.equal(b.station.charging(one), version !== "1.6");
  });

  test(`simulator: SetChargingProfile ${version}: a schedule holds from now on, period by period, and ends with its transaction`, async () => {
    const b = await charging(version);
    assert.equal(await b.status(words.limit(4_000)), "Accepted");
    await b.time.advance(2_000);
    assert.equal(b.station.evses[0]!.powerW, 4_000);
    await b.time.advance(60_000);
    assert.equal(b.station.evses[0]!.powerW, 1_400);
    await b.during(b.station.card(one, card));
    b.station.unplug(one);
    b.station.plug(one, someCar());
    await b.time.advance(2_000);
    assert.equal(await b.status(words.limit(4_000)), "Rejected");
    await b.during(b.station.card(one, card));
    await b.time.advance(2_000);
    assert.equal(b.station.evses[0]!.powerW, 11_000);
  });

  test(`${version}: a card that the start's answer refuses is deauthorized`, async () => {
    const b = await opened(version);
    const info = { status: "Invalid" };
    b.csms.script = ({ action, payload }) => {
      if (action === "StartTransaction") return result({ idTagInfo: info, transactionId: 5 });
      return payload.eventType === "Started" ? result({ idTokenInfo: info }) : undefined;
    };
    b.station.plug(one, someCar());
    await b.time.advance(1_000);
    await b.during(b.station.card(one, card));
    await b.time.advance(3_000);
    assert.equal(b.station.charging(one), false);
    assert.equal(words.reasonOf(b.lastEnd().payload), "DeAuthorized");
  });

  test(`${version}: a card that Authorize refuses starts nothing, offline either, once it is remembered`, async () => {
    const b = await opened(version);
    const info = { status: "Blocked" };
    b.csms.script = ({ action }) =>
      action === "Authorize"
        ? result(version === "1.6" ? { idTagInfo: info } : { idTokenInfo: info })
        : undefined;
    b.station.plug(one, someCar());
    assert.equal(await b.during(b.station.card(one, card)), "refused");
    b.station.line.takeDown();
    await b.time.advance(1_000);
    assert.equal(await b.during(b.station.card(one, card)), "refused");
    assert.deepEqual(b.station.notebook.transactions, []);
  });

  test(`simulator: DataTransfer ${version}: of a vendor that it does not know`, async () => {
    const b = await opened(version);
    assert.equal(
      await b.status(["DataTransfer", { vendorId: "V", messageId: "M", data: "x" }]),
      "UnknownVendorId",
    );
  });

  test(`${version}: what this station does not do is NotSupported; what its version does not know, NotImplemented`, async () => {
    const b = await opened(version);
    const certificates = ["GetInstalledCertificateIds", { certificateType: "CentralSystemRootCertificate" }];
    const known = version === "1.6" ? certificates : ["GetMonitoringReport", { requestId: 1 }];
    assert.equal((await b.command(known))[2], "NotSupported");
    assert.equal((await b.command(["MakeCoffee", {}]))[2], "NotImplemented");
    assert.equal((await b.command(["Reset", { type: "Sideways" }]))[0], 4);
  });
}

test("simulator: ChangeConfiguration 1.6: unknown keys are named, values are checked, and kept through a reboot", async () => {
  const b = await opened("1.6");
  const set = (key: string, value: string) => b.status(["ChangeConfiguration", { key, value }]);
  assert.equal(await set("heartbeatinterval", "33"), "Accepted");
  assert.equal(await set("HeartbeatInterval", "-1"), "Rejected");
  assert.equal(await set("NumberOfConnectors", "3"), "Rejected");
  assert.equal(await set("MeterValueSampleInterval", "7"), "Accepted");
  assert.equal(await set("Nonsense", "1"), "NotSupported");
  b.station.powerCut(1_000);
  await b.time.advance(20_000);
  const asked = await b.command(["GetConfiguration", { key: ["MeterValueSampleInterval", "Nonsense"] }]);
  assert.deepEqual(asked[2], {
    configurationKey: [{ key: "MeterValueSampleInterval", readonly: false, value: "7" }],
    unknownKey: ["Nonsense"],
  });
});

test("simulator: SetVariables 2.0.1: variables are read, set and reported in numbered parts", async () => {
  const b = await opened("2.0.1");
  const at = (component: string, variable: string) => ({
    component: { name: component },
    variable: { name: variable },
  });
  const set = await b.command([
    "SetVariables",
    {
      setVariableData: [
        { ...at("SampledDataCtrlr", "TxUpdatedInterval"), attributeValue: "9" },
        { ...at("SampledDataCtrlr", "TxUpdatedInterval"), attributeValue: "soon" },
        { ...at("Nobody", "TxUpdatedInterval"), attributeValue: "9" },
        { ...at("SampledDataCtrlr", "Nothing"), attributeValue: "9" },
      ],
    },
  ]);
  const statusesOf = (reply: unknown[], list: string) =>
    (reply[2] as { [key: string]: { attributeStatus: string }[] })[list]!.map((each) => each.attributeStatus);
  const expected = ["Accepted", "Rejected", "UnknownComponent", "UnknownVariable"];
  assert.deepEqual(statusesOf(set, "setVariableResult"), expected);
  const got = await b.command([
    "GetVariables",
    { getVariableData: [at("sampleddatactrlr", "txupdatedinterval")] },
  ]);
  const results = (got[2] as { getVariableResult: { attributeValue: string }[] }).getVariableResult;
  assert.equal(results[0]!.attributeValue, "9");
  assert.equal(await b.status(["GetBaseReport", { requestId: 3, reportBase: "FullInventory" }]), "Accepted");
  await b.time.advance(5_000);
  const reports = b.csms.of("NotifyReport").map(({ payload }) => payload);
  assert(reports.length > 1);
  assert.deepEqual(
    reports.map(({ seqNo, tbc }) => [seqNo, tbc]),
    reports.map((_, i) => [i, i < reports.length - 1]),
  );
});

for (const version of ["2.0.1", "2.1"] as const) {
  test(`simulator: Reset ${version}: when idle waits for the transaction's end`, async () => {
    const b = await charging(version);
    assert.equal(await b.status(["Reset", { type: "OnIdle" }]), "Scheduled");
    await b.time.advance(10_000);
    assert(b.station.charging(one));
    await b.during(b.station.card(one, card));
    await b.time.advance(20_000);
    assert.equal(b.csms.of("BootNotification").length, 2);
  });
}

const result = (payload: { [key: string]: string | number | object }) =>
  ({ kind: "result", payload: payload as never }) as const;
