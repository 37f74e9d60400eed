/** Energy by the quarter: what is counted and what is not, what a kill costs, and how long it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flows, LocalTime, QUARTER_MS } from "@wattward/energy";
import { silentLog } from "@wattward/kernel";
import { type BootedDisk, SimulatedDisk, seededChance } from "@wattward/testing";
import { type Moment, QuarterBook } from "./quarters.ts";

const START = Date.UTC(2026, 10, 21, 8);
const BERLIN = new LocalTime("Europe/Berlin");
const flows: Flows = { gridW: 3_600, solarW: 7_200, batteryW: -3_600, buildingW: 3_600, carsW: 3_600 };

const bare = {
  ...{ importWh: 1, exportWh: 0, solarWh: 0, batteryInWh: 0, batteryOutWh: 0, buildingWh: 0, carsWh: 1 },
  ...{ carsWhByMode: { reactive: 1 }, costMilliCent: 2, measuredS: 900 },
};

/** Runs a book through time, half a second a turn; the machine's wall clock is `wallMs` ahead of its monotonic time. */
class Hand {
  nowMs = 0;
  wallMs = START;
  flows: Flows = flows;
  mode: Moment["mode"] = "reactive";
  book: QuarterBook;
  readonly disk: BootedDisk;
  cost: Moment["cost"] = ({ importWh }) => importWh * 30;

  constructor(book: QuarterBook, disk: BootedDisk) {
    this.book = book;
    this.disk = disk;
  }

  static async on(disk: SimulatedDisk): Promise<Hand> {
    const booted = disk.boot();
    return new Hand(await QuarterBook.open(booted, silentLog), booted);
  }

  async run(ms: number): Promise<void> {
    for (let t = 0; t < ms; t += 500) {
      this.nowMs += 500;
      this.wallMs += 500;
      const { nowMs, wallMs, mode } = this;
      this.book.add({
        ...{ nowMs, wallMs, mode, flows: this.flows, chargePermille: 500 },
        cost: this.cost,
        planned: () => ({ gridWh: 1_000, carsWh: 900, batteryWh: 0 }),
      });
      // Writes of the disk run on promises.
      if (t % 5_000 === 0) for (let i = 0; i < 20; i++) await Promise.resolve();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a quarter counts what flowed by its kind and mode, its cost, its plan, and how long it was measured", async () => {
  const hand = await Hand.on(new SimulatedDisk(seededChance(1)));
  await hand.run(QUARTER_MS / 2);
  hand.mode = "planned";
  await hand.run(QUARTER_MS / 2 + 500);
  const [quarter] = hand.book.toTell(hand.nowMs);
  assert(quarter !== undefined);
  const near = (value: number | undefined, expected: number) =>
    assert(Math.abs((value ?? 0) - expected) < 3, `${value}`);
  assert.equal(quarter.fromWallMs, START);
  for (const [value, wh] of [
    [quarter.importWh, 900],
    [quarter.exportWh, 0],
    [quarter.solarWh, 1_800],
    [quarter.batteryInWh, 900],
    [quarter.batteryOutWh, 0],
    [quarter.buildingWh, 900],
    [quarter.carsWh, 900],
    [quarter.carsWhByMode.reactive, 450],
    [quarter.carsWhByMode.planned, 450],
    [quarter.measuredS, 899],
  ] as const)
    near(value, wh);
  near(quarter.costMilliCent, 27_000 - 30);
  assert.deepEqual(quarter.planned, { gridWh: 1_000, carsWh: 900, batteryWh: 0 });
  assert.equal(quarter.chargePermille, 500);
  // The month's highest quarter so far is what a demand charge would count.
  near(hand.book.highestW(START, BERLIN), 3_600);
  assert.equal(hand.book.highestW(START + 40 * 86_400_000, BERLIN), undefined);
});

test("a quarter costs what its energy cost when it flowed: prices may change within it, and over a restart", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const cost: Moment["cost"] = ({ importWh }, wallMs) =>
    importWh * (wallMs - START < QUARTER_MS / 3 ? 30 : 90);
  const before = await Hand.on(disk);
  before.cost = cost;
  await before.run(QUARTER_MS / 2);
  await before.book.close();
  const after = await Hand.on(disk);
  Object.assign(after, { cost, wallMs: before.wallMs });
  await after.run(QUARTER_MS / 2 + 500);
  const [quarter] = after.book.toTell(after.nowMs);
  const milliCent = 300 * 30 + 600 * 90;
  assert(Math.abs(quarter!.costMilliCent - milliCent) < 200, `${quarter!.costMilliCent}, not ${milliCent}`);
});

