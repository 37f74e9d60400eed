/** A battery behind delays: it follows, it does not hunt, and it keeps its bounds whatever it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { BatteryControl } from "./battery.ts";
import type { BatteryLeeway } from "./inputs.ts";
import type { Battery } from "./site.ts";
import { smallSite } from "./testing/small-site.ts";

const battery = (more: Partial<Battery> = {}): Battery =>
  smallSite({ outlets: 0, mainA: 100, battery: more }).sources[0] as Battery;
const TURN_MS = 500;

type Delays = { readonly gridMs: number; readonly feedMs: number; readonly actMs: number };

/** The control in a loop with a simulated battery and grid; answers setpoint and true grid power of every turn. */
function follow(
  delays: Delays,
  loadW: (atMs: number) => number,
  spanMs: number,
  more: Partial<Battery> = {},
) {
  const control = new BatteryControl(battery(more));
  const past: { setpointW: number; feedW: number; gridW: number }[] = [];
  const ago = (ms: number) => past.at(-1 - Math.round(ms / TURN_MS)) ?? past[0];
  for (let nowMs = TURN_MS; nowMs <= spanMs; nowMs += TURN_MS) {
    const feedW = ago(delays.actMs)?.setpointW ?? 0;
    past.push({ setpointW: control.setpointW, feedW, gridW: loadW(nowMs) - feedW });
    control.turn(
      {
        id: control.battery.id,
        atMs: nowMs,
        feedW: ago(delays.feedMs)!.feedW,
        chargePermille: 500,
        temperatureC: 20,
      },
      { kind: "follow", gridW: ago(delays.gridMs)!.gridW, importMinW: 0, importMaxW: 0 },
      { nowMs, chargeRoomW: Number.POSITIVE_INFINITY },
    );
    past.at(-1)!.setpointW = control.setpointW;
  }
  return past;
}

function reversals(values: readonly number[]): number {
  let direction = 0;
  let turns = 0;
  values.forEach((value, i) => {
    const step = Math.sign(value - (values[i - 1] ?? value));
    if (step !== 0 && direction !== 0 && step !== direction) turns++;
    if (step !== 0) direction = step;
  });
  return turns;
}

for (const gridMs of [0, 1_000, 5_000, 10_000, 20_000]) {
  for (const feedMs of [0, 5_000, 20_000]) {
    for (const rampWPerS of [500, 100_000]) {
      test(`battery: a load step is followed once; grid ${gridMs} ms, battery ${feedMs} ms late, ramp ${rampWPerS} W/s`, () => {
        const step = (atMs: number) => (atMs < 60_000 ? 2_000 : 8_000);
        const past = follow({ gridMs, feedMs, actMs: 1_000 }, step, 300_000, { rampWPerS });
        assert.equal(reversals(past.map(({ setpointW }) => setpointW)), 0);
        const { gridW } = past.at(-1)!;
        assert(Math.abs(gridW) <= 200, `${gridW} W are left`);
      });
    }
  }
}

/** Gives 5 kW as planned, and is planned to give 1 kW from then on; what it is told, turn by turn, and what may be relied on. */
function planAnew(turns: number, relied: (turn: number) => boolean, chargePermille = 500) {
  const control = new BatteryControl(battery({ rampWPerS: 1e6 }));
  let nowMs = 0;
  const turn = (feedW: number, reliedOn: boolean, permille: number) => {
    nowMs += TURN_MS;
    const seen = { id: control.battery.id, atMs: nowMs, feedW: control.setpointW };
    const leeway: BatteryLeeway = { covers: false, absorbs: false, exports: true };
    control.turn(
      { ...seen, chargePermille: permille, temperatureC: 20 },
      { kind: "planned", feedW, gridW: 0, importMaxW: Number.POSITIVE_INFINITY, leeway },
      { nowMs, chargeRoomW: 0, reliedOn },
    );
    return [control.setpointW, control.reliableW];
  };
  for (let i = 0; i < 10; i++) turn(5_000, false, 500);
  return Array.from({ length: turns }, (_, i) => turn(1_000, relied(i), chargePermille));
}

test("battery: one that is to give less counts with the less at once, and gives on until nobody relies on it, for its time at most", () => {
  assert.deepEqual(
    planAnew(2, () => false),
    [
      [5_000, 1_000],
      [1_000, 1_000],
    ],
  );
  const told = planAnew(40, (i) => i < 8).map(([setpointW]) => setpointW);
  assert.deepEqual([told.indexOf(1_000), told.at(-1)], [8, 1_000]);
  const ever = planAnew(70, () => true).map(([setpointW]) => setpointW);
  assert.equal(ever.indexOf(1_000), 61, "30 s");
});

