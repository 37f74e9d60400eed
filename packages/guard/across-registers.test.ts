/** Rules across registers: what may be written to one by what another holds, whichever of them is written. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GuardedBank } from "./testing/guarded-bank.ts";
import { smallPolicy } from "./testing/small-policy.ts";

describe("rules across registers", () => {
  const across = (when: object) =>
    new GuardedBank(
      smallPolicy((data) => ({
        ...data,
        crossRules: [
          {
            ...{ device: "battery", when: { register: "charge", ...when }, freshMs: 10_000 },
            ...{ limit: { register: "setpoint", min: -5000, max: 0 }, why: "empty: it is not discharged" },
          },
        ],
      })),
    );

  test("unknown and old count as holding; what was read decides", () => {
    const guard = across({ below: 10 });
    assert.deepEqual([guard.write(10, 1), guard.write(10, -1)], [3, "pass"]);
    guard.bank.registers[30] = 100; // 10.0 %
    guard.read(30, 1);
    assert.equal(guard.write(10, 1), "pass");
    guard.nowMs = 10_001;
    assert.equal(guard.write(10, 1), 3);
    guard.bank.registers[30] = 99;
    guard.read(30, 1);
    assert.equal(guard.write(10, 1), 3);
  });

  test("a value that is not implemented is not known", () => {
    const guard = across({ above: 90 });
    guard.bank.registers[30] = 500;
    guard.read(30, 1);
    assert.equal(guard.write(10, 1), "pass");
    guard.bank.registers[30] = 901;
    guard.read(30, 1);
    assert.equal(guard.write(10, 1), 3);
  });

  test("what the same request writes counts before what was known", () => {
    const guard = new GuardedBank(
      smallPolicy((data) => ({
        ...data,
        crossRules: [
          {
            ...{ device: "battery", when: { register: "percent", below: 1 }, freshMs: 10_000 },
            ...{ limit: { register: "setpoint", min: 0, max: 0 }, why: "no revert time" },
          },
        ],
      })),
    );
    guard.read(20, 1);
    assert.equal(guard.write(10, 1), 3);
    assert.equal(guard.write(10, 1, 60), "pass");
    assert.equal(guard.write(10, 2), "pass", "acknowledged is known");
    assert.equal(guard.write(10, 2, 0), 3);
    guard.fate = { kind: "failed", sent: true };
    guard.write(11, 50);
    guard.fate = undefined;
    assert.equal(guard.write(10, 3), 3, "whether it has 60 or 50 is not known");
  });
});

describe("rules across registers, whichever of them is written", () => {
  const watched = (more: object = {}) =>
    new GuardedBank(
      smallPolicy((data) => ({
        ...data,
        devices: data.devices.map((device) => ({
          ...device,
          registers: device.registers.map((one) => (one.name === "setpoint" ? { ...one, ...more } : one)),
        })),
        crossRules: [
          {
            ...{ device: "battery", when: { register: "mode", below: 1 }, freshMs: 60_000 },
            ...{ limit: { register: "setpoint", min: 0, max: 0 }, why: "without a mode it stays for ever" },
          },
          {
            ...{ device: "battery", when: { register: "charge", below: 10 }, freshMs: 60_000 },
            ...{ limit: { register: "setpoint", min: -5000, max: 0 }, why: "empty: it is not discharged" },
          },
        ],
      })),
    );
  const charged = (guard: GuardedBank, percent: number) => {
    guard.bank.registers[30] = percent * 10;
    guard.read(30, 1);
  };

  test("a condition is not written beside what it forbids; after 0 it is", () => {
    const guard = watched();
    charged(guard, 50);
    assert.equal(guard.write(31, 0), 3, "what setpoint holds nobody knows");
    assert.equal(guard.write(31, 1), "pass");
    assert.equal(guard.write(10, 100), "pass");
    assert.equal(guard.write(31, 0), 3);
    guard.fate = { kind: "failed", sent: true };
    assert.equal(guard.write(10, 0), "pass");
    guard.fate = undefined;
    assert.equal(guard.write(31, 0), 3, "it may have 1000 W still");
    guard.read(10, 1);
    assert.equal(guard.write(31, 0), 3, "it has");
    assert.deepEqual([guard.write(10, 0), guard.write(31, 0)], ["pass", "pass"]);
  });

  test("what may be in force no longer is not renewed; 0, and letting go, pass", () => {
    for (const [link, again] of [
      ["enable", 1],
      ["revertTime", 60],
    ] as const) {
      const guard = watched({ [link]: "limit" });
      charged(guard, 50);
      guard.read(10, 4);
      guard.write(31, 1);
      assert.deepEqual([guard.write(12, 0, again), guard.write(10, 100)], ["pass", "pass"], link);
      charged(guard, 5);
      assert.equal(guard.write(12, 0, again), 3, link);
      assert.equal(guard.write(10, 100), 3);
      assert.equal(guard.write(10, 0), "pass");
      assert.equal(guard.write(12, 0, again), "pass", link);
    }
    const guard = watched({ enable: "limit" });
    charged(guard, 50);
    guard.read(10, 4);
    for (const [address, words] of [
      [31, [1]],
      [12, [0, 1]],
      [10, [100]],
    ] as const)
      assert.equal(guard.write(address, ...words), "pass");
    charged(guard, 5);
    assert.equal(guard.write(12, 0, 0), "pass", "letting go");
    assert.equal(guard.write(12, 0, 1), 3);
  });
});
