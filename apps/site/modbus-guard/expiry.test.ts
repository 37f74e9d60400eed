/** Certificates end while connections live: a link never outlives the one that opened it, and none opens by one that is over. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { serve } from "@wattward/modbus";
import { RegisterBank } from "@wattward/modbus/testing";
import { SWEEP_EVERY_MS } from "./limits.ts";
import { EMS_UID, policyText, read, world, write } from "./testing/world.ts";

test("guard: a master is cut off when its certificate is over, however busy; its next connection is closed unread", async () => {
  const it = await world();
  const guard = await it.start();
  const untilMs = it.time.now().wallMs + 60_000;
  const peer = { uid: EMS_UID, untilMs };
  const busy = it.client("socket", peer);
  const idle = await it.raw("socket", peer);
  for (let ms = 0; ms < 59_000; ms += 250) {
    assert.equal((await it.ask(busy, 1, read(0))).kind, "response", `${ms}`);
    await it.time.advance(250);
  }
  while (it.time.now().wallMs < untilMs + SWEEP_EVERY_MS) {
    await it.ask(busy, 1, read(0));
    await it.time.advance(20);
  }
  const before = it.battery.asked.length;
  assert.equal((await it.ask(busy, 1, write(100, 5))).kind, "failed");
  assert.equal(it.battery.asked.length, before);
  assert(idle.closed);
  assert.match(it.told("modbus.master-ended").join(), /ems at somebody: its certificate is over/);
  assert.match(it.told("modbus.unknown-master").join(), /its certificate is over/);
  const renewed = it.client("socket", { uid: EMS_UID, untilMs: untilMs + 86_400_000 });
  assert.equal((await it.ask(renewed, 1, read(0))).kind, "response");
  await guard.close();
});

test("guard: a device whose certificate is over is asked nothing until it has another", async () => {
  const it = await world({ guard: policyText() });
  it.battery.leave();
  const bank = new RegisterBank();
  const listen = (untilMs: number) =>
    it.network.listen(
      "10.0.0.1:502",
      (link) => serve(link, { clock: it.time, answer: ({ request }) => bank.answer(request) }),
      { untilMs },
    );
  const untilMs = it.time.now().wallMs + 60_000;
  listen(untilMs);
  const guard = await it.start();
  const ems = it.ems();
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  await it.time.advance(60_000 + SWEEP_EVERY_MS);
  assert.match(it.told("modbus.device-lost").join(), /battery at 10\.0\.0\.1:502: its certificate is over/);
  for (let i = 0; i < 5; i++) {
    assert.notEqual((await it.ask(ems, 1, write(100, 5))).kind, "response");
    await it.time.advance(1_000);
  }
  assert.equal(bank.registers[100], 0);
  listen(untilMs + 86_400_000);
  await it.time.advance(5_000);
  assert.equal((await it.ask(ems, 1, read(0))).kind, "response");
  await guard.close();
});
