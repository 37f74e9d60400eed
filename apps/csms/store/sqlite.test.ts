import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { sql } from "kysely";
import { type Engine, StoreError } from "./engine.ts";
import { openSqlite } from "./sqlite.ts";
import { conformance } from "./testing/conformance.ts";
import { metaKeys, outboxOf, outcomesOf, put, writing } from "./testing/writer-conformance.ts";

conformance({
  name: "sqlite",
  async create(t) {
    const folder = mkdtempSync(join(tmpdir(), "wattward-store-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return join(folder, "w.db");
  },
  async execute(database, text) {
    const file = new DatabaseSync(database);
    file.exec(text);
    file.close();
  },
});

test("sqlite: a full disk fails the whole batch and nothing is half there; space returns, it goes on", async (t) => {
  const { engine, writer } = await writing(t, ":memory:");
  await pagesMax(engine, (await pagesOf(engine)) + 4);
  const large = put("klarge", "x".repeat(100_000));
  const outcomes = await outcomesOf([
    writer.submit("small", undefined, put("k1")),
    writer.submit("large", undefined, large),
    writer.submit("small", undefined, put("k2")),
  ]);
  assert.deepEqual(outcomes, ["full", "full", "full"]);
  assert.deepEqual(await metaKeys(engine), []);
  assert.deepEqual(await outboxOf(engine), []);
  assert.equal(await writer.submit("small", undefined, put("k3")), "k3");
  await pagesMax(engine, 100_000);
  assert.equal(await writer.submit("large", undefined, large), "klarge");
  assert.deepEqual(await outboxOf(engine), ["1 k3", "2 klarge"]);
});

async function pagesOf({ db }: Engine): Promise<number> {
  const { rows } = await sql<{ page_count: number }>`PRAGMA page_count`.execute(db);
  return Number(rows[0]?.page_count);
}
const pagesMax = ({ db }: Engine, pages: number) =>
  sql`PRAGMA max_page_count = ${sql.raw(String(pages))}`.execute(db);

test("sqlite: a path that cannot be opened is said with what to check", () => {
  assert.throws(
    () => openSqlite({ path: "/nowhere/at/all/w.db" }),
    (error) =>
      error instanceof StoreError &&
      /cannot open the database.*Check that the folder exists/.test(error.message),
  );
});
