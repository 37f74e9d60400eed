/** Rates: whose they are. On the small policy (`testing/small-policy.ts`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Request } from "@wattward/modbus";
import { GuardedBank } from "./testing/guarded-bank.ts";
import { smallPolicy } from "./testing/small-policy.ts";

test("a rate of a rule for any is each client's own: who uses his up takes nothing from another", () => {
  const guard = new GuardedBank(
    smallPolicy((data) => ({ ...data, rules: [{ ...data.rules[0], perMinuteMax: 3 }] })),
  );
  const read: Request = { kind: "read-holding-registers", address: 10, quantity: 1 };
  const says = (client: string) => Array.from({ length: 4 }, () => guard.said(read, { client }));
  assert.deepEqual(says("vendor"), ["pass", "pass", "pass", 6]);
  assert.deepEqual(says("energy"), ["pass", "pass", "pass", 6]);
  guard.nowMs = 60_000;
  assert.deepEqual(says("energy"), ["pass", "pass", "pass", 6]);
});

test("a rate of a register is the register's, whoever writes it by that rule", () => {
  const guard = new GuardedBank(
    smallPolicy((data) => ({
      ...data,
      rules: [
        {
          ...{ client: "any", device: "battery", functions: [6], from: 31, to: 31 },
          writes: [{ register: "mode", min: 0, max: 3, perMinuteMax: 2 }],
        },
      ],
    })),
  );
  const write: Request = { kind: "write-single-register", address: 31, value: 1 };
  const said = ["vendor", "energy", "vendor", "energy"].map((client) => guard.said(write, { client }));
  assert.deepEqual(said, ["pass", "pass", 6, 6]);
});
