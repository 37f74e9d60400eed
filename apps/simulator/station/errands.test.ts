/** Logs, diagnostics, firmware, and every message that can be triggered, by command in each version. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rfc3339 } from "@wattward/kernel";
import { charging, type Opened, opened } from "../testing/commanded.ts";

const statuses = (b: Opened, action: string) => b.csms.of(action).map(({ payload }) => payload.status);
const log = { remoteLocation: "ftp://nowhere" };

test("simulator: GetDiagnostics 1.6: names a file and tells its upload", async () => {
  const b = await opened("1.6");
  const { fileName } = await b.ask("GetDiagnostics", { location: "ftp://nowhere" });
  assert.equal(fileName, "diagnostics.log");
  await b.time.advance(10_000);
  assert.deepEqual(statuses(b, "DiagnosticsStatusNotification"), ["Uploading", "Uploaded"]);
});

for (const version of ["1.6", "2.0.1", "2.1"] as const) {
  test(`simulator: GetLog ${version}: tells the upload under its request; a second one ends the first`, async () => {
    const b = await opened(version);
    const get = (requestId: number) => b.status(["GetLog", { logType: "SecurityLog", requestId, log }]);
    assert.equal(await get(1), "Accepted");
    await b.time.advance(1_000);
    assert.equal(await get(2), "AcceptedCanceled");
    await b.time.advance(10_000);
    const told = b.csms.of("LogStatusNotification").map(({ payload }) => [payload.requestId, payload.status]);
    assert.deepEqual(told, [
      [1, "Uploading"],
      [2, "Uploading"],
      [2, "Uploaded"],
    ]);
    assert.equal(await get(3), "Accepted");
  });

  test(`simulator: UpdateFirmware ${version}: step by step, not before its time`, async () => {
    const b = await opened(version);
    const retrieve = rfc3339(b.station.clock.nowMs() + 60_000);
    const words =
      version === "1.6"
        ? { location: "ftp://nowhere", retrieveDate: retrieve }
        : { requestId: 9, firmware: { location: "ftp://nowhere", retrieveDateTime: retrieve } };
    const { status } = await b.ask("UpdateFirmware", words);
    assert.equal(status, version === "1.6" ? undefined : "Accepted");
    await b.time.advance(50_000);
    assert.deepEqual(statuses(b, "FirmwareStatusNotification"), []);
    await b.time.advance(60_000);
    assert.deepEqual(statuses(b, "FirmwareStatusNotification"), [
      "Downloading",
      "Downloaded",
      "Installing",
      "Installed",
    ]);
  });

  test(`simulator: TriggerMessage ${version}: how an errand goes, or that there is none`, async () => {
    const b = await opened(version);
    const trigger = async (requestedMessage: string) => {
      assert.equal(await b.status(["TriggerMessage", { requestedMessage }]), "Accepted");
      await b.time.advance(500);
      return statuses(b, requestedMessage).at(-1);
    };
    assert.equal(await trigger("FirmwareStatusNotification"), "Idle");
    const uploads = version === "1.6" ? "DiagnosticsStatusNotification" : "LogStatusNotification";
    assert.equal(await trigger(uploads), "Idle");
    if (version === "1.6") await b.ask("GetDiagnostics", { location: "ftp://nowhere" });
    else await b.ask("GetLog", { logType: "DiagnosticsLog", requestId: 1, log });
    await b.time.advance(1_000);
    assert.equal(await trigger(uploads), "Uploading");
    await b.time.advance(10_000);
    assert.equal(await trigger(uploads), "Idle");
  });
}

test("simulator: SignedUpdateFirmware 1.6: with its signature's step", async () => {
  const b = await opened("1.6");
  const at = rfc3339(b.station.clock.nowMs());
  const firmware = {
    location: "ftp://nowhere",
    retrieveDateTime: at,
    signingCertificate: "c",
    signature: "s",
  };
  assert.equal(await b.status(["SignedUpdateFirmware", { requestId: 4, firmware }]), "Accepted");
  await b.time.advance(30_000);
  assert.deepEqual(statuses(b, "SignedFirmwareStatusNotification"), [
    "Downloading",
    "Downloaded",
    "SignatureVerified",
    "Installing",
    "Installed",
  ]);
});

test("simulator: ExtendedTriggerMessage 1.6: each of its messages; a certificate's is NotImplemented", async () => {
  const b = await charging("1.6");
  for (const [what, heard] of [
    ["BootNotification", "BootNotification"],
    ["Heartbeat", "Heartbeat"],
    ["StatusNotification", "StatusNotification"],
    ["MeterValues", "MeterValues"],
    ["LogStatusNotification", "LogStatusNotification"],
    ["FirmwareStatusNotification", "SignedFirmwareStatusNotification"],
  ] as const) {
    const before = b.csms.of(heard).length;
    assert.equal(await b.status(["ExtendedTriggerMessage", { requestedMessage: what }]), "Accepted", what);
    await b.time.advance(2_000);
    assert.equal(b.csms.of(heard).length, before + 1, what);
  }
  const sign = { requestedMessage: "SignChargePointCertificate" };
  assert.equal(await b.status(["ExtendedTriggerMessage", sign]), "NotImplemented");
});

for (const version of ["2.0.1", "2.1"] as const) {
  test(`simulator: TriggerMessage ${version}: a transaction's event; a boot only while it is not accepted; a certificate's not at all`, async () => {
    const b = await charging(version);
    const trigger = (requestedMessage: string) => b.status(["TriggerMessage", { requestedMessage }]);
    const before = b.csms.of("TransactionEvent").length;
    assert.equal(await trigger("TransactionEvent"), "Accepted");
    await b.time.advance(2_000);
    assert.equal(b.csms.of("TransactionEvent").length, before + 1);
    assert.equal(b.csms.of("TransactionEvent").at(-1)?.payload.triggerReason, "Trigger");
    assert.equal(await trigger("BootNotification"), "Rejected");
    assert.equal(await trigger("SignChargingStationCertificate"), "NotImplemented");
    const unknown = { requestedMessage: "StatusNotification", evse: { id: 7, connectorId: 1 } };
    assert.equal(await b.status(["TriggerMessage", unknown]), "Rejected");
  });

  test(`simulator: commands of certificates and others that it has not ${version}: NotSupported`, async () => {
    const b = await opened(version);
    for (const words of [
      ["GetInstalledCertificateIds", {}],
      ["InstallCertificate", { certificateType: "V2GRootCertificate", certificate: "c" }],
      ["CostUpdated", { totalCost: 1, transactionId: "t" }],
      [
        "SetDisplayMessage",
        { message: { id: 1, priority: "InFront", message: { format: "UTF8", content: "c" } } },
      ],
    ] as const) {
      const [type, , code] = await b.command(words);
      assert.deepEqual([type, code], [4, "NotSupported"], words[0]);
    }
  });
}
