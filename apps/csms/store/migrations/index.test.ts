import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StoreError } from "../engine.ts";
import { openSqlite } from "../sqlite.ts";
import { migrate, SCHEMA_VERSION } from "./index.ts";

const int8 = { int8: "integer" } as const;

test("migrations: the tables made are the tables that schema.ts names, column by column", async () => {
  const engine = openSqlite({ path: ":memory:" });
  await migrate(engine, int8);
  const made = new Map(
    (await engine.db.introspection.getTables()).map(({ name, columns }) => [
      name,
      columns.map((c) => c.name).sort(),
    ]),
  );
  assert.deepEqual(made, new Map([...columnsInSchema()].sort(([a], [b]) => (a < b ? -1 : 1))));
});

/** Reads the type text: column names of each table, whether written in place or as a named type. */
function columnsInSchema(): Map<string, string[]> {
  const text = ["../schema.ts", "../station-tables.ts", "../energy-tables.ts"]
    .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
    .join("\n")
    .replace(/\/\*\*[\s\S]*?\*\//g, "");
  const named = new Map(
    [...text.matchAll(/type (\w+Table) = \{([\s\S]*?)\n\};/g)].map(([, name, body]) => [name, body ?? ""]),
  );
  const schema = /export type Schema = \{([\s\S]*?)\n\};/.exec(text)?.[1] ?? "";
  const tables = [...schema.matchAll(/^ {2}(\w+): (?:\{([\s\S]*?)\}|(\w+));/gm)];
  assert(tables.length > 15, "the schema's text was not understood");
  return new Map(
    tables.map(([, table, inPlace, name]) => {
      const body = inPlace ?? named.get(name ?? "") ?? "";
      return [
        table ?? "",
        [...body.matchAll(/(?:^|[;{\n])\s*(\w+):/g)].map(([, column]) => column ?? "").sort(),
      ];
    }),
  );
}

test("migrations: a second run changes nothing", async () => {
  const engine = openSqlite({ path: ":memory:" });
  await migrate(engine, int8);
  await engine.db.updateTable("meta").set({ value: "42" }).where("key", "=", "next_transaction_id").execute();
  await migrate(engine, int8);
  const row = await engine.db
    .selectFrom("meta")
    .select("value")
    .where("key", "=", "next_transaction_id")
    .executeTakeFirst();
  assert.equal(row?.value, "42");
});

test("migrations: a database from a newer program is refused, untouched, with what to do", async () => {
  const engine = openSqlite({ path: ":memory:" });
  await migrate(engine, int8);
  const newer = String(SCHEMA_VERSION + 1);
  await engine.db.updateTable("meta").set({ value: newer }).where("key", "=", "schema_version").execute();
  await assert.rejects(migrate(engine, int8), (error) => {
    assert(error instanceof StoreError);
    assert.equal(error.kind, "newer-schema");
    assert.match(error.message, /newer Wattward.*Start the newer version/);
    return true;
  });
});

test("migrations: a database of somebody else is refused, untouched", async () => {
  const engine = openSqlite({ path: ":memory:" });
  engine.execute("CREATE TABLE songs (title text)");
  await assert.rejects(
    migrate(engine, int8),
    (error) => error instanceof StoreError && error.kind === "not-ours",
  );
  assert.deepEqual(
    (await engine.db.introspection.getTables()).map(({ name }) => name),
    ["songs"],
  );
});

test("migrations: a disk too small for the tables is said in a sentence, and room makes it start", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wattward-small-"));
  try {
    const path = join(folder, "wattward.db");
    const small = openSqlite({ path, pagesMax: 10 });
    await assert.rejects(
      migrate(small, int8),
      (error) => error instanceof StoreError && error.kind === "full" && /disk is full/.test(error.message),
    );
    small.close();
    const roomy = openSqlite({ path });
    await migrate(roomy, int8);
    roomy.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
