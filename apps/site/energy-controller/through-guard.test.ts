/**
 * The production energy controller through the production Modbus guard, under the policy that a site's document compiles to: nothing that the
 * drivers write or read is denied by our own policy, whatever the site goes through.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@wattward/energy";
import { sunspecPolicy } from "@wattward/guard";
import { ok, type SiteId, silentLog } from "@wattward/kernel";
import { serve } from "@wattward/modbus";
import { discover } from "@wattward/modbus/sunspec";
import { SimulatedDisk, seededChance } from "@wattward/testing";
import { createGuard } from "../modbus-guard/guard.ts";
import { fakeBundle } from "../testing/fake-csms.ts";
import { SmallPlant, UNITS } from "./testing/small-plant.ts";
import { answerer, type BankDevice } from "./testing/sunspec-bank.ts";

const UID = 1_000;
const MINUTES = 12;

async function modelsOf(device: BankDevice) {
  const found = await discover(async (address, quantity) =>
    ok([...device.bank.registers.subarray(address, address + quantity)]),
  );
  assert(found.ok);
  return found.value.models.map(({ id, address, length }) => ({ id, address, length }));
}

/** A plant whose devices are behind a real guard; every observation of that. */
async function guarded(steering: 124 | 704, revertProven: boolean, rampWPerS = 1e6) {
  const revert = revertProven
    ? ({ kind: "proven", afterMs: 60_000 } as const)
    : ({ kind: "unproven" } as const);
  const devices = [
    { id: "grid", unit: UNITS.meter, pollMs: 250, is: { kind: "meter", meter: "grid" } },
    { id: "store", unit: UNITS.battery, pollMs: 250, is: { kind: "battery", source: "battery" } },
    { id: "roof", unit: UNITS.solar, pollMs: 500, is: { kind: "solar", source: "solar", exportWMax: 5_000 } },
  ] as unknown as Device[];
  const battery = { revert, ...(rampWPerS < 1e6 && { rampWPerS: rampWPerS / 1.25 }) };
  const plant = new SmallPlant({ baseA: 30, battery, solarW: 20_000, steering, devices });
  const place = { host: "devices", port: 502, tls: false };
  const storage = {
    ...{ chargeWMax: 20_000, dischargeWMax: 20_000, reservePermille: 100, fullPermille: 950 },
    ...{ rampWPerS, revertProven },
  };
  const none = { chargeWMax: 0, dischargeWMax: 0, reservePermille: 0, rampWPerS: 0 };
  const commissioned = async (name: string, unit: number, envelope?: typeof storage | typeof none) => ({
    ...{ name, unit, deviceUnit: unit, ...place, models: await modelsOf(plant.devices.get(unit)!) },
    ...(envelope && { envelope }),
  });
  const policy = sunspecPolicy([
    await commissioned("grid", UNITS.meter),
    await commissioned("store", UNITS.battery, storage),
    await commissioned("roof", UNITS.solar, none),
  ]);
  const disk = new SimulatedDisk(seededChance(3));
  const bundle = fakeBundle("lyon", ["A"], { guard: JSON.stringify(policy) });
  const signature = Buffer.alloc(64, 1).toString("base64");
  const signed = { body: JSON.stringify(bundle), signature, signer: "PEM" };
  disk.damage("state/bundle.json", new TextEncoder().encode(JSON.stringify(signed)));
  const { network, time, chance } = plant;
  const answer = answerer(plant.devices, (ms, run) => void time.after(ms, run));
  network.listen("devices:502", (link) => void serve(link, { clock: time, answer }));
  const seen: string[] = [];
  const start = () =>
    createGuard({
      ...{
        site: "lyon" as SiteId,
        software: "0.1.0",
        clock: time,
        chance,
        log: silentLog,
        disk: disk.boot(),
      },
      trust: { verifyBundle: () => ({ kind: "valid" }) },
      sameUid: UID,
      listen: async (way, accept) => {
        const stop = network.listen(`guard:${way}`, accept);
        return { close: async () => stop() };
      },
      dial: ({ host, port }) => network.dialer(`${host}:${port}`, { address: "guard" }),
      observe: (kind, detail) => void seen.push(`${kind} ${detail}`),
    });
  const guard = await start();
  plant.dialGuard = network.dialer("guard:socket", { address: "energy", uid: UID });
  await plant.start();
  return { plant, seen, restart: () => guard.close().then(start) };
}

