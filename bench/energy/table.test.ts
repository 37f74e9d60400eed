/** Tables as others write them: marks, quotes, remarks, decimal commas; what is none is told by its line. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readTable } from "./table.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-table-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function table(text: string) {
  const file = join(folder, "table.csv");
  writeFileSync(file, text);
  return readTable(file);
}

test("table: any mark between fields, quoted or not; remarks and empty lines count as lines and are no rows", () => {
  const { head, rows } = table('# it\'s "so\n"a; b";price\r\n\r\n2024-01-01;"12,5"\n 2024-01-02 ; 3 \n;\n');
  assert.deepEqual(head, ["a; b", "price"]);
  assert.deepEqual(rows, [
    { line: 4, cells: ["2024-01-01", "12.5"] },
    { line: 5, cells: ["2024-01-02", "3"] },
  ]);
  assert.deepEqual(table("t\tp\n2024-01-01\t1\n").rows, [{ line: 2, cells: ["2024-01-01", "1"] }]);
});

test("table: a quote where none can be is told with file and line", () => {
  assert.throws(() => table('t,p\n2024-01-01,1"2\n'), /table\.csv: line 2: a quote/);
});
