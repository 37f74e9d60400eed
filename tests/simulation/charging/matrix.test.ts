/**
 * Charging profiles at a managed site, for every version: whatever happens to a station, its site, or between them, the car draws what was
 * granted, or the safe default, and never more (ADR 13). The stations are the simulator's: 1.6 forgets its profiles when it restarts, 2.x
 * keeps them in flash.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { fieldsOf, listIn, numberIn, objectIn } from "../../../apps/site/charging/fields.ts";
import { GRANT_ID, SAFE_DEFAULT_ID } from "../../../apps/site/charging/limits.ts";
import { type Asked, one, Rig } from "./rig.ts";

const SAFE_A = 6;
const GRANT_A = 16;
const TTL_MS = 120_000;

const profileIn = ({ payload }: Asked) => {
  const fields = fieldsOf(payload);
  const wire = fields.has("chargingProfile")
    ? objectIn(fields, "chargingProfile")
    : objectIn(fields, "csChargingProfiles");
  return { id: numberIn(wire, "id") ?? numberIn(wire, "chargingProfileId"), wire };
};
const safeDefaults = (rig: Rig) =>
  rig.asks("SetChargingProfile").filter((asked) => profileIn(asked).id === SAFE_DEFAULT_ID);
const grants = (rig: Rig) =>
  rig.asks("SetChargingProfile").filter((asked) => profileIn(asked).id !== SAFE_DEFAULT_ID);

/** Lets time pass and says the most that was drawn in it. */
async function mostA(rig: Rig, forMs: number): Promise<number> {
  let most = 0;
  for (let ms = 0; ms < forMs; ms += 500) {
    await rig.advance(500);
    most = Math.max(most, rig.drawA());
  }
  return most;
}

async function charging(
  version: OcppVersion,
  more: Partial<Parameters<typeof Rig.start>[0]> = {},
): Promise<Rig> {
  const rig = await Rig.start({ version, ...more });
  await rig.arrive();
  await rig.advance(5_000);
  assert.equal(rig.drawA(), GRANT_A);
  return rig;
}

