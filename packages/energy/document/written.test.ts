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
  assert.deepEqual([yaml.lineOf("b[0].m"), yaml.lineOf("b[7].m"), yaml.lineOf("zzz")], [4, 3, 2]);
});

test("a document as text: what cannot be read is said of the document, or of the path, with its line", () => {
  const rows: readonly [name: string, text: string, says: RegExp, line: number | null][] = [
    ["a key twice", "a: 1\na: 2", /^The document cannot be read as YAML or JSON: a is there twice\.$/, 2],
    ["two documents", "a: 1\n---\nb: 2", /JSON: it is several documents: leave one/, 2],
    [
      "a merge of nothing",
      "a: &outlet {x: 1}\nb:\n  - <<: *outlett",
      /b\[0\]\.<< is \*outlett, an alias of/,
      3,
    ],
    ["an alias too many", `a: &a 1\nb:\n${"  - *a\n".repeat(1_201)}`, /b\[1200\].* over 1200 times/, 1_203],
    ["nothing", "", /^The document is empty\.$/, null],
    ["comments alone", "# to be written\n", /^The document is empty\.$/, null],
    ["Latin-1", Buffer.from("a: 1\nid: geb\u00e4ude\n", "latin1").toString("utf8"), /not in UTF-8: save/, 2],
    ["UTF-16", Buffer.from("\ufeffa: 1\n", "utf16le").toString("utf8"), /not in UTF-8, but in UTF-16/, null],
    ["text without end", "a".repeat(DOCUMENT_CHARS_MAX + 1), /^The document is longer than 524288/, null],
  ];
  for (const [name, text, says, line] of rows) {
    const written = readWritten(text);
    assert(!written.ok, name);
    assert.match(written.fault.sentence, says, name);
    assert.equal(written.fault.line, line, name);
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
