import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, csvOf, matching, nextSorting, readSorting, sorted, writeSorting } from "./columns.ts";

type Row = { id: string; w: number | null };
const columns: Column<Row>[] = [
  { id: "id", title: "Station", cell: ({ id }) => id, value: ({ id }) => id },
  { id: "w", title: 'Power, "W"', cell: ({ w }) => w, value: ({ w }) => w, number: true },
  { id: "more", title: "More", cell: () => "…" },
];
const rows: Row[] = [
  { id: "CP-10", w: 5 },
  { id: "CP-2", w: null },
  { id: "CP-1", w: -1 },
];
const ids = (of: readonly Row[]) => of.map(({ id }) => id);

test("a table sorts numbers as numbers, names as people do, and the unknown last either way", () => {
  assert.deepEqual(ids(sorted(rows, columns, { by: "id", down: false })), ["CP-1", "CP-2", "CP-10"]);
  assert.deepEqual(ids(sorted(rows, columns, { by: "w", down: false })), ["CP-1", "CP-10", "CP-2"]);
  assert.deepEqual(ids(sorted(rows, columns, { by: "w", down: true })), ["CP-10", "CP-1", "CP-2"]);
  assert.equal(sorted(rows, columns, { by: "more", down: true }), rows);
});

test("sorting stands in the address, and what cannot be read there is as if it were not", () => {
  for (const word of ["w", "-w"]) assert.equal(writeSorting(readSorting(word, ["w"])!), word);
  for (const word of ["x", "-", "", 7, undefined, "__proto__"])
    assert.equal(readSorting(word, ["w"]), undefined);
  const up = nextSorting(undefined, "w");
  assert.deepEqual(
    [up, nextSorting(up, "w")],
    [
      { by: "w", down: false },
      { by: "w", down: true },
    ],
  );
  assert.equal(nextSorting({ by: "w", down: true }, "w"), undefined);
});

test("a search finds every word, anywhere", () => {
  assert.deepEqual(ids(matching(rows, " cp 1 ", ({ id }) => id)), ["CP-10", "CP-1"]);
  assert.equal(
    matching(rows, "  ", ({ id }) => id),
    rows,
  );
});

test("an export is quoted where it must be, and no cell is a formula", () => {
  const text = csvOf(
    [
      { id: "=cmd()", w: -5 },
      { id: "a\nb", w: null },
    ],
    columns,
  );
  assert.equal(text, 'Station,"Power, ""W"""\r\n\'=cmd(),-5\r\n"a\nb",\r\n');
});

test("no blank, wide sign or semicolon brings a formula into an export; a date and a negative text stay readable", () => {
  const cell = (id: string) => csvOf([{ id, w: 1 }], columns).split("\r\n")[1];
  assert.equal(cell(" =1+1"), "' =1+1,1");
  assert.equal(cell("\u202e\u00a0@SUM(1)"), "'\u202e\u00a0@SUM(1),1");
  assert.equal(cell("\n=1"), '"\'\n=1",1');
  assert.equal(cell("\uff1d1"), "'\uff1d1,1");
  assert.equal(cell("fine;=1"), '"fine;\'=1",1');
  assert.equal(cell("fine; and 1=1"), '"fine; and 1=1",1');
  assert.equal(cell("2026-01-05"), "2026-01-05,1");
});
