/** The CSMS at a managed station: its profiles are input to the site, answered as a station of its version would, and none of its CALLs about them arrives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import { type OcppVersion, ocppVersions, validateResult } from "@wattward/ocpp";
import { fieldsOf, listIn, numberIn, objectIn, textIn } from "../../../apps/site/charging/fields.ts";
import { CSMS_PROFILES_MAX } from "../../../apps/site/charging/limits.ts";
import { Rig } from "./rig.ts";

const about = [
  "SetChargingProfile",
  "ClearChargingProfile",
  "GetChargingProfiles",
  "GetCompositeSchedule",
  "UpdateDynamicSchedule",
  "UsePriorityCharging",
];

type Wish = {
  readonly id?: number;
  readonly limit?: number;
  readonly unit?: "A" | "W";
  readonly stackLevel?: number;
  readonly evse?: number;
  readonly purpose?: string;
  readonly kind?: string;
  readonly periods?: readonly JsonObject[];
  readonly more?: JsonObject;
};

/** A profile of the CSMS in the wording of the version. */
function wish(
  version: OcppVersion,
  {
    id = 1,
    limit = 10,
    unit = "A",
    stackLevel = 0,
    evse = 1,
    purpose = "TxDefaultProfile",
    kind = "Relative",
    periods,
    more = {},
  }: Wish = {},
): JsonObject {
  const schedule: JsonObject = {
    chargingRateUnit: unit,
    chargingSchedulePeriod: periods ?? [{ startPeriod: 0, limit }],
  };
  const common = { stackLevel, chargingProfilePurpose: purpose, chargingProfileKind: kind, ...more };
  return version === "1.6"
    ? {
        connectorId: evse,
        csChargingProfiles: { chargingProfileId: id, ...common, chargingSchedule: schedule },
      }
    : { evseId: evse, chargingProfile: { id, ...common, chargingSchedule: [{ id: 1, ...schedule }] } };
}

/** Asks, and holds the answer against its schema. */
async function ask(rig: Rig, action: string, payload: JsonObject): Promise<JsonObject> {
  const answer = await rig.csms(action, payload);
  assert(typeof answer === "object", `${action}: ${String(answer)}`);
  const checked = validateResult(rig.options.version, "station", action, answer);
  assert(checked.kind === "valid", checked.kind === "invalid" ? checked.reason : "");
  return answer;
}

const status = (answer: JsonObject) => textIn(fieldsOf(answer), "status");
const reason = (answer: JsonObject) => textIn(objectIn(fieldsOf(answer), "statusInfo"), "reasonCode");

async function charging(version: OcppVersion): Promise<Rig> {
  const rig = await Rig.start({ version });
  await rig.arrive();
  await rig.advance(5_000);
  return rig;
}
const asked = (rig: Rig) => about.map((action) => rig.asks(action).length);

