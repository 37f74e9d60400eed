/** Learning lets reads pass for a time and proposes rules for them, through the guard. On the small policy (`testing/small-policy.ts`). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Request } from "@wattward/modbus";
import { ModbusGuard } from "./guard.ts";
import type { ClientName } from "./policy.ts";
import { GuardedBank, instant } from "./testing/guarded-bank.ts";
import { policyData, smallPolicy } from "./testing/small-policy.ts";

const single = (address: number, value: number): Request => ({
  kind: "write-single-register",
  address,
  value: value & 0xffff,
});

describe("learning", () => {
  const learning = (untilMs: number) =>
    smallPolicy((data) => ({
      ...data,
      rules: data.rules.slice(1),
      learning: { devices: ["battery"], untilMs },
    }));
  const read = (address: number, quantity = 10): Request => ({
    kind: "read-holding-registers",
    address,
    quantity,
  });

  test("reads pass until its end, writes only by their rule, and never where the time is not known", () => {
    const guard = new GuardedBank(learning(1_000));
    const vendor = { client: "vendor" };
    assert.deepEqual([guard.said(read(40_000), vendor), guard.said(single(10, 1), vendor)], ["pass", 1]);
    assert.equal(guard.said({ kind: "diagnostics", subFunction: 0, data: new Uint8Array(2) }, vendor), 1);
    const canopen: Request = { kind: "canopen-general-reference", data: new Uint8Array(2) };
    assert.equal(guard.said(canopen, vendor), 1, "function 43 has more than identification");
    assert.equal(guard.write(10, 501), 3);
    const unknown = guard.guard.request("vendor" as ClientName, 1, read(0), {
      ...instant(0),
      quality: "unknown",
    });
    assert.equal(unknown.kind, "deny");
    guard.nowMs = 1_000;
    assert.equal(guard.said(read(40_000), vendor), 1);
  });

  test("what was read is proposed as rules: ranges that touch are one, what rules say already is not repeated", () => {
    const guard = new GuardedBank(learning(1e9));
    assert.equal(guard.guard.proposal(), undefined);
    for (const address of [40, 20, 30, 60]) guard.said(read(address));
    guard.said({ kind: "read-input-registers", address: 60, quantity: 10 });
    const proposal = guard.guard.proposal();
    assert(proposal !== undefined && !("learning" in proposal));
    assert.deepEqual(proposal.rules.slice(1), [
      { client: "energy", device: "battery", functions: [3], from: 20, to: 49 },
      { client: "energy", device: "battery", functions: [3, 4], from: 60, to: 69 },
    ]);
    assert(
      new ModbusGuard(proposal).request("energy" as ClientName, 1, read(25), instant(0)).kind === "allow",
    );
  });

  test("who reads all over a device gets few rules", () => {
    const guard = new GuardedBank(learning(1e9));
    for (let address = 0; address < 60_000; address += 7) guard.said(read(address, 1));
    assert((guard.guard.proposal()?.rules.length ?? 0) <= 65);
    assert.equal(policyData().rules.length, 2);
  });
});
