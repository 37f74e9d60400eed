import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyDay } from "../api/energy-shapes.ts";
import {
  barOf,
  byMode,
  costPerKwh,
  lastDays,
  measuredShare,
  money,
  ownShare,
  peakOf,
  solarKept,
  sumsOf,
  totalOf,
} from "./days.ts";

const day: EnergyDay = {
  ...{ day: "2027-06-01", fromMs: 0, toMs: 86_400_000, measuredS: 86_400, carsWhByMode: { planned: 60_000 } },
  ...{ importWh: 60_000, exportWh: 10_000, solarWh: 50_000, batteryInWh: 5_000, batteryOutWh: 5_000 },
  ...{ buildingWh: 40_000, carsWh: 60_000, costMilliCent: 2_000_000 },
  ...{ selfConsumptionPermille: 800, autarkyPermille: 400, peakImportW: 22_000, peakAtMs: 36_000_000 },
};
const sums = sumsOf(day);
const nothing = totalOf([]);

test("shares and price of a day that a person can check by hand, and as the API has them", () => {
  assert.equal(solarKept(sums), (day.selfConsumptionPermille ?? 0) / 1000);
  assert.equal(ownShare(sums), (day.autarkyPermille ?? 0) / 1000);
  assert.equal(costPerKwh(sums), 20_000, "20 cents");
  assert.deepEqual(barOf(sums), { gridWh: 60_000, ownWh: 40_000 });
});

test("shares of nothing are unknown, never 0 or 100 per cent", () => {
  for (const share of [solarKept, ownShare, costPerKwh, measuredShare])
    assert.equal(share(nothing), undefined);
});

test("a battery that was filled from the grid makes no share below zero, nor a bar beyond what was used", () => {
  const filled = { ...sums, importWh: 150_000, solarWh: 1, exportWh: 5 };
  assert.equal(ownShare(filled), 0);
  assert.equal(solarKept(filled), 0);
  assert.deepEqual(barOf(filled), { gridWh: 100_000, ownWh: 0 });
});

test("days add up, and what was not measured of them is told", () => {
  const next = { ...day, fromMs: day.toMs, toMs: 2 * day.toMs };
  const all = totalOf([day, { ...next, measuredS: 43_200, carsWhByMode: { planned: 1, fallback: 70_000 } }]);
  assert.deepEqual([all.carsWh, measuredShare(all)], [120_000, 0.75]);
  const dark = totalOf([day, { ...next, fromMs: 3 * day.toMs, toMs: 4 * day.toMs }]);
  assert.equal(measuredShare(dark), 0.5, "two days between them that nobody told anything of");
  assert.deepEqual(
    byMode([day, { ...day, carsWhByMode: { fallback: 70_000 } }]).map(({ mode }) => mode),
    ["fallback", "planned"],
  );
});

test("the last days are those of the site's calendar, wherever the browser is", () => {
  const days = Array.from({ length: 31 }, (_, i) => ({
    ...day,
    day: `2027-03-${String(i + 1).padStart(2, "0")}`,
  }));
  const shown = (timeZone: string, at: string, count: number) => {
    const last = lastDays({ timeZone, currency: null, days }, count, Date.parse(at));
    return [last.days.length, last.days[0]?.day, last.days.at(-1)?.day];
  };
  assert.deepEqual(shown("Europe/Lisbon", "2027-03-20T12:00:00Z", 7), [18, "2027-03-14", "2027-03-31"]);
  assert.deepEqual(shown("Pacific/Auckland", "2027-03-30T12:00:00Z", 2), [2, "2027-03-30", "2027-03-31"]);
  assert.deepEqual(shown("Pacific/Pago_Pago", "2027-04-01T10:00:00Z", 2), [2, "2027-03-30", "2027-03-31"]);
  // Clocks go forward on the 28th.
  assert.deepEqual(shown("Europe/Berlin", "2027-03-31T21:59:00Z", 7), [7, "2027-03-25", "2027-03-31"]);
  assert.deepEqual(shown("UTC", "2027-03-31T23:59:00Z", 1), [1, "2027-03-31", "2027-03-31"]);
});

test("the peak of many days is that of the highest, the first of equals; of none measured there is none", () => {
  const days = [day, { ...day, day: "2027-06-02", peakImportW: null }, { ...day, day: "2027-06-03" }];
  assert.deepEqual(peakOf(days), { day: "2027-06-01", importW: 22_000 });
  const higher = { ...day, day: "2027-06-04", peakImportW: 22_004 };
  assert.deepEqual(peakOf([...days, higher]), { day: "2027-06-04", importW: 22_004 });
  assert.deepEqual(peakOf([{ ...day, peakImportW: 0 }]), { day: "2027-06-01", importW: 0 });
  assert.equal(peakOf([{ ...day, peakImportW: null }]), undefined);
});

test("money in its currency; an unknown code breaks nothing, and unknown money is a dash", () => {
  assert.equal(money(2_345_600, "EUR"), "€23.46");
  assert.equal(money(-2_345_600, "EUR"), "−€23.46");
  assert.equal(money(24_000, "CHF", 3).replace(/\s/, " "), "CHF 0.240");
  assert.equal(money(100_000, "nonsense"), "1.00");
  assert.equal(money(undefined, "EUR"), "–");
});
