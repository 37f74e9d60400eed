/**
 * A hostile CSMS at a managed site. Whatever it sends, in whatever order, no station is left without its safe default, none gets a charging
 * profile that the site did not write, and power rises no faster than the site allows (AT-C3, AT-C4, AT-C6).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvseId, StationId } from "@wattward/kernel";
import { ocppVersions } from "@wattward/ocpp";
import { seededChance } from "@wattward/testing";
import { fieldsOf, numberIn, objectIn } from "../../../apps/site/charging/fields.ts";
import { GRANT_ID, SAFE_DEFAULT_ID } from "../../../apps/site/charging/limits.ts";
import { amends, evil, passedOn } from "./evil.ts";
import { Rig } from "./rig.ts";

const TTL_MS = 120_000;
const SAFE_A = 6;
/** What the energy controller of the rig grants. */
const GRANT_A = 16;
const EVSES = [1 as EvseId, 2 as EvseId];
const SEQUENCES = 12;
const STEPS = 40;

for (const version of ocppVersions)
  test(`hostile CSMS ${version}: no sequence of its messages leaves a station without its safe default`, async () => {
    const reached = new Set<string>();
    for (let seed = 1; seed <= SEQUENCES; seed++) {
      const rig = await Rig.start({
        ...{ version, seed, evses: 2 },
        station: { afterOutage: seed % 2 === 0 ? "resume" : "end", settings: { sampleS: 10 } },
      });
      const said = await harassed(rig, seededChance(1_000 + seed));
      const after = `seed ${seed}, after\n${said.join("\n")}`;
      assert.deepEqual(foreign(rig), [], `a profile that the site did not write: ${after}`);
      // The simulated station lets nobody set these, and moves nowhere; others do.
      const theSites = rig.asked
        .get("S0")!
        .filter(({ payload }) => /smartchargingctrlr|network|central|wss?:/i.test(JSON.stringify(payload)));
      assert.deepEqual(theSites, [], `limits charging otherwise, or sends the station elsewhere: ${after}`);
      for (const { action } of rig.asked.get("S0")!) reached.add(action);
      // Whoever may charge again is seen to charge: a station that lets nobody charge would keep within any limit.
      for (const [action, payload] of amends(version))
        assert.equal(typeof (await rig.csms(action, payload)), "object", `${action}: ${after}`);
      rig.world.killSite();
      await rig.advance(TTL_MS + 5_000);
      assert.deepEqual(mayA(rig), [SAFE_A, SAFE_A], `whoever is there: ${after}`);
      await comeAnew(rig, after);
      // What 2.x writes into its flash is there after the power came back, too; 1.6 says nothing of it, and this one forgets.
      if (version !== "1.6") {
        rig.station.powerCut(1_000);
        await rig.advance(60_000);
        assert.deepEqual(mayA(rig), [SAFE_A, SAFE_A], `after a power cut: ${after}`);
      }
      rig.finish();
    }
    assert.deepEqual(
      passedOn(version).filter((action) => !reached.has(action)),
      [],
      "never reached a station",
    );
  });

/** Two cars charge, and the CSMS sends whatever it likes; what it said, once all is at rest. */
async function harassed(rig: Rig, chance: ReturnType<typeof seededChance>): Promise<string[]> {
  const said: string[] = [];
  for (const evse of EVSES) await rig.arrive(rig.station, evse);
  for (let step = 0; step < STEPS; step++) {
    const { sessions } = rig.energy;
    const transaction = sessions[chance.int(0, 1)]?.id.split("/")[1];
    const [action, payload] = evil({ version: rig.options.version, chance, transaction });
    said.push(`${action} ${JSON.stringify(payload)}`);
    const frame = JSON.stringify([2, `e${step}`, action, payload]);
    rig.world.csms.send({ t: "down", station: "S0" as StationId, frame });
    // Also in one breath.
    await rig.advance(chance.int(0, 3) === 0 ? 0 : chance.int(0, 4_000));
    // A car drives away and another comes, now and then, so that default and grant are both in force; some wait for a remote start.
    for (const evse of EVSES)
      if (!rig.station.charging(evse) && chance.int(0, 2) === 0) {
        rig.station.unplug(evse);
        rig.plug(rig.station, evse);
        if (chance.int(0, 2) > 0) void rig.station.card(evse, rig.card);
      }
    for (const evse of EVSES) {
      const a = rig.drawA(rig.station, evse);
      assert(a <= GRANT_A, `seed ${rig.options.seed}: ${a} A at ${evse}, after\n${said.join("\n")}`);
    }
  }
  await rig.advance(10_000);
  return said;
}