for (const version of ocppVersions) {
  test(`csms ${version}: a profile of the CSMS bounds what the outlet may want, durably, until it is cleared`, async () => {
    const rig = await charging(version);
    assert.equal(status(await ask(rig, "SetChargingProfile", wish(version, { limit: 10 }))), "Accepted");
    await rig.advance(2_000);
    assert.equal(rig.energy.sessions[0]?.wantsMa, 10_000);
    assert.equal(rig.drawA(), 10);
    rig.world.killSite();
    await rig.advance(1_000);
    await rig.world.startSite();
    rig.connectEnergy();
    await rig.advance(60_000);
    assert.equal(rig.energy.sessions[0]?.wantsMa, 10_000, "through a restart of the site");
    assert.equal(rig.drawA(), 10);
    const all = version === "1.6" ? { stackLevel: 0 } : { chargingProfileCriteria: { stackLevel: 0 } };
    assert.equal(status(await ask(rig, "ClearChargingProfile", all)), "Accepted");
    await rig.advance(3_000);
    assert.equal(rig.drawA(), 16);
    rig.finish();
  });

  test(`csms ${version}: AT-C3, a profile above what rating or breaker carries is refused and told`, async () => {
    const rig = await charging(version);
    const before = asked(rig);
    for (const evil of [{ limit: 90 }, { limit: 70_000, unit: "W" }, { limit: 33, evse: 0 }] as const) {
      assert.equal(status(await ask(rig, "SetChargingProfile", wish(version, evil))), "Rejected");
      assert.equal(rig.observed.at(-1), "over-current-profile");
    }
    assert.equal(status(await ask(rig, "SetChargingProfile", wish(version, { limit: 32 }))), "Accepted");
    await rig.advance(5_000);
    assert.equal(rig.drawA(), 16, "and what is allowed to want changes no grant");
    assert.deepEqual(asked(rig).slice(1), before.slice(1));
    rig.finish();
  });

  test(`csms ${version}: AT-C4, absurd levels, validities and schedules are refused or harmless`, async () => {
    const rig = await charging(version);
    const refused: Wish[] = [
      { stackLevel: 1_000_000 },
      { periods: [{ startPeriod: 5, limit: 1 }] },
      {
        periods: [
          { startPeriod: 0, limit: 1 },
          { startPeriod: 0, limit: 2 },
        ],
      },
      { evse: 99 },
      { purpose: "TxProfile", more: { transactionId: version === "1.6" ? 999_999 : "no-such" } },
      { more: { validFrom: "2026-02-01T00:00:00Z", validTo: "2026-01-01T00:00:00Z" } },
      { kind: "Recurring" },
    ];
    for (const evil of refused)
      assert.equal(
        status(await ask(rig, "SetChargingProfile", wish(version, evil))),
        "Rejected",
        JSON.stringify(evil),
      );
    // Starves until it is cleared, which is the CSMS's right; it neither sticks nor reaches the station.
    const long = { limit: 0, stackLevel: 16, more: { validTo: "2999-01-01T00:00:00Z" } };
    assert.equal(status(await ask(rig, "SetChargingProfile", wish(version, long))), "Accepted");
    await rig.advance(3_000);
    assert.equal(rig.drawA(), 0);
    await ask(rig, "ClearChargingProfile", version === "1.6" ? { id: 1 } : { chargingProfileId: 1 });
    await rig.advance(5_000);
    assert.equal(rig.drawA(), 16);
    rig.finish();
  });

  test(`csms ${version}: as many profiles as a station has room for, and not one more`, async () => {
    const rig = await charging(version);
    for (let i = 0; i < CSMS_PROFILES_MAX; i++) {
      const purpose =
        i % 2 === 0
          ? "TxDefaultProfile"
          : version === "1.6"
            ? "ChargePointMaxProfile"
            : "ChargingStationMaxProfile";
      const more = {
        limit: 20,
        id: i + 1,
        stackLevel: Math.floor(i / 2),
        purpose,
        evse: i % 2 === 0 ? 1 : 0,
        kind: "Absolute",
      };
      assert.equal(status(await ask(rig, "SetChargingProfile", wish(version, more))), "Accepted");
    }
    const more = wish(version, { id: 99, stackLevel: 16 });
    assert.equal(status(await ask(rig, "SetChargingProfile", more)), "Rejected");
    rig.finish();
  });

  test(`csms ${version}: the composite schedule is the lower of what it asked for and what the station lives on`, async () => {
    const rig = await charging(version);
    await ask(
      rig,
      "SetChargingProfile",
      wish(version, {
        periods: [
          { startPeriod: 0, limit: 12 },
          { startPeriod: 3_600, limit: 4 },
        ],
      }),
    );
    await rig.advance(3_000);
    const place = version === "1.6" ? { connectorId: 1 } : { evseId: 1 };
    const answer = await ask(rig, "GetCompositeSchedule", {
      ...place,
      duration: 7_200,
      chargingRateUnit: "A",
    });
    assert.equal(status(answer), "Accepted");
    const fields = fieldsOf(answer);
    const schedule = version === "1.6" ? objectIn(fields, "chargingSchedule") : objectIn(fields, "schedule");
    const limits = listIn(schedule, "chargingSchedulePeriod").map((period) =>
      numberIn(fieldsOf(period), "limit"),
    );
    assert.deepEqual(limits, [12, 6, 4], "its grant, the safe default after it, then the CSMS's own");
    const whole = await ask(rig, "GetCompositeSchedule", {
      ...(version === "1.6" ? { connectorId: 0 } : { evseId: 0 }),
      duration: 60,
    });
    assert.equal(status(whole), "Accepted");
    const nowhere = await ask(rig, "GetCompositeSchedule", {
      ...(version === "1.6" ? { connectorId: 7 } : { evseId: 7 }),
      duration: 60,
    });
    assert.equal(status(nowhere), "Rejected");
    rig.finish();
  });

  test(`csms ${version}: what breaks its schema is refused here, and reaches no station either`, async () => {
    const rig = await charging(version);
    const before = asked(rig);
    const answer = await rig.csms("SetChargingProfile", { connectorId: "one", chargingProfile: 7 });
    assert.equal(typeof answer, "string", "a CALLERROR");
    await rig.csms("ClearChargingProfile", { nonsense: true });
    assert.deepEqual(asked(rig), before);
    rig.finish();
  });
}

