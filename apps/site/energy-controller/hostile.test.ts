/**
 * Whatever happens to its files, its clock, its document, its guard and its planner: the fuse is never overloaded, the mode is one
 * that is declared, and the process does not end but where it says so. On simulated time, with base load within its declaration.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyConfig, OutletId, Planned, Planner } from "@wattward/energy";
import type { Clock } from "@wattward/kernel";
import { busy, last, limits, MAIN_A, MODES } from "./testing/busy-plant.ts";
import { SmallPlant } from "./testing/small-plant.ts";

const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test("an outlet that nothing limits, by the local controller's word, counts at its rating in the next turn; and no more when it is limited again", async () => {
  const { plant, holds } = await busy();
  const others = () => limits(plant).slice(1);
  const before = others().reduce((a, b) => a + b);
  plant.unlimited = ["o0" as OutletId];
  plant.cars.get("o0")!.wantsMa = 0;
  await plant.time.advance(2_000);
  const outlet = plant.snapshot?.outlets[0];
  assert.equal(outlet?.standing, "unlimited");
  assert.deepEqual(outlet?.mayMa, [32_000, 32_000, 32_000]);
  // It draws its rating from now on, whatever was granted: the others have left it the room.
  await plant.time.advance(3_000);
  const now = others().reduce((a, b) => a + b);
  assert(now < before && now + 32_000 + 2_000 <= MAIN_A * 1_000, `${now} of ${before}`);
  const atMs = plant.nowMs;
  await plant.time.advance(30_000);
  assert(!plant.grants().some((grant) => grant.outlet === "o0" && grant.atMs > atMs));
  plant.unlimited = [];
  plant.cars.get("o0")!.wantsMa = 32_000;
  await plant.time.advance(120_000);
  assert.equal(plant.snapshot?.outlets[0]?.standing, "obeys");
  assert(plant.cars.get("o0")!.limitMa > 0);
  holds();
});

test("an outlet that nobody is at, and that nothing limits, is budgeted at its rating all the same", async () => {
  const plant = new SmallPlant({ mainA: 40 });
  plant.unlimited = ["o3" as OutletId];
  await plant.start();
  await plant.time.advance(70_000);
  plant.plugIn(0);
  await plant.time.advance(60_000);
  assert(plant.cars.get("o0")!.limitMa <= 8_000, limits(plant).join());
});

const garbage: readonly (readonly [string, Uint8Array])[] = [
  ["nothing at all", new Uint8Array()],
  ["half of a JSON", new TextEncoder().encode('{"version":1,"load":{"bins":[[1,2')],
  ["zeros, as after a power failure", new Uint8Array(4_096)],
  ["another kind of thing", text([1, null, "x", { __proto__: { fromWallMs: 1 } }])],
  ["huge", text({ version: 1, load: Array.from({ length: 200_000 }, (_, i) => i), upToWallMs: 1e308 })],
  ["numbers that are none", text({ fromWallMs: -1, upToWallMs: "never", measuredS: 1e9 })],
  [
    "the future",
    text({
      ...{
        fromWallMs: 4_102_444_800_000,
        importWh: 5,
        exportWh: 0,
        solarWh: 0,
        batteryInWh: 0,
        batteryOutWh: 0,
      },
      ...{ buildingWh: 0, carsWh: 0, carsWhByMode: {}, costMilliCent: 0, measuredS: 900, upToWallMs: 4e12 },
    }),
  ],
];
for (const [name, bytes] of garbage)
  test(`files in energy/ are ${name}: it starts, manages, and quarters of today are told all the same`, async () => {
    const plant = new SmallPlant({ outlets: 1 });
    for (const path of ["quarter.json", "acked.json", "forecasts.json"])
      plant.disk.damage(`energy/${path}`, bytes);
    const line = new Uint8Array([...bytes, 10]);
    for (const day of ["2026-11-20", "1970-01-01", "2199-12-31", "no-day"])
      plant.disk.damage(`energy/quarters/${day}.jsonl`, line);
    await plant.start();
    plant.plugIn(0);
    await plant.time.advance(905_000);
    assert.deepEqual(plant.fatals, []);
    assert.equal(last(plant).mode, "reactive");
    assert(plant.cars.get("o0")!.limitMa > 20_000);
    const wallMs = plant.time.now().wallMs;
    assert(plant.quarters.some(({ fromWallMs }) => Math.abs(fromWallMs - wallMs) < 2_000_000));
  });

test("killed at any moment, again and again: the fuse holds, grants are numbered on, no quarter is told twice with other figures", async () => {
  const { plant, holds } = await busy();
  for (let i = 0; i < 25; i++) {
    await plant.time.advance(plant.chance.int(50, 40_000));
    plant.kill();
    await plant.time.advance(plant.chance.int(10, 8_000));
    await plant.start();
  }
  await plant.time.advance(120_000);
  const seqs = plant.grants().map(({ seq }) => seq);
  assert.equal(new Set(seqs).size, seqs.length, "a number was given twice");
  const told = new Map<number, number>();
  for (const { fromWallMs, measuredS } of plant.quarters) {
    assert(measuredS <= 900 && measuredS >= (told.get(fromWallMs) ?? 0), `${fromWallMs}: ${measuredS} s`);
    told.set(fromWallMs, measuredS);
  }
  assert(limits(plant).some((ma) => ma > 0));
  holds();
});

const DAY_MS = 86_400_000;
for (const [name, jumpMs] of [
  ["a day ahead", DAY_MS],
  ["a day back", -DAY_MS],
  ["to 1970", Number.NEGATIVE_INFINITY],
] as const)
  test(`the wall clock jumps ${name} in the middle of a quarter: charging goes on, and quarters have their own time`, async () => {
    let offMs = 0;
    const bent = (clock: Clock): Clock => ({
      now() {
        const now = clock.now();
        return { ...now, wallMs: offMs === Number.NEGATIVE_INFINITY ? now.monotonicMs : now.wallMs + offMs };
      },
      after: (ms, run) => clock.after(ms, run),
    });
    const { plant, holds } = await busy({ clock: bent, planner: plannerOf(good) });
    const before = limits(plant).reduce((a, b) => a + b);
    for (const to of [jumpMs, 0]) {
      offMs = to;
      await plant.time.advance(300_000);
      assert(limits(plant).reduce((a, b) => a + b) > before / 3, limits(plant).join());
      assert(plant.snapshot !== undefined && plant.snapshot.atWallMs >= 0);
    }
    const froms = plant.quarters.map(({ fromWallMs }) => fromWallMs);
    assert(froms.every((at) => at % 900_000 === 0 && at >= 0));
    assert(plant.quarters.every(({ measuredS, importWh }) => measuredS <= 900 && importWh < 20_000));
    holds();
  });

test("the document changes while cars charge: an outlet more, the battery gone, a smaller fuse; each is taken in place, and the fuse holds", async () => {
  const { plant, holds, seen } = await busy({ outlets: 4 });
  const { site, devices } = plant.config;
  const more = { ...site.outlets[0]!, id: "o9" as OutletId, station: "st9" as never };
  plant.publish({ ...plant.config, site: { ...site, outlets: [...site.outlets, more] } });
  await plant.time.advance(20_000);
  assert.equal(plant.snapshot?.outlets.length, 5);
  const without: EnergyConfig = {
    ...plant.config,
    site: { ...plant.config.site, sources: [] },
    devices: devices.filter(({ is }) => is.kind !== "battery"),
  };
  const { writes } = plant.device("battery");
  plant.publish(without);
  await plant.time.advance(3_000);
  const written = writes.length;
  await plant.time.advance(70_000);
  assert.equal(writes.length, written, "a battery that is in no document is told nothing");
  assert.equal(plant.feedW, 0, "and has fallen back by itself");
  assert.deepEqual(plant.snapshot?.batteries, []);
  holds();
  plant.publish({
    ...without,
    site: { ...without.site, fuses: without.site.fuses.map((fuse) => ({ ...fuse, ratedMa: 40_000 })) },
  });
  await plant.time.advance(5_000);
  seen.worstMa = 0;
  await plant.time.advance(60_000);
  assert(seen.worstMa <= 40_000, `${seen.worstMa} mA`);
  plant.publish(without, "{ not a document");
  await plant.time.advance(5_000);
  assert.equal(plant.snapshot?.fuses[0]?.id, "main", "what cannot be read changes nothing");
  plant.publish(undefined);
  await plant.time.advance(5_000);
  assert.equal(plant.controller?.status().bundleVersion, undefined);
  plant.publish(without);
  await plant.time.advance(30_000);
  assert(MODES.includes(last(plant).mode));
  holds();
});

test("the guard restarts under it, denies everything, and comes back: conservative with its reason, and well again", async () => {
  const { plant, holds } = await busy();
  for (let i = 0; i < 5; i++) {
    plant.network.reset();
    await plant.time.advance(2_500);
  }
  await plant.time.advance(5_000);
  assert.notEqual(last(plant).mode, "conservative", "restarts of a second are no loss of a meter");
  for (const device of plant.devices.values()) device.conduct = "refuses";
  await plant.time.advance(30_000);
  assert.equal(last(plant).mode, "conservative");
  assert.match(last(plant).reason, /stale|absent/);
  for (const { state, detail } of plant.snapshot?.devices ?? []) {
    assert.equal(state, "ailing");
    assert.match(detail ?? "", /server-device-busy/);
  }
  for (const device of plant.devices.values()) device.conduct = "well";
  await plant.time.advance(90_000);
  assert.equal(last(plant).mode, "reactive");
  holds();
});

test("a guard that says a device is away is no device without a map: lost, and found as it comes", async () => {
  const plant = new SmallPlant();
  const meter = plant.device("meter");
  plant.isStill = true;
  plant.devices.delete(1);
  await plant.start();
  await plant.time.advance(10_000);
  const grid = () => plant.snapshot?.devices?.[0];
  assert.equal(grid()?.state, "lost");
  assert.match(grid()?.detail ?? "", /gateway-path-unavailable/);
  plant.devices.set(1, meter);
  plant.isStill = false;
  await plant.time.advance(5_000);
  assert.equal(grid()?.state, "well");
});

function plannerOf(answer: Planner["plan"]): Planner {
  return { plan: answer };
}
const steps = [1_000, 2_000];
const good: Planner["plan"] = async ({ nowMs, wallMs, sessions }) => ({
  plan: {
    ...{ madeAtMs: nowMs, validUntilMs: nowMs + 300_000, batteries: new Map() },
    sessions: new Map(sessions.map(({ id }) => [id, { atLeastMa: 0, atMostMa: 20_000 }])),
  },
  view: {
    ...{
      madeAtWallMs: Math.round(wallMs),
      fromWallMs: Math.round(wallMs),
      stepMs: 900_000,
      chargePermille: steps,
    },
    ...{ gridW: steps, carsW: steps, batteryW: steps, solarW: steps, buildingW: steps },
  },
  why: "by hand",
});
const but = (change: (planned: Planned) => Planned): Planner["plan"] => {
  return async (input, deadlineMs) => change((await good(input, deadlineMs))!);
};
for (const [name, plan, mode, reason] of [
  ["holds for ever", but((p) => ({ ...p, plan: { ...p.plan, validUntilMs: 1e15 } })), "reactive", /for ever/],
  [
    "is shown in a million steps",
    but((p) => ({ ...p, view: { ...p.view, gridW: Array.from({ length: 1_000_000 }, () => 1) } })),
    "reactive",
    /as it would be shown/,
  ],
  [
    "is shown in no numbers",
    but((p) => ({ ...p, view: { ...p.view, gridW: [Number.NaN] } })),
    "reactive",
    /as it would be shown/,
  ],
  [
    "is for a hundred thousand sessions",
    but((p) => ({
      ...p,
      plan: {
        ...p.plan,
        sessions: new Map(
          Array.from({ length: 100_000 }, (_, i) => [`x${i}`, { atLeastMa: 0, atMostMa: 1 }]),
        ) as never,
      },
    })),
    "reactive",
    /more than 2000/,
  ],
  [
    "wants a thousand amperes for each car, and a gigawatt of the battery",
    but((p) => ({
      ...p,
      plan: {
        ...p.plan,
        sessions: new Map([...p.plan.sessions.keys()].map((id) => [id, { atLeastMa: 1e6, atMostMa: 1e6 }])),
        batteries: new Map([["battery", 1e9]]) as never,
      },
    })),
    undefined,
    undefined,
  ],
  ["is no plan but a string", (async () => "42") as never, "reactive", undefined],
] as const)
  test(`a planner whose plan ${name}: it is not followed out of the bounds, the line stays, and why is said`, async () => {
    const { plant, holds, seen } = await busy({ planner: plannerOf(plan) });
    await plant.time.advance(150_000);
    if (mode !== undefined) assert.equal(last(plant).mode, mode);
    if (reason !== undefined) assert.match(last(plant).reason, reason);
    assert(seen.modes.size > 0 && plant.nowMs - plant.turns.at(-1)!.atMs < 1_000, "turns go on");
    assert(limits(plant).some((ma) => ma >= 6_000));
    holds();
  });

test("a planner that never answers is waited for no longer than its time, and asked again", async () => {
  let asked = 0;
  const { plant, holds } = await busy({
    planner: plannerOf((input, deadlineMs) =>
      ++asked === 1 ? new Promise(() => {}) : good(input, deadlineMs),
    ),
  });
  await plant.time.advance(120_000);
  assert(asked >= 2, `${asked}`);
  assert.equal(last(plant).mode, "planned");
  holds();
});
