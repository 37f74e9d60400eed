/** The guard in simulated time: what passes, what is refused, and what becomes of a wire that misbehaves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readPolicy } from "@wattward/guard";
import { PROPOSAL } from "./proposal.ts";
import { policyText, read, world, write } from "./testing/world.ts";

test("guard: a read and a write that the policy names reach the device, under its own unit, and its answers come back", async () => {
  const it = await world();
  const guard = await it.start();
  const ems = it.ems();
  it.battery.bank.registers.set([11, 22, 33], 50);
  const outcome = await it.ask(ems, 1, read(50, 3));
  assert.deepEqual(outcome, {
    kind: "response",
    response: { kind: "read-holding-registers", registers: [11, 22, 33] },
  });
  assert.equal((await it.ask(ems, 1, write(100, -4_000))).kind, "response");
  assert.equal(it.battery.bank.registers[100], 0x10000 - 4_000);
  assert.deepEqual(
    it.battery.asked.map(({ unit }) => unit),
    [7, 7],
  );
  assert.deepEqual(guard.status().passed, 2);
  assert.deepEqual(it.observed, []);
  await guard.close();
});

test("guard: what no rule names gets its exception, is told decoded, and never reaches the device", async () => {
  const it = await world();
  const guard = await it.start();
  const vendor = it.vendor();
  const refusals = [
    [1, write(100, 10), 1],
    [1, read(150, 100), 2],
    [9, read(0), 2],
    [2, read(0), 1],
  ] as const;
  for (const [unit, request, code] of refusals)
    assert.deepEqual(await it.ask(vendor, unit, request), { kind: "exception", code }, `${unit}`);
  assert.deepEqual(await it.ask(it.ems(), 1, write(100, 5_001)), { kind: "exception", code: 3 });
  assert.equal(it.battery.asked.length + it.meter.asked.length, 0);
  const told = it.told("modbus.denied");
  assert.equal(told.length, 5);
  assert.match(told[0]!, /vendor, write-single-register 100 of battery.*exception 01/);
  assert.match(told[4]!, /setpoint = 5001 W: exception 03/);
  assert.equal(guard.status().denied, 5);
  await guard.close();
});

test("guard: without a bundle, or with one without a policy, or with one that is wrong, nothing listens", async () => {
  for (const guard of [
    undefined,
    "{",
    JSON.stringify({ schema: 2 }),
    policyText({ rules: [{ client: "nobody" }] }),
  ]) {
    const it = await world({ guard });
    const running = await it.start();
    await it.time.advance(5_000);
    assert.deepEqual([...it.listeners], []);
    const outcome = await it.ask(it.ems(), 1, read(0));
    assert(outcome.kind === "failed" && outcome.why === "unreachable");
    assert.equal(it.told("modbus.policy").length, guard === undefined ? 0 : 1);
    await running.close();
  }
});

test("guard: a stranger's connection is closed unread and told, whatever way it comes", async () => {
  const it = await world();
  const guard = await it.start();
  for (const master of [it.vendor("10.0.0.8"), it.client("socket", { uid: 33 }), it.client("socket", {})])
    assert.equal((await it.ask(master, 1, read(0))).kind, "failed");
  assert.equal(it.battery.asked.length, 0);
  assert.match(it.told("modbus.unknown-master").join("\n"), /10\.0\.0\.8(.|\n)*user 33(.|\n)*user unknown/);
  await guard.close();
});

test("guard: a guard that falls while it learns has not read in vain; one that learns anew begins anew", async () => {
  const learning = (hour: number) => ({ devices: ["battery"], untilMs: Date.UTC(2026, 0, 5, hour) });
  const it = await world({ guard: policyText({ rules: [], learning: learning(20) }) });
  const proposed = () => {
    const proposal = readPolicy(new TextDecoder().decode(it.disk.peek(PROPOSAL)));
    assert(proposal.ok, JSON.stringify(proposal));
    return proposal.value.rules.map(({ from, to }) => [from, to]);
  };
  const reads = async (address: number) => {
    assert.equal((await it.ask(it.vendor(), 1, read(address, 3))).kind, "response");
    await it.time.advance(11_000);
  };
  await it.start();
  await reads(40);
  it.network.reset();
  const second = await it.start();
  await reads(100);
  assert.deepEqual(proposed(), [
    [40, 42],
    [100, 102],
  ]);
  it.put(policyText({ rules: [], learning: learning(21) }));
  await it.time.advance(1_100);
  await second.close();
  const third = await it.start();
  await reads(150);
  assert.equal(proposed().length, 3, "the same guard went on, and its successor with it");
  await third.close();
  it.put(policyText({ rules: [], learning: learning(22) }));
  const fourth = await it.start();
  await reads(20);
  assert.deepEqual(proposed(), [[20, 22]]);
  await fourth.close();
});

test("guard: while learning, reads without a rule pass and become a proposal; writes never", async () => {
  const untilMs = Date.UTC(2026, 0, 5, 9);
  const it = await world({ guard: policyText({ rules: [], learning: { devices: ["battery"], untilMs } }) });
  const guard = await it.start();
  const vendor = it.vendor();
  assert.equal((await it.ask(vendor, 1, read(40, 3))).kind, "response");
  assert.deepEqual(await it.ask(vendor, 1, write(100, 1)), { kind: "exception", code: 1 });
  assert.deepEqual(await it.ask(vendor, 2, read(0)), { kind: "exception", code: 1 });
  await it.time.advance(11_000);
  const proposal = readPolicy(new TextDecoder().decode(it.disk.peek(PROPOSAL)));
  assert(proposal.ok, JSON.stringify(proposal));
  assert.equal(proposal.value.learning, undefined);
  assert.deepEqual(
    proposal.value.rules.map(({ client, device, functions }) => [client, device, functions]),
    [["vendor", "battery", [3]]],
  );
  await it.time.advance(3_600_000);
  const later = await it.ask(it.vendor(), 1, read(40, 3));
  assert.deepEqual(later, { kind: "exception", code: 1 }, "its time is over");
  await guard.close();
});
