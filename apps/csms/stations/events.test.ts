import assert from "node:assert/strict";
import { test } from "node:test";
import type { OcppVersion } from "@wattward/ocpp";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const event = (name: string, evse: object | undefined, actualValue: string, more: object = {}) => ({
  eventId: 1,
  timestamp: iso(START_MS),
  trigger: "Delta",
  actualValue,
  component: { name, ...(evse && { evse }) },
  variable: { name: "AvailabilityState" },
  eventNotificationType: "HardWiredNotification",
  ...more,
});
const notify = async (core: TestCore, version: OcppVersion, ...eventData: object[]) =>
  bodyOf(await core.call("cp", version, "NotifyEvent", { generatedAt: iso(START_MS), seqNo: 0, eventData }));
const connectors = async (core: TestCore) =>
  (await core.rows("connectors")).map((row) => [row.evse_id, row.connector_id, row.status]);

for (const version of ["2.0.1", "2.1"] as const) {
  test(`message: NotifyEvent ${version} of AvailabilityState is the status of connector and station (G01)`, async () => {
    const core = await testCore({ cp: "direct" });
    await notify(
      core,
      version,
      event("Connector", { id: 1, connectorId: 2 }, "Occupied"),
      event("connector", { id: 2, connectorId: 1 }, "Faulted"),
      event("ChargingStation", undefined, "Available"),
      event("EVSE", { id: 1 }, "Occupied"),
    );
    assert.deepEqual(await connectors(core), [
      [0, 0, "Available"],
      [1, 2, "Occupied"],
      [2, 1, "Faulted"],
    ]);
    assert.equal((await core.outbox("station.status")).length, 3);
    assert.deepEqual(
      (await core.outbox("station.event")).map(({ data }) => data["component"]),
      ["EVSE[1]"],
    );
  });

  test(`message: NotifyEvent ${version} with a state that there is not, or no place, changes no status`, async () => {
    const core = await testCore({ cp: "direct" });
    await notify(
      core,
      version,
      event("Connector", { id: 1, connectorId: 1 }, "Charging"),
      event("Connector", undefined, "Occupied"),
      event("Connector", { id: 0, connectorId: 0 }, "Occupied"),
      event("Connector", { id: 1, connectorId: 1 }, "Occupied", { variable: { name: "Problem" } }),
    );
    assert.deepEqual(await connectors(core), []);
    assert.equal((await core.outbox("station.event")).length, 4);
  });

  test(`message: NotifyEvent ${version} brings the device model up to date, and never a token that was read`, async () => {
    const core = await testCore({ cp: "direct" });
    await notify(
      core,
      version,
      event("Controller", undefined, "71.5", { variable: { name: "Temperature" } }),
      event("TokenReader", undefined, "DEADBEEF01", { variable: { name: "Token" } }),
    );
    assert.deepEqual(
      (await core.rows("variables")).map((row) => [row.component, row.variable, row.value, row.source]),
      [["Controller", "Temperature", "71.5", "event"]],
    );
    assert.doesNotMatch(JSON.stringify(await core.outbox()), /DEADBEEF/);
  });
}

test("message: StatusNotification 2.1 is told both ways; the last word stands, by whichever it came", async () => {
  const core = await testCore({ cp: "direct" });
  const status = { evseId: 1, connectorId: 1, connectorStatus: "Available", timestamp: iso(START_MS) };
  bodyOf(await core.call("cp", "2.1", "StatusNotification", status));
  await notify(core, "2.1", event("Connector", { id: 1, connectorId: 1 }, "Occupied"));
  assert.deepEqual(await connectors(core), [[1, 1, "Occupied"]]);
  bodyOf(await core.call("cp", "2.1", "StatusNotification", status));
  assert.deepEqual(await connectors(core), [[1, 1, "Available"]]);
});

test("message: NotifyEvent 2.1 out of a journal changes no state that is newer, and no model at all", async () => {
  const core = await testCore({ cp: "either" });
  await notify(core, "2.1", event("Connector", { id: 1, connectorId: 1 }, "Occupied"));
  await core.record({
    station: "cp",
    version: "2.1",
    action: "NotifyEvent",
    live: false,
    receivedAtMs: START_MS - 60_000,
    payload: {
      generatedAt: iso(START_MS - 60_000),
      seqNo: 0,
      eventData: [
        event("Connector", { id: 1, connectorId: 1 }, "Available", { timestamp: iso(START_MS - 60_000) }),
        event("Controller", undefined, "1", { variable: { name: "Temperature" } }),
      ],
    },
  });
  assert.deepEqual(await connectors(core), [[1, 1, "Occupied"]]);
  const model = (await core.rows("variables")).map(({ variable }) => variable);
  assert.deepEqual(model, ["AvailabilityState"]);
});

test("message: NotifyEvent 2.0.1 for a transaction of another station is a security matter, and is acknowledged", async () => {
  const core = await testCore({ cp: "direct", other: "direct" });
  bodyOf(
    await core.call("other", "2.1", "TransactionEvent", {
      eventType: "Started",
      timestamp: iso(START_MS),
      triggerReason: "Authorized",
      seqNo: 0,
      transactionInfo: { transactionId: "theirs" },
    }),
  );
  const named = (transactionId: string) => event("Controller", undefined, "1", { transactionId });
  await notify(core, "2.0.1", named("theirs"), named("nobodys"), named("theirs"));
  assert.deepEqual(
    (await core.outbox("security.foreign-transaction")).map(({ data }) => [data["wireId"], data["of"]]),
    [
      ["theirs", "other-station"],
      ["nobodys", "nobody"],
    ],
  );
});

test("message: NotifyEvent 2.1 of a monitor gone wild fills neither outbox nor tables", async () => {
  const core = await testCore({ cp: "direct" });
  const wild = Array.from({ length: 2_000 }, (_, n) =>
    event("Connector", { id: n + 1, connectorId: 1 }, "Occupied"),
  );
  await notify(core, "2.1", ...wild);
  assert.equal((await core.rows("connectors")).length, 128);
  assert((await core.outbox()).length < 700);
});
