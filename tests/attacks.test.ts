/** docs/attacks.md: a row for each attack, and nothing in it that is not there: tests, observations, metrics. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";

const numbered = (group: string, count: number) =>
  Array.from({ length: count }, (_, n) => `AT-${group}${n + 1}`);
/** Those that are dealt with today, in the order of the page. */
const ids = [...numbered("O", 20), "AT-C3", "AT-C4", "AT-C6", ...numbered("M", 12)];
const root = resolve(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

type AttackRow = {
  readonly id: string;
  readonly cells: readonly string[];
  readonly tests: readonly { readonly path: string; readonly name: string }[];
};

const rows: readonly AttackRow[] = read("docs/attacks.md")
  .split("\n")
  .filter((line) => line.startsWith("| AT-"))
  .map((line) => {
    const cells = line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
    const named = [...(cells[4] ?? "").matchAll(/`([^`]+\.test\.ts)`: “([^”]+)”/g)];
    return { id: cells[0] ?? "", cells, tests: named.map(([, path = "", name = ""]) => ({ path, name })) };
  });

/** A test of that name as the source writes it, templates and all. */
function hasTest(source: string, name: string): boolean {
  return ['"', "'", "`"].some((quote) =>
    new RegExp(`\\btest\\(\\s*${quote}${RegExp.escape(name)}${quote}`).test(source),
  );
}

test("attacks: a row for each, whole, and each names a test", () => {
  assert.deepEqual(
    rows.map(({ id }) => id),
    ids,
  );
  for (const { id, cells, tests } of rows) {
    assert.equal(cells.length, 5, id);
    assert(tests.length > 0, `${id} names no test`);
    assert.equal(
      tests.length,
      (cells[4] ?? "").split("<br>").length,
      `${id}: a test that is not written as the others are`,
    );
  }
});

test("attacks: every test that is named exists, in that file and under that name", () => {
  const missing = rows.flatMap(({ id, tests }) =>
    tests
      .filter(({ path, name }) => !hasTest(read(path), name))
      .map(({ path, name }) => `${id}: ${path}: ${name}`),
  );
  assert.deepEqual(missing, []);
});

test("attacks: what is named in code exists: observations, reasons for review, rules, metrics", () => {
  const files = globSync(["apps/{csms,site}/**/*.ts", "packages/{ocpp,guard,energy}/**/*.ts"], {
    cwd: root,
    exclude: (path) => /node_modules|testing|\.test\.ts$/.test(String(path)),
  });
  const sources = files.map(read).join("\n");
  const unknown = rows.flatMap(({ id, cells }) =>
    [...(cells[3] ?? "").matchAll(/`([^`]+)`/g)]
      .map(([, word = ""]) => word)
      .filter((word) => !new RegExp(`["\\s]${RegExp.escape(word)}["']?[:,;\\s})\\]]`).test(sources))
      .map((word) => `${id}: ${word}`),
  );
  assert.deepEqual(unknown, []);
});

test("attacks: every test that is named by an id stands in the row of that id", () => {
  const files = globSync(["apps/**/*.test.ts", "packages/**/*.test.ts", "tests/**/*.test.ts"], {
    cwd: root,
    exclude: (path) => /node_modules|dist/.test(String(path)),
  });
  const strays = files.flatMap((path) =>
    [...read(path).matchAll(/\btest\(\s*["'`](AT-[A-Z]\d+): /g)]
      .map(([, id = ""]) => id)
      .filter((id) => !rows.some((row) => row.id === id && row.tests.some((named) => named.path === path)))
      .map((id) => `${path}: ${id}`),
  );
  assert.deepEqual([...new Set(strays)], []);
});
