/**
 * Every schema that there ever was, with rows in all its tables, brought up to the newest, on both engines: nothing is
 * lost, the tables are those of a new database, and whoever is killed in between finds the old one or the new one.
 */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Kysely, type KyselyPlugin, sql } from "kysely";
import { placeOf } from "../database-place.ts";
import { type Engine, StoreError } from "../engine.ts";
import { openEngine, openStore } from "../open.ts";
import type { Schema } from "../schema.ts";
import { type Fixture, fillFixture, ROWS_EACH, rowsOf } from "../testing/fixture.ts";
import { postgresServer } from "../testing/postgres-server.ts";
import { migrate, SCHEMA_VERSION, type Types } from "./index.ts";

/** What a migration gave up on purpose: its own head says why. */
const givenUp: ReadonlyMap<string, number> = new Map([["variables", 7]]);
const versions = Array.from({ length: SCHEMA_VERSION }, (_, i) => i + 1);

type Opened = { readonly engine: Engine; readonly types: Types };
const open = async (database: string): Promise<Opened> => {
  const { engine, types } = await openEngine(placeOf(database), {});
  return { engine, types };
};

async function expectKept(engine: Engine, before: Fixture, version: number): Promise<void> {
  for (const [table, rows] of before) {
    if ((givenUp.get(table) ?? 0) > version) continue;
    const now = await rowsOf(engine, table);
    for (const row of rows) {
      if (row["key"] === "schema_version") continue;
      const found = now.some((one) => Object.entries(row).every(([column, value]) => one[column] === value));
      assert(found, `schema ${version}: a row of ${table} is gone: ${JSON.stringify(row)}`);
    }
    if (table !== "meta") assert.equal(now.length, ROWS_EACH, table);
  }
}