for (const version of ["2.0.1", "2.1"] as const) {
  test(`csms ${version}: a remote start that is refused takes no profile of the same id with it; one that is followed does`, async () => {
    const rig = await charging(version);
    await ask(rig, "SetChargingProfile", wish(version, { id: 7, limit: 10 }));
    const { chargingProfile } = wish(version, { id: 7, limit: 9, purpose: "TxProfile" });
    const start = { remoteStartId: 5, idToken: { idToken: "04A1B2C3D4E5F6", type: "ISO14443" } };
    const begins = { ...start, evseId: 1, chargingProfile: chargingProfile! };
    assert.equal(status(await ask(rig, "RequestStartTransaction", begins)), "Rejected");
    await rig.advance(3_000);
    assert.equal(rig.energy.sessions[0]?.wantsMa, 10_000);
    await rig.leave();
    rig.plug();
    await rig.advance(2_000);
    assert.equal(status(await ask(rig, "RequestStartTransaction", begins)), "Accepted");
    await rig.advance(10_000);
    assert.equal(rig.energy.sessions[0]?.wantsMa, 9_000);
    await rig.leave();
    await rig.arrive();
    await rig.advance(5_000);
    assert.equal(rig.energy.sessions[0]?.wantsMa, 32_000, "the one before was replaced by it");
    rig.finish();
  });

  test(`csms ${version}: GetChargingProfiles is answered, then reported in the station's name`, async () => {
    const rig = await charging(version);
    const nothing = { requestId: 4, chargingProfile: { chargingProfilePurpose: "TxProfile" } };
    assert.equal(status(await ask(rig, "GetChargingProfiles", nothing)), "NoProfiles");
    await ask(rig, "SetChargingProfile", wish(version, { id: 5, limit: 20 }));
    const before = rig.asks("GetChargingProfiles").length;
    assert.equal(
      status(await ask(rig, "GetChargingProfiles", { requestId: 5, chargingProfile: {} })),
      "Accepted",
    );
    await rig.advance(1_000);
    const reports = rig.world.csms.frames.filter(({ frame }) => frame.includes("ReportChargingProfiles"));
    assert.equal(reports.length, 1, "and none of those that the site itself asked for");
    const payload = fieldsOf(JSON.parse(reports[0]!.frame)[3]);
    assert.deepEqual([payload.get("requestId"), payload.get("tbc"), payload.get("evseId")], [5, false, 1]);
    assert.equal(numberIn(fieldsOf(listIn(payload, "chargingProfile")[0]), "id"), 5);
    assert.equal(reports[0]!.station, "S0");
    assert.equal(rig.asks("GetChargingProfiles").length, before);
    rig.finish();
  });

  test(`csms ${version}: a second profile on one level is a duplicate, and External constraints are nobody's to set (K01.FR.06, .22)`, async () => {
    const rig = await charging(version);
    await ask(rig, "SetChargingProfile", wish(version, { id: 1 }));
    assert.equal(reason(await ask(rig, "SetChargingProfile", wish(version, { id: 2 }))), "DuplicateProfile");
    const external = wish(version, { id: 3, purpose: "ChargingStationExternalConstraints", evse: 0 });
    assert.equal(status(await ask(rig, "SetChargingProfile", external)), "Rejected");
    rig.finish();
  });

  test(`csms ${version}: smart charging is not switched off behind the site's back`, async () => {
    const rig = await charging(version);
    const off = {
      attributeValue: "false",
      component: { name: "SmartChargingCtrlr" },
      variable: { name: "Enabled" },
    };
    const answer = await ask(rig, "SetVariables", { setVariableData: [off] });
    assert.equal(
      textIn(fieldsOf(listIn(fieldsOf(answer), "setVariableResult")[0]), "attributeStatus"),
      "Rejected",
    );
    assert.equal(
      rig.asks("SetVariables").filter(({ payload }) => JSON.stringify(payload).includes("SmartChargingCtrlr"))
        .length,
      0,
    );
    rig.finish();
  });
}

