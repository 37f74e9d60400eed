import assert from "node:assert/strict";
import { test } from "node:test";
import { readMeter, type Sampled } from "./reading.ts";

const reception = {
  receivedAtMs: Date.UTC(2026, 0, 5),
  arrivedAtMs: Date.UTC(2026, 0, 5),
  clockQuality: "synced",
} as const;
const read = (...sampledValue: Sampled[]) =>
  readMeter([{ timestamp: "2026-01-05T00:00:00Z", sampledValue }], reception);
const E = "Energy.Active.Import.Register";
const P = "Power.Active.Import";

for (const [what, sampled, meterWh] of [
  ["no measurand, no unit: Wh", { value: "1500" }, 1_500],
  ["kWh", { value: "1.5", measurand: E, unit: "kWh" }, 1_500],
  ["2.0.1 with a multiplier", { value: 15, measurand: E, multiplier: 2 }, 1_500],
  ["rounded to whole Wh", { value: "1500.4" }, 1_500],
  ["one phase is not the register", { value: "500", measurand: E, phase: "L1" }, null],
  ["a place that is no outlet", { value: "500", measurand: E, location: "Body" }, null],
  ["empty", { value: "" }, null],
  ["no number", { value: "1,5" }, null],
  ["beyond any register", { value: "1e300" }, null],
  ["a unit spelt in another case", { value: "1.5", unit: "KWH" }, 1_500],
  ["a unit that is not known is not guessed", { value: "2", unit: "MWh" }, null],
  ["infinite", { value: 1, multiplier: 400 }, null],
  ["signed data is no number", { value: "1500", format: "SignedData" }, null],
  ["export is not import", { value: "7", measurand: "Energy.Active.Export.Register" }, null],
] as const) {
  test(`reading: ${what}`, () => assert.equal(read(sampled).lastWh, meterWh));
}

test("reading: power in kW, state of charge within its range, and a register in one sample", () => {
  const { samples } = read(
    { value: "7.2", measurand: P, unit: "kW" },
    { value: "55", measurand: "SoC", location: "EV" },
    { value: "10" },
  );
  assert.deepEqual(samples, [{ atMs: Date.UTC(2026, 0, 5), meterWh: 10, powerW: 7_200, socPercent: 55 }]);
  assert.deepEqual(read({ value: "155", measurand: "SoC" }).samples, []);
});

test("reading: begin and end are told apart by their context, and the last is the last in time", () => {
  const at = (timestamp: string, value: number, context: string) => ({
    timestamp,
    sampledValue: [{ value, context }],
  });
  const reading = readMeter(
    [at("2026-01-04T23:00:00Z", 30, "Transaction.End"), at("2026-01-04T22:00:00Z", 10, "Transaction.Begin")],
    reception,
  );
  assert.deepEqual([reading.beginWh, reading.endWh, reading.lastWh], [10, 30, 30]);
});

test("reading: the outlet's register is the car's, whatever the inlet's says, in any order", () => {
  const outlet = { value: 1_000, context: "Transaction.End", location: "Outlet" };
  const inlet = { value: 1_100, context: "Transaction.End", location: "Inlet" };
  assert.equal(read(outlet, inlet).endWh, 1_000);
  assert.equal(read(inlet, outlet).endWh, 1_000);
  assert.equal(read(inlet).endWh, 1_100);
  const powerAtOutlet = { value: 7, measurand: P, location: "Outlet" };
  assert.equal(read(powerAtOutlet, inlet).endWh, 1_100);
});

test("reading: a register that cannot be read is not the one beside it", () => {
  const reading = read({ value: 5 }, { value: "1e99", context: "Transaction.End" });
  assert.deepEqual([reading.lastWh, reading.endWh], [5, null]);
});

test("reading: signed values are kept whole, from either version", () => {
  const signed = { signedMeterData: "x" };
  assert.deepEqual(read({ value: "OCMF|…", format: "SignedData" }, { value: 1, signed }).signed, [
    "OCMF|…",
    signed,
  ]);
});
