/** What the energy controller does to devices, and what it makes of them when they lie, sleep, or do as they like; on simulated time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device, FuseId } from "@wattward/energy";
import { lowestOf } from "./ordered-limit.ts";
import { SmallPlant, UNITS } from "./testing/small-plant.ts";

const begun = async (settings: ConstructorParameters<typeof SmallPlant>[0], ms = 70_000) => {
  const plant = new SmallPlant(settings);
  await plant.start();
  await plant.time.advance(ms);
  assert.deepEqual(plant.fatals, []);
  return plant;
};
const state = (plant: SmallPlant, kind: string) =>
  plant.snapshot?.devices?.find((device) => device.kind === kind);
const gaps = (times: readonly number[]) => times.slice(1).map((atMs, i) => atMs - times[i]!);
const sun = { baseA: 20, battery: {} };

for (const steering of [124, 704] as const) {
  const point = steering === 124 ? "OutWRte" : "WSet";
  const timer = steering === 124 ? "InOutWRte_RvrtTms" : "WSetRvrtTms";

  test(`battery by ${steering}: follows the grid, with its revert time set first and renewed before half of it`, async () => {
    const plant = await begun({ ...sun, steering });
    plant.baseMa = [12_000, 12_000, 12_000];
    await plant.time.advance(90_000);
    assert(Math.abs(plant.feedW - 3 * 12 * 230) < 500, `${plant.feedW} W`);
    const battery = plant.device("battery");
    assert.equal(battery.value(steering, timer), 60);
    assert(battery.writtenAt(steering, timer)[0]! < battery.writtenAt(steering, point)[0]!);
    const from = battery.writes.length;
    await plant.time.advance(180_000);
    const renewed = battery.writtenAt(steering, point).filter((atMs) => atMs > plant.nowMs - 180_000);
    assert(renewed.length >= 6 && renewed.length <= 20, `${renewed.length} writes in three minutes`);
    assert(Math.max(...gaps(renewed)) < 30_000, gaps(renewed).join());
    // Heartbeats, both, once a second; everything else that was written is the setpoint alone.
    for (const [model, beat] of [
      [802, "CtrlHb"],
      [715, "ControllerHb"],
    ] as const) {
      const beats = battery.writtenAt(model, beat).filter((atMs) => atMs > plant.nowMs - 180_000);
      assert(beats.length >= 130 && beats.length <= 200, `${beats.length} beats in three minutes`);
      assert(Math.max(...gaps(beats)) <= 1_500);
    }
    const points = battery.writes.slice(from).length - renewed.length;
    assert(points <= 2 * 200, `${points} other writes`);
    const registers = battery.writes.reduce((sum, { registers: { length } }) => sum + length, 0);
    const shown = state(plant, "battery")?.writes ?? 0;
    assert(Math.abs(shown - registers) <= 4, `${shown} registers written are shown, ${registers} were`);
    assert.equal(state(plant, "meter")?.writes, undefined);
  });

  test(`battery by ${steering}: the controller dies, and it falls back by itself within its time`, async () => {
    const plant = await begun({ ...sun, steering });
    plant.baseMa = [12_000, 12_000, 12_000];
    await plant.time.advance(60_000);
    assert(plant.feedW > 5_000);
    plant.kill();
    assert(await plant.time.until(() => plant.feedW === 0, 61_000), `${plant.feedW} W`);
  });

  test(`battery by ${steering}: it reboots and forgets; its setpoint is there again within seconds, with its time`, async () => {
    const plant = await begun({ ...sun, steering });
    plant.baseMa = [12_000, 12_000, 12_000];
    await plant.time.advance(60_000);
    const battery = plant.device("battery");
    battery.show(
      steering,
      steering === 124 ? { StorCtl_Mod: 0, InOutWRte_RvrtTms: 0 } : { WSetEna: 0, WSetRvrtTms: 0 },
    );
    await plant.time.advance(4_000);
    assert(plant.feedW > 5_000, `${plant.feedW} W`);
    assert.equal(battery.value(steering, timer), 60);
  });
}

test("battery: acknowledges and does nothing; it is said, and asked of nothing more than its setpoint", async () => {
  const plant = await begun(sun);
  plant.batteryIgnores = true;
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(60_000);
  assert.equal(state(plant, "battery")?.state, "ailing");
  assert.match(plant.observations("energy.device").join(), /disobedient/);
  assert.equal(last(plant).mode, "reactive");
});

test("battery: never proven to revert, it is told nothing, but 0 where its registers show that something else holds", async () => {
  const plant = await begun({ baseA: 20, battery: { revert: { kind: "unproven" } } });
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(60_000);
  const battery = plant.device("battery");
  assert.deepEqual(battery.writtenAt(124, "OutWRte"), []);
  battery.show(124, { OutWRte: 40, InWRte: -40, StorCtl_Mod: 3 });
  await plant.time.advance(5_000);
  assert.equal(battery.value(124, "OutWRte"), 0);
  assert.equal(battery.writtenAt(124, "OutWRte").length, 1);
});

test("battery: the guard or the device refuses a setpoint; it is said, and not tried more often than every 5 s", async () => {
  const plant = await begun(sun);
  const battery = plant.device("battery");
  plant.device("battery").conduct = "refuses-writes";
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(70_000);
  assert.equal(state(plant, "battery")?.state, "ailing");
  assert.match(state(plant, "battery")?.detail ?? "", /illegal-data-value/);
  battery.conduct = "well";
  await plant.time.advance(15_000);
  assert(plant.feedW > 5_000);
});

test("battery: what it tells is no battery; it rests, and the site goes on", async () => {
  const plant = await begun(sun);
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(30_000);
  for (let i = 0; i < 20; i++) {
    plant.chargePermille = i % 2 === 0 ? 1_000 : 0;
    await plant.time.advance(2_000);
  }
  assert(Math.abs(plant.feedW) < 200, `${plant.feedW} W`);
  assert.match(plant.snapshot!.batteries[0]!.why, /not believed/);
  assert.equal(last(plant).mode, "reactive");
});

test("solar: export is held at what the connection takes, by a limit that falls away by itself", async () => {
  const devices = [
    { id: "grid", unit: UNITS.meter, pollMs: 250, is: { kind: "meter", meter: "grid" } },
    { id: "pv", unit: UNITS.solar, pollMs: 500, is: { kind: "solar", source: "solar", exportWMax: 5_000 } },
  ] as unknown as Device[];
  const plant = await begun({ baseA: 20, solarW: 20_000, devices });
  plant.sunW = 18_000;
  await plant.time.advance(30_000);
  const exportW = () => -(plant.trueMa().reduce((a, b) => a + b) * 230) / 1_000;
  assert(exportW() <= 5_000 && exportW() > 3_000, `${exportW()} W`);
  assert.equal(plant.device("solar").value(123, "WMaxLimPct_RvrtTms"), 60);
  // A load comes: more of the sun may come, gently.
  plant.baseMa = [15_000, 15_000, 15_000];
  await plant.time.advance(40_000);
  assert(plant.sunFeedW > 11_000 && exportW() <= 5_100, `${plant.sunFeedW} W, ${exportW()} W`);
  // Nobody knows the load: never more than what may be exported.
  plant.device("meter").conduct = "silent";
  await plant.time.advance(20_000);
  assert(plant.sunFeedW <= 5_000, `${plant.sunFeedW} W`);
});

const signalDevices = (relay?: { limitW: number }) =>
  [
    { id: "grid", unit: UNITS.meter, pollMs: 250, is: { kind: "meter", meter: "grid" } },
    { id: "box", unit: UNITS.signal, pollMs: 500, is: { kind: "limit-signal", ...(relay && { relay }) } },
  ] as unknown as Device[];
const external = { failsafeW: 9_000, failsafeMs: 7_200_000, devices: 2 };

test("control box: limit, release, a heart that stands still, and life again; batteries and cars stay below", async () => {
  const plant = new SmallPlant({ devices: signalDevices(), config: { external }, outlets: 2 });
  const registers = plant.device("signal").bank.registers;
  let beats = true;
  await plant.start();
  const box = (on: boolean, limitW: number) => registers.set([on ? 1 : 0, limitW >>> 16, limitW & 0xffff], 1);
  const pulse = async (ms: number) => {
    for (let t = 0; t < ms; t += 1_000) {
      if (beats) registers[0] = (registers[0]! + 1) & 0xffff;
      await plant.time.advance(1_000);
    }
  };
  box(false, 0);
  plant.plugIn(0);
  plant.plugIn(1);
  const carsW = () =>
    [...plant.cars.values()].reduce((sum, car) => sum + Math.min(car.limitMa, car.wantsMa) * 3 * 0.23, 0);
  await pulse(120_000);
  assert.equal(plant.snapshot?.externalLimit?.kind, "unlimited");
  assert(carsW() > 25_000, `${carsW()} W`);
  box(true, 70_000 - 60_000);
  await pulse(30_000);
  assert.deepEqual(plant.snapshot?.externalLimit, { kind: "limited", limitW: 10_000 });
  assert(carsW() <= 10_000 && carsW() > 0, `${carsW()} W`);
  beats = false;
  // What it says while its heart stands still is nothing.
  box(false, 0);
  await pulse(60_000);
  assert.equal(plant.snapshot?.externalLimit?.kind, "limited");
  await pulse(70_000);
  assert.deepEqual(plant.snapshot?.externalLimit, { kind: "failsafe", limitW: 9_000 });
  beats = true;
  await pulse(5_000);
  assert.equal(plant.snapshot?.externalLimit?.kind, "unlimited");
  assert.match(plant.observations("energy.external").join(), /failsafe/);
});

test("ordered limit: lowered at once, battery and cars together; the lowest holds; it ends by the site's clock, and raises follow", async () => {
  const plant = new SmallPlant({ mainA: 200 });
  await plant.start();
  plant.plugIn(0);
  plant.plugIn(1);
  const carsW = () =>
    [...plant.cars.values()].reduce((sum, car) => sum + Math.min(car.limitMa, car.wantsMa) * 3 * 0.23, 0);
  await plant.time.advance(60_000);
  assert(carsW() > 40_000, `${carsW()} W`);
  assert.equal(plant.snapshot?.externalLimit, undefined);
  const wallMs = () => plant.time.now().wallMs;
  const untilMs = wallMs() + 120_000;
  plant.publish(plant.config, undefined, { limitW: 10_000, untilMs });
  // A second until the bundle is looked for, one turn, and what the plant takes.
  await plant.time.advance(2_500);
  assert(carsW() <= 10_000 && carsW() > 4_000, `${carsW()} W`);
  assert.deepEqual(plant.snapshot?.externalLimit, { kind: "ordered", limitW: 10_000, untilWallMs: untilMs });
  assert(plant.feedW >= -10_000 + carsW() - 100, "what cars leave of it is all that a battery takes");
  assert.match(plant.observations("energy.external").join(), /ordered/);
  plant.kill();
  await plant.start();
  await plant.time.advance(3_000);
  assert(carsW() <= 10_000, `after a restart: ${carsW()} W`);
  await plant.time.advance(untilMs - wallMs() + 60_000);
  assert(carsW() > 40_000, `its time is over: ${carsW()} W`);
  assert.equal(plant.snapshot?.externalLimit, undefined);
  plant.publish(plant.config, undefined, { limitW: 0, untilMs: wallMs() + 3_600_000 });
  await plant.time.advance(2_500);
  assert.equal(carsW(), 0);
  plant.publish(plant.config);
  await plant.time.advance(90_000);
  assert(carsW() > 40_000, `taken back early: ${carsW()} W`);
});

test("ordered limit: in a bundle whose energy document is refused it holds all the same", async () => {
  const plant = new SmallPlant({ mainA: 200 });
  await plant.start();
  const car = plant.plugIn(0);
  await plant.time.advance(60_000);
  assert.equal(car.limitMa, 32_000);
  const untilMs = plant.time.now().wallMs + 600_000;
  plant.publish(plant.config, "{}", { limitW: 5_000, untilMs });
  await plant.time.advance(2_500);
  assert.match(plant.observations("energy.document-refused").join(), /energy document/);
  assert(car.limitMa <= 8_000, `${car.limitMa}`);
});

test("ordered limit and signal: the lower of both, and while nobody knows the time it stays", () => {
  const known = { wallMs: 1_000, quality: "synced" } as const;
  const signal = { kind: "limited", limitW: 8_000 } as const;
  const ordered = { limitW: 9_000, untilMs: 1_000 };
  const later = { ...ordered, untilMs: 1_001 };
  const shown = { kind: "ordered", limitW: 9_000, untilWallMs: 1_001 };
  const rows: readonly [Parameters<typeof lowestOf>, ReturnType<typeof lowestOf>][] = [
    [[undefined, undefined, known], undefined],
    [[signal, undefined, known], signal],
    [[undefined, ordered, known], undefined],
    [[undefined, later, known], shown],
    [[signal, later, known], signal],
    [[{ kind: "unlimited" }, later, known], shown],
    [[{ kind: "failsafe", limitW: 9_001 }, later, known], shown],
    [[undefined, ordered, { ...known, quality: "unknown" }], { ...shown, untilWallMs: 1_000 }],
  ];
  for (const [asked, wanted] of rows) assert.deepEqual(lowestOf(...asked), wanted, JSON.stringify(asked));
});

test("relay: its contact is the limit, its answer is its life", async () => {
  const plant = new SmallPlant({ devices: signalDevices({ limitW: 12_000 }), config: { external } });
  await plant.start();
  await plant.time.advance(5_000);
  assert.equal(plant.snapshot?.externalLimit?.kind, "unlimited");
  plant.device("signal").bank.coils[0] = 1;
  await plant.time.advance(3_000);
  assert.deepEqual(plant.snapshot?.externalLimit, { kind: "limited", limitW: 12_000 });
  plant.device("signal").conduct = "silent";
  await plant.time.advance(125_000);
  assert.equal(plant.snapshot?.externalLimit?.kind, "failsafe");
});

test("contactor: loads beyond declaration open it in time, which is told; nothing closes it but people", async () => {
  const devices = [
    ...signalDevices().slice(0, 1),
    { id: "k1", unit: UNITS.contactor, pollMs: 500, is: { kind: "contactor", fuse: "main" as FuseId } },
  ] as unknown as Device[];
  const plant = await begun({ baseA: 30, devices });
  const coil = plant.device("contactor").bank.coils;
  coil[0] = 1;
  plant.baseMa = [60_000, 60_000, 60_000];
  await plant.time.advance(60_000);
  assert.equal(coil[0], 1, "below the rating nothing opens");
  plant.baseMa = [95_000, 50_000, 50_000];
  const atMs = plant.nowMs;
  assert(await plant.time.until(() => coil[0] === 0, 20_000));
  assert(plant.nowMs - atMs > 3_000, `${plant.nowMs - atMs} ms`);
  await plant.time.advance(3_000);
  assert.match(plant.observations("energy.contactor-opened").join(), /"fuse":"main"/);
  plant.baseMa = [2_000, 2_000, 2_000];
  await plant.time.advance(60_000);
  assert.equal(coil[0], 0);
});

const last = (plant: SmallPlant) => plant.turns.at(-1)!.turn;
