import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { stationMonitoring } from "../queries/station-told.ts";
import { STREAM_OBSERVED_EVERY_MS, STREAMS_MAX } from "./event-streams.ts";
import { MONITORS_MAX } from "./monitors.ts";

const CP = "cp" as Parameters<typeof stationMonitoring>[1]["station"];
const open = async (core: TestCore, id: number, monitor = 17) =>
  bodyOf(
    await core.call("cp", "2.1", "OpenPeriodicEventStream", {
      constantStreamData: { id, variableMonitoringId: monitor, params: { interval: 60 } },
    }),
  )["status"];
const send = (core: TestCore, id: number, data: object[], more: object = {}) =>
  core.send("cp", "2.1", "NotifyPeriodicEventStream", {
    id,
    pending: 0,
    basetime: iso(core.nowMs),
    data,
    ...more,
  });
const monitors = (core: TestCore, ids: readonly number[]) =>
  core.call("cp", "2.1", "NotifyMonitoringReport", {
    requestId: 1,
    seqNo: 0,
    generatedAt: iso(START_MS),
    monitor: ids.map((id) => ({
      component: { name: "Controller", evse: { id: 1 } },
      variable: { name: "Temperature" },
      variableMonitoring: [
        {
          id,
          transaction: false,
          value: 1.5,
          type: "Periodic",
          severity: 8,
          eventNotificationType: "CustomMonitor",
        },
      ],
    })),
  });
const streams = async (core: TestCore) => (await stationMonitoring(core.db, { station: CP })).streams;

test("message: NotifyPeriodicEventStream 2.1 leaves the newest value with its stream, and in the device model", async () => {
  const core = await testCore({ cp: "direct" });
  await monitors(core, [17]);
  assert.equal(await open(core, 4), "Accepted");
  const data = [
    { t: 0, v: "70.1" },
    { t: 2.5, v: "70.9" },
    { t: 1, v: "70.4" },
  ];
  assert.deepEqual(await send(core, 4, data, { pending: 3 }), { kind: "taken" });
  const [stream] = await streams(core);
  assert.deepEqual(stream, { id: 4, monitor: 17, pending: 3, value: "70.9", valueAtMs: START_MS + 2_500 });
  assert.deepEqual(
    (await core.rows("variables")).map((row) => [row.component, row.evse_id, row.variable, row.value]),
    [["Controller", 1, "Temperature", "70.9"]],
  );
});

test("message: NotifyPeriodicEventStream 2.1 of a monitor that nobody told of has its value in the stream alone", async () => {
  const core = await testCore({ cp: "direct" });
  await open(core, 4);
  await send(core, 4, [{ t: 0, v: "1" }]);
  assert.equal((await streams(core))[0]?.value, "1");
  assert.deepEqual(await core.rows("variables"), []);
});

test("message: NotifyPeriodicEventStream 2.1 for a stream that is not open, or another's, means nothing", async () => {
  const core = await testCore({ cp: "direct", other: "direct" });
  await open(core, 4);
  const dropped = { kind: "dropped", why: "no such stream is open" };
  assert.deepEqual(await send(core, 5, [{ t: 0, v: "1" }]), dropped);
  const payload = { id: 4, pending: 0, basetime: iso(START_MS), data: [{ t: 0, v: "1" }] };
  assert.deepEqual(await core.send("other", "2.1", "NotifyPeriodicEventStream", payload), dropped);
  assert.equal((await streams(core))[0]?.value, null);
});

test("message: NotifyPeriodicEventStream 2.1 is observed once in a while, however often it comes", async () => {
  const core = await testCore({ cp: "direct" });
  await open(core, 4);
  for (let n = 0; n < 200; n += 1) {
    core.nowMs = START_MS + n * 1_000;
    await send(core, 4, [{ t: 0, v: `${n}` }]);
  }
  const observed = (await core.outbox("station.stream")).length;
  assert.equal(observed, Math.ceil((200 * 1_000) / STREAM_OBSERVED_EVERY_MS));
  assert.equal((await streams(core))[0]?.value, "199");
});

