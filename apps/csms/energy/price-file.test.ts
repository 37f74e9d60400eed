import assert from "node:assert/strict";
import { test } from "node:test";
import { PRICES_MAX } from "./limits.ts";
import { readPrices } from "./price-file.ts";

const DAY = Date.UTC(2027, 2, 1);
const HOUR_MS = 3_600_000;
const hour = (n: number) => new Date(DAY + n * HOUR_MS).toISOString();
const lines = (...all: string[]) => `${all.join("\n")}\n`;
const rows = (...prices: (string | number)[]) => lines(...prices.map((price, n) => `${hour(n)},${price}`));

function read(text: string, options: Parameters<typeof readPrices>[1] = {}) {
  const found = readPrices(text, options);
  assert(found.ok, found.ok ? "" : JSON.stringify(found.fault));
  return found.value;
}
function faults(text: string, options: Parameters<typeof readPrices>[1] = {}): string[] {
  const found = readPrices(text, options);
  assert(!found.ok, JSON.stringify(found));
  return found.fault.map(({ line, sentence }) => `${line}: ${sentence}`);
}

test("prices as exchanges write them: with and without heading, any separator, offsets, negative, EUR/MWh into thousandths of a cent", () => {
  const wanted = { fromMs: DAY, stepMs: HOUR_MS, milliCentPerKwh: [8_530, -1, 0] };
  const [a, b, c] = [0, 1, 2].map((n) => hour(n).replace(".000Z", "+00:00"));
  for (const text of [
    lines("datetime_utc,day_ahead_price_eur_mwh", `${a},85.30`, `${b},-0.01`, `${c},0.0`),
    `\uFEFF${[`${a};85.3`, `${b};-0.01`, `${c};0`].join("\r\n")}`,
    lines("# of tomorrow", `"${a}"\t"85.30"`, "", `${b}\t-0.01`, `${c}\t0`),
    lines(`"${a}","85.30"`, `"${b}","-0.01"`, `"${c}","0"`),
    lines(` ${a} , 85.30`, ` ${b} , -0.01`, ` ${c} , 0`),
    lines(`2027-03-01 01:00+01:00,85.3`, `2027-03-01 02:00+01:00,-0.01`, `2027-03-01 03:00+01:00,0`),
    JSON.stringify(wanted),
  ])
    assert.deepEqual(read(text), wanted, text);
});

test("the hour that is left out in spring and told twice in autumn: instants with offsets go on evenly", () => {
  const spring = lines(
    "2027-03-28T01:00:00+01:00,1",
    "2027-03-28T03:00:00+02:00,2",
    "2027-03-28T04:00:00+02:00,3",
  );
  assert.deepEqual(read(spring).milliCentPerKwh, [100, 200, 300]);
  const autumn = lines(
    "2027-10-31T02:00:00+02:00,1",
    "2027-10-31T02:00:00+01:00,2",
    "2027-10-31T03:00:00+01:00,3",
  );
  assert.deepEqual(read(autumn).milliCentPerKwh, [100, 200, 300]);
});

test("what is added, and what is of the past", () => {
  const plus = read(rows(1, 2, 3), { plusMilliCent: 18_000, fromMs: DAY + 1.5 * HOUR_MS });
  assert.deepEqual(plus, { fromMs: DAY + HOUR_MS, stepMs: HOUR_MS, milliCentPerKwh: [18_200, 18_300] });
  assert.deepEqual(faults(rows(1, 2), { fromMs: DAY + 2 * HOUR_MS }), [
    "null: every price in it is of the past: tell those that are still to come",
  ]);
  assert.equal(read(rows(1, 2), { fromMs: DAY - HOUR_MS }).milliCentPerKwh.length, 2);
});

test("what is wrong is told by its line, and nothing is repaired", () => {
  const table: readonly [string, RegExp][] = [
    ["", /null: at least two prices/],
    [rows(1), /1: at least two prices/],
    [rows(1, "cheap", 3), /2: has no price/],
    [rows(1, "1,5", 3), /2: needs an instant and a price, and has 3 fields/],
    [rows(1, "", 3), /2: has no price/],
    [rows(1, "NaN", 3), /2: has no price/],
    [rows(1, "1e999", 3), /2: has no price/],
    [rows(1, "9999999", 3), /2: 9999999 EUR\/MWh is beyond any price/],
    [lines(`${hour(0)},1`, hour(1), `${hour(2)},3`), /2: needs an instant and a price, and has 1 field$/],
    [lines("2027-03-01T00:00:00,1", "2027-03-01T01:00:00,2"), /1: begins with no instant that says its zone/],
    [lines("2027-02-30T00:00:00Z,1", "01.03.2027 01:00,2"), /2: begins with no instant/],
    [
      lines(`${hour(0)},1`, `${hour(1)},2`, `${hour(3)},3`),
      /3: is 120 min after the line before it, and the first two are 60/,
    ],
    [lines(`${hour(0)},1`, `${hour(0)},2`), /2: is not a minute to a day after/],
    [lines(`${hour(1)},1`, `${hour(0)},2`), /2: is not a minute to a day after/],
    [lines(`${hour(0)},1`, `${hour(1)},2`, `${hour(0)},3`), /3: is -60 min after/],
    ["{", /null: it cannot be read as JSON: .*line 1/],
    ['{"fromMs":0,\n"stepMs":x}', /null: it cannot be read as JSON: .*'x'/],
    ['{"fromMs":0,"stepMs":3600000,"milliCentPerKwh":[1,2.5]}', /milliCentPerKwh\[1\] must be whole/],
    [
      '{"fromMs":-1,"stepMs":1,"milliCentPerKwh":[],"area":"DE"}',
      /'area' is not known.*fromMs.*stepMs.*milliCentPerKwh/,
    ],
  ];
  for (const [text, wanted] of table) assert.match(faults(text).join("; "), wanted, text);
});

test("text without end ends: faults and prices are bounded", () => {
  assert.equal(faults("x,y\n".repeat(10_000)).length, 20);
  assert.match(
    faults(rows(...Array(PRICES_MAX + 1).fill(1))).join(),
    /2001 prices are still to come, and 2000/,
  );
  assert.equal(read(rows(...Array(PRICES_MAX).fill(1))).milliCentPerKwh.length, PRICES_MAX);
});
