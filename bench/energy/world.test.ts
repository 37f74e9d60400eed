/** Prices and sun from files as they are: by the hour or finer, in any order, with gaps, in other units; and what is no such file. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { Clock } from "./clock.ts";
import type { Span } from "./course.ts";
import { perDayOf, sunOf } from "./sun.ts";
import { prices } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-world-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A Monday, and the week from then on. */
const START_MS = Date.UTC(2026, 5, 1);
const spanIn = (zone: string, startMs = START_MS): Span => ({
  startMs,
  endMs: startMs + 7 * DAY_MS,
  clock: new Clock(zone),
});
const UTC = spanIn("UTC");

function written(...lines: readonly (string | number)[]): string {
  const file = join(folder, "file.csv");
  writeFileSync(file, lines.join("\n"));
  return file;
}
/** A week of rows, one each `stepMs`, from UTC stamps. */
const rows = (stepMs: number, row: (stamp: string, hour: number) => string, fromMs = START_MS): string[] =>
  Array.from({ length: (7 * DAY_MS) / stepMs }, (_, i) =>
    row(new Date(fromMs + i * stepMs).toISOString(), Math.floor((i * stepMs) / HOUR_MS) % 24),
  );
const hourly = rows(HOUR_MS, (stamp, hour) => `${stamp},${hour}`);
const HEAD = "datetime_utc,price_eur_mwh";

test("prices: the same week, whatever the order, the columns, the step or the unit", () => {
  const files: Readonly<Record<string, string>> = {
    plain: [HEAD, ...hourly].join("\n"),
    headless: hourly.join("\n"),
    descending: [HEAD, ...hourly.toReversed()].join("\r\n"),
    blank: ["\uFEFFdatetime_utc,price_eur_mwh", ...hourly].join("\n\n"),
    quarters: [HEAD, ...rows(HOUR_MS / 4, (stamp, hour) => `${stamp},${hour}`)].join("\n"),
    columns: ["load,price,at,zone", ...rows(HOUR_MS, (stamp, hour) => `7,${hour},${stamp},DE`)].join("\n"),
    perKwh: ["at,price_usd_kwh", ...rows(HOUR_MS, (stamp, hour) => `${stamp},${hour / 1000}`)].join("\n"),
    cents: ["at,ct/kWh", ...rows(HOUR_MS, (stamp, hour) => `${stamp},${hour / 10}`)].join("\n"),
    german: ["Zeit;Preis", ...rows(HOUR_MS, (stamp, hour) => `"${stamp}";${hour},0`)].join("\n"),
  };
  for (const [name, text] of Object.entries(files)) {
    const { cent } = prices(written(text), UTC);
    for (const hour of [0, 5, 23, 24, 100, 167])
      assert(Math.abs(cent(START_MS + hour * HOUR_MS) - (hour % 24) / 10) < 1e-9, `${name}: hour ${hour}`);
  }
});

test("prices: of a step that parts no quarter of an hour evenly, or of minutes, are what they are in the mean", () => {
  for (const minutes of [1, 4, 6, 10, 12, 20]) {
    const { cent, known } = prices(written(HEAD, ...rows(minutes * 60_000, (stamp) => `${stamp},100`)), UTC);
    assert.equal(cent(START_MS), 10);
    assert.deepEqual([...new Set(known(START_MS).milliCentPerKwh)], [10_000], `${minutes} min`);
  }
  const odd = rows(60_000, (stamp) => `${stamp},${Number(stamp.slice(15, 16)) % 5 === 0 ? 100 : 0}`);
  assert.equal(prices(written(HEAD, ...odd), UTC).cent(START_MS), 2, "the mean of five minutes");
});

test("prices: missing hours and empty cells move nothing, are taken from the day before, and said", () => {
  const holes = hourly.flatMap((row, i) => (i === 30 ? [] : i === 40 ? [row.replace(/,.*/, ",")] : [row]));
  const { cent, remarks } = prices(written(HEAD, ...holes), UTC);
  for (const hour of [29, 30, 31, 40, 41, 160])
    assert.equal(cent(START_MS + hour * HOUR_MS), (hour % 24) / 10, `hour ${hour}`);
  assert.match(remarks.join("\n"), /2 that are missing/);
});

