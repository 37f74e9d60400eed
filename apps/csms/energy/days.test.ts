import assert from "node:assert/strict";
import { test } from "node:test";
import type { QuarterRow } from "../core/port.ts";
import { daysOf } from "./days.ts";

const quarter = (fromMs: number, more: Partial<QuarterRow> = {}): QuarterRow => ({
  fromMs,
  ...{ importWh: 0, exportWh: 0, solarWh: 0, batteryInWh: 0, batteryOutWh: 0, buildingWh: 0, carsWh: 0 },
  ...{ carsWhByMode: {}, costMilliCent: 0, planned: null, chargePermille: null, measuredS: 900 },
  ...more,
});
const every = (fromMs: number, toMs: number) =>
  Array.from({ length: (toMs - fromMs) / 900_000 }, (_, i) => quarter(fromMs + i * 900_000));

test("days: those of the site's calendar, 23 and 25 hours long where its clocks change", () => {
  const spring = every(Date.UTC(2027, 2, 27, 23), Date.UTC(2027, 2, 29, 22));
  assert.deepEqual(
    daysOf(spring, "Europe/Berlin").map(({ day, measuredS }) => [day, measuredS / 3_600]),
    [
      ["2027-03-28", 23],
      ["2027-03-29", 24],
    ],
  );
  const [autumn] = daysOf(every(Date.UTC(2027, 9, 30, 22), Date.UTC(2027, 9, 31, 23)), "Europe/Berlin");
  assert.deepEqual([autumn?.day, (autumn?.measuredS ?? 0) / 3_600], ["2027-10-31", 25]);
  assert.deepEqual(daysOf([], "UTC"), []);
});

test("days: energy and cost add up; self-consumption and autarky by hand", () => {
  const atMs = Date.UTC(2027, 5, 1, 12);
  const [day] = daysOf(
    [
      quarter(atMs, {
        solarWh: 1_000,
        exportWh: 250,
        buildingWh: 300,
        carsWh: 700,
        importWh: 100,
        costMilliCent: 5,
        carsWhByMode: { planned: 700 },
      }),
      quarter(atMs + 900_000, {
        solarWh: 0,
        buildingWh: 200,
        carsWh: 800,
        importWh: 900,
        costMilliCent: -2,
        carsWhByMode: { planned: 300, reactive: 500 },
      }),
    ],
    "UTC",
  );
  assert.equal(day?.selfConsumptionPermille, 750);
  assert.equal(day?.autarkyPermille, 500);
  assert.equal(day?.costMilliCent, 3);
  assert.deepEqual(day?.carsWhByMode, { planned: 1_000, reactive: 500 });
  assert.deepEqual([day?.fromMs, day?.toMs], [atMs, atMs + 1_800_000]);
});

test("days: the peak is the mean of the highest quarter, the earliest of equals; none where nothing was measured", () => {
  const atMs = Date.UTC(2027, 5, 1, 12);
  const days = daysOf(
    [
      quarter(atMs, { importWh: 5_000 }),
      quarter(atMs + 900_000, { importWh: 12_500 }),
      quarter(atMs + 1_800_000, { importWh: 12_500 }),
      quarter(atMs + 2_700_000, { importWh: 99_000, measuredS: 0 }),
      quarter(atMs + 86_400_000, { measuredS: 0 }),
      quarter(atMs + 2 * 86_400_000, { exportWh: 3_000 }),
    ],
    "UTC",
  );
  assert.deepEqual(
    days.map(({ peakImportW, peakAtMs }) => [peakImportW, peakAtMs]),
    [
      [50_000, atMs + 900_000],
      [null, null],
      [0, atMs + 2 * 86_400_000],
    ],
  );
});

test("days: of nothing there is no part, and a battery that crosses midnight breaks no bound", () => {
  const part = (more: Partial<QuarterRow>) => {
    const [day] = daysOf([quarter(0, more)], "UTC");
    return [day?.selfConsumptionPermille, day?.autarkyPermille];
  };
  assert.deepEqual(part({}), [null, null]);
  assert.deepEqual(part({ solarWh: 100, exportWh: 900, batteryOutWh: 800 }), [0, null]);
  assert.deepEqual(part({ buildingWh: 100, importWh: 900, batteryInWh: 800 }), [null, 0]);
});