/** A whole quarter with that import, beginning then. */
async function quarterAt(hand: Hand, fromWallMs: number, gridW: number): Promise<void> {
  hand.wallMs = fromWallMs - 500;
  hand.flows = { ...flows, gridW, buildingW: gridW };
  await hand.run(QUARTER_MS + 500);
}

for (const [zone, name, midnight] of [
  ["Europe/Berlin", "summer time begins in the month that ends", Date.UTC(2026, 2, 31, 22)],
  ["Europe/Berlin", "summer time ends in the month that ends", Date.UTC(2026, 9, 31, 23)],
  ["America/St_Johns", "half an hour beside UTC's hours", Date.UTC(2026, 7, 1, 2, 30)],
  ["Pacific/Auckland", "half a day before UTC", Date.UTC(2026, 4, 31, 12)],
  ["UTC", "the turn of a year", Date.UTC(2027, 0, 1)],
] as const)
  test(`a demand charge's month begins at the site's midnight: ${zone}, ${name}`, async () => {
    const time = new LocalTime(zone);
    const disk = new SimulatedDisk(seededChance(1));
    const hand = await Hand.on(disk);
    await quarterAt(hand, midnight - QUARTER_MS, 50_000);
    await quarterAt(hand, midnight, 4_000);
    const near = (value: number | undefined, expected: number) =>
      assert(value !== undefined && Math.abs(value - expected) < expected / 100, `${value}`);
    near(hand.book.highestW(midnight - 1, time), 50_000);
    near(hand.book.highestW(midnight + QUARTER_MS, time), 4_000);
    // The same after a start, from the disk, and by another zone it is another month.
    await hand.book.close();
    const next = await Hand.on(disk);
    near(next.book.highestW(midnight + QUARTER_MS, time), 4_000);
    near(next.book.highestW(midnight - 1, time), 50_000);
    const west = new LocalTime("Pacific/Honolulu");
    near(next.book.highestW(midnight - 1, west), 50_000);
    near(next.book.highestW(midnight + QUARTER_MS, west), 50_000);
  });

test("what was not measured is counted nowhere: no zero, and a gap is no energy", async () => {
  const hand = await Hand.on(new SimulatedDisk(seededChance(1)));
  await hand.run(60_000);
  hand.flows = { solarW: 7_200, carsW: 3_600 };
  await hand.run(60_000);
  hand.flows = flows;
  // The process slept for a minute.
  hand.nowMs += 60_000;
  hand.wallMs += 60_000;
  await hand.run(60_000);
  const { measuredS = 0, carsWh = 0 } = hand.book.soFar(hand.wallMs) ?? {};
  assert(Math.abs(measuredS - 119) <= 1.5, `${measuredS}`);
  assert(Math.abs(carsWh - measuredS) < 1, `${carsWh}`);
});

test("told at once, then every minute, until it is acknowledged; and never again after a start", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const hand = await Hand.on(disk);
  await hand.run(2 * QUARTER_MS + 1_000);
  assert.equal(hand.book.toTell(hand.nowMs).length, 2);
  assert.equal(hand.book.toTell(hand.nowMs + 59_000).length, 0);
  assert.equal(hand.book.toTell(hand.nowMs + 60_000).length, 2);
  hand.book.acked(START);
  assert.equal(hand.book.toTell(hand.nowMs + 120_000).length, 1);
  await hand.book.close();
  const next = await Hand.on(disk);
  assert.deepEqual(
    next.book.toTell(0).map(({ fromWallMs }) => fromWallMs),
    [START + QUARTER_MS],
  );
});

