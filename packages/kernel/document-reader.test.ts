/** What a person wrote is read whole: each fault with its path, and nothing that the document has not itself. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type DocumentFault, DocumentReader, FAULTS_MAX } from "./document-reader.ts";

/** Every fault of what `read` asks for, as `path: sentence`. */
function faultsOf(value: unknown, read: (r: DocumentReader) => unknown): string[] {
  const faults: DocumentFault[] = [];
  read(new DocumentReader(value, "", faults));
  return faults.map(({ path, sentence }) => `${path}: ${sentence}`);
}

test("document: what is not there is missing, whatever it should be", () => {
  const reads: readonly ((r: DocumentReader) => unknown)[] = [
    (r) => r.object(),
    (r) => r.number(0, 1),
    (r) => r.whole(0, 1),
    (r) => r.text(9),
    (r) => r.boolean(),
    (r) => r.oneOf("a", "b"),
    (r) => r.list(9),
  ];
  for (const read of reads)
    assert.deepEqual(
      faultsOf({}, (r) => read(r.at("x"))),
      ["x: is missing"],
    );
});

test("document: a member is the object's own", () => {
  const inherits: unknown = Object.create({ x: 1 });
  for (const value of [inherits, {}, [], "text", null])
    for (const name of ["x", "constructor", "toString", "__proto__", "length"])
      assert(new DocumentReader(value, "", []).at(name).absent, name);
  const named: unknown = JSON.parse('{"__proto__":1,"constructor":2}');
  assert.deepEqual(
    faultsOf(named, (r) => r.object("x")),
    [
      "__proto__: is not known here: take it out, or correct its name",
      "constructor: is not known here: take it out, or correct its name",
    ],
  );
});

test("document: a text is on one line, without what moves a terminal's cursor, and not of blanks alone", () => {
  for (const text of ["a", "Zähler 1", "a b", "x".repeat(64)])
    assert.deepEqual(
      faultsOf(text, (r) => r.text(64)),
      [],
    );
  for (const text of ["", " ", "a\nb", "a\u001b[2J", "a\u0000", "a\u0085b", "a\u2028b", "x".repeat(65), 1])
    assert.deepEqual(
      faultsOf(text, (r) => r.text(64)),
      [": is not a text of 1 to 64 characters"],
    );
});

test("document: numbers that are none, lists that are too long, and what is optional", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, "1", 11, null])
    assert.deepEqual(
      faultsOf({ a: [value] }, (r) => r.at("a").list(1)[0]?.number(0, 10)),
      ["a[0]: is not a number from 0 to 10"],
    );
  assert.deepEqual(
    faultsOf([1, 2], (r) => assert.equal(r.list(1).length, 1)),
    [": has 2 entries; at most 1"],
  );
  const r = new DocumentReader({ b: true }, "", []);
  assert.deepEqual(
    [r.optional("a", (a) => a.boolean()), r.optional("b", (b) => b.boolean())],
    [{}, { b: true }],
  );
});

test("document: faults are noted up to a hundred", () => {
  const many = Object.fromEntries(Array.from({ length: 3 * FAULTS_MAX }, (_, i) => [`m${i}`, 0]));
  assert.equal(faultsOf(many, (r) => r.object()).length, FAULTS_MAX);
});
