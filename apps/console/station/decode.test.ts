/** Frames of the message log read for a person. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, instantIn } from "./decode.ts";

test("frame: a call's payload as fields, lists of plain values in one line", () => {
  const read = decodeFrame(
    '[2,"m","BootNotification",{"reason":"PowerUp","evse":{"id":1},"keys":["a","b"],"none":[]}]',
  );
  assert.ok(read.kind === "frame");
  assert.deepEqual(read.fields, [
    { name: "reason", text: "PowerUp", fields: [] },
    { name: "evse", text: undefined, fields: [{ name: "id", text: "1", fields: [] }] },
    { name: "keys", text: "a, b", fields: [] },
    { name: "none", text: "[]", fields: [] },
  ]);
  assert.match(read.pretty, /\n {2}"BootNotification"/);
});

test("frame: a result's payload, an error's words", () => {
  const result = decodeFrame('[3,"m",{"status":"Accepted"}]');
  assert.ok(result.kind === "frame");
  assert.deepEqual(result.fields, [{ name: "status", text: "Accepted", fields: [] }]);
  const error = decodeFrame('[4,"m","NotSupported","no such action",{"x":1}]');
  assert.ok(error.kind === "frame");
  assert.equal(error.failed, "NotSupported: no such action");
  assert.deepEqual(error.fields, [{ name: "x", text: "1", fields: [] }]);
});

test("frame: what was cut or never was a frame is not guessed at", () => {
  for (const text of ['[2,"m","DataTransfer",{"data":"abc', "", "null", '{"a":1}', "17"]) {
    assert.deepEqual(decodeFrame(text), { kind: "unreadable" }, text);
  }
  const odd = decodeFrame("[2]");
  assert.ok(odd.kind === "frame" && odd.fields.length === 0);
});

test("frame: depth is bounded", () => {
  const deep = decodeFrame(`[3,"m",${'{"a":'.repeat(60)}1${"}".repeat(60)}]`);
  assert.ok(deep.kind === "frame");
  let at = deep.fields[0];
  let levels = 0;
  while (at !== undefined && at.fields.length > 0) [at, levels] = [at.fields[0], levels + 1];
  assert.equal(levels, 8);
  assert.match(at?.text ?? "", /^\{"a":/);
});

test("instant: only what is one", () => {
  assert.equal(instantIn("2026-01-05T09:00:00Z"), Date.UTC(2026, 0, 5, 9));
  assert.equal(instantIn("2026-01-05T09:00:00"), undefined, "without a zone it is nobody's guess");
  assert.equal(instantIn("2026-13-45T09:00:00Z"), undefined);
});