test("killed at any write: no finished quarter is lost or there twice, and of the one under way at most seconds", async () => {
  for (let seed = 1; seed <= 40; seed++) {
    const chance = seededChance(seed);
    const disk = new SimulatedDisk(chance);
    const hand = await Hand.on(disk);
    let killed = false;
    hand.disk.killAtWrite(chance.int(1, 500), () => (killed = true));
    let lastMs = 0;
    for (let i = 0; i < 40 && !killed; i++) {
      await hand.run(60_000);
      if (!killed) lastMs = hand.wallMs;
    }
    const next = await Hand.on(disk);
    next.wallMs = hand.wallMs;
    await next.run(QUARTER_MS + 1_000);
    const told = next.book.toTell(next.nowMs);
    const starts = told.map(({ fromWallMs }) => fromWallMs);
    assert.deepEqual(
      starts,
      [...new Set(starts)].sort((a, b) => a - b),
      `seed ${seed}`,
    );
    const whole = Math.floor((lastMs - START) / QUARTER_MS);
    for (let q = 0; q < whole; q++) {
      const quarter = told.find(({ fromWallMs }) => fromWallMs === START + q * QUARTER_MS);
      // A minute of ours runs between two looks at whether it was killed.
      assert(
        quarter !== undefined && quarter.measuredS > 890 - 70,
        `seed ${seed}, quarter ${q}: ${quarter?.measuredS} s`,
      );
    }
  }
});

test("a clock that is set back: the quarter it falls into is continued, never recorded twice; far forward and back loses nothing", async () => {
  const hand = await Hand.on(new SimulatedDisk(seededChance(1)));
  await hand.run(QUARTER_MS + 60_000);
  hand.wallMs -= 5 * 60_000;
  await hand.run(10 * 60_000);
  const starts = (laterMs: number) =>
    hand.book.toTell(hand.nowMs + laterMs).map(({ fromWallMs }) => fromWallMs - START);
  assert.deepEqual(starts(1e9), [0]);
  const year = 365 * 86_400_000;
  hand.wallMs += year;
  await hand.run(60_000);
  hand.wallMs -= year;
  await hand.run(2 * QUARTER_MS);
  const all = starts(2e9);
  assert(all.includes(0) && all.includes(QUARTER_MS), all.join());
  assert.equal(new Set(all).size, all.length);
});

test("what the CSMS acknowledges is what it was told: a quarter that a wrong clock put before that is still told", async () => {
  const hand = await Hand.on(new SimulatedDisk(seededChance(1)));
  hand.wallMs += 10 * QUARTER_MS;
  await hand.run(QUARTER_MS + 1_000);
  hand.book.toTell(hand.nowMs);
  hand.wallMs -= 11 * QUARTER_MS;
  await hand.run(1_000);
  hand.book.acked(START + 10 * QUARTER_MS);
  await hand.run(QUARTER_MS);
  // The second one is the piece of a quarter in which the clock was set back.
  assert.deepEqual(
    hand.book.toTell(hand.nowMs + 1e9).map(({ fromWallMs }) => fromWallMs - START),
    [0, 11 * QUARTER_MS],
  );
});

for (const [says, upToWallMs] of [
  ["a quarter that a wrong clock put far ahead", START + 10 * QUARTER_MS],
  ["all that there will ever be", Number.MAX_SAFE_INTEGER],
] as const)
  test(`a CSMS that acknowledges ${says} has none that it was not told, also for whoever starts here next`, async () => {
    const disk = new SimulatedDisk(seededChance(1));
    const hand = await Hand.on(disk);
    hand.wallMs += 10 * QUARTER_MS;
    await hand.run(QUARTER_MS + 1_000);
    assert.equal(hand.book.toTell(hand.nowMs).length, 1);
    hand.book.acked(upToWallMs);
    hand.wallMs -= 11 * QUARTER_MS;
    await hand.run(2 * QUARTER_MS);
    await hand.book.close();
    const next = await Hand.on(disk);
    const told = next.book.toTell(1e9).map(({ fromWallMs }) => (fromWallMs - START) / QUARTER_MS);
    assert.deepEqual([told.includes(0), told.includes(1)], [true, true], told.join());
  });

