/** Inverters that sleep at night, and meters that were installed the wrong way round: by the document's word, and never without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Device } from "@wattward/energy";
import type { Clock } from "@wattward/kernel";
import { SmallPlant, UNITS } from "./testing/small-plant.ts";

const roof = (sleepsAtNight?: boolean): Device[] =>
  [
    { id: "grid", unit: UNITS.meter, pollMs: 250, is: { kind: "meter", meter: "grid" } },
    {
      id: "roof",
      unit: UNITS.solar,
      pollMs: 500,
      is: { kind: "solar", source: "solar", ...(sleepsAtNight !== undefined && { sleepsAtNight }) },
    },
  ] as unknown as Device[];
const state = (plant: SmallPlant) => plant.snapshot?.devices?.find(({ kind }) => kind === "solar")?.state;
/** The same day, at another hour of UTC. */
const at =
  (hour: number) =>
  (clock: Clock): Clock => {
    const dayMs = Math.floor(clock.now().wallMs / 86_400_000) * 86_400_000;
    const offMs = dayMs + hour * 3_600_000 - clock.now().wallMs;
    return {
      now: () => ({ ...clock.now(), wallMs: clock.now().wallMs + offMs }),
      after: (ms, run) => clock.after(ms, run),
    };
  };

async function atDusk(sleepsAtNight: boolean | undefined, lastW: number) {
  const plant = new SmallPlant({ baseA: 20, solarW: 20_000, devices: roof(sleepsAtNight) });
  plant.sunW = lastW;
  await plant.start();
  await plant.time.advance(70_000);
  assert.equal(state(plant), "well");
  plant.sunW = 0;
  plant.device("solar").conduct = "silent";
  await plant.time.advance(30_000);
  return plant;
}

test("sleeps at night: silent after next to nothing, it is asleep, feeds nothing, and quarters go on being measured", async () => {
  const plant = await atDusk(true, 100);
  assert.equal(state(plant), "asleep");
  assert.equal(plant.snapshot?.flows.solarW, 0);
  assert.notEqual(plant.snapshot?.flows.buildingW, undefined);
  assert.deepEqual(plant.observations("energy.device"), [], "nobody is told of what happens each evening");
  await plant.time.advance(900_000);
  assert(plant.quarters.length > 0 && plant.quarters.at(-1)!.measuredS > 500);
  plant.device("solar").conduct = "well";
  plant.sunW = 3_000;
  await plant.time.advance(10_000);
  assert.equal(state(plant), "well");
  assert(Math.abs((plant.snapshot?.flows.solarW ?? 0) - 3_000) < 50);
});

test("silent in full sun it is lost, whatever the document says; silent at dusk without the document's word as well", async () => {
  for (const [word, lastW] of [
    [true, 9_000],
    [undefined, 100],
    [false, 100],
  ] as const) {
    const plant = await atDusk(word, lastW);
    assert.equal(state(plant), "lost", `${word}, ${lastW} W`);
    assert.equal(plant.snapshot?.flows.solarW, undefined);
    assert.equal(plant.snapshot?.flows.buildingW, undefined);
  }
});

test("never heard since the start: asleep at midnight, lost at noon", async () => {
  for (const [hour, expected] of [
    [23, "asleep"],
    [12, "lost"],
  ] as const) {
    const plant = new SmallPlant({
      ...{ baseA: 20, solarW: 20_000, devices: roof(true), clock: at(hour), config: { timeZone: "UTC" } },
    });
    plant.device("solar").conduct = "silent";
    await plant.start();
    await plant.time.advance(15_000);
    assert.equal(state(plant), expected, `${hour} h`);
  }
});

test("a meter the wrong way round: not believed as it is, read rightly where the document says so", async () => {
  const grid = (inverted: boolean) =>
    [
      {
        ...{ id: "grid", unit: UNITS.meter, pollMs: 250 },
        is: { kind: "meter", meter: "grid", ...(inverted && { inverted }) },
      },
    ] as unknown as Device[];
  for (const inverted of [false, true]) {
    const plant = new SmallPlant({ baseA: 30, devices: grid(inverted) });
    plant.isTurned = true;
    plant.baseMa = [12_000, 12_000, 12_000];
    await plant.start();
    await plant.time.advance(75_000);
    const { turn } = plant.turns.at(-1)!;
    if (inverted) assert.equal(turn.mode, "reactive");
    else assert.match(turn.reason, /sign-is-turned/);
    const w = plant.snapshot?.flows.gridW;
    assert(inverted ? Math.abs((w ?? 0) - 3 * 12 * 230) < 200 : w === undefined, `${w}`);
  }
});
