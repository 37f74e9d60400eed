import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { stationTold } from "../queries/station-told.ts";
import { subjects } from "./told.ts";

const CP = "cp" as Parameters<typeof stationTold>[1]["station"];
const told = (core: TestCore, subject: string) => stationTold(core.db, { station: CP, subject });
const status21 = (core: TestCore, requestId: number, status: string) =>
  core.call("cp", "2.1", "FirmwareStatusNotification", { requestId, status });

test("message: FirmwareStatusNotification 2.1 is kept by request, the newest of each, with its reason", async () => {
  const core = await testCore({ cp: "direct" });
  await status21(core, 1, "Downloading");
  await status21(core, 2, "Downloading");
  const statusInfo = { reasonCode: "InvalidURL" };
  const failed = { requestId: 1, status: "DownloadFailed", statusInfo };
  assert.deepEqual(bodyOf(await core.call("cp", "2.1", "FirmwareStatusNotification", failed)), {});
  assert.deepEqual(
    (await told(core, "firmware-update")).map(({ about, body }) => [about, body]),
    [
      ["1", { status: "DownloadFailed", statusInfo }],
      ["2", { status: "Downloading" }],
    ],
  );
  const [, , last] = await core.outbox("station.progress");
  assert.deepEqual(last?.data, {
    of: "firmware-update",
    requestId: 1,
    status: "DownloadFailed",
    info: "InvalidURL",
  });
});

test("message: DiagnosticsStatusNotification 1.6 and LogStatusNotification 1.6 are one subject, with and without a request", async () => {
  const core = await testCore({ cp: "direct" });
  await core.call("cp", "1.6", "DiagnosticsStatusNotification", { status: "Uploaded" });
  await core.call("cp", "1.6", "LogStatusNotification", { status: "Uploading", requestId: 4 });
  assert.deepEqual(
    (await told(core, "log-upload")).map(({ about, version, body }) => [about, version, body]),
    [
      ["", "1.6", { status: "Uploaded" }],
      ["4", "1.6", { status: "Uploading" }],
    ],
  );
});

test("told: a station that invents requests keeps its newest, and no more rows than the subject has", async () => {
  const core = await testCore({ cp: "direct" });
  const most = subjects["firmware-update"];
  for (let n = 0; n < most + 5; n += 1) {
    core.nowMs += 1_000;
    await status21(core, n, "Downloading");
  }
  const kept = await told(core, "firmware-update");
  assert.deepEqual(
    kept.map(({ about }) => Number(about)).sort((a, b) => a - b),
    Array.from({ length: most }, (_, n) => n + 5),
  );
});

test("told: history fills what is not known, and never takes the place of what is newer", async () => {
  const core = await testCore({ cp: "either" });
  const replayed = (status: string, receivedAtMs: number) =>
    core.record({
      station: "cp",
      version: "2.0.1",
      action: "FirmwareStatusNotification",
      payload: { requestId: 1, status },
      live: false,
      receivedAtMs,
    });
  const now = async () => (await told(core, "firmware-update"))[0]?.body["status"];
  await replayed("Downloading", START_MS - 9_000);
  assert.equal(await now(), "Downloading");
  await status21(core, 1, "Installing");
  for (const [status, atMs] of [
    ["Downloaded", START_MS - 5_000],
    ["Idle", START_MS],
    // A site that woke in 1970, or thinks that it is tomorrow, cannot say what is newer.
    ["Idle", 5_000],
    ["Idle", START_MS + 86_400_000],
  ] as const) {
    await replayed(status, atMs);
    assert.equal(await now(), "Installing", `${status} ${atMs}`);
  }
  core.nowMs += 60_000;
  await replayed("Installed", START_MS + 30_000);
  assert.equal(await now(), "Installed", "told after the last that is known");
});

test("message: NotifyDisplayMessages 2.0.1 too long to keep is kept as its length", async () => {
  const core = await testCore({ cp: "direct" });
  const content = "x".repeat(40_000);
  const messageInfo = [{ id: 1, priority: "InFront", message: { format: "UTF8", content } }];
  bodyOf(await core.call("cp", "2.0.1", "NotifyDisplayMessages", { requestId: 1, messageInfo }));
  const [kept] = await told(core, "display-message");
  assert.equal(typeof kept?.body["tooLong"], "number");
});

const boot = (core: TestCore, serialNumber: string, iccid: string) =>
  core.call("cp", "2.1", "BootNotification", {
    reason: "PowerUp",
    chargingStation: { model: "M", vendorName: "V", serialNumber, modem: { iccid } },
  });

test("message: BootNotification 2.1 with another serial number or SIM is told to people, and what it was is not", async () => {
  const core = await testCore({ cp: "direct" });
  await boot(core, "S-1", "8949");
  await boot(core, "S-1", "8949");
  assert.deepEqual(await core.outbox("station.identity-changed"), []);
  await boot(core, "S-1", "8950");
  const changes = await core.outbox("station.identity-changed");
  assert.deepEqual(
    changes.map(({ data }) => data),
    [{ fields: ["iccid"] }],
  );
});

test("message: NotifyCustomerInformation leaves nothing of the person, anywhere, in either version", async () => {
  const core = await testCore({ cp: "direct" });
  const payload = {
    requestId: 3,
    seqNo: 0,
    generatedAt: "2026-01-05T08:00:00Z",
    data: "Jane Doe, SECRET-TAG",
  };
  for (const version of ["2.0.1", "2.1"] as const) {
    bodyOf(await core.call("cp", version, "NotifyCustomerInformation", payload));
  }
  const tables = await core.db.introspection.getTables();
  for (const { name } of tables) {
    assert.doesNotMatch(JSON.stringify(await core.rows(name as "meta")), /Jane|SECRET/, name);
  }
  const [seen] = await core.outbox("station.customer-information");
  assert.deepEqual(seen?.data, { requestId: 3, part: 0, more: false, chars: 20 });
});

test("message: VatNumberValidation 2.1 echoes number and EVSE, calls nothing valid, and keeps neither", async () => {
  const core = await testCore({ cp: "direct" });
  const answer = bodyOf(
    await core.call("cp", "2.1", "VatNumberValidation", { vatNumber: "DE123", evseId: 2 }),
  );
  assert.deepEqual([answer["vatNumber"], answer["evseId"], answer["status"]], ["DE123", 2, "Rejected"]);
  assert.doesNotMatch(JSON.stringify(await core.outbox()), /DE123/);
});

test("message: BatterySwap 2.1 keeps what is in each slot, and masks the token", async () => {
  const core = await testCore({ cp: "direct" });
  const swap = (eventType: string, evseId: number, soC: number) =>
    core.call("cp", "2.1", "BatterySwap", {
      eventType,
      requestId: 1,
      idToken: { idToken: "WHOLE-TOKEN", type: "Central" },
      batteryData: [{ evseId, serialNumber: "B", soC, soH: 99.5 }],
    });
  await swap("BatteryIn", 1, 12.5);
  await swap("BatteryOut", 2, 98.5);
  assert.deepEqual(
    (await told(core, "battery")).map(({ about, ended }) => [about, ended]),
    [
      ["1", false],
      ["2", true],
    ],
  );
  assert.doesNotMatch(JSON.stringify(await core.rows("told")), /WHOLE-TOKEN/);
  assert.doesNotMatch(JSON.stringify(await core.outbox()), /WHOLE-TOKEN/);
});
