/** What the page holds of the message log. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../api/station-shapes.ts";
import { MESSAGES_A_PAGE, MESSAGES_MAX, otherHalf, withNewest } from "./messages.ts";

const message = (id: number, more: Partial<Message> = {}): Message => ({
  ...{ id, station: "CP-1", atMs: id, receivedAtMs: id, sender: "station", route: "direct", version: "1.6" },
  ...{
    kind: "call",
    action: "Heartbeat",
    messageId: `m${id}`,
    trace: null,
    verdict: "valid",
    chars: 2,
    frame: "[]",
  },
  ...more,
});
const run = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => message(from - index));
const ids = (rows: readonly Message[]) => rows.map(({ id }) => id);

test("messages: new ones stand before what is held, each once", () => {
  assert.deepEqual(ids(withNewest(run(3, 1), run(5, 2))), [5, 4, 3, 2, 1]);
  const held = run(3, 1);
  assert.equal(withNewest(held, run(3, 2)), held, "nothing new is nothing to draw");
  assert.equal(withNewest(held, []), held);
  assert.deepEqual(ids(withNewest([], run(2, 1))), [2, 1]);
});

test("messages: no gap is hidden, and what is held is bounded", () => {
  const far = run(1_000, 1_000 - MESSAGES_A_PAGE + 1);
  assert.equal(withNewest(run(3, 1), far), far);
  assert.equal(withNewest(run(MESSAGES_MAX, 1), [message(MESSAGES_MAX + 1)]).length, MESSAGES_MAX);
});

test("messages: a call finds its answer, the near one where an id was used again", () => {
  const call = message(10, { messageId: "a" });
  const near = message(11, { messageId: "a", kind: "result", sender: "csms" });
  const far = message(90, { messageId: "a", kind: "result", sender: "csms" });
  assert.equal(otherHalf(call, [far, near, call]), near);
  assert.equal(otherHalf(near, [far, near, call]), call);
  assert.equal(otherHalf(message(12, { messageId: null }), [call]), undefined);
});