test("told are always the oldest that wait: what got lost on the way is not passed over by a later acknowledgement", async () => {
  const hand = await Hand.on(new SimulatedDisk(seededChance(1)));
  const told = () => hand.book.toTell(hand.nowMs).map(({ fromWallMs }) => (fromWallMs - START) / QUARTER_MS);
  await hand.run(QUARTER_MS + 1_000);
  assert.deepEqual(told(), [0]);
  // That message was lost; the next quarter ends before the minute is over in which it would have been told again.
  hand.wallMs += QUARTER_MS - 7_000;
  await hand.run(7_000);
  assert.deepEqual(told(), [0, 1]);
  assert.deepEqual(told(), []);
  hand.book.acked(START + QUARTER_MS);
  assert.deepEqual(
    hand.book.toTell(hand.nowMs + 60_000).map(({ fromWallMs }) => fromWallMs),
    [],
  );
});

test("a CSMS of a newer epoch was restored: all that is kept is told again, oldest first, a message after the other's acknowledgement", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const hand = await Hand.on(disk);
  hand.book.hearsEpoch(1);
  const lines = Array.from({ length: 500 }, (_, i) => START - (500 - i) * QUARTER_MS).map((fromWallMs) =>
    JSON.stringify({ ...bare, fromWallMs }),
  );
  disk.damage("energy/quarters/2026-11-01.jsonl", new TextEncoder().encode(`${lines.join("\n")}\n`));
  await hand.run(QUARTER_MS + 1_000);
  assert.equal(hand.book.toTell(hand.nowMs).length, 1);
  hand.book.acked(START);
  hand.book.hearsEpoch(1);
  await hand.run(1_000);
  assert.deepEqual(hand.book.toTell(hand.nowMs), [], "of the same epoch nothing is told again");

  hand.book.hearsEpoch(7);
  await hand.run(1_000);
  // Killed here, it begins again: nothing is lost between hearing of it and telling.
  const next = await Hand.on(disk);
  next.wallMs = hand.wallMs;
  const again: number[] = [];
  for (let message = 0; message < 10; message++) {
    const told = next.book.toTell((next.nowMs += 10_000));
    assert.deepEqual(next.book.toTell(next.nowMs + 10_000), [], "the next one waits for the acknowledgement");
    again.push(...told.map(({ fromWallMs }) => fromWallMs));
    const last = told.at(-1);
    if (last !== undefined) next.book.acked(last.fromWallMs);
  }
  assert.deepEqual(
    again,
    Array.from({ length: 501 }, (_, i) => START - (500 - i) * QUARTER_MS),
  );
  await next.book.close();
  const third = await Hand.on(disk);
  third.wallMs = hand.wallMs;
  third.book.hearsEpoch(7);
  await third.run(1_000);
  assert.deepEqual(third.book.toTell(0), []);
  third.book.hearsEpoch(1);
  await third.run(1_000);
  assert.deepEqual(third.book.toTell(0), [], "an older CSMS is told nothing for that");
});

test("40 days are kept and no more; a disk that is full, and lines that are damaged, cost what is in them alone", async () => {
  const disk = new SimulatedDisk(seededChance(1));
  const hand = await Hand.on(disk);
  for (let day = 0; day < 45; day++) {
    await hand.run(QUARTER_MS + 1_000);
    hand.wallMs += 86_400_000;
  }
  const days = disk.paths().filter((path) => path.startsWith("energy/quarters/"));
  assert(days.length <= 40, `${days.length}`);
  const [oldest = ""] = days;
  disk.damage(oldest, new TextEncoder().encode('{"fromWallMs":1}\nnonsense\n{"half'));
  const next = await Hand.on(disk);
  assert(next.book.toTell(0).length >= 30);
  disk.options.capacityBytes = disk.usedBytes;
  next.wallMs = hand.wallMs;
  await next.run(QUARTER_MS + 1_000);
  assert(next.book.toTell(next.nowMs + 1e9).some(({ fromWallMs }) => fromWallMs >= hand.wallMs - QUARTER_MS));
});
