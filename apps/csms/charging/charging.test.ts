import assert from "node:assert/strict";
import { test } from "node:test";
import type { OcppVersion } from "@wattward/ocpp";
import { bodyOf, iso, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { stationTold } from "../queries/station-told.ts";
import { keepProfile } from "../stations/charging-profiles.ts";
import type { Tx } from "../store/writer.ts";

const CP = "cp" as Parameters<typeof stationTold>[1]["station"];
const told = async (core: TestCore, subject: string) =>
  (await stationTold(core.db, { station: CP, subject })).map(({ about, ended }) => [about, ended]);
const limit = (source: string, evseId?: number) => ({
  chargingLimit: { chargingLimitSource: source, isGridCritical: true },
  ...(evseId !== undefined && { evseId }),
});
const started = (core: TestCore, station: string, version: OcppVersion, transactionId: string) =>
  core.call(station, version, "TransactionEvent", {
    eventType: "Started",
    timestamp: iso(START_MS),
    triggerReason: "Authorized",
    seqNo: 0,
    transactionInfo: { transactionId },
    evse: { id: 1, connectorId: 1 },
  });

for (const version of ["2.0.1", "2.1"] as const) {
  test(`message: NotifyChargingLimit ${version} and ClearedChargingLimit ${version}: each EVSE and source by itself`, async () => {
    const core = await testCore({ cp: "direct" });
    const say = async (action: string, payload: object) =>
      assert.deepEqual(bodyOf(await core.call("cp", version, action, payload)), {});
    await say("NotifyChargingLimit", limit("EMS"));
    await say("NotifyChargingLimit", limit("EMS", 1));
    await say("NotifyChargingLimit", limit("SO", 1));
    await say("ClearedChargingLimit", { chargingLimitSource: "EMS", evseId: 1 });
    assert.deepEqual(await told(core, "charging-limit"), [
      ["0|EMS", false],
      ["1|EMS", true],
      ["1|SO", false],
    ]);
    const seen = (await core.outbox("station.charging-limit")).map(({ data }) => data["cleared"]);
    assert.deepEqual(seen, [false, false, false, true]);
  });

  test(`message: NotifyChargingLimit ${version} out of a journal does not bring back what was cleared since`, async () => {
    const core = await testCore({ cp: "either" });
    await core.call("cp", version, "ClearedChargingLimit", { chargingLimitSource: "EMS", evseId: 1 });
    await core.record({
      ...{ station: "cp", version, live: false, receivedAtMs: START_MS - 1_000 },
      ...{ action: "NotifyChargingLimit", payload: limit("EMS", 1) },
    });
    assert.deepEqual(await told(core, "charging-limit"), [["1|EMS", true]]);
  });

  test(`message: ReportChargingProfiles ${version} keeps its own profiles, and none for another's transaction`, async () => {
    const core = await testCore({ cp: "direct", other: "direct" });
    await started(core, "cp", version, "mine");
    await started(core, "other", version, "theirs");
    const profile = (id: number, transactionId: string) => ({
      ...{
        id,
        stackLevel: 0,
        chargingProfilePurpose: "TxProfile",
        chargingProfileKind: "Absolute",
        transactionId,
      },
      chargingSchedule: [
        { id, chargingRateUnit: "W", chargingSchedulePeriod: [{ startPeriod: 0, limit: 11_000.5 }] },
      ],
    });
    const payload = {
      ...{ requestId: 1, evseId: 1, chargingLimitSource: "CSO" },
      chargingProfile: [profile(1, "mine"), profile(2, "theirs")],
    };
    bodyOf(await core.call("cp", version, "ReportChargingProfiles", payload));
    assert.deepEqual(
      (await core.rows("charging_profiles")).map((row) => [row.station_id, row.profile_id, row.source]),
      [["cp", 1, "told"]],
    );
    const [foreign] = await core.outbox("security.foreign-transaction");
    assert.deepEqual([foreign?.data["wireId"], foreign?.data["of"]], ["theirs", "other-station"]);
  });

  test(`message: NotifyEVChargingSchedule ${version} is kept by EVSE; below 0 there is none`, async () => {
    const core = await testCore({ cp: "direct" });
    const schedule = {
      id: 1,
      chargingRateUnit: "W",
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 1.5 }],
    };
    const say = (evseId: number) =>
      core.call("cp", version, "NotifyEVChargingSchedule", {
        ...{ evseId, timeBase: iso(START_MS), chargingSchedule: schedule },
      });
    assert.deepEqual(bodyOf(await say(1)), { status: "Accepted" });
    const refused = await say(-1);
    assert.equal(refused.kind === "error" && refused.code, "PropertyConstraintViolation");
    assert.deepEqual(await told(core, "ev-schedule"), [["1", false]]);
  });
}