/** What each outlet lets flow to whoever is there, or to a transaction that began now, A to a tenth. */
const mayA = (rig: Rig): number[] => rig.station.draws().map(({ mayMa }) => Math.round(mayMa / 100) / 10);

/** Both cars leave the station, whose site is dead, and two others come with a card that nobody has said anything of. */
async function comeAnew(rig: Rig, after: string): Promise<void> {
  const { station } = rig;
  for (const evse of EVSES) station.unplug(evse);
  // A reset that waited for the end of the transactions is done, too.
  await rig.advance(10_000);
  assert.deepEqual(mayA(rig), [SAFE_A, SAFE_A], `whoever comes: ${after}`);
  for (const evse of EVSES) {
    rig.plug(station, evse);
    const shown = await rig.during(station.card(evse, { id: "0499887766", type: "ISO14443" }));
    assert.equal(shown, "started", `at ${evse}: ${after}`);
  }
  await rig.advance(60_000);
  const drawn = EVSES.map((evse) => rig.drawA(station, evse));
  assert.deepEqual(drawn, [SAFE_A, SAFE_A], `without a site: ${after}`);
}

/** Of the profiles that reached the station, by themselves or with a remote start: ids that are none of the site's. */
const foreign = (rig: Rig): (number | undefined)[] =>
  ["SetChargingProfile", "RemoteStartTransaction", "RequestStartTransaction"]
    .flatMap((action) => rig.asks(action))
    .map(({ payload }) => fieldsOf(payload))
    .filter((fields) => fields.has("chargingProfile") || fields.has("csChargingProfiles"))
    .map(
      (fields) =>
        numberIn(objectIn(fields, "chargingProfile"), "id") ??
        numberIn(objectIn(fields, "csChargingProfiles"), "chargingProfileId"),
    )
    .filter((id) => id !== SAFE_DEFAULT_ID && id !== GRANT_ID + 1 && id !== GRANT_ID + 2);

const limits = { rampWPerS: 1_000, dwellMs: 30_000, reversalsPer10MinMax: 3, randomDelayMsMax: 0 };

/** The CSMS swings an outlet between nothing and all, as fast as it can. */
async function swung(
  everyMs: number,
): Promise<{ rig: Rig; changes: { atMs: number; a: number }[]; toldMs: number | undefined }> {
  const rig = await Rig.start({ version: "2.0.1", commands: limits });
  await rig.arrive();
  await rig.advance(60_000);
  const changes = [{ atMs: 0, a: rig.drawA() }];
  let toldMs: number | undefined;
  for (let ms = 0, i = 0; ms < 600_000; ms += everyMs, i++) {
    const schedule = {
      id: 1,
      chargingRateUnit: "A",
      chargingSchedulePeriod: [{ startPeriod: 0, limit: i % 2 === 0 ? 0 : 32 }],
    };
    const chargingProfile = {
      id: 1,
      stackLevel: 0,
      chargingProfilePurpose: "TxDefaultProfile",
      chargingProfileKind: "Relative",
      chargingSchedule: [schedule],
    };
    rig.world.csms.send({
      t: "down",
      station: "S0" as StationId,
      frame: JSON.stringify([2, `o${i}`, "SetChargingProfile", { evseId: 1, chargingProfile }]),
    });
    for (let part = 0; part < everyMs; part += 250) {
      await rig.advance(250);
      const a = rig.drawA();
      if (a !== changes.at(-1)!.a) changes.push({ atMs: ms + part, a });
      if (rig.observed.includes("limits-swing")) toldMs ??= ms + part;
    }
  }
  return { rig, changes, toldMs };
}

for (const everyMs of [500, 2_500, 5_000])
  test(`hostile CSMS: AT-C6, profiles that swing every ${everyMs} ms move the load a few times in ten minutes, and no more`, async () => {
    const { rig, changes, toldMs } = await swung(everyMs);
    const raises = changes.filter(({ a }, i) => i > 0 && a > changes[i - 1]!.a);
    const reversals = raises.filter((_, i) => {
      const at = changes.indexOf(raises[i]!);
      return at >= 2 && changes[at - 1]!.a < changes[at - 2]!.a;
    });
    assert(
      reversals.length <= limits.reversalsPer10MinMax,
      `${reversals.length} reversals: ${JSON.stringify(changes)}`,
    );
    assert(toldMs !== undefined && toldMs <= 5 * everyMs, `told after ${toldMs} ms`);
    rig.finish();
  });

