import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationAnswer } from "../core/port.ts";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { CONNECTORS_MAX } from "./status.ts";

const tell16 = (core: TestCore, connectorId: number, status: string, errorCode = "NoError") =>
  core.call("cp", "1.6", "StatusNotification", {
    connectorId,
    status,
    errorCode,
    timestamp: iso(core.nowMs),
  });
const code = (answer: StationAnswer) => (answer.kind === "error" ? answer.code : "none");
const rows = async (core: TestCore) =>
  (await core.rows("connectors"))
    .map((row) => [row.evse_id, row.connector_id, row.status, row.error_code])
    .sort();

test("status: connector 0 is the station and overwrites no connector (QUIRKS 37)", async () => {
  const core = await testCore({ cp: "direct" });
  await tell16(core, 1, "Charging");
  await tell16(core, 0, "Unavailable", "OtherError");
  assert.deepEqual(await rows(core), [
    [0, 0, "Unavailable", "OtherError"],
    [1, 1, "Charging", null],
  ]);
  const payload = { timestamp: iso(START_MS), connectorStatus: "Available", evseId: 0, connectorId: 3 };
  bodyOf(await core.call("cp", "2.0.1", "StatusNotification", payload));
  assert.deepEqual((await rows(core))[0], [0, 0, "Available", null]);
});

test("status: a number below 0 names nothing (QUIRKS 37)", async () => {
  const core = await testCore({ cp: "direct" });
  assert.equal(code(await tell16(core, -1, "Available")), "PropertyConstraintViolation");
  assert.deepEqual(await rows(core), []);
});

test("status: a station cannot make up connectors without end", async () => {
  const core = await testCore({ cp: "direct" });
  for (let n = 1; n <= CONNECTORS_MAX; n += 1) bodyOf(await tell16(core, n, "Available"));
  assert.equal(code(await tell16(core, CONNECTORS_MAX + 1, "Available")), "PropertyConstraintViolation");
  bodyOf(await tell16(core, 1, "Charging"));
  assert.equal((await rows(core)).length, CONNECTORS_MAX);
});

test("status: said twice, it is observed once", async () => {
  const core = await testCore({ cp: "direct" });
  for (let i = 0; i < 3; i += 1) await tell16(core, 1, "Available");
  await tell16(core, 1, "Faulted", "GroundFailure");
  const seen = (await core.outbox("station.status")).map(({ data }) => data["status"]);
  assert.deepEqual(seen, ["Available", "Faulted"]);
});

for (const [version, action, expected] of [
  ["1.6", "CertificateSigned", "NotSupported"],
  ["1.6", "Reset", "NotSupported"],
  ["1.6", "constructor", "NotImplemented"],
  ["2.0.1", "GetVariables", "NotSupported"],
  ["2.0.1", "BatterySwap", "NotImplemented"],
  ["2.1", "SetDERControl", "NotSupported"],
  ["2.0.1", "__proto__", "NotImplemented"],
  ["2.0.1", "StartTransaction", "NotImplemented"],
] as const) {
  test(`dispatch: ${version} ${action} is ${expected}`, async () => {
    const core = await testCore({ cp: "direct" });
    assert.equal(code(await core.call("cp", version, action, {})), expected);
  });
}

test("dispatch: a heartbeat writes nothing while the station was seen a moment ago", async () => {
  const core = await testCore({ cp: "direct" });
  const seenAt = async () => (await core.rows("stations"))[0]?.seen_at_ms;
  bodyOf(await core.call("cp", "1.6", "Heartbeat", {}));
  core.nowMs += 9_000;
  bodyOf(await core.call("cp", "1.6", "Heartbeat", {}));
  assert.equal(await seenAt(), START_MS);
  core.nowMs += 2_000;
  assert.deepEqual(bodyOf(await core.call("cp", "1.6", "Heartbeat", {})), {
    currentTime: iso(START_MS + 11_000),
  });
  assert.equal(await seenAt(), START_MS + 11_000);
});

test("dispatch: a station that is not known, or that came the wrong way, is refused and observed", async () => {
  const core = await testCore({ box: "site" });
  for (const station of ["nobody", "box"]) {
    assert.equal(code(await core.call(station, "1.6", "Heartbeat", {})), "SecurityError");
  }
  assert.equal((await core.outbox("security.foreign-station")).length, 2);
});