test("battery: at its reserve it waits for nobody", () => {
  const [first] = planAnew(1, () => true, 0);
  assert.deepEqual(first, [0, 0]);
});

test("battery: noise within its deadband does not move it", () => {
  const chance = seededChance(1);
  const past = follow(
    { gridMs: 1_000, feedMs: 1_000, actMs: 1_000 },
    () => 5_000 + chance.int(-100, 100),
    600_000,
  );
  const late = past.slice(200).map(({ setpointW }) => setpointW);
  assert.equal(Math.max(...late) - Math.min(...late), 0);
});

const told = { id: battery().id, atMs: 1_000, feedW: 0, chargePermille: 500, temperatureC: 20 };
const wants = (gridW: number) => ({ kind: "follow", gridW, importMinW: 0, importMaxW: 0 }) as const;
const planned = (feedW: number, gridW?: number, leeway: Partial<BatteryLeeway> = {}) =>
  ({
    kind: "planned",
    feedW,
    gridW,
    importMaxW: Number.POSITIVE_INFINITY,
    leeway: { covers: false, absorbs: false, exports: false, ...leeway },
  }) as const;
const at = { nowMs: 1_000, chargeRoomW: Number.POSITIVE_INFINITY };

for (const [name, input, gridW, expected] of [
  ["discharges for the load", told, 5_000, 5_000],
  ["charges from what is to spare", told, -5_000, -5_000],
  ["gives no more than its power", told, 90_000, 20_000],
  ["gives nothing at its reserve", { ...told, chargePermille: 100 }, 5_000, 0],
  ["charges at its reserve", { ...told, chargePermille: 100 }, -5_000, -5_000],
  ["takes nothing when full", { ...told, chargePermille: 950 }, -5_000, 0],
  ["rests when too cold", { ...told, temperatureC: -1 }, 5_000, 0],
  ["gives a tenth near an end of its temperatures", { ...told, temperatureC: 43 }, 5_000, 2_000],
  ["rests without a temperature", { ...told, temperatureC: Number.NaN }, 5_000, 0],
  ["rests without a charge", { ...told, chargePermille: Number.NaN }, 5_000, 0],
  ["rests without a reading", undefined, 5_000, 0],
  ["rests on an old reading", { ...told, atMs: -9_500 }, 5_000, 0],
] as const) {
  test(`battery: ${name}`, () => {
    const control = new BatteryControl(battery({ rampWPerS: 1e9 }));
    control.turn(input, wants(0), { ...at, nowMs: 500 });
    control.turn(input, wants(gridW), at);
    assert.equal(control.setpointW, expected, control.why);
  });
}

test("battery: without a proven revert it is told nothing but 0", () => {
  const control = new BatteryControl(battery({ revert: { kind: "unproven" }, rampWPerS: 1e9 }));
  for (const gridW of [9_000, -9_000]) {
    control.turn(told, wants(gridW), at);
    control.turn(told, planned(gridW), at);
    assert.equal(control.setpointW, 0);
  }
});

test("battery: it charges into the room there is, and drops at once when that goes", () => {
  const control = new BatteryControl(battery({ rampWPerS: 1e9 }));
  control.turn(told, wants(0), { ...at, nowMs: 500 });
  control.turn(told, wants(-9_000), { ...at, chargeRoomW: 4_000 });
  assert.equal(control.setpointW, -4_000);
  control.turn(told, wants(-9_000), { nowMs: 1_500, chargeRoomW: -100 });
  assert.equal(Math.abs(control.setpointW), 0);
});

test("battery: a state of charge that leaps is not believed until it was sound for a minute", () => {
  const control = new BatteryControl(battery({ rampWPerS: 1e9 }));
  const turn = (nowMs: number, chargePermille: number) =>
    control.turn({ ...told, atMs: nowMs, chargePermille }, wants(5_000), { ...at, nowMs });
  turn(0, 500);
  turn(500, 500);
  assert.equal(control.setpointW, 5_000);
  turn(1_000, 1_000);
  assert.equal(control.setpointW, 0);
  for (let nowMs = 1_500; nowMs < 60_500; nowMs += 500) turn(nowMs, 1_000);
  assert.equal(control.setpointW, 0);
  turn(61_500, 1_000);
  assert.equal(control.setpointW, 5_000);
});

