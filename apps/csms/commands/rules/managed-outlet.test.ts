/** Profiles at a managed site: bound by what its outlets are rated for, not by what the station says that it takes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, StationId } from "@wattward/kernel";
import { SITE, START_MS, type TestCore, testCore } from "../../core/testing/test-core.ts";
import { checkDocument } from "../../energy/check-document.ts";
import { changed, exampleStations } from "../../energy/testing/example.ts";
import { storeVariables } from "../../stations/variables.ts";
import { profile2, profile16, schedule, variable } from "../testing/world.ts";

/** The example, where CP-1 has a second outlet of one phase and 16 A. */
const text = changed(
  "      - { <<: *outlet, id: A2,",
  "      - { <<: *outlet, id: A1b, evse: 2, ratedMa: 16000, safeMa: 0, wiring: [L1] }\n      - { <<: *outlet, id: A2,",
).replaceAll(", spares: rating", "");

async function world(version: "1.6" | "2.0.1", managed = true): Promise<TestCore> {
  const core = await testCore(Object.fromEntries(exampleStations.map((id) => [id, "site" as const])));
  await core.db.updateTable("stations").set({ ocpp_version: version }).execute();
  const { compiled, faults } = checkDocument(text);
  assert.deepEqual(faults, []);
  if (managed)
    await core.decide("energy.set", {
      ...{ site: SITE, base: 0, text, energy: compiled?.energy ?? "", stations: compiled?.stations ?? [] },
      ...{ actor: "a", reason: "r", atMs: START_MS },
    });
  return core;
}
const ask = async (core: TestCore, payload: JsonObject, force = false) => {
  const said = await core.decide("command.request", {
    ...{
      station: "CP-1" as StationId,
      action: "SetChargingProfile",
      payload,
      actor: "p",
      reason: "r",
      force,
    },
    ...{ atMs: core.nowMs, expiresAtMs: core.nowMs + 60_000 },
  });
  return said.kind === "refused" ? said.sentence : said.kind;
};
const limited = (limit: number, unit = "A") => ({
  chargingSchedule: schedule({ chargingRateUnit: unit, chargingSchedulePeriod: [{ startPeriod: 0, limit }] }),
});
const limited2 = (limit: number, unit = "A") => ({
  chargingSchedule: [{ id: 1, ...limited(limit, unit).chargingSchedule }],
});

test("a profile above what its outlet is rated for is held back, and goes by force: the site clamps it", async () => {
  const rows: readonly [version: "1.6" | "2.0.1", payload: JsonObject, says: RegExp][] = [
    ["1.6", profile16(limited(32)), /^requested$/],
    ["1.6", profile16(limited(33)), /33 A is above the 32 A/],
    ["1.6", profile16(limited(17), 2), /17 A is above the 16 A/],
    ["1.6", profile16(limited(3_680, "W"), 2), /^requested$/],
    ["1.6", profile16(limited(3_700, "W"), 2), /3700 W is above the 3680 W/],
    ["1.6", profile16(limited(22_080, "W")), /^requested$/],
    ["1.6", profile16(limited(22_081, "W")), /above the 22080 W/],
    ["1.6", profile16(limited(33), 0), /above the 32 A/],
    ["2.0.1", profile2(limited2(90)), /90 A is above the 32 A/],
    ["2.0.1", profile2(limited2(16), 2), /^requested$/],
  ];
  for (const [version, payload, says] of rows) {
    const core = await world(version);
    assert.match(await ask(core, payload), says, JSON.stringify(payload));
    assert.equal(await ask(core, payload, true), "requested");
    await core.close();
  }
});

test("a profile for the whole station is bound by all of its outlets together", async () => {
  const whole = (limit: number) =>
    profile16(
      {
        ...limited(limit),
        chargingProfilePurpose: "ChargePointMaxProfile",
        chargingProfileKind: "Absolute",
        chargingSchedule: {
          ...limited(limit).chargingSchedule,
          startSchedule: new Date(START_MS).toISOString(),
        },
      },
      0,
    );
  const core = await world("1.6");
  assert.equal(await ask(core, whole(48)), "requested");
  assert.match(await ask(core, whole(49)), /above the 48 A/);
  await core.close();
});

test("what the station says of itself binds no profile that it never sees; at another site it does", async () => {
  for (const managed of [true, false]) {
    const core = await world("1.6", managed);
    await core.writer.submit("test", undefined, (tx) =>
      storeVariables(tx, "CP-1", [variable("SmartChargingCtrlr", "RateUnit", "Power")], {
        source: "report",
        atMs: START_MS,
      }),
    );
    assert.match(await ask(core, profile16(limited(10))), managed ? /^requested$/ : /takes no limits in A/);
    assert.match(
      await ask(core, profile16(limited(900))),
      managed ? /above the 32 A/ : /takes no limits in A/,
    );
    await core.close();
  }
});
