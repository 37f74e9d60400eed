import assert from "node:assert/strict";
import { test } from "node:test";
import { StoreError } from "./engine.ts";
import { migrate } from "./migrations/index.ts";
import { openSqlite } from "./sqlite.ts";
import { each, statement } from "./statement.ts";

const put = statement((db, p: { key: string; value: string }) =>
  db.insertInto("meta").values(each(p, ["key", "value"])),
);
const get = statement((db, p: { key: string }) =>
  db.selectFrom("meta").select("value").where("key", "=", p.key),
);

async function opened() {
  const engine = openSqlite({ path: ":memory:" });
  await migrate(engine, { int8: "integer" });
  return engine;
}

test("statement: values go in by name, whatever they hold", async () => {
  const engine = await opened();
  const hostile = "'); DROP TABLE meta; --";
  assert.equal(await engine.run(put, { key: hostile, value: "\u0000é" }), 1);
  assert.deepEqual({ ...(await engine.first(get, { key: hostile })) }, { value: "\u0000é" });
  assert.equal(await engine.first(get, { key: "nobody" }), undefined);
});

test("statement: a value left out is our own fault, said by name", async () => {
  const engine = await opened();
  await assert.rejects(engine.first(get, {} as { key: string }), /no value for 'key'/);
});

test("sqlite: a whole number beyond 2^53 throws, and is never rounded", async () => {
  const engine = await opened();
  engine.execute("CREATE TABLE big (n integer); INSERT INTO big VALUES (9007199254740993)");
  const { sql } = await import("kysely");
  await assert.rejects(sql`SELECT n FROM big`.execute(engine.db), /9007199254740993|too large/i);
});

test("sqlite: isolated work that fails takes its own writes with it, and no others", async () => {
  const engine = await opened();
  await engine.begin();
  await engine.run(put, { key: "k1", value: "kept" });
  const failing = engine.isolated(async () => {
    await engine.run(put, { key: "k2", value: "undone" });
    throw new Error("no");
  });
  await assert.rejects(failing, /no/);
  await engine.commit();
  assert.equal((await engine.first(get, { key: "k1" }))?.value, "kept");
  assert.equal(await engine.first(get, { key: "k2" }), undefined);
});

test("sqlite: foreign keys hold", async () => {
  const engine = await opened();
  const orphan = engine.db.insertInto("passkeys").values({
    id: "k",
    person_id: "nobody",
    public_key: "",
    counter: 0,
    transports: "",
    added_at_ms: 0,
    used_at_ms: null,
  });
  await assert.rejects(orphan.execute(), /FOREIGN KEY/);
});

test("sqlite: a path that cannot be opened is said with what to check", () => {
  assert.throws(
    () => openSqlite({ path: "/nowhere/at/all/w.db" }),
    (error) =>
      error instanceof StoreError &&
      /cannot open the database.*Check that the folder exists/.test(error.message),
  );
});
