import assert from "node:assert/strict";
import { test } from "node:test";
import { Car, share } from "./car.ts";

for (const [percent, expected] of [
  [0, 1],
  [80, 1],
  [90, 0.525],
  [100, 0.05],
] as const) {
  test(`battery curve: ${percent} % takes ${expected} of the full power`, () => {
    assert.equal(Math.round(share(percent) * 1000) / 1000, expected);
  });
}

test("a car takes no more than fits, and then asks for nothing", () => {
  const car = new Car({ capacityWh: 1000, maxW: 7000, socPercent: 90 });
  assert.equal(car.take(60), 60);
  assert.equal(car.take(60), 40);
  assert(car.full);
  assert.equal(car.wantsW, 0);
  assert.equal(car.take(1), 0);
});

test("a car with no battery, or charged to 101 %, is our own fault", () => {
  assert.throws(() => new Car({ capacityWh: 0, maxW: 1, socPercent: 0 }), RangeError);
  assert.throws(() => new Car({ capacityWh: 1, maxW: 1, socPercent: 101 }), RangeError);
  assert.throws(() => new Car({ capacityWh: 1, maxW: 1, socPercent: Number.NaN }), RangeError);
});
