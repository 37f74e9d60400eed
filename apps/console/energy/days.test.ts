import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyDay } from "../api/energy-shapes.ts";
import {
  barOf,
  byMode,
  costPerKwh,
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
  const all = totalOf([day, { ...day, measuredS: 43_200, carsWhByMode: { planned: 1, fallback: 70_000 } }]);
  assert.deepEqual([all.carsWh, measuredShare(all)], [120_000, 0.75]);
  assert.deepEqual(
    byMode([day, { ...day, carsWhByMode: { fallback: 70_000 } }]).map(({ mode }) => mode),
    ["fallback", "planned"],
  );
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
