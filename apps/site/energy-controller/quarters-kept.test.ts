/** Quarters on a disk that is full for a while, and under a clock that comes back: what is kept is whole, and kept once there is room. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flows, QUARTER_MS } from "@wattward/energy";
import { type Disk, DiskError, silentLog } from "@wattward/kernel";
import { SimulatedDisk, seededChance, simulatedTime } from "@wattward/testing";
import { readWallFloorMs } from "../state/wall-floor.ts";
import { Planning } from "./planning.ts";
import { QuarterBook } from "./quarters.ts";
import { SmallPlant } from "./testing/small-plant.ts";

const START = Date.UTC(2026, 10, 21, 8);
const MIDNIGHT_MS = 16 * 3_600_000;
const flows: Flows = { gridW: 3_600, solarW: 0, batteryW: 0, buildingW: 3_600, carsW: 0 };

/** Half a second a turn, from `fromMs` to `toMs` after START. */
async function run(book: QuarterBook, fromMs: number, toMs: number): Promise<void> {
  for (let ms = fromMs; ms <= toMs; ms += 500)
    book.add({
      ...{ nowMs: (nowMs += 500), wallMs: START + ms, mode: "reactive", flows, chargePermille: undefined },
      ...{ cost: () => 0, planned: () => undefined },
    });
  await new Promise((resolve) => setTimeout(resolve, 20));
}
let nowMs = 0;
const toldBy = (book: QuarterBook) =>
  book
    .toTell((nowMs += 1e9))
    .map(({ fromWallMs, measuredS }) => [(fromWallMs - START) / QUARTER_MS, Math.round(measuredS)]);

/** While it is full, of each append the first `tornBytes` come on the disk. */
function filling(disk: Disk, tornBytes: number) {
  const state = { full: false };
  const full: Disk = {
    ...disk,
    async appendTo(path) {
      const file = await disk.appendTo(path);
      const append = async (bytes: Uint8Array) => {
        await file.append(state.full ? bytes.subarray(0, tornBytes) : bytes);
        if (state.full) throw new DiskError("full", "the disk is full");
      };
      return {
        ...{
          append,
          sync: () => file.sync(),
          truncate: (size) => file.truncate(size),
          close: () => file.close(),
        },
        get sizeBytes() {
          return file.sizeBytes;
        },
      };
    },
  };
  return { disk: full, state };
}

for (const tornBytes of [0, 40])
  test(`quarters: a disk that is full, ${tornBytes} bytes into a line: told all the same, and on it once there is room`, async () => {
    const simulated = new SimulatedDisk(seededChance(1));
    const { disk, state } = filling(simulated.boot(), tornBytes);
    const book = await QuarterBook.open(disk, silentLog);
    state.full = true;
    await run(book, 0, 2 * QUARTER_MS);
    assert.deepEqual(toldBy(book), [
      [0, 900],
      [1, 900],
    ]);
    state.full = false;
    await run(book, 2 * QUARTER_MS + 500, 3 * QUARTER_MS);
    const errors: string[] = [];
    const log = { ...silentLog, error: (event: string) => void errors.push(event) };
    const next = await QuarterBook.open(simulated.boot(), log);
    assert.deepEqual(toldBy(next), [
      [0, 900],
      [1, 900],
      [2, 900],
    ]);
    assert.deepEqual(errors, []);
  });

test("quarters, forecasts: a file that the disk cannot read costs what is in it, and not the energy controller's start", async () => {
  const simulated = new SimulatedDisk(seededChance(1));
  const book = await QuarterBook.open(simulated.boot(), silentLog);
  await run(book, MIDNIGHT_MS - QUARTER_MS, MIDNIGHT_MS + QUARTER_MS);
  const days = simulated.paths().filter((path) => path.startsWith("energy/quarters/"));
  assert.equal(days.length, 2, days.join());
  for (const bad of [...days, "energy/acked.json", "energy/quarter.json", "energy/forecasts.json"]) {
    const disk = simulated.boot();
    const read = (path: string) =>
      path === bad ? Promise.reject(new DiskError("io", "EIO")) : disk.read(path);
    const errors: string[] = [];
    const log = { ...silentLog, error: (event: string) => void errors.push(event) };
    const next = await QuarterBook.open({ ...disk, read }, log);
    const ports = { clock: simulatedTime(), log, disk: { ...disk, read } };
    await Planning.open(ports, new SmallPlant().config);
    assert.equal(toldBy(next).length, days.includes(bad) ? 1 : 2, bad);
    assert.equal(errors.length, 1, `${bad}: ${errors.join()}`);
  }
});