test("message: NotifyPeriodicEventStream 2.1 that is late changes no newer value; one from the future is dated now", async () => {
  const core = await testCore({ cp: "direct" });
  await open(core, 4);
  await send(core, 4, [{ t: 0, v: "new" }]);
  await send(core, 4, [{ t: 0, v: "old" }], { basetime: iso(START_MS - 60_000) });
  assert.equal((await streams(core))[0]?.value, "new");
  await send(core, 4, [{ t: 9e14, v: "far" }]);
  const [far] = await streams(core);
  assert((far?.valueAtMs ?? 0) <= START_MS + 5 * 60_000, `${far?.valueAtMs}`);
  core.nowMs += 6 * 60_000;
  await send(core, 4, [{ t: 0, v: "next" }]);
  assert.equal((await streams(core))[0]?.value, "next", "a wild time blocks nothing");
});

test("message: OpenPeriodicEventStream 2.1 is refused past what is followed, and accepted again when one is closed", async () => {
  const core = await testCore({ cp: "direct" });
  for (let id = 0; id < STREAMS_MAX; id += 1) assert.equal(await open(core, id, id), "Accepted");
  assert.equal(await open(core, STREAMS_MAX, STREAMS_MAX), "Rejected");
  assert.equal(await open(core, 0, 9_999), "Accepted", "one that is open may be opened anew");
  bodyOf(await core.call("cp", "2.1", "ClosePeriodicEventStream", { id: 1 }));
  assert.equal(await open(core, STREAMS_MAX, STREAMS_MAX), "Accepted");
  assert.equal((await streams(core)).length, STREAMS_MAX);
});

test("message: ClosePeriodicEventStream 2.1 of a stream that is none is answered all the same", async () => {
  const core = await testCore({ cp: "direct" });
  assert.deepEqual(bodyOf(await core.call("cp", "2.1", "ClosePeriodicEventStream", { id: 9 })), {});
});

test("message: NotifyMonitoringReport 2.1 in parts: thresholds with fractions are kept exactly, and no more than a bound", async () => {
  const core = await testCore({ cp: "direct" });
  await monitors(core, [1, 2]);
  await monitors(core, [3]);
  const { monitors: kept } = await stationMonitoring(core.db, { station: CP });
  assert.deepEqual(
    kept.map(({ id, component, value }) => [id, component, value]),
    [1, 2, 3].map((id) => [id, "Controller[1]", "1.5"]),
  );
  await monitors(
    core,
    Array.from({ length: MONITORS_MAX + 50 }, (_, n) => n),
  );
  assert.equal((await core.rows("monitors")).length, MONITORS_MAX);
});

test("sends: of a station that is not accepted, never booted or unknown nothing is taken", async () => {
  const core = await testCore({ cp: "direct" });
  await open(core, 4);
  await core.db.updateTable("stations").set({ admission: "pending" }).execute();
  assert.equal((await send(core, 4, [{ t: 0, v: "1" }])).kind, "dropped");
  await core.db.updateTable("stations").set({ admission: "accepted", booted_at_ms: null }).execute();
  assert.equal((await send(core, 4, [{ t: 0, v: "1" }])).kind, "dropped");
  const payload = { id: 4, pending: 0, basetime: iso(START_MS), data: [{ t: 0, v: "1" }] };
  assert.equal((await core.send("nobody", "2.1", "NotifyPeriodicEventStream", payload)).kind, "dropped");
  assert.equal((await core.send("cp", "2.0.1", "NotifyPeriodicEventStream", payload)).kind, "dropped");
});

test("message: OpenPeriodicEventStream 2.1 of a monitor that has one takes its place: restarts use up no streams", async () => {
  const core = await testCore({ cp: "direct" });
  for (let id = 1; id <= STREAMS_MAX * 2; id += 1) assert.equal(await open(core, id), "Accepted", `${id}`);
  assert.deepEqual(
    (await streams(core)).map(({ id }) => id),
    [STREAMS_MAX * 2],
  );
});
