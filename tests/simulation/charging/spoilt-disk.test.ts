/** What the site keeps of its charging is spoilt, by a failing disk or a hand: it goes on with what is sound, and charging goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Rig } from "./rig.ts";

const page = JSON.stringify({
  ...{ version: "9", learnt: { way: "x" }, safeMa: -1e308 },
  sessions: [
    { transaction: {}, evse: 1 },
    { transaction: "x", evse: 1e308, sinceWallMs: -1e300 },
    {
      ...{ transaction: "t", evse: 1, sinceWallMs: -1e300, mostMa: 1e300, fromWh: -1e308, registerWh: 1e308 },
      needs: { departureWallMs: -5.5, energyWh: -1, carMa: -3, dischargeWMax: 1e300 },
    },
  ],
  csms: [
    { wire: {} },
    {
      ...{ evse: 0, receivedMs: 1e308 },
      wire: {
        ...{ id: 1, stackLevel: 1e308, chargingProfilePurpose: "TxDefaultProfile" },
        chargingProfileKind: "Absolute",
        chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: "x", limit: "1e308" }] }],
      },
    },
  ],
});
const spoilt = {
  "cut off": page.slice(0, 100),
  empty: "",
  "another's": "[]",
  "beyond all measure": '{"reserved":9007199254740991}',
  "no number": '{"reserved":1e999}',
  absurd: page,
};

for (const file of ["station-S0.json", "numbers.json"])
  for (const [how, text] of Object.entries(spoilt))
    test(`spoilt disk: ${file} is ${how}`, async () => {
      const rig = await Rig.start({ version: "2.0.1" });
      await rig.arrive();
      await rig.advance(10_000);
      rig.world.killSite();
      rig.world.disk.damage(`state/charging/${file}`, new TextEncoder().encode(text));
      await rig.world.startSite();
      assert(await rig.world.time.until(() => rig.world.dialEnergy !== undefined, 60_000));
      rig.connectEnergy();
      await rig.advance(200_000);
      assert.equal(rig.drawA(), 16);
      assert.equal(rig.world.site.status().mode?.mode, "reactive");
      rig.finish();
    });

test("full disk: no grant is raised that could not be remembered, a lowering passes as ever, and with room it is raised", async () => {
  const rig = await Rig.start({ version: "2.0.1" });
  rig.energy.grantMa = 16_000;
  await rig.arrive();
  await rig.advance(10_000);
  assert.equal(rig.drawA(), 16);
  const { options, usedBytes } = rig.world.disk;
  options.capacityBytes = usedBytes;
  rig.energy.grantMa = 30_000;
  for (let s = 0; s < 30; s++) {
    await rig.advance(1_000);
    assert(rig.drawA() <= 16, `${rig.drawA()} A after ${s} s`);
  }
  assert.equal(rig.observed.filter((kind) => kind === "raise-not-remembered").length, 1);
  rig.energy.grantMa = 8_000;
  await rig.advance(2_000);
  assert.equal(rig.drawA(), 8);
  rig.energy.grantMa = 16_000;
  await rig.advance(10_000);
  assert.equal(rig.drawA(), 16, "it had that before, and the disk remembers");
  rig.energy.grantMa = 30_000;
  delete options.capacityBytes;
  await rig.advance(20_000);
  assert.equal(rig.drawA(), 30);
  rig.finish();
});

test("full disk: a first grant above the safe default waits, one below it does not", async () => {
  const rig = await Rig.start({ version: "1.6" });
  rig.energy.withholds = true;
  await rig.arrive();
  await rig.advance(5_000);
  const { options, usedBytes } = rig.world.disk;
  options.capacityBytes = usedBytes;
  rig.energy.withholds = false;
  rig.energy.grantMa = 16_000;
  await rig.advance(20_000);
  assert.equal(rig.drawA(), 6);
  rig.energy.grantMa = 0;
  await rig.advance(5_000);
  assert.equal(rig.drawA(), 0);
  rig.finish();
});
