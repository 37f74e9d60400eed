/** What happens to connections and requests when the policy changes, becomes invalid, or goes away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EMS_UID, many, policyOf, policyText, read, VENDOR, world, write } from "./testing/world.ts";

const POLLED_MS = 1_100;

test("policy: a newer one is in force within a second; clients that it no longer names are closed", async () => {
  const it = await world();
  const guard = await it.start();
  const [ems, vendor] = [it.ems(), await it.raw("address", { address: VENDOR })];
  assert.equal((await it.ask(ems, 1, write(100, 4_000))).kind, "response");
  const { clients, rules, devices } = policyOf();
  it.put(
    policyText({
      clients: clients.slice(0, 1),
      devices,
      rules: rules.filter(({ client, functions }) => client === "ems" && !functions.includes(6)),
    }),
  );
  await it.time.advance(POLLED_MS);
  assert.equal(vendor.closed, true);
  assert.deepEqual([...it.listeners], ["socket"]);
  assert.deepEqual(await it.ask(ems, 1, write(100, 1)), { kind: "exception", code: 1 });
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  assert.equal(guard.status().bundleVersion, 2);
  await guard.close();
});

test("policy: one that is wrong is refused with its path, and the last good one stays", async () => {
  const it = await world();
  const guard = await it.start();
  const ems = it.ems();
  it.put(policyText({ rules: [{ client: "nobody", device: "battery", functions: [3], from: 0, to: 1 }] }));
  await it.time.advance(POLLED_MS);
  assert.match(it.told("modbus.policy").join(), /bundle 2 is refused, that of bundle 1 stays.*rules\[0\]/);
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  assert.equal(guard.status().bundleVersion, 1);
  await guard.close();
});

test("policy: taken away, everybody is closed and nothing listens; what was sent to a device is waited for", async () => {
  const it = await world();
  const guard = await it.start();
  let answer: (() => void) | undefined;
  it.battery.answer = (request) =>
    new Promise((resolve) => (answer = () => resolve(it.battery.bank.answer(request))));
  const master = await it.raw("socket", { uid: EMS_UID });
  await it.time.advance(900);
  master.link.send(many(1, [write(100, 5)]));
  await it.time.advance(20);
  it.put(undefined);
  await it.time.advance(200);
  assert.deepEqual([...it.listeners], []);
  assert.equal(master.closed, true);
  assert.match(it.told("modbus.policy").join(), /nothing passes/);
  assert.equal(it.network.links, 1, "the device's connection waits for its answer");
  answer?.();
  await it.time.advance(20);
  assert.equal(it.network.links, 0);
  assert.equal(it.battery.bank.registers[100], 5);
  it.put(policyText());
  await it.time.advance(POLLED_MS);
  assert.deepEqual([...it.listeners].toSorted(), ["address", "socket"]);
  await guard.close();
});

test("policy: a device that has moved is asked at its new place, what waited goes there, what was out ends as it may", async () => {
  const it = await world();
  const guard = await it.start();
  const elsewhere = it.device("10.0.0.3:502");
  let answer: (() => void) | undefined;
  it.battery.answer = (request) =>
    new Promise((resolve) => (answer = () => resolve(it.battery.bank.answer(request))));
  const master = await it.raw("socket", { uid: EMS_UID });
  await it.time.advance(950);
  master.link.send(many(1, [write(100, 5), write(100, 6)]));
  await it.time.advance(20);
  const devices = policyOf().devices.map((one) => (one.unit === 1 ? { ...one, host: "10.0.0.3" } : one));
  it.put(policyText({ devices }));
  await it.time.advance(100);
  assert.equal(elsewhere.bank.registers[100], 6);
  answer?.();
  await it.time.advance(20);
  assert.equal(it.battery.bank.registers[100], 5);
  assert.deepEqual(master.codes, [0, 0]);
  await guard.close();
});

test("policy: what was known of a register goes on being known, so that a new bundle is no way around a ramp", async () => {
  const { rules } = policyOf();
  const ramped = rules.map((rule) =>
    rule.writes === undefined ? rule : { ...rule, writes: [{ ...rule.writes[0]!, dwellMs: 60_000 }] },
  );
  const it = await world({ guard: policyText({ rules: ramped }) });
  const guard = await it.start();
  const ems = it.ems();
  assert.equal((await it.ask(ems, 1, write(100, 100))).kind, "response");
  assert.notEqual((await it.ask(ems, 1, write(100, 200))).kind, "response");
  it.put(policyText({ rules: ramped }));
  await it.time.advance(POLLED_MS);
  assert.notEqual((await it.ask(ems, 1, write(100, 200))).kind, "response");
  await it.time.advance(60_000);
  assert.equal((await it.ask(it.ems(), 1, write(100, 200))).kind, "response");
  await guard.close();
});

test("guard: killed and started again, masters are served again by the same bundle", async () => {
  const it = await world();
  const guard = await it.start();
  const ems = it.ems();
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  await guard.close();
  assert.equal((await it.ask(ems, 1, read(0))).kind, "failed");
  const again = await it.start();
  await it.time.advance(6_000);
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  await again.close();
});
