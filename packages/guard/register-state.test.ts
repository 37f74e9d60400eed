/** How a value may move, through the guard: ramp, dwell, reversals, rates. On the small policy (`testing/small-policy.ts`). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Request } from "@wattward/modbus";
import { ModbusGuard } from "./guard.ts";
import type { ClientName } from "./policy.ts";
import { GuardedBank, instant } from "./testing/guarded-bank.ts";
import { smallPolicy, withBounds } from "./testing/small-policy.ts";

const single = (address: number, value: number): Request => ({
  kind: "write-single-register",
  address,
  value: value & 0xffff,
});

describe("ramp", () => {
  test("away from 0 as fast as it says, what was not used is kept for ten seconds", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100 }));
    guard.write(10, 0);
    assert.equal(guard.write(10, 101), 3, "1010 W, where ten seconds of 100 W are kept");
    assert.equal(guard.write(10, 100), "pass");
    assert.equal(guard.write(10, 101), 3, "all of it is spent");
    guard.nowMs += 100;
    assert.equal(guard.write(10, 101), "pass");
    guard.nowMs += 3_600_000;
    assert.equal(guard.write(10, 202), 3, "an hour's wait gives no more than ten seconds");
    assert.equal(guard.write(10, 201), "pass");
  });

  test("towards 0 always; through 0 it counts from 0", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100 }));
    guard.write(10, 0);
    guard.write(10, 100);
    assert.equal(guard.write(10, 50), "pass");
    assert.equal(guard.write(10, -1), 3);
    assert.equal(guard.write(10, 0), "pass");
    guard.nowMs += 1_000;
    assert.deepEqual([guard.write(10, -11), guard.write(10, -10)], [3, "pass"]);
  });

  test("what the device refused, or never heard, was no change; what it may have heard was", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100 }));
    guard.write(10, 0);
    for (const fate of [
      { kind: "exception", code: 3 },
      { kind: "failed", sent: false },
    ] as const) {
      guard.fate = fate;
      assert.equal(guard.write(10, 100), "pass");
      guard.fate = undefined;
    }
    assert.equal(guard.write(10, 100), "pass", "its credit was not spent");
    guard.nowMs += 10_000;
    guard.fate = { kind: "failed", sent: true };
    assert.equal(guard.write(10, 200), "pass");
    guard.fate = undefined;
    guard.nowMs += 5_000;
    assert.equal(guard.write(10, 200), 3, "it may still have 1000: that would be a step of 1000 in 5 s");
    assert.equal(guard.write(10, 150), "pass");
  });

  test("without any value known it begins at what was read, else at 0", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100 }));
    assert.equal(guard.write(10, 400), 3);
    guard.bank.registers[10] = 350;
    guard.read(10, 1);
    assert.equal(guard.write(10, 400), "pass");
  });

  test("what fell back by itself is led there again from what the device shows, however often it was there", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100 }));
    for (let value = 100; value <= 500; value += 100) {
      assert.equal(guard.write(10, value), "pass");
      guard.nowMs += 10_000;
    }
    guard.bank.registers[10] = 0;
    guard.read(10, 1);
    assert.equal(guard.write(10, 500), 3, "5000 W from 0, where ten seconds of 100 W are kept");
    assert.equal(guard.write(10, 100), "pass");
  });

  test("a device may need a while to show what it acknowledged, and rounds", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100, dwellMs: 60_000 }));
    guard.write(10, 100);
    guard.bank.registers[10] = 0;
    guard.nowMs = 4_999;
    guard.read(10, 1);
    assert.equal(guard.write(10, 100), "pass", "the same again");
    guard.bank.registers[10] = 96;
    guard.nowMs = 20_000;
    guard.read(10, 1);
    assert.equal(guard.write(10, 100), "pass", "960 for 1000 W, of bounds 10 000 W apart: the same");
    guard.bank.registers[10] = 80;
    guard.nowMs = 25_000;
    guard.read(10, 1);
    assert.equal(guard.write(10, 100), 6);
  });

  test("steps are judged as small as they are", () => {
    const guard = new GuardedBank(
      smallPolicy((data) => ({
        ...data,
        devices: data.devices.map((device) => ({
          ...device,
          registers: [{ name: "setpoint", address: 10, type: "int16", scale: 1e-9, unit: "GW" }],
        })),
        rules: [
          {
            ...{ client: "energy", device: "battery", functions: [16], from: 0, to: 99 },
            writes: [{ register: "setpoint", min: -1e-4, max: 1e-4, rampPerS: 1e-9 }],
          },
        ],
      })),
    );
    assert.equal(guard.write(10, 10), "pass", "ten seconds of 1 W");
    assert.equal(guard.write(10, 11), 3);
    guard.nowMs = 1_000;
    assert.deepEqual([guard.write(10, 12), guard.write(10, 11)], [3, "pass"]);
  });

  test("not a number and other nonsense leave no trace in it", () => {
    const guard = new GuardedBank(withBounds({ rampPerS: 100 }));
    guard.write(10, 100);
    assert.equal(guard.write(10, 0x8000), 3);
    assert.equal(guard.write(10, -500), 3);
    guard.nowMs += 1_000;
    assert.equal(guard.write(10, 110), "pass");
  });
});

describe("dwell, reversals, rates", () => {
  test("a value stays as long as it says; the same again, and towards 0, is never too soon", () => {
    const guard = new GuardedBank(withBounds({ dwellMs: 30_000 }));
    assert.equal(guard.write(10, 100), "pass");
    guard.nowMs = 29_999;
    assert.deepEqual([guard.write(10, 101), guard.write(10, 100), guard.write(10, 50)], [6, "pass", "pass"]);
    guard.nowMs = 59_998;
    assert.equal(guard.write(10, 60), 6, "the way towards 0 was a change too");
    guard.nowMs = 59_999;
    assert.equal(guard.write(10, 60), "pass");
  });

  test("so many changes of direction in ten minutes; then only towards 0", () => {
    const guard = new GuardedBank(withBounds({ reversalsPer10MinMax: 2 }));
    assert.deepEqual(
      [guard.write(10, 100), guard.write(10, 50), guard.write(10, 100)],
      ["pass", "pass", "pass"],
    );
    guard.nowMs = 1_000;
    assert.equal(guard.write(10, 0), "pass", "towards 0, though it is the third");
    assert.equal(guard.write(10, 1), 6);
    guard.nowMs = 601_000;
    assert.equal(guard.write(10, 1), "pass");
  });

  test("changes of direction count, whether the device answered or not", () => {
    for (const fate of [
      { kind: "failed", sent: true },
      { kind: "exception", code: 4 },
      { kind: "exception", code: 11 },
    ] as const) {
      const guard = new GuardedBank(withBounds({ reversalsPer10MinMax: 1 }));
      guard.fate = fate;
      const said = Array.from({ length: 12 }, (_, i) => {
        guard.nowMs += 3_000;
        return guard.write(10, i % 2 === 0 ? 500 : -500);
      });
      assert.deepEqual(said, ["pass", "pass", ...Array.from({ length: 10 }, () => 6)]);
      assert.equal(guard.write(10, 0), "pass", "towards 0");
    }
  });

  test("what falls back by itself has turned", () => {
    const guard = new GuardedBank(withBounds({ reversalsPer10MinMax: 2 }));
    for (const expected of ["pass", "pass", 6]) {
      assert.equal(guard.write(10, 500), expected);
      guard.nowMs += 10_000;
      guard.bank.registers[10] = 0;
      guard.read(10, 1);
    }
  });

  test("so many writes of a register, requests of a rule, requests of a client", () => {
    const guard = new GuardedBank(withBounds({ perMinuteMax: 2 }));
    assert.deepEqual([guard.write(10, 1), guard.write(10, 1), guard.write(10, 1)], ["pass", "pass", 6]);
    guard.nowMs = 60_000;
    assert.equal(guard.write(10, 1), "pass");
    const ruled = new GuardedBank(
      smallPolicy((data) => ({ ...data, rules: data.rules.map((rule) => ({ ...rule, perMinuteMax: 1 })) })),
    );
    assert.deepEqual([ruled.read(0, 1), ruled.read(0, 1), ruled.write(10, 1)], ["pass", 6, "pass"]);
    const flooded = new GuardedBank(smallPolicy());
    const vendor = () => flooded.said({ kind: "read-coils", address: 0, quantity: 1 }, { client: "vendor" });
    assert.deepEqual(Array.from({ length: 6 }, vendor), ["pass", "pass", "pass", "pass", "pass", 6]);
    flooded.nowMs = 100;
    assert.deepEqual([vendor(), vendor()], ["pass", 6]);
    assert.equal(flooded.read(0, 1), "pass", "the others' rate is theirs");
  });

  test("a write that is still unanswered keeps the next one to its register waiting", () => {
    const guard = new ModbusGuard(withBounds({ dwellMs: 1_000 }));
    const ask = (value: number) => guard.request("energy" as ClientName, 1, single(10, value), instant(0));
    const first = ask(1);
    const second = ask(2);
    assert(first.kind === "allow" && second.kind === "deny" && second.exception === 6);
    first.ticket.settle({ kind: "exception", code: 2 }, 0);
    first.ticket.settle(
      { kind: "response", response: { kind: "write-single-register", address: 10, value: 1 } },
      0,
    );
    assert.equal(ask(2).kind, "allow", "settled once: what came after its refusal did not count");
  });
});
