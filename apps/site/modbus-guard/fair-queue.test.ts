import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClientName } from "@wattward/guard";
import { FairQueue } from "./fair-queue.ts";
import { WAITING_MAX } from "./limits.ts";

const [ems, vendor, third] = ["ems", "vendor", "third"] as ClientName[] as [
  ClientName,
  ClientName,
  ClientName,
];

test("fair queue: next is who was served longest ago, and within a client who came first", () => {
  const queue = new FairQueue<string>();
  queue.served(vendor);
  for (const item of ["v1", "v2", "v3"]) queue.push(vendor, item);
  queue.push(ems, "e1");
  queue.push(third, "t1");
  queue.push(ems, "e2");
  assert.deepEqual(queue.drain(), ["e1", "t1", "v1", "e2", "v2", "v3"]);
  assert.equal(queue.isEmpty, true);
});

test("fair queue: a client's line is bounded, and its being full is nobody else's trouble", () => {
  const queue = new FairQueue<number>();
  for (let i = 0; i < WAITING_MAX; i++) assert.equal(queue.push(vendor, i), true);
  assert.equal(queue.push(vendor, -1), false);
  assert.equal(queue.push(ems, 1), true);
  assert.equal(queue.drain().length, WAITING_MAX + 1);
});
