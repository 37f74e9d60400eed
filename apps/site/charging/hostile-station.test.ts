/** What a station or a CSMS says wrong, or too often, costs that station at most: never the site its energy controller, nor a fuse its protection. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import { energyDocument } from "../testing/energy-document.ts";
import { type Answers, charging } from "../testing/scripted-charging.ts";
import { fieldsOf, listIn, numberIn, objectIn } from "./fields.ts";
import { GRANT_ID, SAFE_DEFAULT_ID } from "./limits.ts";

type Charging = Awaited<ReturnType<typeof charging>>;

const isSafeDefault = (wire: ReturnType<typeof fieldsOf>) =>
  (numberIn(wire, "id") ?? numberIn(wire, "chargingProfileId")) === SAFE_DEFAULT_ID;

/** The CSMS calls station A, and waits a while. */
async function csms({ world }: Charging, action: string, payload: JsonObject, id: string): Promise<void> {
  world.csms.send({ t: "down", station: "A" as StationId, frame: JSON.stringify([2, id, action, payload]) });
  await world.time.advance(1_000);
}

/** What the CSMS was answered. */
const answered = ({ world }: Charging, id: string): unknown =>
  world.csms.messages.flatMap((message) => {
    if (message.t !== "up") return [];
    const frame: unknown[] = JSON.parse(message.frame);
    return frame[0] === 3 && frame[1] === id ? [frame[2]] : [];
  })[0];

const newDocument = ({ world }: Charging, energy: string | undefined) => {
  const { energy: _, ...plain } = world.csms.bundle;
  world.csms.sendBundle({
    ...plain,
    version: plain.version + 1,
    ...(energy !== undefined && { energy }),
  });
};

/** Limits of the grants that station A got, A. */
const limitsOf = ({ sets }: Charging, version: string) =>
  sets()
    .map((fields) => objectIn(fields, version === "1.6" ? "csChargingProfiles" : "chargingProfile"))
    .filter((wire) => !isSafeDefault(wire))
    .map((wire) => {
      const schedule =
        version === "1.6"
          ? objectIn(wire, "chargingSchedule")
          : fieldsOf(listIn(wire, "chargingSchedule")[0]);
      return numberIn(fieldsOf(listIn(schedule, "chargingSchedulePeriod")[0]), "limit");
    });

