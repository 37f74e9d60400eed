/** Verdicts on a policy that is small enough to be checked by hand (`testing/small-policy.ts`). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Request } from "@wattward/modbus";
import { ModbusGuard } from "./guard.ts";
import { GuardedBank } from "./testing/guarded-bank.ts";
import { smallPolicy, withBounds } from "./testing/small-policy.ts";
import { denialText } from "./verdict.ts";

const float = (value: number): number[] => {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  return [view.getUint16(0), view.getUint16(2)];
};
const single = (address: number, value: number): Request => ({
  kind: "write-single-register",
  address,
  value: value & 0xffff,
});

describe("default deny", () => {
  const cases: readonly [string, Request, string | number, { client?: string; unit?: number }?][] = [
    ["a read in its range", { kind: "read-holding-registers", address: 0, quantity: 100 }, "pass"],
    ["a read one beyond its range", { kind: "read-holding-registers", address: 0, quantity: 101 }, 2],
    [
      "a read of a unit that is not there",
      { kind: "read-holding-registers", address: 0, quantity: 1 },
      2,
      { unit: 2 },
    ],
    [
      "a read by nobody",
      { kind: "read-holding-registers", address: 0, quantity: 1 },
      1,
      { client: "nobody" },
    ],
    [
      "a client named as a member of every object",
      { kind: "read-coils", address: 0, quantity: 1 },
      1,
      { client: "constructor" },
    ],
    ["a write by a reader", single(10, 1), 1, { client: "vendor" }],
    ["a write in its bounds", single(10, 500), "pass"],
    ["the scale factor itself", single(20, 0), 2],
    ["a typed register without bounds", single(30, 1), 2],
    ["an address without a type", single(40, 1), 2],
    ["an address beyond the rule", single(100, 1), 2],
    ["a coil in its bounds", { kind: "write-single-coil", address: 10, on: true }, "pass"],
    ["a coil without a type", { kind: "write-single-coil", address: 11, on: true }, 2],
    [
      "coils, one of them without a type",
      { kind: "write-multiple-coils", address: 10, bits: [true, true] },
      2,
    ],
    ["file records", { kind: "write-file-record", records: [{ file: 1, record: 0, registers: [1] }] }, 1],
    ["reading files", { kind: "read-file-record", records: [{ file: 1, record: 0, length: 1 }] }, 1],
    ["listen only", { kind: "diagnostics", subFunction: 4, data: new Uint8Array(2) }, 1],
    ["CANopen", { kind: "canopen-general-reference", data: new Uint8Array(2) }, 1],
    ["identification", { kind: "read-device-identification", code: 1, object: 0 }, 1],
  ];
  for (const [what, request, expected, who] of cases)
    test(`${what}: ${expected}`, () =>
      assert.equal(new GuardedBank(smallPolicy()).said(request, who), expected));

  test("a policy that is empty lets nothing pass", () => {
    const guard = new GuardedBank(smallPolicy((data) => ({ ...data, rules: [] })));
    assert.equal(guard.read(0, 1), 1);
    assert.equal(guard.write(10, 1), 1);
  });
});

describe("typed registers", () => {
  const cases: readonly [string, number, number[], string | number][] = [
    ["int16 × 10, highest", 10, [500], "pass"],
    ["int16 × 10, one above", 10, [501], 3],
    ["int16 × 10, lowest", 10, [-500], "pass"],
    ["int16 × 10, one below", 10, [-501], 3],
    ["not implemented", 10, [0x8000], 3],
    ["a scale factor that nobody read", 11, [1], 3],
    ["uint32, highest", 12, [1, 0x86a0], "pass"],
    ["uint32, one above", 12, [1, 0x86a1], 3],
    ["uint32, the sign is a bit like others", 12, [0xffff, 0xffff], 3],
    ["half of a uint32", 12, [1], 2],
    ["the other half", 13, [1], 2],
    ["int32, low word first", 14, [70_000 - 65_536, 1], "pass"],
    ["int32, low word first, −1", 14, [-1, -1], "pass"],
    ["int32, low word first, one above", 14, [70_001 - 65_536, 1], 3],
    ["uint64 in its bounds", 16, [0, 0xe8, 0xd4a5, 0x1000], "pass"],
    ["uint64 beyond them", 16, [0, 0xe8, 0xd4a5, 0x1001], 3],
    ["uint64 beyond what a number can be", 16, [0xffff, 0xffff, 0xffff, 0xffff], 3],
    ["float in its bounds", 22, float(-1), "pass"],
    ["float beyond them", 22, float(1.0001), 3],
    ["not a number", 22, float(Number.NaN), 3],
    ["infinity", 22, float(Number.POSITIVE_INFINITY), 3],
    ["neighbours at once", 10, [1, 1, 0, 1], 3],
    ["0, which is 0 by any scale factor", 11, [0], "pass"],
    ["from a value into a gap", 22, [0, 0, 0], 2],
  ];
  for (const [what, address, words, expected] of cases)
    test(`${what}: ${expected}`, () =>
      assert.equal(new GuardedBank(smallPolicy()).write(address, ...words), expected));

  test("a scale factor is learnt by reading it, and followed when it changes", () => {
    const guard = new GuardedBank(smallPolicy());
    guard.bank.registers[20] = 0xffff; // 10⁻¹
    assert.equal(guard.read(20, 1), "pass");
    assert.deepEqual([guard.write(11, 1000), guard.write(11, 1001)], ["pass", 3]);
    guard.bank.registers[20] = 1;
    guard.read(11, 10);
    assert.deepEqual([guard.write(11, 10), guard.write(11, 11)], ["pass", 3]);
    guard.bank.registers[20] = 0x8000;
    guard.read(20, 1);
    assert.equal(guard.write(11, 0), 3, "not implemented: no value at all");
  });

  test("neighbours of one write are judged each; all of them, or none", () => {
    const guard = new GuardedBank(smallPolicy());
    guard.read(20, 1);
    assert.equal(guard.write(10, 500, 100, 1, 0x86a0), "pass");
    assert.equal(guard.write(10, 500, 101, 1, 0x86a0), 3);
    assert.deepEqual([...guard.bank.registers.subarray(10, 14)], [500, 100, 1, 0x86a0]);
  });
});

describe("functions that write in their own way", () => {
  const mask = (and: number, or: number, address = 31): Request => ({
    kind: "mask-write-register",
    address,
    and,
    or,
  });

  test("22: what the mask would make of a content that is not known is not known", () => {
    const guard = new GuardedBank(smallPolicy());
    assert.equal(guard.said(mask(0xffff, 0)), 3);
    guard.bank.registers[31] = 1;
    guard.read(31, 1);
    assert.equal(guard.said(mask(0xfffd, 2)), "pass");
    assert.equal(guard.bank.registers[31], 3);
    assert.equal(guard.said(mask(0xfffb, 4)), 3, "3 | 4 is 7");
    guard.nowMs = 5_001;
    assert.equal(guard.said(mask(0xffff, 0)), 3, "known too long ago");
    assert.equal(guard.said(mask(0, 0, 12)), 3, "half of a uint32");
  });

  test("23: both parts are judged", () => {
    const both = (read: number, write: number, value: number): Request => ({
      kind: "read-write-multiple-registers",
      read: { address: read, quantity: 1 },
      write: { address: write, registers: [value] },
    });
    const guard = new GuardedBank(smallPolicy());
    assert.equal(guard.said(both(0, 10, 500)), "pass");
    assert.equal(guard.said(both(100, 10, 500)), 2);
    assert.equal(guard.said(both(0, 10, 501)), 3);
    assert.equal(guard.said(both(0, 100, 500)), 2);
    guard.bank.registers[20] = 0;
    assert.equal(guard.said(both(20, 10, 0)), "pass");
    assert.equal(guard.write(11, 100), "pass", "what it read is learnt");
  });

  test("23: nothing is read by a rule for another function or for nobody", () => {
    const guard = new GuardedBank(
      smallPolicy((data) => ({ ...data, rules: [{ ...data.rules[1], functions: [6, 16, 5] }] })),
    );
    const request: Request = {
      kind: "read-write-multiple-registers",
      read: { address: 0, quantity: 1 },
      write: { address: 10, registers: [1] },
    };
    assert.equal(guard.said(request), 1);
  });

  test("6 cannot write half of a value", () => {
    const guard = new GuardedBank(smallPolicy());
    assert.equal(guard.said(single(12, 0)), 2);
  });
});

describe("what the device did of what it refused", () => {
  const both = (read: number, value: number): Request => ({
    kind: "read-write-multiple-registers",
    read: { address: read, quantity: 1 },
    write: { address: 10, registers: [value & 0xffff] },
  });

  test("one register: nothing; with a read behind it, or another register, it may have written", () => {
    const moved = { rampPerS: 100, dwellMs: 60_000, reversalsPer10MinMax: 1 };
    const policy = smallPolicy((data) => ({
      ...data,
      rules: [
        data.rules[0],
        {
          ...data.rules[1],
          writes: [
            { register: "setpoint", min: -5000, max: 5000, ...moved },
            { register: "percent", min: -100, max: 100 },
          ],
        },
      ],
    }));
    const said = (request: (value: number) => Request) =>
      [1, 2, 3, 6].map((code) => {
        const guard = new GuardedBank(policy);
        guard.read(20, 1);
        guard.fate = { kind: "exception", code };
        return [100, -100, 100, -100].map((value) => guard.said(request(value))).join();
      });
    const each = (text: string) => [text, text, text, text];
    assert.deepEqual(
      said((value) => single(10, value)),
      each("pass,pass,pass,pass"),
    );
    assert.deepEqual(
      said((value) => both(30, value)),
      each("pass,3,3,3"),
    );
    assert.deepEqual(
      said((value) => ({
        kind: "write-multiple-registers",
        address: 10,
        registers: [value & 0xffff, 50],
      })),
      each("pass,3,3,3"),
    );
  });

  test("23 reads at the rate of whoever reads", () => {
    const guard = new GuardedBank(
      smallPolicy((data) => ({
        ...data,
        rules: [{ ...data.rules[0], perMinuteMax: 2 }, data.rules[1]],
      })),
    );
    assert.equal(guard.read(30, 1), "pass");
    assert.deepEqual([guard.said(both(30, 1)), guard.said(both(30, 1)), guard.read(30, 1)], ["pass", 6, 6]);
    guard.nowMs = 60_000;
    assert.equal(guard.said(both(30, 1)), "pass");
  });
});

test("a scale factor is known for a minute; 0 is 0 by any", () => {
  const guard = new GuardedBank(smallPolicy());
  guard.read(20, 1);
  guard.nowMs = 60_000;
  assert.equal(guard.write(11, 100), "pass");
  guard.nowMs = 60_001;
  assert.deepEqual([guard.write(11, 100), guard.write(11, 0)], [3, "pass"]);
  guard.read(20, 1);
  assert.equal(guard.write(11, 100), "pass");
});

describe("a new policy", () => {
  const moved = { rampPerS: 100, dwellMs: 600_000, reversalsPer10MinMax: 1 };
  const named = (name: string, more: object) =>
    smallPolicy((data) => ({
      ...data,
      devices: data.devices.map((device) => ({
        ...device,
        registers: [{ name, address: 10, type: "int16", ...more }],
      })),
      rules: [
        data.rules[0],
        { ...data.rules[1], writes: [{ register: name, min: -5000, max: 5000, ...moved }] },
      ],
    }));

  test("that says the same of a register in other words is no way around its motion", () => {
    for (const [name, more] of [
      ["setpoint", { scale: 1 }],
      ["renamed", {}],
      ["setpoint", { words: undefined }],
    ] as const) {
      const guard = new GuardedBank(named("setpoint", {}));
      assert.equal(guard.write(10, 1000), "pass");
      guard.nowMs += 5_000;
      guard.guard = new ModbusGuard(named(name, more), guard.guard);
      assert.equal(guard.write(10, 1000), "pass", "the same again");
      assert.equal(guard.write(10, -1000), 3, name);
      guard.nowMs += 5_000;
      assert.equal(guard.write(10, -1000), 6, name);
    }
  });

  test("that gives a register another meaning begins with its dwell, and what it turned", () => {
    const guard = new GuardedBank(named("setpoint", {}));
    for (const value of [1000, 500]) assert.equal(guard.write(10, value), "pass");
    guard.guard = new ModbusGuard(named("setpoint", { type: "uint16", scale: 2 }), guard.guard);
    guard.read(10, 1);
    assert.equal(guard.write(10, 501), 3, "no ramp is saved up");
    guard.nowMs += 10_000;
    assert.equal(guard.write(10, 501), 6, "its dwell");
    guard.nowMs += 589_999;
    assert.equal(guard.write(10, 501), 6);
    assert.equal(guard.write(10, 400), "pass", "towards 0");
  });

  test("leaves used what was used of a rate", () => {
    const rated = (perMinuteMax: number) =>
      smallPolicy((data) => ({
        ...data,
        clients: data.clients.map((client) => ({ ...client, perSecond: 1, burst: 3 })),
        rules: [data.rules[0], { ...data.rules[1], perMinuteMax }],
      }));
    const guard = new GuardedBank(rated(1));
    assert.deepEqual([guard.write(31, 1), guard.write(31, 1)], ["pass", 6]);
    guard.guard = new ModbusGuard(rated(2), guard.guard);
    assert.deepEqual([guard.write(31, 1), guard.write(31, 1)], ["pass", 6]);
    guard.guard = new ModbusGuard(rated(9), guard.guard);
    assert.equal(guard.write(31, 1), 6, "more than its client's requests a second");
  });
});

describe("what it says", () => {
  test("who, what, where, in engineering values, what would be allowed, and by which rule", () => {
    const verdict = new GuardedBank(smallPolicy()).ask(single(10, -501));
    assert(verdict.kind === "deny");
    assert.equal(
      denialText(verdict),
      "energy, write-single-register 10 of battery: setpoint = -5010 W: exception 03, -5000 to 5000 W are allowed for setpoint (rules[1].writes[0])",
    );
    assert.deepEqual(JSON.parse(JSON.stringify(verdict.exchange)), verdict.exchange);
  });

  test("a PDU that is no request is denied as its fault says", () => {
    const guard = new ModbusGuard(smallPolicy());
    const denied = guard.unreadable("vendor", 1, Uint8Array.of(90, 1), {
      reason: "function",
      exception: 1,
      sentence: "90 is no public function",
    });
    assert.deepEqual([denied.exception, denied.exchange.functionCode, denied.exchange.pdu], [1, 90, "5a01"]);
  });
});

test("a new policy goes on from what is known of registers that are the same, and of no others", () => {
  const guard = new GuardedBank(withBounds({ dwellMs: 30_000 }));
  guard.write(10, 100);
  guard.guard = new ModbusGuard(withBounds({ dwellMs: 20_000 }), guard.guard);
  assert.equal(guard.write(10, 200), 6);
  const moved = smallPolicy((data) => ({
    ...data,
    devices: data.devices.map((one) => ({ ...one, host: "192.0.2.51" })),
  }));
  guard.guard = new ModbusGuard(moved, guard.guard);
  assert.equal(guard.write(10, 200), "pass");
});
