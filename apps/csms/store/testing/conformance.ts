/**
 * What holds on every engine: the same statements, the same rules of a commit, the same outbox. Run by sqlite.test.ts
 * and postgres.test.ts, each with its own rig.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, StoreError } from "../engine.ts";
import { SCHEMA_VERSION } from "../migrations/index.ts";
import { openStore } from "../open.ts";
import { each, statement } from "../statement.ts";
import { processConformance } from "./process-conformance.ts";
import { opened, type Rig } from "./rig.ts";
import { writerConformance } from "./writer-conformance.ts";

/** Registers the tests. */
export function conformance(rig: Rig): void {
  statementConformance(rig);
  schemaConformance(rig);
  writerConformance(rig);
  processConformance(rig);
}

const put = statement((db, p: { key: string; value: string }) =>
  db.insertInto("meta").values(each(p, ["key", "value"])),
);
const get = statement((db, p: { key: string }) =>
  db.selectFrom("meta").select("value").where("key", "=", p.key),
);
const keys = statement((db, p: { after: string }) =>
  db.selectFrom("meta").select("key").where("key", ">", p.after).orderBy("key"),
);
const invite = statement((db, p: { hash: string; expiresAtMs: number }) =>
  db
    .insertInto("invitations")
    .values({ hash: p.hash, role: "r", expires_at_ms: p.expiresAtMs, used_at_ms: null }),
);
const invitation = statement((db, p: { hash: string }) =>
  db.selectFrom("invitations").select(["expires_at_ms", "used_at_ms"]).where("hash", "=", p.hash),
);

function statementConformance({ name, create, execute }: Rig): void {
  test(`${name}: values go in by name, whatever they hold`, async (t) => {
    const engine = await opened(t, await create(t));
    const hostile = "'); DROP TABLE meta; -- $1 ? \\";
    assert.equal(await engine.run(put, { key: hostile, value: "é🙂" }), 1);
    assert.deepEqual({ ...(await engine.first(get, { key: hostile })) }, { value: "é🙂" });
    assert.equal(await engine.first(get, { key: "nobody" }), undefined);
    assert.deepEqual(await engine.all(get, { key: "nobody" }), []);
  });

  test(`${name}: a NUL in a text is no end of anything: it is stored, and found again`, async (t) => {
    const engine = await opened(t, await create(t));
    assert.equal(await engine.run(put, { key: "a\u0000b", value: "x\u0000" }), 1);
    const found = await engine.first(get, { key: "a\u0000b" });
    assert.equal(found?.value.replace("\u2400", "\u0000"), "x\u0000");
    assert.equal(await engine.first(get, { key: "a" }), undefined);
  });

  test(`${name}: a value left out, or no whole number, is our own fault, said by name`, async (t) => {
    const engine = await opened(t, await create(t));
    await assert.rejects(engine.first(get, {} as { key: string }), /no value for 'key'/);
    for (const expiresAtMs of [0.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
      await assert.rejects(engine.run(invite, { hash: "h", expiresAtMs }), /no whole number/);
    }
    assert.equal(await engine.first(invitation, { hash: "h" }), undefined);
  });

  test(`${name}: whole numbers come back exact up to 2^53, and beyond it throw rather than be rounded`, async (t) => {
    const database = await create(t);
    const engine = await opened(t, database);
    for (const expiresAtMs of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0, -1]) {
      const hash = String(expiresAtMs);
      await engine.run(invite, { hash, expiresAtMs });
      const found = await engine.first(invitation, { hash });
      assert.deepEqual({ ...found }, { expires_at_ms: expiresAtMs, used_at_ms: null });
    }
    await execute(database, "INSERT INTO invitations VALUES ('big', 'r', 9007199254740993, NULL)");
    await assert.rejects(engine.first(invitation, { hash: "big" }), /9007199254740993|too large/i);
    const sums = engine.db.selectFrom("invitations").select((e) => e.fn.sum("expires_at_ms").as("sum"));
    await assert.rejects(sums.execute(), /90071992547409\d\d|too large/i);
    assert.equal((await engine.first(invitation, { hash: "0" }))?.expires_at_ms, 0, "it goes on");
  });

  test(`${name}: text is ordered by its bytes, whatever the locale`, async (t) => {
    const engine = await opened(t, await create(t));
    const words = ["~", "~B", "~_", "~a", "~b", "~é", "~🙂"];
    for (const key of words.toReversed()) await engine.run(put, { key, value: "" });
    const found = await engine.all(keys, { after: "~" });
    assert.deepEqual(
      found.map(({ key }) => key),
      words.slice(1),
    );
  });

  test(`${name}: isolated work that fails takes its own writes with it, and no others`, async (t) => {
    const engine = await opened(t, await create(t));
    await engine.begin();
    await engine.run(put, { key: "k1", value: "kept" });
    for (const fault of [
      () => Promise.reject(new Error("no")),
      () => engine.run(put, { key: "k1", value: "again" }),
    ]) {
      const failing = engine.isolated(async () => {
        await engine.run(put, { key: "k2", value: "undone" });
        await fault();
      });
      await assert.rejects(failing, /no|unique/i);
    }
    await engine.isolated(() => engine.run(put, { key: "k3", value: "kept" }));
    await engine.commit();
    assert.equal((await engine.first(get, { key: "k1" }))?.value, "kept");
    assert.equal(await engine.first(get, { key: "k2" }), undefined);
    assert.equal((await engine.first(get, { key: "k3" }))?.value, "kept");
  });

  test(`${name}: what was rolled back was never there, and what fails in no transaction is our fault`, async (t) => {
    const engine = await opened(t, await create(t));
    await engine.begin();
    await engine.runEach(put, [
      { key: "k1", value: "" },
      { key: "k2", value: "" },
    ]);
    await engine.rollback();
    await engine.rollback();
    assert.equal(await engine.first(get, { key: "k1" }), undefined);
    await engine.run(put, { key: "k1", value: "" });
    const again = await engine.run(put, { key: "k1", value: "" }).catch((error: unknown) => error);
    assert(again instanceof Error);
    assert.equal(engine.faultOf(again), undefined);
  });

  test(`${name}: foreign keys hold`, async (t) => {
    const { db } = await opened(t, await create(t));
    const orphan = db.insertInto("passkeys").values({
      id: "k",
      person_id: "nobody",
      public_key: "",
      counter: 0,
      transports: "",
      added_at_ms: 0,
      used_at_ms: null,
    });
    await assert.rejects(orphan.execute(), /FOREIGN KEY/i);
  });
}

