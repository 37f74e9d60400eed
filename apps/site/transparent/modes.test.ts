/** docs/local-controller.md says how the two modes differ: every row of it has its tests, and every test its row. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** Rows that need real sockets, and where the test of each mode is. */
const elsewhere = new Map([["compression", { autonomous: "link-compression", transparent: "transparent" }]]);

test("modes: docs/local-controller.md has a row for each pair of tests, and a pair of tests for each row", () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
  const section =
    read("../../../docs/local-controller.md").split("## Two modes\n")[1]?.split("\n## ")[0] ?? "";
  const documented = section
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| |"))
    .map((line) => line.split("|")[1]?.trim());
  const here = ["./modes-of-connections.test.ts", "./modes-of-messages.test.ts"].flatMap((path) =>
    [...read(path).matchAll(/^ {2}"?([^":\n]+)"?: \{\n {4}async autonomous/gm)].map(([, row]) => row),
  );
  assert(here.length > 20, "the rows were found");
  assert.deepEqual(documented.toSorted(), [...here, ...elsewhere.keys()].toSorted());
  for (const [row, files] of elsewhere)
    for (const [mode, file] of Object.entries(files)) {
      const path = `../../../tests/integration/${file}.test.ts`;
      assert(read(path).includes(`test("${mode}: ${row}"`), `${mode}: ${row}`);
    }
});
