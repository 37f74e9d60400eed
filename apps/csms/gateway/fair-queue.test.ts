import assert from "node:assert/strict";
import { test } from "node:test";
import { FairQueue } from "./fair-queue.ts";

test("fair queue: a key with many entries delays the others by one entry a turn; order within a key is kept", () => {
  const queue = new FairQueue<string, string>(10);
  for (let i = 1; i <= 4; i++) queue.add("loud", `loud ${i}`);
  queue.add("shy", "shy 1");
  queue.add("calm", "calm 1");
  queue.add("shy", "shy 2");
  const taken: string[] = [];
  for (let entry = queue.take(); entry !== undefined; entry = queue.take()) taken.push(entry);
  assert.deepEqual(taken, ["loud 1", "shy 1", "calm 1", "loud 2", "shy 2", "loud 3", "loud 4"]);
  assert.equal(queue.size, 0);
});

test("fair queue: a key is refused at its limit, another is not, and there is room again after a turn", () => {
  const queue = new FairQueue<string, number>(2);
  assert.deepEqual(
    [queue.add("a", 1), queue.add("a", 2), queue.add("a", 3), queue.add("b", 4)],
    [true, true, false, true],
  );
  assert.equal(queue.size, 3);
  assert.equal(queue.take(), 1);
  assert(queue.add("a", 5));
});