function schemaConformance({ name, create, execute }: Rig): void {
  test(`${name}: tables and columns are those of SQLite, each of the same kind, and null where it may be`, async (t) => {
    const reference = await opened(t, ":memory:");
    assert.deepEqual(await shapeOf(await opened(t, await create(t))), await shapeOf(reference));
  });

  test(`${name}: a newer schema is refused with what to do, untouched`, async (t) => {
    const database = await create(t);
    const newer = String(SCHEMA_VERSION + 1);
    await (await openStore({ database })).close();
    await execute(database, `UPDATE meta SET value = '${newer}' WHERE key = 'schema_version'`);
    await assert.rejects(openStore({ database }), (error) => {
      assert(error instanceof StoreError);
      assert.equal(error.kind, "newer-schema");
      assert.match(error.message, /newer Wattward.*Start the newer version/);
      return true;
    });
  });

  test(`${name}: a database of somebody else is refused, untouched`, async (t) => {
    const database = await create(t);
    await execute(database, "CREATE TABLE songs (title text)");
    const refused = (error: unknown) => error instanceof StoreError && error.kind === "not-ours";
    await assert.rejects(openStore({ database }), refused);
    await assert.rejects(execute(database, "SELECT * FROM meta"), /meta/);
  });

  test(`${name}: a migration that fails takes back those before it, and the version stays`, async (t) => {
    const database = await create(t);
    await execute(database, "CREATE TABLE meta (key text PRIMARY KEY, value text NOT NULL)");
    await execute(database, "INSERT INTO meta VALUES ('schema_version', '1')");
    await execute(database, "CREATE TABLE commands (state text, expires_at_ms integer)");
    // The second migration has all that it needs, the third does not.
    await assert.rejects(openStore({ database }), /site_journals/);
    await execute(database, "CREATE INDEX commands_by_state ON commands (state)");
    await execute(database, "DROP TABLE commands; DROP TABLE meta");
    const engine = await opened(t, database);
    assert.equal((await engine.first(get, { key: "schema_version" }))?.value, String(SCHEMA_VERSION));
  });
}

/** Table by table, column by column: whole number or text, and whether it may be null. */
async function shapeOf({ db }: Engine): Promise<Map<string, string[]>> {
  const tables = await db.introspection.getTables();
  const shapes = tables.map(({ name, columns }): [string, string[]] => {
    const column = (c: (typeof columns)[number]) =>
      `${c.name} ${/int/i.test(c.dataType) ? "whole" : c.dataType.toLowerCase()}${c.isNullable ? "?" : ""}`;
    return [name, columns.map(column).sort()];
  });
  return new Map(shapes.sort(([a], [b]) => (a < b ? -1 : 1)));
}
