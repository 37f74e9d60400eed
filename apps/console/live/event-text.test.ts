import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_CHARS_MAX, EventText } from "./event-text.ts";

const stream =
  'retry: 2000\n\nid: 1\nevent: a.b\ndata: {"seq":1}\n\n: alive\n\nid: 2\r\ndata:{"seq":2}\r\n\r\ndata: x\ndata: y\n\n';
const events = ['{"seq":1}', '{"seq":2}', "x\ny"];

test("events come out whole wherever the stream is cut", () => {
  for (let cut = 0; cut <= stream.length; cut++) {
    const text = new EventText();
    const got = [...text.take(stream.slice(0, cut)), ...text.take(stream.slice(cut))];
    assert.deepEqual(got, events, `cut at ${cut}`);
  }
});

test("one character at a time gives the same", () => {
  const text = new EventText();
  assert.deepEqual(
    [...stream].flatMap((character) => [...text.take(character)]),
    events,
  );
});

test("comments, ids and an event cut off at the end give nothing", () => {
  assert.deepEqual(new EventText().take(": alive\n\nid: 5\n\ndata: cut"), []);
});

test("an event without end is a fault, many short ones are not", () => {
  const endless = new EventText();
  assert.throws(() => {
    for (let n = 0; n <= EVENT_CHARS_MAX; n += 1000) endless.take("x".repeat(1000));
  }, RangeError);
  const many = new EventText();
  for (let n = 0; n <= EVENT_CHARS_MAX; n += 500)
    assert.equal(many.take(`data: ${"x".repeat(492)}\n\n`).length, 1);
});