for (const timestamp of ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
  test(`hostile station: a message of ${timestamp.slice(0, 4)} is no reason to doubt how it is limited`, async () => {
    const it = await charging("1.6", () => undefined);
    for (const boots of [false, true]) {
      if (boots) void it.station.tell("BootNotification", { chargePointVendor: "V", chargePointModel: "M" });
      await it.world.time.advance(100);
      const status = { connectorId: 1, errorCode: "NoError", status: "Charging", timestamp };
      void it.station.tell("StatusNotification", status);
      await it.world.time.advance(120_000);
      assert.equal(it.energy.states.at(-1)?.unlimited, undefined, `boots: ${boots}`);
    }
    assert.equal(limitsOf(it, "1.6").at(-1), 16);
  });

for (const [value, multiplier] of [
  ["0", 400],
  ["1", 400],
  ["1e308", 0],
  ["-1", 0],
] as const)
  test(`hostile station: a register of ${value}·10^${multiplier} Wh takes no energy controller away from the others`, async () => {
    const it = await charging("2.0.1", () => undefined);
    const sampledValue = ["L1", "L2"].map((phase) => ({
      value: Number(value),
      phase,
      measurand: "Energy.Active.Import.Register",
      unitOfMeasure: { unit: "Wh", multiplier },
    }));
    const timestamp = new Date(it.world.time.now().wallMs).toISOString();
    for (let i = 0; i < 2; i++) {
      void it.station.tell("MeterValues", { evseId: 1, meterValue: [{ timestamp, sampledValue }] });
      await it.world.time.advance(10_000);
    }
    assert.deepEqual(it.energy.refused, []);
    assert.equal(it.world.site.status().mode?.mode, "reactive");
  });

for (const [version, numberPhases] of [
  ["1.6", 0],
  ["2.0.1", 0],
  ["1.6", -3],
] as const)
  test(`hostile CSMS ${version}: 0 W over ${numberPhases} phases is a bound, or refused, and never no number`, async () => {
    const it = await charging(version, () => undefined);
    const schedule = {
      chargingRateUnit: "W",
      chargingSchedulePeriod: [{ startPeriod: 0, limit: 0, numberPhases }],
    };
    const common = {
      stackLevel: 0,
      chargingProfilePurpose: "TxDefaultProfile",
      chargingProfileKind: "Relative",
    };
    const payload: JsonObject =
      version === "1.6"
        ? {
            connectorId: 1,
            csChargingProfiles: { chargingProfileId: 1, ...common, chargingSchedule: schedule },
          }
        : { evseId: 1, chargingProfile: { id: 1, ...common, chargingSchedule: [{ id: 1, ...schedule }] } };
    await csms(it, "SetChargingProfile", payload, "p");
    await it.world.time.advance(3_000);
    assert.deepEqual(it.energy.refused, []);
    assert.equal(it.world.site.status().mode?.mode, "reactive");
  });

test("hostile CSMS: remote starts that nobody follows do not pile up their profiles, and the last one is taken", async () => {
  for (const version of ["1.6", "2.0.1"] as const) {
    const it = await charging(version, () => undefined);
    for (let i = 1; i <= 60; i++) {
      const schedule = { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] };
      const common = { stackLevel: 0, chargingProfilePurpose: "TxProfile", chargingProfileKind: "Relative" };
      if (version === "1.6")
        await csms(
          it,
          "RemoteStartTransaction",
          {
            connectorId: 1,
            idTag: "T",
            chargingProfile: { chargingProfileId: i, ...common, chargingSchedule: schedule },
          },
          `r${i}`,
        );
      else
        await csms(
          it,
          "RequestStartTransaction",
          {
            ...{ evseId: 1, remoteStartId: i, idToken: { idToken: "T", type: "Central" } },
            chargingProfile: { id: i, ...common, chargingSchedule: [{ id: 1, ...schedule }] },
          },
          `r${i}`,
        );
    }
    assert.deepEqual(answered(it, "r60"), { status: "Accepted" }, version);
    const page = fieldsOf(
      JSON.parse(new TextDecoder().decode(await it.world.disk.boot().read("state/charging/station-A.json"))),
    );
    assert.equal(listIn(page, "csms").length, 1, version);
  }
});

test("hostile CSMS: a station that is made to say again and again that it boots is lowered all the same", async () => {
  const slow: Answers = (action) => (action === "GetChargingProfiles" ? null : undefined);
  const it = await charging("2.0.1", slow);
  const boot = { reason: "Triggered", chargingStation: { vendorName: "V", model: "M" } };
  it.station.say(JSON.stringify([2, "b0", "BootNotification", boot]));
  await it.world.time.advance(1_000);
  it.energy.grantMa = 8_000;
  for (let i = 1; i <= 10; i++) {
    it.station.say(JSON.stringify([2, `b${i}`, "BootNotification", boot]));
    await it.world.time.advance(3_000);
  }
  assert.equal(limitsOf(it, "2.0.1").at(-1), 8, "30 s after it was to be lowered");
});

test("a new document while the safe default is being looked at: what stands in the station last is the new one's", async () => {
  const it = await charging("2.0.1", () => undefined);
  let answers = false;
  it.station.reply = (action, payload) => {
    if (action !== "GetChargingProfiles") return { status: "Accepted" };
    void payload;
    return answers ? { status: "NoProfiles" } : undefined;
  };
  it.station.say(
    JSON.stringify([
      2,
      "b1",
      "BootNotification",
      { reason: "PowerUp", chargingStation: { vendorName: "V", model: "M" } },
    ]),
  );
  await it.world.time.advance(1_000);
  newDocument(it, energyDocument(["A", "B"], { outlet: { safeMa: 0 } }));
  await it.world.time.advance(500);
  answers = true;
  await it.world.time.advance(60_000);
  const safe = it
    .sets()
    .map((fields) => objectIn(fields, "chargingProfile"))
    .filter(isSafeDefault)
    .map((wire) =>
      numberIn(
        fieldsOf(listIn(fieldsOf(listIn(wire, "chargingSchedule")[0]), "chargingSchedulePeriod")[0]),
        "limit",
      ),
    );
  assert.equal(safe.at(-1), 0, safe.join());
});

