import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import type { OutboxEntry } from "../core/port.ts";
import { CURSOR_BATCH } from "./limits.ts";
import { OutboxCursor } from "./outbox-cursor.ts";
import { FakeCore } from "./testing/fake-core.ts";

async function fixture(kinds: string[] = ["wanted"]) {
  const time = simulatedTime();
  const core = new FakeCore(time);
  core.commit("wanted");
  let queries = 0;
  let failing = 0;
  const query: FakeCore["query"] = (name, input) => {
    if (name === "outbox.after") queries += 1;
    return failing-- > 0 ? Promise.reject(new Error("not now")) : core.query(name, input);
  };
  const spied = Object.assign(Object.create(core) as FakeCore, { query });
  const cursor = new OutboxCursor({ core: spied, clock: time, log: silentLog }, kinds);
  const seen: OutboxEntry[] = [];
  cursor.subscribe((entry) => seen.push(entry));
  await cursor.start();
  return { time, core, cursor, seen, queries: () => queries, failNext: (count: number) => (failing = count) };
}

test("cursor: each entry of the wanted kinds once, in order, from the start on; a burst costs one look", async () => {
  const { time, core, seen, queries } = await fixture();
  for (let i = 0; i < 100; i++) core.commit(i % 2 === 0 ? "wanted" : "other");
  await time.advance(100);
  assert.deepEqual(
    seen.map(({ seq }) => seq),
    Array.from({ length: 50 }, (_, i) => 2 + 2 * i),
  );
  assert.equal(queries(), 1);
  core.commit("wanted");
  await time.advance(100);
  assert.equal(seen.length, 51);
});

test("cursor: more than one batch is fetched to its end", async () => {
  const { time, core, seen } = await fixture();
  for (let i = 0; i < 2 * CURSOR_BATCH + 1; i++) core.commit("wanted");
  await time.advance(500);
  assert.equal(seen.length, 2 * CURSOR_BATCH + 1);
  assert.equal(new Set(seen.map(({ seq }) => seq)).size, seen.length);
});

test("cursor: a store that fails is asked again, and nothing is skipped", async () => {
  const { time, core, seen, failNext } = await fixture();
  failNext(2);
  core.commit("wanted");
  await time.advance(500);
  assert.equal(seen.length, 0);
  core.commit("wanted");
  await time.advance(5_000);
  assert.equal(seen.length, 2);
});

test("cursor: stopped, it looks no more", async () => {
  const { time, core, cursor, seen } = await fixture();
  core.commit("wanted");
  cursor.stop();
  core.commit("wanted");
  await time.advance(5_000);
  assert.deepEqual(seen, []);
});