test("prices: of their own time by instants; of another one by the clock, before and after it is changed", () => {
  const zone = "America/Los_Angeles";
  const noon = Date.UTC(2026, 5, 3, 19);
  assert.equal(prices(written(HEAD, ...hourly), spanIn(zone)).cent(noon), 1.9, "19:00 UTC");
  const other = rows(HOUR_MS, (stamp, hour) => `${stamp},${hour}`, START_MS - 364 * DAY_MS);
  const { cent, known } = prices(written(HEAD, ...other), spanIn(zone));
  assert.equal(cent(noon), 1.2, "12:00 in Los Angeles");
  const afterChange = Date.UTC(2026, 10, 3, 20);
  assert.equal(cent(afterChange), 1.2, "12:00 in winter time too");
  // At noon tomorrow's are not out: the day that is known goes on.
  const { fromWallMs, stepMs, milliCentPerKwh } = known(afterChange);
  assert.deepEqual(
    [fromWallMs, stepMs, milliCentPerKwh[0], milliCentPerKwh[4 * 24]],
    [afterChange, HOUR_MS / 4, 1_200, 1_200],
  );
});

test("prices: what is no course of prices is told in one sentence", () => {
  const wrong: readonly (readonly [says: RegExp, lines: readonly string[]])[] = [
    [/an hour and its price/, ["when,what", "never,much"]],
    [/an hour and its price/, []],
    [/less than a day/, [HEAD, ...hourly.slice(0, 20)]],
    [/an hour, or an even part/, [HEAD, ...hourly.filter((_, i) => i % 5 === 0)]],
    [/more than half/, [HEAD, ...hourly.map((row, i) => (i % 3 === 0 ? row : row.replace(/,.*/, ",")))]],
  ];
  for (const [says, lines] of wrong) assert.throws(() => prices(written(...lines), UTC), says);
});

const bell = (hour: number) => Math.max(0, Math.round(6_000 * (1 - Math.abs(hour - 12) / 6)));
const powers = (perDay: number, days: number) =>
  Array.from({ length: perDay * days }, (_, i) => bell(((i % perDay) * 24) / perDay));

test("sun: any number of days, by the hour or finer, is known by its days", () => {
  for (const [perDay, days] of [
    [24, 1],
    [96, 1],
    [288, 1],
    [1_440, 1],
    [1_440, 2],
    [24, 365],
    [96, 7],
    [288, 30],
  ] as const) {
    const values = powers(perDay, days);
    assert.equal(perDayOf(values), perDay, `${days} days of ${perDay}`);
    const sun = sunOf(written("ActivePower", ...values), spanIn("America/Los_Angeles"));
    assert.equal(sun?.peakW, 6_000);
    for (const ms of [Date.UTC(2026, 5, 3, 19), Date.UTC(2026, 10, 3, 20)])
      assert(Math.abs(sun.w(ms) - 6_000) < 100, `${days} days of ${perDay}: noon, summer and winter`);
    assert.equal(sun.w(Date.UTC(2026, 5, 3, 7)), 0, "midnight");
  }
});

test("sun: stamps are heeded; kilowatts, and powers below zero, are taken for what they are", () => {
  const stamped = rows(HOUR_MS, (stamp, hour) => `${stamp},${-bell(hour) / 1000}`).toReversed();
  const sun = sunOf(written("time,pv_kw", ...stamped), UTC);
  assert.equal(sun?.peakW, 6_000);
  assert.equal(sun.w(START_MS + 36 * HOUR_MS), 6_000);
  assert.match(sun.remarks.join("\n"), /below zero/);
});

test("sun: none is none; no whole days, and no numbers, are refused", () => {
  assert.equal(sunOf(written("W", ...powers(24, 1).map(() => 0)), UTC), undefined);
  assert.throws(() => sunOf(written("W", ...powers(24, 1).slice(0, 20)), UTC), /no whole days/);
  assert.throws(() => sunOf(written("W", "much", "little"), UTC), /a power in watts/);
});