test("battery: a state of charge that stands still while a tenth of its capacity flows is not believed for an hour; one that moves, is full, or rests, is", () => {
  const facts = battery({ rampWPerS: 1e9 });
  const wattsFor = (hours: number) => (facts.capacityWh * 0.1) / hours;
  const after = (hours: number, feedW: number, permilleAt: (part: number) => number) => {
    const control = new BatteryControl(facts);
    const turns = hours * 3_600;
    for (let i = 0; i <= turns; i++) {
      const input = { ...told, atMs: i * 1_000, feedW, chargePermille: permilleAt(i / turns) };
      control.turn(input, wants(feedW), { ...at, nowMs: i * 1_000 });
    }
    return control;
  };
  const w = wattsFor(1);
  const frozen = after(1.1, w, () => 500);
  assert.deepEqual([frozen.refused, frozen.setpointW], ["stands-still", 0]);
  assert.equal(after(1.1, -w, () => 500).refused, "stands-still", "charging");
  assert.equal(after(1.1, w, (part) => 500 - 110 * part).refused, undefined, "it moves");
  assert.equal(after(0.9, w, () => 500).refused, undefined, "too little to tell");
  assert.equal(after(1.1, -w, () => 1_000).refused, undefined, "it is full");
  assert.equal(after(1.1, 1e9, () => 500).refused, undefined, "it lies about its power");
  assert.equal(after(30, -0.01 * facts.chargeWMax, () => 500).refused, undefined, "its own use");
  const nowMs = 2.2 * 3_600_000;
  frozen.turn({ ...told, atMs: nowMs }, wants(w), { ...at, nowMs });
  assert.equal(frozen.refused, undefined, "tried again after an hour");
});

test("battery: whatever it is told, its setpoint is within its power", () => {
  const junk = [Number.NaN, Infinity, -Infinity, 1e12, -1e12, 0, 500, 1_000, 5_000, -5_000, 20];
  for (let seed = 1; seed <= 200; seed++) {
    const chance = seededChance(seed);
    const control = new BatteryControl(battery());
    const any = () => junk[chance.int(0, junk.length - 1)]!;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 500) {
      const input = { ...told, atMs: nowMs, feedW: any(), chargePermille: any(), temperatureC: any() };
      const wish = chance.int(0, 1) === 0 ? wants(any()) : planned(any(), any());
      control.turn(input, wish, { nowMs, chargeRoomW: any() });
      const w = control.setpointW;
      assert(w >= -20_000 && w <= 20_000, `seed ${seed} at ${nowMs}: ${w} W`);
    }
  }
});

for (const [name, wish, expected] of [
  ["gives as planned beside a greater load", planned(4_000, 9_000), 4_000],
  ["covers more than planned where that was meant", planned(4_000, 9_000, { covers: true }), 9_000],
  ["feeds nothing in that was not meant to be", planned(4_000, 1_500), 1_500],
  ["feeds in where that was meant", planned(4_000, 1_500, { exports: true }), 4_000],
  ["stores what the plan did not foresee", planned(0, -3_000, { absorbs: true }), -3_000],
  ["leaves it where feeding in is worth more", planned(0, -3_000), 0],
  ["charges from the grid as planned", planned(-5_000, 8_000, { absorbs: true }), -5_000],
  ["takes more sun than planned", planned(-5_000, -8_000, { absorbs: true }), -8_000],
  ["gives before a peak", { ...planned(0, 12_000), importMaxW: 7_000 }, 5_000],
  ["stops charging before a peak", { ...planned(-5_000, 4_000), importMaxW: 7_000 }, -3_000],
] as const) {
  test(`battery: by a plan it ${name}`, () => {
    const control = new BatteryControl(battery({ rampWPerS: 1e9 }));
    control.turn(told, planned(0, 0, { absorbs: true }), { ...at, nowMs: 500 });
    control.turn(told, wish, at);
    assert.equal(control.setpointW, expected, control.why);
  });
}

test("battery: by a plan, a step of the load behind any delay is one step of the battery", () => {
  for (const delayMs of [0, 500, 3_000, 10_000, 20_000]) {
    const control = new BatteryControl(battery({ rampWPerS: 1e9 }));
    const history: { readonly gridW: number; readonly feedW: number }[] = [];
    const steps: number[] = [];
    let feedW = 0;
    for (let nowMs = 0; nowMs < 180_000; nowMs += TURN_MS) {
      const siteW = nowMs < 60_000 ? 2_000 : 8_000;
      history.push({ gridW: siteW - feedW, feedW });
      const seen = history[Math.max(0, history.length - 1 - delayMs / TURN_MS)]!;
      const before = control.setpointW;
      control.turn({ ...told, atMs: nowMs, feedW }, planned(5_000, seen.gridW, { covers: true }), {
        ...at,
        nowMs,
      });
      feedW = control.setpointW;
      if (nowMs >= 60_000 && Math.abs(feedW - before) > 0) steps.push(feedW);
    }
    assert.deepEqual(steps, [8_000], `delay ${delayMs} ms`);
  }
});