test("message: NotifyEVChargingNeeds 2.0.1 and 2.1: no schedule is promised, and a car of ISO 15118-20 is told so in its word", async () => {
  const core = await testCore({ cp: "direct" });
  const needs = async (version: OcppVersion, chargingNeeds: object) =>
    bodyOf(await core.call("cp", version, "NotifyEVChargingNeeds", { evseId: 1, chargingNeeds }))["status"];
  const plain = { requestedEnergyTransfer: "AC_three_phase", departureTime: iso(START_MS + 3_600_000) };
  assert.equal(await needs("2.0.1", plain), "Rejected");
  assert.equal(await needs("2.1", plain), "Rejected");
  assert.equal(await needs("2.1", { ...plain, controlMode: "ScheduledControl" }), "NoChargingProfile");
  const [first] = await core.outbox("station.ev-needs");
  assert.equal(first?.data["departureAtMs"], START_MS + 3_600_000);
});

test("message: PullDynamicScheduleUpdate 2.1 gets the values of the dynamic profile that we set, and of no other", async () => {
  const core = await testCore({ cp: "direct", other: "direct" });
  const set = (station: string, id: number, kind: string, source: "set" | "told") =>
    core.writer.submit("test", undefined, (tx) =>
      keepProfile(
        tx,
        station,
        {
          ...{ id, evse: id, purpose: "TxDefaultProfile", stackLevel: 0, kind },
          body: { chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: 0, setpoint: -2_000.5 }] }] },
        },
        { source, atMs: START_MS },
      ),
    );
  await set("cp", 1, "Dynamic", "set");
  await set("cp", 2, "Absolute", "set");
  await set("cp", 3, "Dynamic", "told");
  await set("other", 4, "Dynamic", "set");
  const pull = async (chargingProfileId: number) =>
    bodyOf(await core.call("cp", "2.1", "PullDynamicScheduleUpdate", { chargingProfileId }));
  assert.deepEqual(await pull(1), { status: "Accepted", scheduleUpdate: { setpoint: -2_000.5 } });
  for (const id of [2, 3, 4, 5, -1]) assert.equal((await pull(id))["status"], "Rejected", `${id}`);
});

test("message: NotifyPriorityCharging 2.1 is kept for its own transactions, from either version on", async () => {
  const core = await testCore({ cp: "direct", other: "direct" });
  await started(core, "cp", "2.0.1", "mine");
  await started(core, "other", "2.1", "theirs");
  const say = async (transactionId: string, activated: boolean) =>
    assert.deepEqual(
      bodyOf(await core.call("cp", "2.1", "NotifyPriorityCharging", { transactionId, activated })),
      {},
    );
  await say("mine", true);
  await say("theirs", true);
  assert.deepEqual(await told(core, "priority-charging"), [["mine", false]]);
  await say("mine", false);
  assert.deepEqual(await told(core, "priority-charging"), [["mine", true]]);
});

test("message: NotifyDERStartStop 2.1 stops what it supersedes; NotifyDERAlarm 2.1 ends; ReportDERControl 2.1 lists", async () => {
  const core = await testCore({ cp: "direct" });
  const timestamp = iso(START_MS);
  const run = (controlId: string, started: boolean, supersededIds?: string[]) =>
    core.call("cp", "2.1", "NotifyDERStartStop", {
      ...{ controlId, started, timestamp },
      ...(supersededIds && { supersededIds }),
    });
  await run("a", true);
  await run("b", true, ["a", "b", "a"]);
  assert.deepEqual(await told(core, "der-running"), [
    ["a", true],
    ["b", false],
  ]);
  const alarm = (alarmEnded: boolean) =>
    core.call("cp", "2.1", "NotifyDERAlarm", { controlType: "VoltWatt", timestamp, alarmEnded });
  await alarm(false);
  await alarm(true);
  assert.deepEqual(await told(core, "der-alarm"), [["VoltWatt", true]]);
  const gradient = { priority: 0, gradient: 1.5, softGradient: 0.25 };
  await core.call("cp", "2.1", "ReportDERControl", { requestId: 1, gradient: [{ id: "a", gradient }] });
  assert.deepEqual(await told(core, "der-control"), [["a", false]]);
});

test("message: ReportDERControl 2.1 and NotifyDERStartStop 2.1 that name thousands cost no more than what is kept of them", async () => {
  const core = await testCore({ cp: "direct" });
  let statements = 0;
  const counted = (tx: Tx) =>
    new Proxy(tx, {
      get(target, name) {
        statements += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
  const submit = core.writer.submit.bind(core.writer);
  core.writer.submit = (name, lane, decide) => submit(name, lane, (tx) => decide(counted(tx)));
  const control = { isDefault: false, isSuperseded: false };
  const limitMaxDischarge = Array.from({ length: 8_000 }, (_, n) => ({
    ...{ id: `c${n}`, ...control },
    limitMaxDischarge: { priority: 1, pctMaxDischargePower: 1 },
  }));
  bodyOf(await core.call("cp", "2.1", "ReportDERControl", { requestId: 1, limitMaxDischarge }));
  const [seen] = await core.outbox("station.der-controls");
  assert.deepEqual([seen?.data["controls"], (await core.rows("told")).length], [8_000, 200]);
  const supersededIds = limitMaxDischarge.map(({ id }) => id);
  const started = { controlId: "x", started: true, timestamp: iso(START_MS), supersededIds };
  bodyOf(await core.call("cp", "2.1", "NotifyDERStartStop", started));
  assert(statements < 2_000, `${statements} statements`);
});