test("quarters: of a clock that was days ahead and is set back, what lies ahead is not told before its time, for it is refused each time", async () => {
  const simulated = new SimulatedDisk(seededChance(1));
  const book = await QuarterBook.open(simulated.boot(), silentLog);
  const aheadMs = 400 * QUARTER_MS;
  await run(book, aheadMs, aheadMs + 2 * QUARTER_MS);
  await run(book, 0, QUARTER_MS);
  assert.deepEqual(toldBy(book), [[0, 900]]);
  assert.deepEqual(toldBy(book), [[0, 900]]);
  await run(book, aheadMs + 3 * QUARTER_MS, aheadMs + 3 * QUARTER_MS);
  assert(toldBy(book).length > 2);
});

test("quarters, clock: a file that tells of a time beyond all calendars is none of ours, and ends nobody at each start", async () => {
  const simulated = new SimulatedDisk(seededChance(1));
  const beyondMs = Math.floor(Number.MAX_SAFE_INTEGER / QUARTER_MS) * QUARTER_MS;
  const before = await QuarterBook.open(simulated.boot(), silentLog);
  await run(before, 0, 1_000);
  await before.close();
  const path = "energy/quarter.json";
  const text = new TextDecoder().decode(simulated.peek(path));
  simulated.damage(path, new TextEncoder().encode(text.replace(String(START), String(beyondMs))));
  simulated.damage("state/clock.json", new TextEncoder().encode(JSON.stringify({ wallMs: beyondMs })));
  assert.equal(await readWallFloorMs(simulated.boot(), silentLog), 0);
  const book = await QuarterBook.open(simulated.boot(), silentLog);
  assert.equal(book.soFar(beyondMs), undefined);
  await run(book, 2_000, QUARTER_MS);
  assert.equal(toldBy(await QuarterBook.open(simulated.boot(), silentLog)).length, 1);
});

test("quarters: a day's file that cannot be written to holds up no other", async () => {
  const simulated = new SimulatedDisk(seededChance(1));
  const disk = simulated.boot();
  const appendTo = (path: string) =>
    path.includes("2026-11-21") ? Promise.reject(new DiskError("io", "EACCES")) : disk.appendTo(path);
  const book = await QuarterBook.open({ ...disk, appendTo }, silentLog);
  await run(book, MIDNIGHT_MS - QUARTER_MS, MIDNIGHT_MS + QUARTER_MS);
  assert.deepEqual(
    toldBy(await QuarterBook.open(simulated.boot(), silentLog)).map(([quarter]) => quarter),
    [MIDNIGHT_MS / QUARTER_MS],
  );
});

test("quarters: a clock set back into one that was acknowledged leaves the whole of it, for a CSMS that is restored", async () => {
  const simulated = new SimulatedDisk(seededChance(1));
  const book = await QuarterBook.open(simulated.boot(), silentLog);
  book.hearsEpoch(1);
  await run(book, 0, QUARTER_MS + 20_000);
  assert.deepEqual(toldBy(book), [[0, 900]]);
  book.acked(START);
  await run(book, QUARTER_MS - 60_000, 2 * QUARTER_MS);
  book.hearsEpoch(2);
  await run(book, 2 * QUARTER_MS, 2 * QUARTER_MS + 1_000);
  const wholes = [
    [0, 900],
    [1, 900],
  ];
  assert.deepEqual(toldBy(book), wholes);
  assert.deepEqual(toldBy(await QuarterBook.open(simulated.boot(), silentLog)), wholes);
});
