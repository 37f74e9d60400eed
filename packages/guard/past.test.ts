/** What a guard leaves to its successor: whoever makes it fall gets no step, no turn and no ramp by it. On the small policy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { ModbusGuard } from "./guard.ts";
import { type GuardPast, guardPastRule } from "./past.ts";
import { GuardedBank } from "./testing/guarded-bank.ts";
import { withBounds } from "./testing/small-policy.ts";

/** The guard dies and another begins at once; the device is as it was. */
function succeed(bank: GuardedBank, unknown: "nothing" | "worst" = "nothing"): void {
  const past = JSON.parse(JSON.stringify(bank.guard.past(bank.nowMs))) as GuardPast;
  assert.equal(guardPastRule(past), undefined, JSON.stringify(past));
  bank.guard = new ModbusGuard(bank.guard.policy, undefined, { atMs: bank.nowMs, past, unknown });
}

test("past: a dwell begins anew, towards 0 is free once the device was read", () => {
  const bank = new GuardedBank(withBounds({ dwellMs: 20_000 }));
  assert.equal(bank.write(10, 50), "pass");
  bank.nowMs += 15_000;
  succeed(bank);
  assert.equal(bank.read(10, 1), "pass");
  assert.equal(bank.write(10, 60), 6);
  assert.equal(bank.write(10, 40), "pass", "lowering is never delayed");
  bank.nowMs += 19_999;
  assert.equal(bank.write(10, 50), 6);
  bank.nowMs += 1;
  assert.equal(bank.write(10, 50), "pass");
});

test("past: no ramp is saved up", () => {
  const bank = new GuardedBank(withBounds({ rampPerS: 100 }));
  bank.write(10, 100);
  succeed(bank);
  bank.read(10, 1);
  assert.equal(bank.write(10, 101), 3);
  bank.nowMs += 100;
  assert.equal(bank.write(10, 101), "pass");
});

test("past: changes of direction count on, and which way it went last is known", () => {
  const bank = new GuardedBank(withBounds({ reversalsPer10MinMax: 2 }));
  for (const value of [50, 40, 50]) assert.equal(bank.write(10, value), "pass");
  succeed(bank);
  bank.read(10, 1);
  assert.equal(bank.write(10, 60), "pass", "as it went before");
  assert.equal(bank.write(10, 55), "pass", "towards 0");
  assert.equal(bank.write(10, 60), 6);
  bank.nowMs += 600_000;
  assert.equal(bank.write(10, 60), "pass");
});

test("past: where what was kept cannot be read, each register has turned as often as it may", () => {
  const bank = new GuardedBank(withBounds({ reversalsPer10MinMax: 2 }));
  bank.bank.registers[10] = 45;
  succeed(bank, "worst");
  bank.read(10, 1);
  for (const value of [50, -50])
    assert.equal(bank.write(10, value), 6, `${value}: which way it went, nobody knows`);
  assert.equal(bank.write(10, 40), "pass", "towards 0");
  assert.equal(bank.write(10, 45), 6);
  bank.nowMs += 600_000;
  assert.equal(bank.write(10, 45), "pass");
});

test("property: a guard that dies at any moment, and again, lets through no motion that one that lived would have refused", () => {
  const policy = withBounds({ rampPerS: 100, dwellMs: 3_000, reversalsPer10MinMax: 4 });
  let refusedByOneAlone = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const chance = seededChance(seed);
    const [lives, dies] = [new GuardedBank(policy), new GuardedBank(policy)];
    for (let step = 0; step < 60; step++) {
      const ms = chance.int(0, 6_000);
      lives.nowMs += ms;
      dies.nowMs += ms;
      if (chance.int(0, 3) === 0) {
        succeed(dies);
        dies.read(10, 1);
      }
      const value = chance.int(-200, 200);
      const before = dies.bank.registers[10]!;
      const said = dies.write(10, value);
      const wouldPass = said !== "pass" || lives.write(10, value) === "pass";
      assert(wouldPass, `seed ${seed}, step ${step}: ${before} to ${value}`);
      if (said !== "pass") refusedByOneAlone++;
    }
  }
  assert(refusedByOneAlone > 100);
});