for (const version of ocppVersions) {
  test(`profiles ${version}: a grant has two periods, the second the safe default, and no end`, async () => {
    const rig = await charging(version);
    const [grant] = grants(rig);
    const { wire } = profileIn(grant!);
    assert.equal(wire.get("chargingProfilePurpose"), "TxProfile");
    assert.equal(wire.get("chargingProfileKind"), "Absolute");
    const schedule =
      version === "1.6" ? objectIn(wire, "chargingSchedule") : fieldsOf(listIn(wire, "chargingSchedule")[0]);
    assert(schedule.has("startSchedule") && !schedule.has("duration"));
    assert.deepEqual(listIn(schedule, "chargingSchedulePeriod"), [
      { startPeriod: 0, limit: GRANT_A },
      { startPeriod: TTL_MS / 1_000, limit: SAFE_A },
    ]);
    const [safe] = safeDefaults(rig);
    const { wire: written } = profileIn(safe!);
    assert.deepEqual(
      [written.get("chargingProfilePurpose"), written.get("stackLevel")],
      ["TxDefaultProfile", 0],
    );
    assert(!written.has("validFrom") && !written.has("validTo"));
    assert.equal(fieldsOf(safe!.payload).get(version === "1.6" ? "connectorId" : "evseId"), 0);
    rig.finish();
  });

  test(`profiles ${version}: a station that knows limits of the whole alone charges as granted, and falls back to its safe default`, async () => {
    const rig = await charging(version, { station: { profilePurposes: ["station-max"] } });
    const levels = () =>
      new Set(rig.asks("SetChargingProfile").map((asked) => `${profileIn(asked).wire.get("stackLevel")}`));
    await rig.advance(3 * TTL_MS);
    assert.equal(rig.drawA(), GRANT_A);
    assert.deepEqual([...levels()].sort(), ["0", "1"], "the safe default below the grant");
    assert.equal(rig.energy.states.at(-1)?.unlimited, undefined);
    await rig.leave();
    assert.deepEqual(
      rig.asks("ClearChargingProfile").at(-1)?.payload,
      version === "1.6" ? { id: GRANT_ID + 1 } : { chargingProfileId: GRANT_ID + 1 },
      "nothing is left for the next car",
    );
    rig.station.crash();
    await rig.advance(60_000);
    await rig.arrive();
    await rig.advance(30_000);
    assert.equal(rig.drawA(), GRANT_A, "as before, after a restart");
    rig.world.killSite();
    assert.equal(await mostA(rig, TTL_MS), GRANT_A);
    await rig.advance(10_000);
    assert.equal(rig.drawA(), SAFE_A);
    rig.finish();
  });

  test(`profiles ${version}: written again at half its life, and the car never notices`, async () => {
    const rig = await charging(version);
    await rig.advance(10 * TTL_MS);
    assert.equal(rig.drawA(), GRANT_A);
    const count = grants(rig).length;
    assert(count >= 18 && count <= 24, `${count} writes in ten lives`);
    assert.equal(safeDefaults(rig).length, 1, "the safe default is written once");
    rig.finish();
  });

  test(`profiles ${version}: the site dies, the grant's time passes, and the station is at its safe default`, async () => {
    const rig = await charging(version);
    rig.world.killSite();
    await rig.advance(TTL_MS + 5_000);
    assert.equal(rig.drawA(), SAFE_A);
    assert.equal(await mostA(rig, 600_000), SAFE_A);
    rig.finish();
  });

  test(`profiles ${version}: the station reboots, and has its safe default before it has a grant`, async () => {
    const rig = await charging(version, { station: { afterOutage: "resume", settings: { sampleS: 10 } } });
    rig.station.crash();
    await rig.advance(30_000);
    // 1.6 forgets it, 2.x has it in flash, where nothing is written twice (K01.FR.27).
    assert.equal(safeDefaults(rig).length, version === "1.6" ? 2 : 1);
    assert.equal(rig.observed.includes("safe-default-forgotten"), version === "1.6");
    assert(rig.station.charging(one), "it resumed");
    assert.equal(rig.drawA(), GRANT_A);
    rig.finish();
  });

  for (const hours of [1, -1])
    test(`profiles ${version}: the station's clock jumps by ${hours} h; never more than granted, soon the grant again`, async () => {
      const rig = await charging(version, { station: { time: "own", settings: { sampleS: 10 } } });
      rig.station.clock.jump(hours * 3_600_000);
      assert((await mostA(rig, 90_000)) <= GRANT_A);
      assert.equal(rig.drawA(), GRANT_A, "its clock was learnt from what it says");
      rig.world.killSite();
      await rig.advance(TTL_MS + 5_000);
      assert.equal(rig.drawA(), SAFE_A);
      rig.finish();
    });

  for (const backS of [5, 30, 60, 119])
    test(`profiles ${version}: a clock that is set back by ${backS} s, less than a grant's life, makes no grant longer once two frames told it`, async () => {
      const rig = await charging(version, { station: { time: "own", settings: { sampleS: 10 } } });
      rig.station.clock.jump(-backS * 1_000);
      // Two meter values some time apart; nobody renews anything from here on.
      rig.energy.withholds = true;
      await rig.advance(22_000);
      rig.world.killSite();
      await rig.advance(TTL_MS + 5_000);
      assert(rig.drawA() <= SAFE_A, `${rig.drawA()} A`);
      rig.finish();
    });

  test(`profiles ${version}: a clock that is set again and again costs a write each ten seconds, and no grant above what was granted`, async () => {
    const rig = await charging(version, { station: { time: "own", settings: { sampleS: 1 } } });
    const before = grants(rig).length;
    let most = 0;
    for (let s = 0; s < 300; s++) {
      if (s % 3 === 0) rig.station.clock.jump(s % 2 === 0 ? -40_000 : 40_000);
      await rig.advance(1_000);
      most = Math.max(most, rig.drawA());
    }
    assert(most <= GRANT_A, `${most} A`);
    const count = grants(rig).length - before;
    assert(count <= 36, `${count} writes in five minutes`);
    assert(rig.observed.includes("station-clock-set"));
    rig.finish();
  });

  test(`profiles ${version}: what a station lives on that nobody can hear is budgeted until it is heard, whatever its clock does`, async () => {
    const rig = await charging(version, { station: { time: "own", settings: { sampleS: 10 } } });
    const line = rig.world.network.link("station-S0", "site");
    line.cut();
    rig.station.clock.jump(-90_000);
    rig.world.killSite();
    await rig.world.startSite();
    await rig.advance(TTL_MS + 60_000);
    rig.connectEnergy();
    rig.energy.withholds = true;
    await rig.advance(3_000);
    const told = () => rig.energy.sessions[0]?.inForceMa;
    assert.equal(told(), GRANT_A * 1_000, `and it draws ${rig.drawA()} A`);
    await rig.advance(10 * TTL_MS);
    assert.equal(told(), GRANT_A * 1_000, "nobody has heard it");
    line.heal();
    assert(await rig.world.time.until(() => told() === undefined, 5 * TTL_MS));
    assert.equal(rig.drawA(), SAFE_A);
    rig.finish();
  });

  test(`profiles ${version}: a station whose clock is an hour off from the start is granted by its own time`, async () => {
    const rig = new Rig({ version, station: { time: "own", settings: { sampleS: 10 } } });
    rig.station.clock.jump(-3_600_000);
    await rig.boot();
    await rig.arrive();
    await rig.advance(5_000);
    assert.equal(rig.drawA(), GRANT_A);
    rig.finish();
  });

  test(`profiles ${version}: the transaction ends, its grant with it; the next car begins at the safe default`, async () => {
    const rig = await charging(version);
    await rig.leave();
    const before = grants(rig).length;
    await rig.advance(TTL_MS);
    assert.equal(grants(rig).length, before, "nobody is there to be granted anything");
    assert.deepEqual(rig.energy.sessions, []);
    rig.energy.withholds = true;
    await rig.arrive();
    assert((await mostA(rig, 2_000)) <= SAFE_A, "the first grant is not the last one's");
    rig.finish();
  });

  test(`profiles ${version}: plugged in before the first grant, a car has the safe default`, async () => {
    const rig = await Rig.start({ version });
    rig.energy.withholds = true;
    await rig.arrive();
    await rig.advance(60_000);
    assert.equal(rig.drawA(), SAFE_A);
    rig.energy.withholds = false;
    await rig.advance(3_000);
    assert.equal(rig.drawA(), GRANT_A);
    rig.finish();
  });

  test(`profiles ${version}: ClearChargingProfile of the CSMS clears what the CSMS set, and reaches no station`, async () => {
    const rig = await charging(version);
    const clears = rig.asks("ClearChargingProfile").length;
    const all = version === "1.6" ? {} : { chargingProfileCriteria: { stackLevel: 0 } };
    assert.deepEqual(await rig.csms("ClearChargingProfile", all), { status: "Unknown" });
    const id = version === "1.6" ? { id: SAFE_DEFAULT_ID } : { chargingProfileId: SAFE_DEFAULT_ID };
    assert.deepEqual(await rig.csms("ClearChargingProfile", id), { status: "Unknown" });
    await rig.advance(30_000);
    assert.equal(rig.drawA(), GRANT_A);
    assert.equal(rig.asks("ClearChargingProfile").length, clears);
    rig.world.killSite();
    await rig.advance(TTL_MS + 5_000);
    assert.equal(rig.drawA(), SAFE_A);
    rig.finish();
  });

  test(`profiles ${version}: a remote start with a profile reaches the station without it, and bounds that transaction`, async () => {
    const rig = await Rig.start({ version, station: { settings: { sampleS: 10, authorizeRemote: false } } });
    rig.plug();
    await rig.advance(2_000);
    const answer = await rig.csms(...remoteStart(version, 10));
    assert.equal(fieldsOf(answer).get("status"), "Accepted");
    await rig.advance(10_000);
    const [start] = rig.asks(version === "1.6" ? "RemoteStartTransaction" : "RequestStartTransaction");
    assert(start !== undefined && !("chargingProfile" in start.payload));
    assert.equal(rig.energy.sessions[0]?.wantsMa, 10_000);
    assert.equal(rig.drawA(), 10);
    await rig.leave();
    await rig.arrive();
    await rig.advance(5_000);
    assert.equal(rig.drawA(), GRANT_A, "the next transaction is not bound by it");
    rig.finish();
  });
}

const remoteStart = (version: OcppVersion, limit: number): [string, { readonly [name: string]: never }] => {
  const common = { stackLevel: 1, chargingProfilePurpose: "TxProfile", chargingProfileKind: "Relative" };
  const schedule = { chargingRateUnit: "A", chargingSchedulePeriod: [{ startPeriod: 0, limit }] };
  const of16 = { chargingProfileId: 7, ...common, chargingSchedule: schedule };
  const of2x = { id: 7, ...common, chargingSchedule: [{ id: 1, ...schedule }] };
  const asked =
    version === "1.6"
      ? ["RemoteStartTransaction", { connectorId: 1, idTag: "04A1B2C3D4E5F6", chargingProfile: of16 }]
      : [
          "RequestStartTransaction",
          {
            evseId: 1,
            remoteStartId: 5,
            idToken: { idToken: "04A1B2C3D4E5F6", type: "ISO14443" },
            chargingProfile: of2x,
          },
        ];
  return asked as [string, { readonly [name: string]: never }];
};
