import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import type { AdmissionRequest } from "../core/port.ts";
import { bodyOf, SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const admit = (
  core: TestCore,
  station: string,
  more: Partial<AdmissionRequest["certificate"]> = {},
  route?: object,
) =>
  core.decide("station.admit", {
    station: station as StationId,
    route: (route ?? { kind: "direct" }) as { kind: "direct" },
    certificate: { serial: station, key: "k1", notBeforeMs: 1_000, ...more },
    atMs: START_MS,
  });
const verdict = async (answer: ReturnType<typeof admit>) => {
  const told = await answer;
  return told.kind === "admitted" ? (told.pending ? "pending" : "admitted") : told.reason;
};

test("admission: the inventory's station with its own certificate, by its own route", async () => {
  const core = await testCore({ cp: "direct", box: "site" });
  assert.equal(await verdict(admit(core, "cp")), "admitted");
  assert.equal(await verdict(admit(core, "cp", { serial: "other" })), "wrong-certificate");
  assert.equal(await verdict(admit(core, "box")), "wrong-route");
  assert.equal(await verdict(admit(core, "box", {}, { kind: "site", site: SITE })), "admitted");
  assert.equal(await verdict(admit(core, "box", {}, { kind: "site", site: "elsewhere" })), "wrong-route");
  await core.db.updateTable("stations").set({ admission: "blocked" }).execute();
  assert.equal(await verdict(admit(core, "cp")), "blocked");
});

test("admission: an older certificate is never accepted again, of whatever key (takeover table)", async () => {
  const core = await testCore({ cp: "direct" });
  const steps: [string, number, string][] = [
    ["k1", 1_000, "admitted"],
    ["k1", 1_000, "admitted"],
    ["k2", 1_000, "older-certificate"],
    ["k2", 2_000, "admitted"],
    ["k1", 1_000, "older-certificate"],
    ["k2", 1_500, "older-certificate"],
    ["k2", 2_000, "admitted"],
  ];
  for (const [key, notBeforeMs, expected] of steps) {
    assert.equal(
      await verdict(admit(core, "cp", { key, notBeforeMs })),
      expected,
      `${key} from ${notBeforeMs}`,
    );
  }
  assert.equal((await core.outbox("station.refused")).length, 3);
});

test("admission: a stranger with a certificate of ours in its own name is pending, and may only boot", async () => {
  const core = await testCore();
  assert.equal(await verdict(admit(core, "new", { serial: "someone" })), "unknown-station");
  assert.deepEqual(await core.rows("stations"), []);
  assert.equal(await verdict(admit(core, "new")), "pending");
  const boot = { chargePointVendor: "V", chargePointModel: "M" };
  const told = bodyOf(await core.call("new", "1.6", "BootNotification", boot));
  assert.deepEqual([told["status"], told["interval"]], ["Pending", 60]);
  const start = { connectorId: 1, idTag: "t", timestamp: "2026-01-05T08:00:00Z", meterStart: 0 };
  const refused = await core.call("new", "1.6", "StartTransaction", start);
  assert.equal(refused.kind === "error" && refused.code, "SecurityError");
  assert.deepEqual(await core.rows("transactions"), []);
  await core.decide("station.add", {
    station: "new" as StationId,
    serial: "new",
    route: "direct",
    actor: "person",
    atMs: START_MS,
  });
  assert.equal(bodyOf(await core.call("new", "1.6", "BootNotification", boot))["status"], "Accepted");
});

test("boot: the answer has the time of reception with its Z, and the heartbeat's seconds as interval", async () => {
  const core = await testCore({ cp: "direct" });
  for (const [version, payload] of [
    ["1.6", { chargePointVendor: "", chargePointModel: "M" }],
    ["2.0.1", { chargingStation: { vendorName: "V", model: "M", firmwareVersion: "9" }, reason: "PowerUp" }],
  ] as const) {
    assert.deepEqual(bodyOf(await core.call("cp", version, "BootNotification", payload)), {
      status: "Accepted",
      currentTime: "2026-01-05T08:00:00.000Z",
      interval: 300,
    });
  }
  const [row] = await core.rows("stations");
  assert.deepEqual([row?.vendor, row?.firmware, row?.ocpp_version], ["V", "9", "2.0.1"]);
});

test("inventory: the same addition twice changes nothing, another changes the station", async () => {
  const core = await testCore();
  const add = (more: object = {}) =>
    core.decide("station.add", {
      station: "cp" as StationId,
      serial: "s1",
      route: "site",
      site: SITE,
      actor: "p",
      atMs: START_MS,
      ...more,
    });
  assert.deepEqual(await add(), { kind: "added", siteCreated: true });
  assert.deepEqual(await add(), { kind: "unchanged", siteCreated: false });
  assert.deepEqual(await add({ serial: "s2" }), { kind: "changed", siteCreated: false });
  const kinds = (await core.outbox()).map(({ kind }) => kind);
  assert.deepEqual(kinds, ["site.added", "station.added", "station.changed"]);
});