for (const version of ["1.6", "2.0.1"] as const)
  test(`a new document with a lower safe default ${version}: until the station has it, its rating is budgeted, and it is never without one`, async () => {
    const it = await charging(version, () => undefined);
    const before = it.station.asked.length;
    const usually = it.station.reply;
    it.station.reply = () => undefined;
    newDocument(it, energyDocument(["A", "B"], { outlet: { safeMa: 0 } }));
    await it.world.time.advance(5_000);
    assert.deepEqual(it.energy.states.at(-1)?.unlimited, ["o0"]);
    it.station.reply = usually;
    await it.world.time.advance(120_000);
    assert.equal(it.energy.states.at(-1)?.unlimited, undefined);
    const since = it.station.asked.slice(before);
    const wrote = since.findIndex(([, , action]) => action === "SetChargingProfile");
    const cleared = since.findIndex(([, , action]) => action === "ClearChargingProfile");
    assert(wrote >= 0 && (cleared < 0 || wrote < cleared), since.map(([, , action]) => action).join());
  });

test("a station that was seen, and says nothing of its safe default, is budgeted at its rating", async () => {
  const it = await charging("2.0.1", () => null);
  assert.deepEqual(it.energy.states.at(-1)?.unlimited, ["o0"]);
});

test("fuses are others, outlets the same: what a CSMS may ask for is measured against the new ones", async () => {
  const it = await charging("2.0.1", () => undefined);
  newDocument(it, energyDocument(["A", "B"], { mainA: 20 }));
  await it.world.time.advance(3_000);
  const schedule = { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 30 }] };
  const common = {
    stackLevel: 0,
    chargingProfilePurpose: "TxDefaultProfile",
    chargingProfileKind: "Relative",
  };
  await csms(
    it,
    "SetChargingProfile",
    { evseId: 1, chargingProfile: { id: 1, ...common, chargingSchedule: [{ id: 1, ...schedule }] } },
    "p",
  );
  assert.equal(Object(answered(it, "p")).status, "Rejected");
});

test("unmanaged and managed again at once: the station has its safe default afterwards", async () => {
  for (const version of ["1.6", "2.0.1"] as const) {
    const it = await charging(version, () => undefined);
    const held = new Map<number | undefined, boolean>();
    let slow = true;
    const usually = it.station.reply as (action: string, payload: object) => object | string | undefined;
    it.station.reply = (action, payload) => {
      const fields = fieldsOf(payload);
      const wire = objectIn(fields, version === "1.6" ? "csChargingProfiles" : "chargingProfile");
      if (action === "GetVariables" || action === "GetConfiguration")
        return slow ? undefined : usually(action, payload);
      if (action === "SetChargingProfile")
        held.set(numberIn(wire, "id") ?? numberIn(wire, "chargingProfileId"), true);
      if (action === "ClearChargingProfile") {
        const id = numberIn(fields, "id") ?? numberIn(fields, "chargingProfileId");
        if (id === undefined) held.clear();
        else held.delete(id);
      }
      return usually(action, payload);
    };
    // A CALL of the CSMS is under way, so that what the site asks has to wait, and the latest goes first.
    it.world.csms.send({
      t: "down",
      station: "A" as StationId,
      frame: JSON.stringify(
        version === "1.6"
          ? [2, "slow", "GetConfiguration", {}]
          : [
              2,
              "slow",
              "GetVariables",
              { getVariableData: [{ component: { name: "X" }, variable: { name: "Y" } }] },
            ],
      ),
    });
    await it.world.time.advance(200);
    const managed = it.world.csms.bundle.energy;
    newDocument(it, undefined);
    await it.world.time.advance(200);
    newDocument(it, managed);
    await it.world.time.advance(200);
    slow = false;
    await it.world.time.advance(180_000);
    assert(held.get(SAFE_DEFAULT_ID), `${version}: ${[...held.keys()].join()}`);
    const page = await it.world.disk.boot().read("state/charging/station-A.json");
    assert(page !== undefined, `${version}: its page is there`);
  }
});

test("hostile energy controller: a grant's number out of all measure is refused, and leaves no trace", async () => {
  const it = await charging("2.0.1", () => undefined);
  const before = it.energy.states.at(-1)?.grantSeq ?? 0;
  it.energy.twist = (turn) => ({
    ...turn,
    grants: it.energy.sessions.map(({ id, outlet }) => ({
      ...{ session: id, outlet, seq: Number.MAX_SAFE_INTEGER - turn.turn, limitMa: 6_000 },
      ...{ ttlMs: 120_000, reason: "raised" as const },
    })),
  });
  await it.world.time.advance(5_000);
  assert.equal(it.world.site.status().mode?.mode, "fallback");
  assert((it.energy.states.at(-1)?.grantSeq ?? 0) < before + 1_000);
  assert.deepEqual(it.energy.refused, []);
});

