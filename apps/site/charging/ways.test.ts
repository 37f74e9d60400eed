/** How a station's model is limited is found out, kept, and told where nothing is; stations are scripted, the site is whole. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { energyConfig } from "../testing/energy-document.ts";
import { type Answers, charging, isGrant, observed, purposes } from "../testing/scripted-charging.ts";
import type { World } from "../testing/world.ts";
import { fieldsOf, listIn, numberIn, objectIn, textIn } from "./fields.ts";
import { SAFE_DEFAULT_ID } from "./limits.ts";

const drawing = (world: World, amperes: readonly number[], seqNo: number) => {
  const timestamp = new Date(world.time.now().wallMs).toISOString();
  const sampledValue = amperes.map((value, i) => ({
    ...{ value, measurand: "Current.Import", phase: `L${i + 1}`, unitOfMeasure: { unit: "A" } },
  }));
  return {
    ...{ eventType: "Updated", timestamp, triggerReason: "MeterValuePeriodic", seqNo },
    ...{ transactionInfo: { transactionId: "t" }, meterValue: [{ timestamp, sampledValue }] },
  };
};
test("ways: a station that refuses TxProfiles is limited by defaults of its EVSE, one level above the safe one", async () => {
  for (const version of ["1.6", "2.0.1"] as const) {
    const { energy, sets, world } = await charging(version, (action, wire) =>
      action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile"
        ? { status: "Rejected" }
        : undefined,
    );
    assert.equal(purposes(sets()).at(-1), "TxDefaultProfile 1 Absolute");
    assert.equal(energy.outcomes.at(-1)?.outcome, "accepted");
    assert(observed(world).some((told) => told.startsWith("charging-limited-by: tx-default")));
    assert.equal(energy.states.at(-1)?.unlimited, undefined);
  }
});

test("ways: what was learnt is kept through a restart of the site", async () => {
  const { energy, sets, station, world } = await charging("2.0.1", (action, wire) =>
    action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile"
      ? { status: "Rejected" }
      : undefined,
  );
  world.killSite();
  await world.time.advance(1_000);
  await world.startSite();
  const before = sets().length;
  assert(await world.time.until(() => world.dialEnergy !== undefined, 5_000));
  energy.connect(world.dialEnergy!);
  void station.tell("Heartbeat", {});
  await world.time.advance(60_000);
  const since = purposes(sets()).slice(before);
  assert(since.length > 0 && !since.some((purpose) => purpose.startsWith("TxProfile")), since.join());
});

test("ways: one that cannot limit EVSEs is limited as a whole; 2.1 may be limited by dynamic profiles last", async () => {
  const only =
    (purpose: string, kind: string): Answers =>
    (action, wire) =>
      action === "SetChargingProfile" &&
      isGrant(wire) &&
      !(wire.get("chargingProfilePurpose") === purpose && wire.get("chargingProfileKind") === kind)
        ? { status: "Rejected" }
        : undefined;
  const whole = await charging("2.0.1", only("ChargingStationMaxProfile", "Absolute"));
  await whole.world.time.advance(10_000);
  assert.equal(purposes(whole.sets()).at(-1), "ChargingStationMaxProfile 1 Absolute");
  const dynamic = await charging("2.1", only("TxProfile", "Dynamic"));
  await dynamic.world.time.advance(60_000);
  assert.equal(purposes(dynamic.sets()).at(-1), "TxProfile 0 Dynamic");
  assert.equal(dynamic.energy.outcomes.at(-1)?.outcome, "accepted");
});

test("ways: where only the whole is limited the safe default follows, through a restart too; the one of before goes, which would bound every grant", async () => {
  for (const version of ["1.6", "2.0.1"] as const) {
    const max = version === "1.6" ? "ChargePointMaxProfile" : "ChargingStationMaxProfile";
    const { energy, sets, station, world } = await charging(version, (action, wire) => {
      if (action === "ClearChargingProfile") return { status: "Accepted" };
      return action === "SetChargingProfile" && isGrant(wire) && wire.get("chargingProfilePurpose") !== max
        ? { status: "Rejected" }
        : undefined;
    });
    const safe = purposes(sets()).filter(
      (purpose) => / 0 Absolute$/.test(purpose) && !/^TxProfile/.test(purpose),
    );
    assert.deepEqual([...new Set(safe)], ["TxDefaultProfile 0 Absolute", `${max} 0 Absolute`]);
    const cleared = () =>
      station.asked.flatMap(([, , action, payload]) => (action === "ClearChargingProfile" ? [payload] : []));
    const other = version === "1.6" ? { id: SAFE_DEFAULT_ID } : { chargingProfileId: SAFE_DEFAULT_ID };
    assert.deepEqual(cleared().at(-1), other);
    assert.equal(energy.states.at(-1)?.unlimited, undefined);
    world.killSite();
    await world.time.advance(1_000);
    await world.startSite();
    const before = sets().length;
    void station.tell("Heartbeat", {});
    await world.time.advance(60_000);
    assert(
      purposes(sets().slice(before)).every((purpose) => purpose.startsWith(max)),
      purposes(sets()).join(),
    );
  }
});

test("ways: a station limited as a whole that gets a second outlet is tried anew: one limit of both would be the one's and the other's", async () => {
  let takes = false;
  const { energy, sets, world } = await charging("2.0.1", (action, wire) => {
    const whole = wire.get("chargingProfilePurpose") === "ChargingStationMaxProfile";
    return action === "SetChargingProfile" && isGrant(wire) && !whole && !takes
      ? { status: "Rejected" }
      : undefined;
  });
  await world.time.advance(10_000);
  assert.equal(purposes(sets()).at(-1), "ChargingStationMaxProfile 1 Absolute");
  takes = true;
  const document = energyConfig(["A", "A"]);
  const [first, second] = document.site.outlets;
  const outlets = [first, { ...second, evse: 2 }];
  const { bundle } = world.csms;
  const energyText = JSON.stringify({ ...document, site: { ...document.site, outlets } });
  const before = sets().length;
  world.csms.sendBundle({ ...bundle, version: bundle.version + 1, energy: energyText });
  await world.time.advance(60_000);
  const since = purposes(sets().slice(before));
  assert(
    since.length > 0 && !since.some((purpose) => purpose === "ChargingStationMaxProfile 1 Absolute"),
    since.join(),
  );
  assert.equal(since.at(-1), "TxProfile 0 Absolute");
  assert.equal(energy.outcomes.at(-1)?.outcome, "accepted");
});

test("ways: one that takes a safe default of the whole alone, and no grant, or does not keep to either, is told as unlimited, once", async () => {
  for (const keeps of [true, false])
    for (const version of ["1.6", "2.0.1", "2.1"] as const) {
      const { energy, sets, world } = await charging(version, (action, wire) => {
        if (action === "SetChargingProfile") {
          const whole = textIn(wire, "chargingProfilePurpose")?.endsWith("MaxProfile") === true;
          return whole && (!keeps || !isGrant(wire)) ? undefined : { status: "Rejected" };
        }
        if (action !== "GetCompositeSchedule" || keeps) return undefined;
        const shows = { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit: 32 }] };
        const scheduleStart = new Date(0).toISOString();
        return version === "1.6"
          ? { status: "Accepted", connectorId: 1, scheduleStart, chargingSchedule: shows }
          : { status: "Accepted", schedule: { evseId: 1, duration: 180, scheduleStart, ...shows } };
      });
      await world.time.advance(60_000);
      const before = sets().length;
      const flips = energy.states.length;
      await world.time.advance(600_000);
      assert.deepEqual(energy.states.at(-1)?.unlimited, ["o0"], version);
      assert(sets().length - before <= 40, `${version}: ${sets().length - before} profiles in ten minutes`);
      assert(
        energy.states.slice(flips).every(({ unlimited }) => unlimited?.[0] === "o0"),
        version,
      );
    }
});

test("ways: one that takes no grant at all is told as unlimited, and so is one that will not have its safe default", async () => {
  const none = await charging("1.6", (action, wire) =>
    action === "SetChargingProfile" && isGrant(wire) ? "NotSupported" : undefined,
  );
  assert.deepEqual(none.energy.states.at(-1)?.unlimited, ["o0"]);
  assert.equal(none.energy.outcomes.at(-1)?.outcome, "rejected");
  const unsafe = await charging("2.0.1", (action, wire) =>
    action === "SetChargingProfile" && !isGrant(wire) ? { status: "Rejected" } : undefined,
  );
  assert.deepEqual(unsafe.energy.states.at(-1)?.unlimited, ["o0"]);
  assert(observed(unsafe.world).some((told) => told.startsWith("safe-default-not-held")));
});

const knowsOnlyWatts: Answers = (action, wire) => {
  const schedule = fieldsOf(listIn(wire, "chargingSchedule")[0]);
  return action === "SetChargingProfile" && schedule.get("chargingRateUnit") === "A"
    ? { status: "Rejected" }
    : undefined;
};

test("ways: a station that knows only watts gets watts, of the phases that it has", async () => {
  const { sets } = await charging("2.0.1", knowsOnlyWatts, { outlet: { wiring: ["L2"], safeMa: 6_000 } });
  const last = fieldsOf(listIn(objectIn(sets().at(-1)!, "chargingProfile"), "chargingSchedule")[0]);
  assert.deepEqual(
    [last.get("chargingRateUnit"), listIn(last, "chargingSchedulePeriod")],
    [
      "W",
      [
        { startPeriod: 0, limit: 3_680, numberPhases: 1 },
        { startPeriod: 120, limit: 1_380, numberPhases: 1 },
      ],
    ],
  );
});

test("ways: in watts a car is granted what one phase carries, until it is seen on more; its safe default stays that of one", async () => {
  const { sets, station, world } = await charging("2.0.1", knowsOnlyWatts, {
    outlet: { wiring: ["L1", "L2", "L3"], safeMa: 6_000 },
  });
  const limits = () => {
    const last = fieldsOf(listIn(objectIn(sets().at(-1)!, "chargingProfile"), "chargingSchedule")[0]);
    return listIn(last, "chargingSchedulePeriod").map((period) => numberIn(fieldsOf(period), "limit"));
  };
  assert.deepEqual(limits(), [3_680, 1_380]);
  const draws = async (amperes: readonly number[]) => {
    for (let i = 0; i < 8; i++) {
      void station.tell("TransactionEvent", drawing(world, amperes, i + 1));
      await world.time.advance(10_000);
    }
  };
  await draws([16, 0, 0]);
  assert.deepEqual(limits(), [3_680, 1_380]);
  await draws([0, 0, 0]);
  assert.deepEqual(limits(), [11_040, 4_140], "a car of three phases takes nothing of that");
  await draws([16, 16, 16]);
  assert.deepEqual(limits(), [11_040, 4_140]);
});

test("ways: in watts a car that goes on with fewer phases gets the watts of those at once", async () => {
  const { sets, station, world } = await charging("2.0.1", knowsOnlyWatts, {
    outlet: { wiring: ["L1", "L2", "L3"], safeMa: 6_000 },
  });
  const limit = () => {
    const last = fieldsOf(listIn(objectIn(sets().at(-1)!, "chargingProfile"), "chargingSchedule")[0]);
    return numberIn(fieldsOf(listIn(last, "chargingSchedulePeriod")[0]), "limit");
  };
  let seqNo = 0;
  const draws = async (amperes: readonly number[], forMs: number) => {
    for (let ms = 0; ms < forMs; ms += 10_000) {
      void station.tell("TransactionEvent", drawing(world, amperes, ++seqNo));
      await world.time.advance(10_000);
    }
  };
  await draws([16, 16, 16], 200_000);
  assert.equal(limit(), 11_040);
  // Whenever in the life of a grant that is.
  for (let i = 0; i < 3; i++) {
    await draws([32, 0, 0], 10_000);
    assert.equal(limit(), 3_680, "16 A of one phase");
    await draws([16, 16, 16], 70_000);
    assert.equal(limit(), 11_040);
  }
});

test("ways: what would hold for the next car too is taken out when its session ends", async () => {
  const { station, world } = await charging("2.0.1", (action, wire) => {
    if (action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile")
      return { status: "Rejected" };
    return action === "ClearChargingProfile" ? { status: "Accepted" } : undefined;
  });
  const cleared = () => station.asked.filter(([, , action]) => action === "ClearChargingProfile").length;
  const before = cleared();
  await world.time.advance(60_000);
  assert.equal(cleared(), before, "not while it charges");
  void station.tell("TransactionEvent", {
    ...{ eventType: "Ended", timestamp: new Date(world.time.now().wallMs).toISOString() },
    ...{ triggerReason: "StopAuthorized", seqNo: 1, transactionInfo: { transactionId: "t" } },
  });
  await world.time.advance(10_000);
  assert.equal(cleared(), before + 1);
  await world.time.advance(60_000);
  assert.equal(cleared(), before + 1, "once");
});

test("ways: what a station cannot take out is not asked for for ever: it ends by itself", async () => {
  const { station, world } = await charging("2.0.1", (action, wire) => {
    if (action === "SetChargingProfile" && wire.get("chargingProfilePurpose") === "TxProfile")
      return { status: "Rejected" };
    return action === "ClearChargingProfile" ? "NotSupported" : undefined;
  });
  void station.tell("TransactionEvent", {
    ...{ eventType: "Ended", timestamp: new Date(world.time.now().wallMs).toISOString() },
    ...{ triggerReason: "StopAuthorized", seqNo: 1, transactionInfo: { transactionId: "t" } },
  });
  const cleared = () => station.asked.filter(([, , action]) => action === "ClearChargingProfile").length;
  const before = cleared();
  await world.time.advance(300_000);
  const soon = cleared() - before;
  assert(soon >= 2 && soon <= 60, `${soon} times in two of its lives`);
  await world.time.advance(600_000);
  assert(cleared() - before <= soon + 1, `${cleared() - before} times at last`);
});

test("ways: a composite schedule that shows more than was granted is believed, not the station's yes", async () => {
  const { sets, world } = await charging("2.0.1", (action) =>
    action === "GetCompositeSchedule"
      ? {
          status: "Accepted",
          schedule: {
            evseId: 1,
            duration: 180,
            scheduleStart: new Date(0).toISOString(),
            chargingRateUnit: "A",
            chargingSchedulePeriod: [{ startPeriod: 0, limit: 32 }],
          },
        }
      : undefined,
  );
  assert(purposes(sets()).includes("TxDefaultProfile 1 Absolute"));
  assert(observed(world).some((told) => told.includes("it shows 32000 mA where 16000 mA were granted")));
});

test("ways: a station that answers nothing is asked again and again, and what it may have taken is counted", async () => {
  const { energy, sets } = await charging("2.0.1", (action, wire) =>
    action === "SetChargingProfile" && isGrant(wire) ? null : undefined,
  );
  assert(sets().filter((fields) => isGrant(objectIn(fields, "chargingProfile"))).length >= 3);
  assert(energy.outcomes.every(({ outcome }) => outcome === "unanswered"));
  assert.equal(energy.sessions[0]?.inForceMa, 16_000);
});

test("ways: after a long death of the site a lowering passes at a station whose safe default is still being looked at", async () => {
  let boots = false;
  const { energy, sets, station, world } = await charging(
    "2.0.1",
    (action) => (boots && action !== "SetChargingProfile" ? null : undefined),
    { outlet: { safeMa: 6_000 } },
  );
  world.killSite();
  await world.time.advance(200_000);
  await world.startSite();
  assert(await world.time.until(() => world.dialEnergy !== undefined, 5_000));
  boots = true;
  void station.tell("BootNotification", {
    reason: "PowerUp",
    chargingStation: { vendorName: "V", model: "M" },
  });
  await world.time.advance(1_000);
  energy.grantMa = 10_000;
  energy.connect(world.dialEnergy!);
  await world.time.advance(15_000);
  const last = fieldsOf(listIn(objectIn(sets().at(-1)!, "chargingProfile"), "chargingSchedule")[0]);
  const limit = numberIn(fieldsOf(listIn(last, "chargingSchedulePeriod")[0]), "limit") ?? 0;
  assert(
    isGrant(objectIn(sets().at(-1)!, "chargingProfile")) && limit <= 10,
    `${limit} A, and it may have 16`,
  );
});

test("meter settings: the best list that a station takes, once a boot, and nothing that it has already", async () => {
  const values: string[] = [];
  await charging("1.6", (action, _wire, fields) => {
    if (action === "GetConfiguration")
      return {
        configurationKey: [
          { key: "MeterValueSampleInterval", readonly: false, value: "900" },
          { key: "MeterValuesSampledData", readonly: false, value: "SoC" },
        ],
      };
    if (action !== "ChangeConfiguration") return undefined;
    const value = textIn(fields, "value") ?? "";
    values.push(value);
    return { status: value.includes("Voltage") ? "Rejected" : "Accepted" };
  });
  assert.deepEqual(values, [
    "10",
    "Current.Import,Power.Active.Import,Voltage,Energy.Active.Import.Register",
    "Current.Import,Energy.Active.Import.Register",
  ]);
});