test("csms 2.1: a dynamic profile is updated here, and priority charging chooses among profiles kept here", async () => {
  const rig = await charging("2.1");
  const dynamic = wish("2.1", { id: 8, limit: 14, kind: "Dynamic", purpose: "TxDefaultProfile" });
  assert.equal(status(await ask(rig, "SetChargingProfile", dynamic)), "Accepted");
  assert.equal(
    status(await ask(rig, "UpdateDynamicSchedule", { chargingProfileId: 8, scheduleUpdate: { limit: 9 } })),
    "Accepted",
  );
  await rig.advance(3_000);
  assert.equal(rig.drawA(), 9);
  assert.equal(
    status(await ask(rig, "UpdateDynamicSchedule", { chargingProfileId: 9, scheduleUpdate: { limit: 9 } })),
    "Rejected",
  );
  const transactionId = rig.energy.sessions[0]!.id.split("/")[1]!;
  assert.equal(status(await ask(rig, "UsePriorityCharging", { transactionId, activate: true })), "NoProfile");
  await ask(rig, "SetChargingProfile", wish("2.1", { id: 10, limit: 13, purpose: "PriorityCharging" }));
  assert.equal(status(await ask(rig, "UsePriorityCharging", { transactionId, activate: true })), "Accepted");
  await rig.advance(5_000);
  assert.equal(rig.drawA(), 13);
  rig.world.killSite();
  await rig.advance(1_000);
  await rig.world.startSite();
  rig.connectEnergy();
  await rig.advance(60_000);
  assert.equal(rig.drawA(), 13, "what was answered holds through a restart of the site");
  rig.finish();
});

test("csms 2.1: AT-C3, a dynamic profile is renewed to nothing that cannot be carried, and to no setpoint", async () => {
  const rig = await charging("2.1");
  await ask(rig, "SetChargingProfile", wish("2.1", { id: 8, limit: 14, kind: "Dynamic" }));
  for (const scheduleUpdate of [
    { limit: 90 },
    { limit: 90, limit_L2: 80, limit_L3: 80 },
    { setpoint: 10 },
    {},
  ]) {
    const answer = await ask(rig, "UpdateDynamicSchedule", { chargingProfileId: 8, scheduleUpdate });
    assert.equal(status(answer), "Rejected", JSON.stringify(scheduleUpdate));
  }
  assert.equal(rig.observed.filter((kind) => kind === "over-current-profile").length, 2);
  await rig.advance(3_000);
  assert.equal(rig.energy.sessions[0]?.wantsMa, 14_000);
  rig.finish();
});

test("csms 2.1: of limits per phase the least bounds the outlet; a mode that is more than a limit is refused", async () => {
  const rig = await charging("2.1");
  const phases = { startPeriod: 0, limit: 14, limit_L2: 9, limit_L3: 12 };
  assert.equal(status(await ask(rig, "SetChargingProfile", wish("2.1", { periods: [phases] }))), "Accepted");
  await rig.advance(3_000);
  assert.equal(rig.energy.sessions[0]?.wantsMa, 9_000);
  for (const period of [
    { operationMode: "Idle" },
    { operationMode: "CentralSetpoint", setpoint: 5 },
    { operationMode: "ChargingOnly", setpoint: 5 },
  ]) {
    const evil = wish("2.1", { periods: [{ startPeriod: 0, ...period }] });
    assert.equal(status(await ask(rig, "SetChargingProfile", evil)), "Rejected", JSON.stringify(period));
  }
  await rig.advance(3_000);
  assert.equal(rig.energy.sessions[0]?.wantsMa, 9_000);
  rig.finish();
});

test("csms: at a site that is not managed, charging profiles pass as they did", async () => {
  const rig = new Rig({ version: "2.0.1" });
  const { energy: _, ...unmanaged } = rig.world.csms.bundle;
  rig.world.csms.bundle = unmanaged;
  await rig.world.start();
  await rig.during(rig.station.powerOn());
  await rig.advance(10_000);
  assert.equal(status(await ask(rig, "SetChargingProfile", wish("2.0.1", { limit: 90 }))), "Accepted");
  assert.equal(rig.asks("SetChargingProfile").length, 1);
  assert.equal(rig.world.dialEnergy, undefined, "no energy controller is listened for");
  rig.finish();
});

test("csms: a station that is not managed any more is given back its own limits", async () => {
  const rig = await charging("2.0.1");
  const { energy: _, ...unmanaged } = rig.world.csms.bundle;
  rig.world.csms.sendBundle({ ...unmanaged, version: 2 });
  await rig.advance(5_000);
  assert(rig.drawA() > 30, `${rig.drawA()} A`);
  assert.equal(status(await ask(rig, "SetChargingProfile", wish("2.0.1", { limit: 8 }))), "Accepted");
  await rig.advance(2_000);
  assert.equal(rig.drawA(), 8, "and the CSMS's profiles pass");
  rig.finish();
});
