import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedTime } from "@wattward/testing";
import { SiteClock, SYNCED_MS_MAX } from "./site-clock.ts";

test("site clock: unknown before the CSMS is heard, synced while it is, holdover after", async () => {
  const machine = simulatedTime(0, "synced");
  const clock = new SiteClock(machine, 0);
  assert.equal(clock.now().quality, "unknown");
  clock.tell(5_000_000);
  assert.deepEqual(clock.now(), { wallMs: 5_000_000, quality: "synced", monotonicMs: 0 });
  await machine.advance(SYNCED_MS_MAX);
  assert.equal(clock.now().quality, "synced");
  await machine.advance(1);
  assert.deepEqual(clock.now(), { wallMs: 5_060_001, quality: "holdover", monotonicMs: 60_001 });
});

test("site clock: a machine in 1970 goes on from the last persisted time, at its own pace", async () => {
  const machine = simulatedTime(0);
  const clock = new SiteClock(machine, 9_000_000);
  await machine.advance(500);
  assert.deepEqual(clock.now(), { wallMs: 9_000_500, quality: "unknown", monotonicMs: 500 });
});

test("site clock: a machine in 2099 is put right by the CSMS, and its wall clock is not asked again", async () => {
  const machine = simulatedTime(Date.UTC(2099, 0));
  const clock = new SiteClock(machine, Date.UTC(2099, 0));
  clock.tell(1_000_000);
  machine.setWall(0);
  await machine.advance(10);
  assert.equal(clock.now().wallMs, 1_000_010);
});

test("site clock: the network's delay does not shake it, a real difference moves it", () => {
  const machine = simulatedTime(0);
  const clock = new SiteClock(machine, 0);
  clock.tell(1_000_000);
  clock.tell(999_500);
  assert.equal(clock.now().wallMs, 1_000_000);
  clock.tell(998_000);
  assert.equal(clock.now().wallMs, 998_000);
});