/** Tables, columns and their kinds; then indices and keys, in the engine's own words. */
async function shapeOf({ db }: { db: Kysely<Schema> }, types: Types): Promise<string> {
  const tables = (await db.introspection.getTables())
    .filter(({ schema }) => schema === types.schema)
    .map(({ name, columns }) => ({
      name,
      columns: columns
        .map(({ name: column, dataType, isNullable }) => `${column} ${dataType} ${isNullable}`)
        .sort(),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rest =
    types.schema === undefined
      ? await sql`SELECT name, tbl_name FROM sqlite_schema WHERE type = 'index' ORDER BY name`.execute(db)
      : await sql`SELECT conname AS name, contype AS kind FROM pg_constraint WHERE connamespace = current_schema()::regnamespace
          UNION ALL SELECT indexname, 'i' FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1, 2`.execute(
          db,
        );
  return JSON.stringify({ tables, rest: rest.rows }, null, 1);
}

const refused = (error: unknown): true => {
  assert(/FOREIGN KEY|foreign key/.test(String(error)), String(error));
  return true;
};

function suite(name: string, create: () => Promise<string>): void {
  test(`migrations, ${name}: from every schema on: nothing is lost, and the tables are those of a new database`, async () => {
    const fresh = await open(await create());
    await migrate(fresh.engine, fresh.types);
    const wanted = await shapeOf(fresh.engine, fresh.types);
    for (const version of versions) {
      const { engine, types } = await open(await create());
      const before = await fillFixture(engine, types, version);
      await migrate(engine, types);
      assert.equal(await shapeOf(engine, types), wanted, `from schema ${version}`);
      await expectKept(engine, before, version);
      const lost = engine.db.insertInto("leases").values({
        site_id: "no such site",
        csms_epoch: 1,
        journal_epoch: "",
        from_id: 1,
        to_id: 2,
        granted_at_ms: 1,
      });
      await assert.rejects(lost.execute(), refused);
      await engine.close();
    }
    await fresh.engine.close();
  });

  test(`migrations, ${name}: a schema of later is refused from every one of ours, untouched`, async () => {
    const { engine, types } = await open(await create());
    await migrate(engine, types);
    await engine.db
      .updateTable("meta")
      .set({ value: String(SCHEMA_VERSION + 1) })
      .where("key", "=", "schema_version")
      .execute();
    const before = await shapeOf(engine, types);
    await assert.rejects(
      migrate(engine, types),
      (error) => error instanceof StoreError && /newer Wattward.*Start the newer version/.test(error.message),
    );
    assert.equal(await shapeOf(engine, types), before);
    await engine.close();
  });
}

/** Sees every statement that Kysely is about to send. */
function watching(engine: Engine, before: () => void): Engine {
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      before();
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { ...engine, db: engine.db.withPlugin(plugin) };
}

// First: with it, the file is over only after its last test.
const server = await postgresServer();
const workplace = mkdtempSync(join(tmpdir(), "wattward-upgrade-"));
let files = 0;
const createFile = async () => join(workplace, `${files++}.db`);
after(() => rmSync(workplace, { recursive: true, force: true }));

suite("sqlite", createFile);

test("migrations, sqlite: killed before any statement, or in the commit: the file is the old one, and goes on from there", async () => {
  for (const version of [1, Math.ceil(SCHEMA_VERSION / 2), SCHEMA_VERSION - 1]) {
    const path = await createFile();
    const { engine, types } = await open(path);
    const before = await fillFixture(engine, types, version);
    const copies: string[] = [];
    /** As a kill leaves it: the file and its log as they are in this instant. */
    const copy = () => {
      const folder = join(workplace, `copy-${version}-${copies.length}`);
      mkdirSync(folder);
      for (const end of ["", "-wal"])
        if (existsSync(path + end)) cpSync(path + end, join(folder, `w.db${end}`));
      copies.push(join(folder, "w.db"));
    };
    await migrate(watching(engine, copy), types);
    await engine.close();
    assert(copies.length >= 2, `${copies.length} statements of schema ${version}`);
    for (const [at, killed] of copies.entries()) {
      const again = await open(killed);
      const found = (await rowsOf(again.engine, "meta")).find(({ key }) => key === "schema_version");
      assert.equal(found?.["value"], String(version), `killed at statement ${at}`);
      await migrate(again.engine, again.types);
      if (at % 10 === 0) await expectKept(again.engine, before, version);
      await again.engine.close();
      rmSync(join(killed, ".."), { recursive: true });
    }
  }
});

if ("skip" in server) test("migrations on postgres", { skip: server.skip }, () => {});
else {
  suite("postgres", server.create);

  test("migrations, postgres: the session is ended before any statement: the tables are the old ones, and go on from there", async () => {
    const version = 1;
    const statements = await (async () => {
      const { engine, types } = await open(await server.create());
      await fillFixture(engine, types, version);
      let seen = 0;
      await migrate(
        watching(engine, () => (seen += 1)),
        types,
      );
      await engine.close();
      return seen;
    })();
    for (let at = 1; at <= statements; at += 7) {
      const url = await server.create();
      const { engine, types } = await open(url);
      const before = await fillFixture(engine, types, version);
      const old = await shapeOf(engine, types);
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(engine.db);
      let seen = 0;
      let ended: Promise<unknown> = Promise.resolve();
      const dying = watching(engine, () => {
        seen += 1;
        if (seen === at) ended = server.sql(url, `SELECT pg_terminate_backend(${rows[0]?.pid}, 5000)`);
      });
      // It is asked to end while statements go on: they fail at one of the next, at the latest at the commit.
      await migrate(dying, types).catch((error: unknown) =>
        assert(error instanceof StoreError, String(error)),
      );
      await ended;
      await engine.close();
      const again = await open(url);
      const now = await shapeOf(again.engine, again.types);
      const newest = (await rowsOf(again.engine, "meta")).some(
        ({ key, value }) => key === "schema_version" && value === String(SCHEMA_VERSION),
      );
      assert(newest || now === old, `ended at statement ${at}: neither the old tables nor the new`);
      await again.engine.close();
      const store = await openStore({ database: url });
      await expectKept(store, before, version);
      await store.close();
    }
  });
}
