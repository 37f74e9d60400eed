import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_LOOK_MS_MAX, COMMAND_RETRY_MS, COMMAND_UNTOLD_MS_MAX } from "./limits.ts";
import { world } from "./testing/world.ts";

test("a command that nobody ends is ended when it is due; where none is open, nothing is written", async () => {
  const w = await world();
  const ended = () => w.core.inputs("command.expire");
  await w.time.advance(10 * COMMAND_LOOK_MS_MAX);
  assert.deepEqual(ended(), []);
  const dueMs = w.time.now().wallMs + 5 * COMMAND_LOOK_MS_MAX;
  w.core.nextDueMs = dueMs;
  w.core.commit("command.requested", { station: "CP-1" });
  await w.time.advance(5 * COMMAND_LOOK_MS_MAX - 1);
  assert.deepEqual(ended(), []);
  await w.time.advance(10);
  assert.deepEqual(ended(), [{ atMs: dueMs, sentBeforeMs: dueMs - COMMAND_UNTOLD_MS_MAX }]);
});

test("one that is due sooner is not kept waiting by one that is due later", async () => {
  const w = await world();
  const nowMs = w.time.now().wallMs;
  w.core.nextDueMs = nowMs + COMMAND_LOOK_MS_MAX;
  w.core.commit("command.requested", { station: "CP-1" });
  await w.time.advance(100);
  w.core.nextDueMs = nowMs + 1_000;
  w.core.commit("command.sent", { station: "CP-2" });
  await w.time.advance(1_000);
  assert.equal(w.core.inputs("command.expire").length, 1);
});

test("a full disk: tried again until it is written; after the end nothing is", async () => {
  const w = await world();
  w.core.nextDueMs = w.time.now().wallMs;
  w.core.failures.set("command.expire", "full");
  w.core.commit("command.requested", { station: "CP-1" });
  await w.time.advance(1_000);
  assert.equal(w.core.inputs("command.expire").length, 1);
  await w.time.advance(COMMAND_RETRY_MS);
  assert.equal(w.core.inputs("command.expire").length, 2);
  const closing = w.csms.gateway.close();
  await w.time.advance(100);
  await closing;
  w.core.nextDueMs = 0;
  w.core.commit("command.requested", { station: "CP-1" });
  await w.time.advance(10 * COMMAND_RETRY_MS);
  assert.equal(w.core.inputs("command.expire").length, 2);
});
