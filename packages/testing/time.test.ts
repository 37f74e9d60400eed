import assert from "node:assert/strict";
import { test } from "node:test";
import { every, sleep } from "@wattward/kernel";
import { simulatedTime } from "./time.ts";

test("simulated time: timers fire in order of due time, then of arming, with promises run between them", async () => {
  const time = simulatedTime(0);
  const seen: string[] = [];
  time.after(20, () => seen.push("b"));
  time.after(10, () => void Promise.resolve().then(() => seen.push(`a at ${time.now().monotonicMs}`)));
  time.after(20, () => seen.push("c"));
  const cancel = time.after(15, () => seen.push("cancelled"));
  cancel();
  await time.advance(19);
  assert.deepEqual(seen, ["a at 10"]);
  await time.advance(1);
  assert.deepEqual(seen, ["a at 10", "b", "c"]);
});

test("simulated time: a fired timer that is cancelled late leaves nothing behind", async () => {
  const time = simulatedTime(0);
  const cancel = time.after(1, () => {});
  await time.advance(2);
  cancel();
  let ran = false;
  time.after(1, () => (ran = true));
  await time.advance(1);
  assert(ran);
});

test("simulated time: wall time jumps, monotonic time does not; machines have walls of their own", async () => {
  const time = simulatedTime(1_000_000);
  const other = time.machine(0, "unknown");
  await time.advance(500);
  time.setWall(5);
  assert.deepEqual(time.now(), { wallMs: 5, quality: "synced", monotonicMs: 500 });
  assert.deepEqual(other.now(), { wallMs: 500, quality: "unknown", monotonicMs: 500 });
});

test("every: never overlaps and stops when told", async () => {
  const time = simulatedTime(0);
  const at: number[] = [];
  const stop = every(time, 10, async () => {
    at.push(time.now().monotonicMs);
    await sleep(time, 5);
  });
  await time.advance(40);
  stop();
  await time.advance(100);
  assert.deepEqual(at, [10, 25, 40]);
});
