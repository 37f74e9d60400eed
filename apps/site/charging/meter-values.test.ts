import assert from "node:assert/strict";
import { test } from "node:test";
import { readMeterValues } from "./meter-values.ts";

const three = { count: 3, voltageV: 230 };
const at = "2026-01-05T08:00:00Z";
type Sample = { readonly [field: string]: unknown };
const read = (sampledValue: readonly Sample[], terminals = three) =>
  readMeterValues([{ timestamp: at, sampledValue }], terminals)[0];
const ma = (samples: readonly Sample[], terminals = three) =>
  read(samples, terminals)?.terminalsMa?.map(Math.round);
const current = (phase: string | undefined, value: unknown, more: Sample = {}): Sample => ({
  value,
  measurand: "Current.Import",
  ...(phase && { phase }),
  ...more,
});
const power = (value: unknown, more: Sample = {}): Sample => ({
  value,
  measurand: "Power.Active.Import",
  ...more,
});

const table: readonly (readonly [
  says: string,
  samples: readonly Sample[],
  expected: readonly number[] | undefined,
])[] = [
  [
    "currents per phase, 1.6's texts",
    [current("L1", "16.0"), current("L2", "15.5"), current("L3", "0")],
    [16_000, 15_500, 0],
  ],
  [
    "currents from phase to neutral",
    [current("L1-N", 10), current("L2-N", 9), current("L3-N", 8)],
    [10_000, 9_000, 8_000],
  ],
  [
    "a current of the first phase alone, and the power of three",
    [current("L1", 16), power(11_040)],
    [16_000, 16_000, 16_000],
  ],
  ["a current of the first phase alone, and its power", [current("L1", 16), power(3_600)], [16_000, 0, 0]],
  ["one current for all of them", [current(undefined, 12)], [12_000, 12_000, 12_000]],
  ["what flows in the neutral is nobody's", [current("L1", 10), current("N", 10)], [10_000, 0, 0]],
  ["a multiplier", [current("L1", 160, { unitOfMeasure: { unit: "A", multiplier: -1 } })], [16_000, 0, 0]],
  ["a current given back has a size", [current("L1", -5)], [5_000, 0, 0]],
  ["currents go before power", [power(99_999), current(undefined, 6)], [6_000, 6_000, 6_000]],
  ["power over the voltage", [power(11_040)], [16_000, 16_000, 16_000]],
  ["power in kilowatts", [power("6.9", { unit: "kW" })], [10_000, 10_000, 10_000]],
  [
    "power per phase, with its voltage",
    [
      power(2_300, { phase: "L1" }),
      power(0, { phase: "L2" }),
      { value: 250, measurand: "Voltage", phase: "L1" },
    ],
    [9_200, 0, 0],
  ],
  [
    "a voltage between phases is not one of a phase",
    [power(6_900), { value: 400, measurand: "Voltage" }],
    [10_000, 10_000, 10_000],
  ],
  ["nothing", [], undefined],
  ["what is no number", [current("L1", "NaN"), power("a lot"), power(Number.NaN)], undefined],
  ["signed data", [power("4fc1", { format: "SignedData" })], undefined],
  ["energy alone", [{ value: 5_000 }], undefined],
];

test("meter values: what flows at the terminals, from whatever a station tells", () => {
  for (const [says, samples, expected] of table) assert.deepEqual(ma(samples), expected, says);
});

test("meter values: what a car gives back is below nothing where it may, by current or by power, and has a register of its own", () => {
  const given = (value: number, phase: string): Sample => ({ value, measurand: "Current.Export", phase });
  const both = [...["L1", "L2", "L3"].map((phase) => given(10, phase)), current(undefined, 0)];
  const giving = { ...three, givesBack: true };
  assert.deepEqual(ma(both, giving), [-10_000, -10_000, -10_000]);
  assert.deepEqual(ma(both), [0, 0, 0]);
  assert.deepEqual(
    ma([{ value: 6_900, measurand: "Power.Active.Export" }], giving),
    [-10_000, -10_000, -10_000],
  );
  assert.deepEqual(ma([current(undefined, 12)], giving), [12_000, 12_000, 12_000]);
  assert.equal(read([{ value: 77, measurand: "Energy.Active.Export.Register" }])?.exportWh, 77);
});

test("meter values: a station of one phase, and a car that uses one of three", () => {
  assert.deepEqual(ma([power(2_300)], { count: 1, voltageV: 230 }), [10_000]);
  const [first] = readMeterValues([{ sampledValue: [power(2_300)] }], { ...three, usedCount: 1 });
  assert.deepEqual(first?.terminalsMa, [10_000, 0, 0]);
});

test("meter values: the register, with its unit, and its phases together", () => {
  assert.equal(read([{ value: "1234" }])?.registerWh, 1_234);
  assert.equal(
    read([{ value: 1.5, measurand: "Energy.Active.Import.Register", unitOfMeasure: { unit: "kWh" } }])
      ?.registerWh,
    1_500,
  );
  const phases = ["L1", "L2", "L3"].map((phase) => ({ value: 100, phase }));
  assert.equal(read(phases)?.registerWh, 300);
});

test("meter values: anything else is nothing", () => {
  for (const odd of [
    undefined,
    null,
    5,
    "x",
    {},
    [null],
    [[]],
    [{ sampledValue: 7 }],
    [{ sampledValue: [null, 3] }],
  ])
    for (const reading of readMeterValues(odd, three)) assert.equal(reading.terminalsMa, undefined);
});
