import assert from "node:assert/strict";
import { test } from "node:test";
import { DOCUMENT_CHARS_MAX } from "../limits.ts";
import { readWritten } from "./written.ts";

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
});

test("a document as text: what would hide something, or never end, is refused with its line", () => {
  let laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (let i = 1; i < 10; i++)
    laughs += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(",")}]\n`;
  const many = `a: &a {x: 1}\nb:\n${"  - *a\n".repeat(1_201)}`;
  const rows: readonly [name: string, text: string, says: RegExp, line: number | null][] = [
    ["a key twice", "a: 1\na: 2", /unique/, 2],
    ["a tag", "x: 0\na: !!js/function x", /tag/, 2],
    ["two documents", "a: 1\n---\nb: 2", /several documents: leave one/, 2],
    ["an alias to nothing", "x: 0\na: *nope", /\*nope is an alias of nothing: no &nope stands above/, 2],
    ["an alias before its anchor", "a: *b\nc: &b 1", /\*b is an alias of nothing/, 1],
    ["an alias of itself", "a: &a\n  - *a", /stands inside what it is an alias of/, 2],
    ["a merge of nothing", "a: &outlet {x: 1}\nb:\n  - <<: *outlett", /\*outlett is an alias of nothing/, 3],
    ["a merge of a text", "a: &outlet {x: 1}\nb:\n  - <<: outlet", /<< takes what is an object/, 3],
    ["a merge of a number", "a: &o {x: 1}\nb:\n  <<: [*o,\n    5]", /<< takes what is an object/, 4],
    ["a merge of a list's alias", "a: &o [1]\nb: {<<: *o}", /<< takes what is an object/, 2],
    ["aliases of aliases", laughs, /aliases stand for too much/i, 4],
    ["an alias too many", many, /aliases stand for too much, over 1200 times/, 1_203],
    ["a list as a key", "x: 1\n? [a, b]\n: 1", /a list or an object stands as the name/, 2],
    ["depth without end", "[".repeat(100_000), /nested too deeply/, 1],
    ["nothing", "", /^The document is empty\.$/, null],
    ["comments alone", "# to be written\n", /^The document is empty\.$/, null],
    ["Latin-1", Buffer.from("a: 1\nid: geb\u00e4ude\n", "latin1").toString("utf8"), /not in UTF-8: save/, 2],
    ["UTF-16", Buffer.from("\ufeffa: 1\n", "utf16le").toString("utf8"), /not in UTF-8, but in UTF-16/, null],
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

test("a document as text: merges of objects, of lists of them, and of aliases of both are read", () => {
  const text =
    "a: &a {x: 1}\nl: &l [*a, {y: 2}]\nb: {<<: *l, z: 3}\nc: {<<: [*a, {q: 4}]}\nd: {<<: {x: 5}}\n";
  const { b, c, d } = read(text).value as Record<string, unknown>;
  assert.deepEqual([b, c, d], [{ x: 1, y: 2, z: 3 }, { x: 1, q: 4 }, { x: 5 }]);
});

test("a document as text: a fault about a value shows what stands there, on one line and not at length", () => {
  const written = read(`a: 230 V\nb: [x]\nc: "\\e[2J\\n${"x".repeat(99)}"\nd: .nan\n`);
  const said = (path: string, sentence: string) => written.located({ path, sentence }).sentence;
  assert.equal(said("a", "is not a number from 50 to 1000"), "is not a number from 50 to 1000, but '230 V'");
  assert.equal(said("d", "is not a number from 0 to 1"), "is not a number from 0 to 1, but '.nan'");
  assert.equal(said("b", "is not a number from 0 to 1"), "is not a number from 0 to 1");
  assert.equal(said("a", "is missing"), "is missing");
  assert.match(said("c", "is none of x, y"), /^is none of x, y, but '\?\[2J\?x{35}…'$/);
});