test("hostile CSMS 2.1: the limit of a profile of ours is not the CSMS's to tell", async () => {
  const it = await charging("2.1", () => undefined);
  const before = it.world.csms.messages.length;
  const answer = await Promise.race([
    it.station.tell("PullDynamicScheduleUpdate", { chargingProfileId: GRANT_ID + 1 }),
    it.world.time.until(() => false, 10_000),
  ]);
  assert(Array.isArray(answer), "answered");
  assert.equal(Object(answer[2]).status, "Rejected");
  const up = it.world.csms.messages.slice(before);
  assert(!JSON.stringify(up).includes("PullDynamicScheduleUpdate"));
});

test("the next car at an outlet that is limited by defaults: its first grant, below what the last one left, waits for nothing", async () => {
  const commands = { rampWPerS: 1_000, dwellMs: 60_000, reversalsPer10MinMax: 3, randomDelayMsMax: 0 };
  const noTx: Answers = (action, wire) =>
    action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile"
      ? { status: "Rejected" }
      : undefined;
  const it = await charging("2.0.1", noTx, { commands });
  await it.world.time.advance(120_000);
  assert.equal(limitsOf(it, "2.0.1").at(-1), 16);
  const tell = (transactionId: string, eventType: string) =>
    it.station.tell("TransactionEvent", {
      ...{ eventType, timestamp: new Date(it.world.time.now().wallMs).toISOString() },
      ...{ triggerReason: "Authorized", seqNo: 1, transactionInfo: { transactionId }, evse: { id: 1 } },
    });
  it.energy.grantMa = 8_000;
  void tell("t", "Ended").then(() => tell("u", "Started"));
  await it.world.time.advance(200);
  assert.equal(it.energy.sessions[0]?.inForceMa, 16_000, "what its default still says");
  await it.world.time.advance(3_000);
  assert.equal(limitsOf(it, "2.0.1").at(-1), 8);
});

test("a 1.6 station without composite schedules that says again and again that it boots is never cleared, once it has its safe default", async () => {
  const it = await charging("1.6", () => undefined);
  const before = it.station.asked.length;
  for (let i = 0; i < 5; i++) {
    it.station.say(
      JSON.stringify([2, `b${i}`, "BootNotification", { chargePointVendor: "V", chargePointModel: "M" }]),
    );
    await it.world.time.advance(5_000);
  }
  const since = it.station.asked.slice(before).map(([, , action]) => action);
  assert(since.includes("SetChargingProfile"));
  assert(!since.includes("ClearChargingProfile"), since.join());
  assert.equal(it.energy.states.at(-1)?.unlimited, undefined);
});

test("hostile station: a thousand profiles that it names, and will not clear, keep nobody busy", async () => {
  let boots = 0;
  const it = await charging("2.0.1", (action) => (action === "ClearChargingProfile" ? null : undefined));
  const usually = it.station.reply as (action: string, payload: object) => object | string | undefined;
  it.station.reply = (action, payload) => {
    if (action !== "GetChargingProfiles") return usually(action, payload);
    boots++;
    const schedule = { id: 1, chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 1 }] };
    const chargingProfile = Array.from({ length: 1_000 }, (_, i) => ({
      ...{ id: i + 1, stackLevel: 1, chargingProfilePurpose: "TxDefaultProfile" },
      ...{ chargingProfileKind: "Relative", chargingSchedule: [schedule] },
    }));
    const requestId = numberIn(fieldsOf(payload), "requestId");
    const report = { requestId, evseId: 1, chargingLimitSource: "CSO", chargingProfile };
    it.station.say(JSON.stringify([2, `r${boots}`, "ReportChargingProfiles", report]));
    return { status: "Accepted" };
  };
  it.station.say(
    JSON.stringify([
      2,
      "b",
      "BootNotification",
      { reason: "PowerUp", chargingStation: { vendorName: "V", model: "M" } },
    ]),
  );
  await it.world.time.advance(90_000);
  it.energy.grantMa = 20_000;
  await it.world.time.advance(30_000);
  assert.equal(limitsOf(it, "2.0.1").at(-1), 20, "grants go on");
  assert(boots >= 2, "and it is asked again");
});
