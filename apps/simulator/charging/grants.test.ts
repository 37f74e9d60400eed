/**
 * A managed site's two profiles (ADR 13) in a station, by version: the safe default, and a grant of two periods that falls back to it. What
 * each fault leaves of them is what the site's safety is reckoned with, so it is written down here for every version.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { rfc3339 } from "@wattward/kernel";
import { type OcppVersion, ocppVersions } from "@wattward/ocpp";
import { Car } from "../car/car.ts";
import { card, one } from "../testing/bench.ts";
import { type Opened, opened } from "../testing/commanded.ts";

const SAFE_A = 6;
const GRANT_A = 16;
const TTL_S = 60;
const LONG = { settings: { sampleS: 300 }, maxW: 22_080, build: { phases: 3, stepMa: 1_000 } } as const;

type Told = {
  readonly purpose: string;
  readonly startMs: number;
  readonly periods: readonly object[];
  readonly transaction?: unknown;
};

function write(version: OcppVersion, b: Opened, { periods, purpose, startMs, transaction }: Told) {
  const schedule = {
    chargingRateUnit: "A",
    startSchedule: rfc3339(startMs),
    chargingSchedulePeriod: periods,
  };
  const id = purpose === "TxProfile" ? 2 : 1;
  const evse = purpose === "TxProfile" ? 1 : 0;
  const profile = {
    ...{ stackLevel: 0, chargingProfilePurpose: purpose, chargingProfileKind: "Absolute" },
    ...(transaction !== undefined && { transactionId: transaction }),
  };
  return b.status([
    "SetChargingProfile",
    version === "1.6"
      ? {
          connectorId: evse,
          csChargingProfiles: { chargingProfileId: id, ...profile, chargingSchedule: schedule },
        }
      : { evseId: evse, chargingProfile: { id, ...profile, chargingSchedule: [{ id, ...schedule }] } },
  ]);
}

const writeDefault = (version: OcppVersion, b: Opened) =>
  write(version, b, {
    purpose: "TxDefaultProfile",
    startMs: 0,
    periods: [{ startPeriod: 0, limit: SAFE_A }],
  });

const grant = (version: OcppVersion, b: Opened) =>
  write(version, b, {
    ...{ purpose: "TxProfile", startMs: b.station.clock.nowMs(), transaction: b.wireId() },
    periods: [
      { startPeriod: 0, limit: GRANT_A },
      { startPeriod: TTL_S, limit: SAFE_A },
    ],
  });

/** A car of so many phases that would take 32 A. */
async function plugIn(b: Opened, phases: 1 | 3 = 3) {
  b.station.plug(one, new Car({ capacityWh: 60_000, maxW: 32 * 230 * phases, socPercent: 20, phases }));
  await b.time.advance(1_000);
  await b.during(b.station.card(one, card));
  await b.time.advance(3_000);
}

const amps = async (b: Opened) => {
  await b.time.advance(2_000);
  return Math.round(b.station.evses[0]!.terminalsMa[0]! / 1000);
};

const granted = async (version: OcppVersion) => {
  const b = await opened(version, LONG);
  assert.equal(await writeDefault(version, b), "Accepted");
  await plugIn(b);
  assert.equal(await amps(b), SAFE_A);
  assert.equal(await grant(version, b), "Accepted");
  assert.equal(await amps(b), GRANT_A);
  return b;
};

for (const version of ocppVersions) {
  test(`${version}: a grant holds for its time, then the safe default does, with nobody to say so`, async () => {
    const b = await granted(version);
    b.link.cut();
    await b.time.advance(50_000);
    assert.equal(await amps(b), GRANT_A);
    await b.time.advance(10_000);
    assert.equal(await amps(b), SAFE_A);
  });

  test(`${version}: with the transaction its grant is gone; the next begins at the safe default`, async () => {
    const b = await granted(version);
    await b.during(b.station.card(one, card));
    b.station.unplug(one);
    await b.time.advance(2_000);
    assert.deepEqual(
      b.station.draws().map(({ mayMa }) => Math.round(mayMa)),
      [SAFE_A * 1000],
    );
    await plugIn(b);
    assert.equal(await amps(b), SAFE_A);
  });

  test(`${version}: an hour ahead the grant is over at once, an hour behind it has not begun: safe both ways`, async () => {
    for (const byMs of [3_600_000, -3_600_000]) {
      const b = await granted(version);
      b.station.clock.jump(byMs);
      assert.equal(await amps(b), SAFE_A, `${byMs}`);
    }
  });

  test(`${version}: amperes are of each phase: a car of one phase gets as many as one of three`, async () => {
    const b = await opened(version, LONG);
    await writeDefault(version, b);
    await plugIn(b, 1);
    await grant(version, b);
    await b.time.advance(2_000);
    assert.deepEqual(b.station.evses[0]!.terminalsMa, [GRANT_A * 1000, 0, 0]);
    assert.equal(b.station.draws()[0]!.phases, 1);
  });

  test(`${version}: one that ignores limits draws its rating, and one that exceeds them so much more; until the fault ends`, async () => {
    const b = await granted(version);
    b.station.conduct.ignoresLimits = true;
    assert.equal(await amps(b), 32);
    assert.equal(b.station.draws()[0]!.mayMa, 32_000);
    b.station.conduct.ignoresLimits = false;
    b.station.conduct.exceedsBy = 1.5;
    assert.equal(await amps(b), 24);
    b.station.conduct.exceedsBy = 1;
    assert.equal(await amps(b), GRANT_A);
  });
}

test("after a restart 2.x has its default still, and 1.6 has forgotten it: the site must look", async () => {
  for (const [version, expected] of [
    ["2.0.1", SAFE_A],
    ["2.1", SAFE_A],
    ["1.6", 32],
  ] as const) {
    const b = await opened(version, { ...LONG, afterOutage: "end" });
    await writeDefault(version, b);
    b.station.powerCut(5_000);
    await b.time.advance(20_000);
    b.station.plug(one, new Car({ capacityWh: 60_000, maxW: 22_080, socPercent: 20, phases: 3 }));
    await b.time.advance(1_000);
    await b.during(b.station.card(one, card));
    await b.time.advance(3_000);
    assert.equal(await amps(b), expected, version);
  }
});
