/** The table of docs/ocpp.md: whole, tested, and true. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { documentPath, messageRows, messagesDocument, type Row } from "./document.ts";

let rows: readonly Row[];
before(
  async () => {
    rows = await messageRows();
  },
  { timeout: 240_000 },
);

test("ocpp: every message of three versions has its line; 91 of them are 2.1's", () => {
  const ofVersion = (version: string) =>
    new Set(rows.filter((row) => row.version === version).map(({ action }) => action));
  assert.deepEqual(
    ["1.6", "2.0.1", "2.1"].map((version) => ofVersion(version).size),
    [39, 64, 91],
  );
});

test("ocpp: every message of a station, and every open command, is tested by name", () => {
  const untested = rows.filter(({ left, tests }) => left !== undefined && tests.length === 0);
  assert.deepEqual(
    untested.map(({ action, version }) => `${action} ${version}`),
    [],
  );
});

test("ocpp: docs/ocpp.md is what the tables say; `node tests/messages/write.ts` writes it anew", () => {
  assert.equal(readFileSync(documentPath, "utf8"), messagesDocument(rows));
});
