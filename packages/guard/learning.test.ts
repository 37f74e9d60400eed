/** Learning lets reads pass for a time and proposes rules for them, through the guard. On the small policy (`testing/small-policy.ts`). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Request } from "@wattward/modbus";
import { checkPolicy } from "./check-policy.ts";
import { ModbusGuard } from "./guard.ts";
import type { ClientName } from "./policy.ts";
import { readPolicy } from "./read-policy.ts";
import { GuardedBank, instant } from "./testing/guarded-bank.ts";
import { policyData, smallPolicy } from "./testing/small-policy.ts";
import { writePolicy } from "./write-policy.ts";

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

  test("what the device refuses was not read, and is not proposed", () => {
    const guard = new GuardedBank(learning(1e9));
    guard.fate = { kind: "exception", code: 2 };
    assert.equal(guard.said(read(60_000)), "pass");
    guard.fate = { kind: "failed", sent: true };
    assert.equal(guard.said(read(50_000)), "pass");
    assert.equal(guard.guard.proposal(), undefined);
    guard.fate = undefined;
    guard.said(read(40));
    assert.deepEqual(
      guard.guard
        .proposal()
        ?.rules.slice(1)
        .map(({ from, to }) => [from, to]),
      [[40, 49]],
    );
  });

  test("a successor goes on with what was learnt, of clients and devices that there still are", () => {
    const before = new GuardedBank(learning(1e9));
    before.said(read(40));
    const after = new GuardedBank(learning(1e9));
    const [seen] = before.guard.learntSoFar;
    assert(seen !== undefined);
    after.guard.resume([seen, { ...seen, client: "gone" as ClientName }, { ...seen, code: 6 }]);
    after.said(read(60));
    assert.deepEqual(
      after.guard
        .proposal()
        ?.rules.slice(1)
        .map(({ client, from, to }) => [client, from, to]),
      [
        ["energy", 40, 49],
        ["energy", 60, 69],
      ],
    );
  });

  test("however much is read, what is proposed is a policy", () => {
    const clients = Array.from({ length: 6 }, (_, n) => ({
      ...{ name: `c${n}`, by: { kind: "address", address: `192.0.2.${n + 1}` } },
      ...{ perSecond: 10_000, burst: 10_000 },
    }));
    const policy = smallPolicy((data) => ({
      ...{ ...data, clients, rules: [], crossRules: [] },
      learning: { devices: ["battery"], untilMs: 1e9 },
    }));
    const guard = new GuardedBank(policy);
    guard.fate = { kind: "response", response: { kind: "read-coils", bits: [] } };
    const kinds = [
      "read-coils",
      "read-discrete-inputs",
      "read-holding-registers",
      "read-input-registers",
    ] as const;
    for (const { name } of policy.clients)
      for (const [n, kind] of kinds.entries())
        for (let i = 0; i < 60; i++)
          guard.said({ kind, address: i * 100 + n, quantity: 1 }, { client: name });
    const proposal = guard.guard.proposal();
    assert(proposal !== undefined && proposal.rules.length > 500, `${proposal?.rules.length}`);
    const checked = checkPolicy(proposal);
    assert(checked.ok, JSON.stringify(checked));
    assert(readPolicy(writePolicy(proposal)).ok);
  });

  test("who reads all over a device gets few rules", () => {
    const guard = new GuardedBank(learning(1e9));
    for (let address = 0; address < 60_000; address += 7) guard.said(read(address, 1));
    assert((guard.guard.proposal()?.rules.length ?? 0) <= 65);
    assert.equal(policyData().rules.length, 2);
  });
});
