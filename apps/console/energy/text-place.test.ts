import assert from "node:assert/strict";
import { test } from "node:test";
import { starterDocument } from "./starter.ts";
import { lineSpan, linesIn, linesWith } from "./text-place.ts";

test("every line of a text is found, none beside", () => {
  const text = "a\n\nbcd\n";
  assert.equal(linesIn(text), 4);
  const lines = [1, 2, 3, 4].map((line) => text.slice(...(lineSpan(text, line) ?? [0, 0])));
  assert.deepEqual(lines, ["a", "", "bcd", ""]);
  for (const line of [0, -1, 5, 1.5, Number.NaN]) assert.equal(lineSpan(text, line), undefined, `${line}`);
});

test("a document to begin with has each station once, the first as the pattern of the others", () => {
  const text = starterDocument(["CP-1", "CP-2", "0 odd: one"], "Europe/Paris");
  assert.equal(text.match(/station: CP-1$/gm)?.length, 1);
  assert.match(text, /<<: \*outlet, id: CP-2, station: CP-2 /);
  assert.match(text, /id: "0 odd: one"/, "what YAML would read otherwise is quoted");
  assert.match(starterDocument([], "UTC"), /station: STATION\n/);
});

test("a search finds every line that holds the text, whatever its case; a number is a line", () => {
  const text = "site:\n  fuses:\n    - id: Main\n    - id: main-2";
  assert.deepEqual(linesWith(text, "MAIN"), [3, 4]);
  assert.deepEqual(linesWith(text, " 2 "), [2]);
  assert.deepEqual(linesWith(text, "99"), [], "no such line, and no such text");
  assert.deepEqual(linesWith(text, ""), []);
});