/** Four cars that are granted all they can draw, at a site that may rise by a kilowatt a second. */
async function four(safeMa: number) {
  const commands = { ...limits, dwellMs: 0 };
  const rig = await Rig.start({ version: "2.0.1", stations: 4, outlet: { safeMa }, commands });
  const sumW = () => rig.stations.reduce((sum, station) => sum + rig.drawA(station) * 3 * 230, 0);
  rig.energy.grantMa = 32_000;
  for (const station of rig.stations) await rig.arrive(station);
  /** For two minutes, and then it is there. */
  const rises = async (fromW: number, sinceMs: number) => {
    for (let s = 0; s < 120; s++) {
      await rig.advance(1_000);
      const elapsedS = (rig.world.time.now().monotonicMs - sinceMs) / 1_000;
      // A step is made at once, and then takes its time: the last one may be ahead by one step.
      assert(sumW() <= fromW + limits.rampWPerS * (elapsedS + 10), `${sumW()} W after ${elapsedS} s`);
    }
    assert(sumW() > 80_000, "it does get there");
  };
  const siteDeadFor = async (ms: number) => {
    rig.world.killSite();
    await rig.advance(ms);
    const beforeW = sumW();
    await rig.during(rig.world.startSite());
    assert(await rig.world.time.until(() => rig.world.dialEnergy !== undefined, 10_000));
    rig.connectEnergy();
    return beforeW;
  };
  return { rig, sumW, rises, siteDeadFor };
}
const SAFE_W = 4 * 6 * 3 * 230;

test("raises: the whole site rises no faster than its ramp, whoever asks; lowering waits for nothing", async () => {
  const { rig, rises, sumW } = await four(0);
  await rises(0, rig.world.time.now().monotonicMs - 8_000);
  rig.energy.grantMa = 6_000;
  await rig.advance(2_000);
  assert.equal(sumW(), SAFE_W);
  rig.finish();
});

test("raises: a site that was dead for longer than its grants live rises by its ramp again, to what its stations had", async () => {
  const { rig, rises, siteDeadFor } = await four(6_000);
  await rig.advance(120_000);
  assert.equal(await siteDeadFor(200_000), SAFE_W);
  await rises(SAFE_W, rig.world.time.now().monotonicMs);
  rig.finish();
});

test("raises: a site that was dead for two seconds goes on with what its stations have", async () => {
  const { rig, siteDeadFor, sumW } = await four(6_000);
  await rig.advance(120_000);
  const beforeW = await siteDeadFor(2_000);
  assert(beforeW > 80_000, `${beforeW} W`);
  for (let s = 0; s < 60; s++) {
    await rig.advance(1_000);
    assert.equal(sumW(), beforeW, `${s} s`);
  }
  rig.finish();
});

test("raises: after the power came back they wait for a random time", async () => {
  const delays = new Set<number>();
  for (let seed = 1; seed <= 6; seed++) {
    const rig = await Rig.start({ version: "2.0.1", seed, commands: { randomDelayMsMax: 300_000 } });
    const fromMs = rig.world.time.now().monotonicMs;
    await rig.arrive();
    assert(await rig.world.time.until(() => rig.drawA() === 16, 400_000));
    delays.add(Math.round((rig.world.time.now().monotonicMs - fromMs) / 10_000));
    rig.finish();
  }
  assert(delays.size >= 3, `${[...delays].join()} (in 10 s)`);
});

test("raises: after half of the stations booted together they wait, though the site never went; after one alone they do not", async () => {
  for (const [cut, waits] of [
    [1, false],
    [2, true],
  ] as const) {
    const commands = { randomDelayMsMax: 600_000 };
    const rig = await Rig.start({ version: "2.0.1", seed: 5, stations: 3, mainA: 100, commands });
    await rig.advance(700_000);
    for (const station of rig.stations.slice(0, cut)) station.powerCut(30_000);
    await rig.advance(150_000);
    const [, , other] = rig.stations;
    await rig.arrive(other);
    await rig.advance(20_000);
    assert.equal(rig.drawA(other) === 16, !waits, `${rig.drawA(other)} A after ${cut} of 3`);
    rig.finish();
  }
});

test("raises: after the CSMS came back from a long absence they wait, after a flap of the link they do not", async () => {
  for (const [awayMs, waits] of [
    [10_000, false],
    [600_000, true],
  ] as const) {
    const rig = await Rig.start({ version: "2.0.1", seed: 5, commands: { randomDelayMsMax: 600_000 } });
    await rig.advance(700_000);
    await rig.arrive();
    rig.energy.grantMa = 10_000;
    await rig.advance(10_000);
    rig.world.uplink.cut();
    await rig.advance(awayMs);
    rig.world.uplink.heal();
    assert(await rig.world.time.until(() => rig.world.site.status().linkUp, 60_000));
    await rig.advance(2_000);
    rig.energy.grantMa = 16_000;
    await rig.advance(3_000);
    assert.equal(rig.drawA() === 16, !waits, `${rig.drawA()} A after ${awayMs} ms`);
    rig.finish();
  }
});
