/**
 * Devices that lie in nothing and are otherwise than most: a map that is short while they begin, registers of coarse steps, nameplates elsewhere,
 * settings that people change. On simulated time.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@wattward/energy";
import { modelRegisters, models, readingOf } from "@wattward/modbus/sunspec";
import { meterReading } from "./devices/meter.ts";
import { SmallPlant, UNITS } from "./testing/small-plant.ts";
import { batteryModels, solarModels } from "./testing/small-plant-models.ts";

const state = (plant: SmallPlant, kind: string) =>
  plant.snapshot?.devices?.find((device) => device.kind === kind);
const sun = { baseA: 20, battery: {} };
const solarDevices = [
  { id: "grid", unit: UNITS.meter, pollMs: 250, is: { kind: "meter", meter: "grid" } },
  { id: "pv", unit: UNITS.solar, pollMs: 500, is: { kind: "solar", source: "solar", exportWMax: 5_000 } },
] as unknown as Device[];

test("a meter's model that is not in the map yet, while its inverter begins, is found when it is there", async () => {
  const plant = new SmallPlant();
  plant.meterFault = "frozen";
  plant.device("meter").lay({});
  await plant.start();
  await plant.time.advance(5_000);
  assert.match(state(plant, "meter")?.detail ?? "", /no meter model/);
  plant.device("meter").lay({ 203: { A_SF: -2, V_SF: -1, W_SF: 1 } });
  plant.meterFault = "none";
  await plant.time.advance(20_000);
  assert.equal(state(plant, "meter")?.state, "well");
});

test("a meter that measures two phases tells the direction of both, whichever they are", () => {
  const model = models.get(203)!;
  const told = { AphA: 8, AphB: 8, AphC: 8, A_SF: 0, WphA: -1_840, WphB: -1_840, WphC: -1_840, W_SF: 0 };
  for (const phase of ["A", "B", "C"] as const) {
    const { [`Aph${phase}`]: _a, [`Wph${phase}`]: _w, ...two } = told as Record<string, number>;
    const [id, length, ...registers] = modelRegisters(model, two);
    const found = { id: id!, length: length!, name: "meter", address: 0, model: model };
    const seen = { found, reading: readingOf(model, registers), atMs: 0 };
    const wired = (["A", "B", "C"] as const).map((one) => one !== phase);
    const { powerW, currentMa } = meterReading(seen, wired);
    assert.deepEqual(
      powerW,
      wired.map((is) => (is ? -1_840 : 0)),
      phase,
    );
    assert.deepEqual(
      currentMa,
      wired.map((is) => (is ? 8_000 : 0)),
      phase,
    );
  }
});

test("a battery's state of charge that is not in the map yet is found when it is there", async () => {
  const plant = new SmallPlant(sun);
  const parts = batteryModels(124) as Record<number, Record<string, number>>;
  plant.isStill = true;
  plant.device("battery").lay({ 103: parts[103]!, 124: parts[124]! });
  await plant.start();
  await plant.time.advance(5_000);
  assert.match(state(plant, "battery")?.detail ?? "", /no state of charge/);
  plant.device("battery").lay(parts);
  plant.isStill = false;
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(90_000);
  assert(plant.feedW > 5_000, `${plant.feedW} W`);
});

for (const steering of [124, 704] as const)
  test(`battery by ${steering}: registers of coarse steps show what was written as they can, which is obedience`, async () => {
    const plant = new SmallPlant({ ...sun, steering });
    const parts = batteryModels(steering) as Record<number, object>;
    const coarse = steering === 124 ? { InOutWRte_SF: 0 } : { WSet_SF: 3 };
    plant.device("battery").lay({ ...parts, [steering]: { ...parts[steering], ...coarse } } as never);
    await plant.start();
    // 4002 W: between 20 and 21 per cent, 4 and 5 kW.
    plant.baseMa = [5_700, 5_700, 5_700];
    await plant.time.advance(90_000);
    const battery = plant.device("battery");
    const point = steering === 124 ? "OutWRte" : "WSet";
    const from = battery.writtenAt(steering, point).length;
    let ailing = 0;
    for (let s = 0; s < 60; s++) {
      await plant.time.advance(1_000);
      if (state(plant, "battery")?.state !== "well") ailing++;
    }
    assert.equal(ailing, 0, state(plant, "battery")?.detail);
    assert(plant.feedW > 2_000, `${plant.feedW} W`);
    const written = battery.writtenAt(steering, point).length - from;
    assert(written <= 30, `${written} writes in a minute`);
  });

test("battery by 704: what 713 and 714 leave out, other models tell", async () => {
  const plant = new SmallPlant({ ...sun, steering: 704 });
  const parts = batteryModels(704) as Record<number, Record<string, number>>;
  const ports = { NPrt: 1, DCA_SF: 0, DCV_SF: 0, DCW_SF: 0, DCWH_SF: 0, Tmp_SF: 0 };
  plant.device("battery").lay({ ...parts, 713: { WHRtg: 40_000, WH_SF: 0, Pct_SF: 0 }, 714: ports });
  await plant.start();
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(90_000);
  assert(Math.abs(plant.feedW - 3 * 12 * 230) < 500, `${plant.feedW} W: ${state(plant, "battery")?.detail}`);
});

test("battery by 124: whose greatest discharging power 802 does not tell, and 120 does, gives what it is told", async () => {
  const plant = new SmallPlant(sun);
  const parts = batteryModels(124) as Record<number, Record<string, number>>;
  const { WDisChaRteMax, ...unnamed } = parts[802]!;
  plant.device("battery").lay({
    ...parts,
    120: { MaxDisChaRte: WDisChaRteMax!, MaxDisChaRte_SF: 0 },
    124: { ...parts[124]!, WChaMax: 10_000 },
    802: unnamed,
  });
  await plant.start();
  plant.baseMa = [12_000, 12_000, 12_000];
  await plant.time.advance(90_000);
  assert(Math.abs(plant.feedW - 3 * 12 * 230) < 500, `${plant.feedW} W`);
});

test("solar: its per cents are of the power that it is set to now", async () => {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000, devices: solarDevices });
  await plant.start();
  plant.sunW = 18_000;
  await plant.time.advance(90_000);
  const solar = plant.device("solar");
  const before = solar.value(123, "WMaxLimPct");
  solar.show(121, { WMax: 40_000 });
  await plant.time.advance(60_000);
  const now = solar.value(123, "WMaxLimPct");
  assert(Math.abs(now - before / 2) < before / 8, `${before} %, then ${now} % of twice as much`);
});

test("solar by 704: what its limit falls back to is all of its power", async () => {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000, devices: solarDevices });
  const { 123: _, ...others } = solarModels as Record<number, object>;
  const controls = {
    ...{ WMaxLimPctEna: 0, WMaxLimPct: 100, WMaxLimPct_SF: -1, WMaxLimPctRvrt: 30, WMaxLimPctEnaRvrt: 1 },
    ...{ WMaxLimPctRvrtTms: 0, PF_SF: -2, WSet_SF: 0, WSetPct_SF: -1, VarSet_SF: 0, VarSetPct_SF: -1 },
  };
  plant.isStill = true;
  const solar = plant.device("solar");
  solar.lay({ ...others, 704: controls } as never);
  solar.show(103, { W: 18_000 });
  const amps = { AphA: 24, AphB: 24, AphC: 24, A_SF: 0, W_SF: 1, V_SF: 0 };
  plant.device("meter").lay({ 203: { ...amps, WphA: -5_500, WphB: -5_500, WphC: -5_500 } as never });
  await plant.start();
  await plant.time.advance(20_000);
  assert.equal(solar.value(704, "WMaxLimPctEna"), 1, "it was limited");
  assert.deepEqual([solar.value(704, "WMaxLimPctRvrt"), solar.value(704, "WMaxLimPctEnaRvrt")], [100, 0]);
});

test("solar: a proven revert time that is no whole number of seconds is written as the whole seconds of it", async () => {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000, devices: solarDevices });
  const { site } = plant.config;
  const sources = site.sources.map((one) => ({
    ...one,
    revert: { kind: "proven" as const, afterMs: 60_500 },
  }));
  plant.publish({ ...plant.config, site: { ...site, sources } as typeof site });
  await plant.start();
  plant.sunW = 18_000;
  await plant.time.advance(60_000);
  assert.equal(plant.device("solar").value(123, "WMaxLimPct_RvrtTms"), 60);
  assert(plant.sunFeedW < 8_000, `${plant.sunFeedW} W`);
});

const limited = async () => {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000, devices: solarDevices });
  await plant.start();
  plant.sunW = 18_000;
  await plant.time.advance(60_000);
  assert(plant.sunFeedW < 8_000, `${plant.sunFeedW} W`);
  return plant;
};

test("solar: it reboots and forgets its limit, which is there again within seconds", async () => {
  const plant = await limited();
  for (let reboots = 0; reboots < 3; reboots++) {
    plant.device("solar").show(123, { WMaxLimPct: 100, WMaxLim_Ena: 0, WMaxLimPct_RvrtTms: 0 });
    await plant.time.advance(5_000);
    assert(plant.sunFeedW < 8_000, `${plant.sunFeedW} W`);
    assert.equal(plant.device("solar").value(123, "WMaxLimPct_RvrtTms"), 60);
    assert.equal(state(plant, "solar")?.state, "well");
  }
});

test("solar: acknowledges its limit and does nothing; it is said", async () => {
  const plant = await limited();
  Object.defineProperty(plant, "sunFeedW", { get: () => plant.sunW });
  await plant.time.advance(30_000);
  assert.equal(state(plant, "solar")?.state, "ailing");
  assert.match(plant.observations("energy.device").join(), /disobedient.*it feeds 18000 W where at most/);
});

test("solar: acknowledges a limit that its registers then do not show; it is said", async () => {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000, devices: solarDevices });
  const { bank } = plant.device("solar");
  const answer = bank.answer.bind(bank);
  bank.answer = (request) =>
    request.kind === "write-multiple-registers"
      ? { kind: request.kind, address: request.address, quantity: request.registers.length }
      : answer(request);
  await plant.start();
  plant.sunW = 4_000;
  await plant.time.advance(30_000);
  assert.match(plant.observations("energy.device").join(), /disobedient.*do not show/);
});
