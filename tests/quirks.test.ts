/** All forty-three rows of what real stations get wrong: each tested by name, each rule with a row, the document true. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { noticed, quirkRows, repairs } from "@wattward/ocpp";
import { documentPath, quirksDocument, testedRows } from "./quirks/document.ts";

const ROWS = 43;

test("quirks: every row has a test that is named by it, and a sentence that says what is done", () => {
  assert.deepEqual(
    quirkRows.map(({ row }) => row),
    Array.from({ length: ROWS }, (_, index) => index + 1),
  );
  const tested = testedRows();
  assert.deepEqual(
    quirkRows.filter(({ row }) => !tested.has(row)).map(({ row }) => row),
    [],
  );
  const said = new Set([...repairs, ...noticed].map(({ row }) => row));
  assert.deepEqual(
    quirkRows.filter(({ row, does }) => does === undefined && !said.has(row)),
    [],
  );
});

test("quirks: every rule has a name of its own and a row; only one is both repaired and noticed", () => {
  const names = [...repairs, ...noticed].map(({ rule }) => rule);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  assert.deepEqual(twice, ["empty-sample"], "2.0.1 refuses an empty sample, 1.6 allows it");
  for (const { rule, row } of [...repairs, ...noticed]) {
    assert.match(rule, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert(row >= 1 && row <= ROWS, rule);
  }
});

test("quirks: docs/quirks.md is what the code says; `node tests/quirks/write.ts` writes it anew", () => {
  assert.equal(readFileSync(documentPath, "utf8"), quirksDocument());
});
