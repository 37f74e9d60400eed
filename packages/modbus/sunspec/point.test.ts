/** Point types: signs, patterns that say "not implemented", scale factors, and the way back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { absentPoint, type PointType, pointTypes, readPoint, writePoint } from "./point.ts";
import { scaled, unscaled } from "./reading.ts";

const table: readonly (readonly [PointType, readonly number[], number | string | undefined])[] = [
  ["int16", [0x7fff], 32_767],
  ["int16", [0xffff], -1],
  ["int16", [0x8001], -32_767],
  ["int16", [0x8000], undefined],
  ["uint16", [0xfffe], 65_534],
  ["uint16", [0xffff], undefined],
  ["uint16", [0], 0],
  ["enum16", [0xffff], undefined],
  ["bitfield16", [0x7fff], 0x7fff],
  ["bitfield16", [0x8001], undefined],
  ["sunssf", [0xfffe], -2],
  ["sunssf", [10], 10],
  ["sunssf", [11], undefined],
  ["sunssf", [0xfff5], undefined],
  ["sunssf", [0x8000], undefined],
  ["int32", [0xffff, 0xfffe], -2],
  ["int32", [0x8000, 0], undefined],
  ["int32", [0x8000, 1], -2_147_483_647],
  ["uint32", [0x0001, 0x0000], 65_536],
  ["uint32", [0xffff, 0xffff], undefined],
  ["bitfield32", [0x4000, 1], 0x40000001],
  ["bitfield32", [0x8000, 1], undefined],
  ["acc32", [0, 0], undefined],
  ["acc32", [0xffff, 0xffff], 4_294_967_295],
  ["uint64", [0, 0, 1, 0], 65_536],
  ["uint64", [0, 0, 0, 0], 0],
  ["uint64", [0xffff, 0xffff, 0xffff, 0xffff], undefined],
  ["uint64", [0x0020, 0, 0, 1], undefined],
  ["acc64", [0, 0, 0, 0], undefined],
  ["float32", [0x4148, 0], 12.5],
  ["float32", [0xc148, 0], -12.5],
  ["float32", [0x7fc0, 0], undefined],
  ["float32", [0x7f80, 0], undefined],
  ["pad", [0x8000], undefined],
  ["string", [0x4142, 0x4300, 0x4400], "ABC"],
  ["string", [0, 0], undefined],
  ["string", [0x411b, 0x5b42], "A·[B"],
];

for (const [type, registers, value] of table) {
  test(`readPoint: ${type} ${registers.map((word) => word.toString(16)).join(" ")} is ${value}`, () => {
    assert.equal(readPoint(type, registers), value);
  });
}

test("writePoint: what is written is read again, and what does not fit is not written", () => {
  const types = Object.keys(pointTypes) as PointType[];
  for (let seed = 1; seed <= 2000; seed++) {
    const chance = seededChance(seed);
    const type = types[chance.int(0, types.length - 1)]!;
    const count = pointTypes[type] || 4;
    const registers = Array.from({ length: count }, () => chance.int(0, 3) * 0x4000 + chance.int(0, 0x3fff));
    const value = readPoint(type, registers);
    if (value === undefined || type === "string") continue;
    assert.deepEqual(writePoint(type, count, value), registers, `seed ${seed}: ${type}`);
  }
  for (const type of types) {
    const count = pointTypes[type] || 4;
    assert.equal(readPoint(type, absentPoint(type, count)), undefined, type);
    assert.equal(absentPoint(type, count).length, count, type);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 70, -(2 ** 70)]) {
      if (type === "float32" && Number.isFinite(wrong)) continue;
      assert.equal(writePoint(type, count, wrong), undefined, `${type} ${wrong}`);
    }
  }
  for (const [type, value] of [
    ["int16", -32_768],
    ["int16", 32_768],
    ["uint16", -1],
    ["uint16", 0xffff],
    ["uint16", 1.5],
    ["uint16", "7"],
    ["string", 7],
    ["string", "longer than 8"],
  ] as const) {
    assert.equal(writePoint(type, pointTypes[type] || 4, value), undefined, `${type} ${value}`);
  }
});

test("scale factors: decimal, and toward zero on the way back", () => {
  assert.equal(scaled(2305, -1), 230.5);
  assert.equal(scaled(1, -10), 1e-10);
  assert.equal(scaled(42, 2), 4200);
  assert.equal(unscaled(0.29, -2), 29);
  assert.equal(unscaled(4299, 2), 42);
  assert.equal(unscaled(-4299, 2), -42);
  assert.equal(unscaled(99.999, -2), 9999);
  for (let raw = -32_767; raw <= 32_767; raw += 13) {
    for (let exponent = -4; exponent <= 4; exponent++)
      assert.equal(unscaled(scaled(raw, exponent), exponent), raw);
  }
});
