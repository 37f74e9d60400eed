import assert from "node:assert/strict";
import { test } from "node:test";
import { DOCUMENT_CHARS_MAX } from "./limits.ts";
import { readWritten, rewritten } from "./written.ts";

const read = (text: string) => {
  const written = readWritten(text);
  assert(written.ok, written.ok ? "" : written.fault.sentence);
  return written.value;
};

test("a document as text: JSON and YAML, with the line of each path, or of what is around it", () => {
  const json = read('{\n\t"a": [1,\n\t\t2],\n\t"b": {"c": 1}\n}');
  assert.deepEqual(json.value, { a: [1, 2], b: { c: 1 } });
  assert.deepEqual(
    [json.lineOf("a[1]"), json.lineOf("b.c"), json.lineOf("b.missing"), json.lineOf("")],
    [3, 4, 4, 1],
  );
  const yaml = read("# head\na: &x { k: 1 }\nb:\n  - { <<: *x, m: 2 }\n");
  assert.deepEqual(yaml.value, { a: { k: 1 }, b: [{ k: 1, m: 2 }] });
  assert.deepEqual([yaml.lineOf("b[0].m"), yaml.lineOf("b[7].m"), yaml.lineOf("zzz")], [4, 4, 2]);
  assert.equal(read("").value, null);
  assert.equal(read("").lineOf("a.b"), null);
});

test("a document as text: what would hide something, or never end, is refused with its line", () => {
  let laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (let i = 1; i < 10; i++)
    laughs += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(",")}]\n`;
  const rows: readonly [name: string, text: string, says: RegExp, line: number | null][] = [
    ["a key twice", "a: 1\na: 2", /unique/, 2],
    ["a tag", "x: 0\na: !!js/function x", /tag/, 2],
    ["two documents", "a: 1\n---\nb: 2", /multiple documents/, 2],
    ["an alias to nothing", "a: *nope", /nope/, null],
    ["aliases of aliases", laughs, /alias/i, null],
    ["depth without end", "[".repeat(100_000), /stack|nested/, 1],
    ["text without end", "a".repeat(DOCUMENT_CHARS_MAX + 1), /over 524288/, null],
    ["no YAML", "a: [1,\nb: }", /./, 2],
  ];
  for (const [name, text, says, line] of rows) {
    const written = readWritten(text);
    assert(!written.ok, name);
    assert.match(written.fault.sentence, says, name);
    assert.equal(written.fault.line, line, name);
    assert(written.fault.sentence.length < 300, name);
  }
});

test("a document as text: one value is written anew, and comments stay", () => {
  const yaml = rewritten("# why\nenergy:\n  strategy: cost # for now\n", ["energy", "strategy"], "fairness");
  assert.equal(yaml, "# why\nenergy:\n  strategy: fairness # for now\n");
  const json = rewritten('{"energy":{"strategy":"cost"}}', ["energy", "strategy"], "fairness");
  assert.deepEqual(JSON.parse(json), { energy: { strategy: "fairness" } });
});
