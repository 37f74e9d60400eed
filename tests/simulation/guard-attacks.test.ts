/**
 * The simulator's attackers against the production guard, on simulated time (ATTACKS: AT-M1 to AT-M6, AT-M8, AT-M9, AT-M11, AT-M12): a vendor's
 * master that was taken over, the energy controller that was, and a stranger. Each must be contained and told as what it is; a master
 * at its work beside it is served, and told of nothing.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { exceptionReply, exceptions } from "@wattward/modbus";
import { type AttackId, attack, attackIds, attackShows } from "../../apps/simulator/masters/attacks.ts";
import { RawMaster } from "../../apps/simulator/masters/raw-master.ts";
import { many, read, VENDOR, type World, world, write } from "../../apps/site/modbus-guard/testing/world.ts";

type From = "vendor" | "ems" | "stranger";

/** The battery's setpoint in the world's policy: the energy controller alone may write it, within ± 5 kW. */
const SETPOINT = 100;
const FOR_MS = 30_000;

async function played(w: World, id: AttackId, from: From) {
  const way = from === "ems" ? "socket" : "address";
  const peer = from === "ems" ? { uid: 1_000 } : { address: from === "vendor" ? VENDOR : "10.0.0.66" };
  const dial = w.network.dialer(`guard:${way}`, { address: "somebody", ...peer });
  let report: Awaited<ReturnType<typeof attack>> | undefined;
  const connect = async () => {
    const link = await dial();
    return link.ok ? new RawMaster(link.value, w.time) : undefined;
  };
  const options = { unit: 1, setpoint: SETPOINT, forMs: FOR_MS };
  void attack(id, options, { clock: w.time, connect }).then((done) => (report = done));
  await w.time.until(() => report !== undefined, 600_000);
  assert(report !== undefined, `${id} never ended`);
  // An incident that is a few frames long is told at its beginning; a second is more than that takes.
  await w.time.advance(1_000);
  return report;
}

// AT-M9 is a stranger's, below.
for (const id of attackIds.filter((one) => one !== "AT-M9"))
  test(`guard: ${id} by a vendor's master that was taken over is contained, told, and writes nothing; the energy controller is served`, async () => {
    const w = await world();
    const guard = await w.start();
    const report = await played(w, id, "vendor");
    assert.equal(report.contained, true, JSON.stringify(report));
    assert(report.sent > 0);
    const writes = w.battery.asked.filter(({ request }) => !request.kind.startsWith("read"));
    assert.deepEqual(writes, [], "no write reached the device");
    const kinds = new Set(w.observed.map(({ kind }) => kind));
    assert(
      attackShows[id].some((kind) => kinds.has(kind)),
      `${id} told as ${[...kinds].join(", ")}`,
    );
    const outcome = await w.ask(w.ems(), 1, write(SETPOINT, 1_000));
    assert.equal(outcome.kind === "response" && outcome.response.kind, "write-single-register");
    await guard.close();
  });

test("guard: an energy controller that was taken over writes its setpoint within its bounds, and nothing else", async () => {
  for (const id of attackIds) {
    const w = await world();
    const guard = await w.start();
    await played(w, id, "ems");
    for (const { request } of w.battery.asked) {
      if (request.kind.startsWith("read")) continue;
      assert(request.kind === "write-single-register" || request.kind === "write-multiple-registers", id);
      const values = request.kind === "write-single-register" ? [request.value] : request.registers;
      assert.deepEqual([request.address, values.length], [SETPOINT, 1], id);
      const signed = ((values[0] ?? 0) << 16) >> 16;
      assert(Math.abs(signed) <= 5_000, `${id} wrote ${signed}`);
    }
    await guard.close();
  }
});

test("guard: a stranger asks, and is closed unread and told, whatever it plays", async () => {
  for (const id of attackIds) {
    const w = await world();
    const guard = await w.start();
    const report = await played(w, id, "stranger");
    assert.deepEqual([report.accepted, report.read], [0, 0], id);
    assert.deepEqual(w.battery.asked, [], id);
    assert(w.told("modbus.unknown-master").length > 0, id);
    await guard.close();
  }
});

for (const [what, code] of [
  ["busy", exceptions.serverDeviceBusy],
  ["acknowledge", exceptions.acknowledge],
  ["a fault", exceptions.serverDeviceFailure],
] as const)
  test(`AT-M7: guard: a device that answers everything with ${what} is told as a storm; others are served, and it is when it answers again`, async () => {
    const w = await world();
    const guard = await w.start();
    const ems = w.ems();
    w.battery.answer = () => exceptionReply(code);
    for (let second = 0; second < 30; second++) {
      assert.deepEqual(await w.ask(ems, 1, read(0)), { kind: "exception", code });
      assert.equal((await w.ask(ems, 2, read(0))).kind, "response");
      await w.time.advance(1_000);
    }
    const storms = w.told("modbus.exception-storm");
    assert(storms.length > 0 && storms.length <= 2, storms.join());
    assert.match(storms.join(), /AT-M7.*battery/);
    assert(w.battery.asked.length <= 30, "asked once for each request");
    w.battery.answer = (request) => w.battery.bank.answer(request);
    assert.equal((await w.ask(ems, 1, read(0))).kind, "response");
    await guard.close();
  });

test("AT-M7: guard: a master that floods waits for himself, is told, and the energy controller is served in between", async () => {
  const w = await world();
  const guard = await w.start();
  const flooder = await w.raw("address", { address: VENDOR });
  const ems = w.ems();
  for (let ms = 0; ms < 10_000; ms += 100) {
    for (let i = 0; i < 40; i++) flooder.link.send(many(1, [read(0)]));
    if (ms % 500 === 0) assert.equal((await w.ask(ems, 1, read(0))).kind, "response", `${ms}`);
    await w.time.advance(100);
  }
  assert(w.told("modbus.flood").length > 0, [...new Set(w.observed.map(({ kind }) => kind))].join());
  await guard.close();
});

test("guard: ten minutes of masters at their work are told as nothing at all", async () => {
  const w = await world();
  const guard = await w.start();
  const [ems, vendor] = [w.ems(), w.vendor()];
  for (let second = 0; second < 600; second++) {
    await w.ask(ems, 2, read(0, 100));
    await w.ask(ems, 1, read(0, 125));
    if (second % 5 === 0) await w.ask(vendor, 1, read(100, 50));
    if (second % 30 === 0) await w.ask(ems, 1, write(SETPOINT, 2_000 + (second % 90) * 10));
    await w.time.advance(1_000);
  }
  assert.deepEqual(
    w.observed.filter(({ kind }) => kind !== "modbus.policy"),
    [],
  );
  await guard.close();
});