const RAMP_W_PER_S = 500;
/** What a device has after its computer began anew. */
const begun = {
  124: { StorCtl_Mod: 0, OutWRte: 100, InWRte: 100, InOutWRte_RvrtTms: 0 },
  704: { WSetEna: 0, WSet: 0, WSetRvrtTms: 0 },
} as const;

for (const steering of [124, 704] as const) {
  test(`battery by ${steering}, of a slow ramp: what reboots is led to its power again, no faster`, async () => {
    const { plant, seen } = await guarded(steering, true, RAMP_W_PER_S);
    plant.baseMa = [26_000, 26_000, 26_000];
    await plant.time.advance(200_000);
    const beforeW = plant.feedW;
    assert(beforeW > 15 * RAMP_W_PER_S, `${beforeW} W`);
    for (let reboots = 0; reboots < 3; reboots++) {
      plant.device("battery").show(steering, begun[steering]);
      await plant.time.advance(200);
      assert.equal(plant.feedW, 0);
      let most = 0;
      for (let s = 0; s < 100; s++) {
        const fromW = plant.feedW;
        await plant.time.advance(1_000);
        most = Math.max(most, plant.feedW - fromW);
      }
      assert(most <= 10 * RAMP_W_PER_S, `${most} W at once`);
      assert(plant.feedW > 0.95 * beforeW, `${plant.feedW} of ${beforeW} W`);
    }
    const refused = seen.filter((one) => one.startsWith("modbus.denied"));
    assert(refused.length <= 3, refused.join("\n"));
  });

  test(`battery by ${steering}: a guard that begins anew takes nothing from it; one that was left without a revert time, at its reserve, is let go of`, async () => {
    const { plant, restart, seen } = await guarded(steering, true);
    plant.baseMa = [26_000, 26_000, 26_000];
    await plant.time.advance(60_000);
    const beforeW = plant.feedW;
    assert(beforeW > 5_000);
    for (let restarts = 0; restarts < 3; restarts++) {
      await restart();
      for (let s = 0; s < 70; s++) {
        await plant.time.advance(1_000);
        assert(Math.abs(plant.feedW - beforeW) < 2_000, `${plant.feedW} of ${beforeW} W`);
      }
    }
    plant.chargePermille = 50;
    await plant.time.advance(30_000);
    assert.equal(plant.feedW, 0, "at its reserve");
    const left = { StorCtl_Mod: 3, OutWRte: 40, InWRte: -40, InOutWRte_RvrtTms: 0 };
    plant
      .device("battery")
      .show(steering, steering === 124 ? left : { WSetEna: 1, WSet: 8_000, WSetRvrtTms: 0 });
    await plant.time.advance(30_000);
    assert.equal(plant.feedW, 0, seen.join("\n"));
  });
}

for (const steering of [124, 704] as const)
  for (const proven of [true, false])
    test(`battery by ${steering}, ${proven ? "proven" : "unproven"}, and curtailed sun: ${MINUTES} restless minutes without one denial`, async () => {
      const { plant, seen } = await guarded(steering, proven);
      await plant.time.advance(70_000);
      assert.equal(
        plant.snapshot?.devices?.every(({ state }) => state === "well"),
        true,
      );
      plant.plugIn(0);
      for (let minute = 0; minute < MINUTES; minute++) {
        // Night, a load that comes, sun beyond what may be exported, a full and an empty battery, each in its minute.
        plant.sunW = [0, 0, 18_000, 18_000, 9_000][minute % 5]!;
        const a = plant.chance.int(1_000, 28_000);
        plant.baseMa = minute % 3 === 0 ? [500, 500, 500] : [a, a, a];
        plant.chargePermille = Math.min(1_000, Math.max(0, plant.chargePermille + plant.chance.int(-15, 15)));
        if (!proven && minute % 4 === 1)
          plant
            .device("battery")
            .show(
              steering,
              steering === 124
                ? { OutWRte: 40, InWRte: -40, StorCtl_Mod: 3 }
                : { WSetEna: 1, WSetMod: 1, WSet: 4_000, WSetRvrtTms: 0 },
            );
        await plant.time.advance(60_000);
      }
      assert.deepEqual(
        seen.filter((one) => /denied|bounds|refused|revert|oscillation|rate/.test(one)),
        [],
      );
      const { length } = plant.device("battery").writes;
      assert(length > 0, "something was written");
      if (!proven) assert.equal(Math.abs(plant.feedW) < 50, true, `${plant.feedW} W`);
      assert(plant.device("solar").writes.length > 0, "the sun was curtailed");
      assert.deepEqual(plant.fatals, []);
    });
