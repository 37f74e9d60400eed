/** PostgreSQL, held to what every engine is held to, and what it alone can do to us. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sql } from "kysely";
import { StoreError } from "./engine.ts";
import { openStore, openStoreReader } from "./open.ts";
import { conformance } from "./testing/conformance.ts";
import { type PostgresServer, postgresServer } from "./testing/postgres-server.ts";
import { opened } from "./testing/rig.ts";
import { metaKeys, outboxOf, outcomesOf, put, writing } from "./testing/writer-conformance.ts";
import type { Tx } from "./writer.ts";

const server = await postgresServer();

if ("skip" in server) test("postgres", { skip: server.skip }, () => {});
else {
  conformance({
    name: "postgres",
    create: () => server.create(),
    execute: async (database, text) => void (await server.sql(database, text)),
  });
  faults(server);
  refusals(server);
}

/** Makes what is written to `meta` under the key `kbad` fail, with that SQLSTATE, the first `times` times. */
const failing = (code: string, times: number) => `
  CREATE SEQUENCE attempts;
  CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.key = 'kbad' AND nextval('attempts') <= ${times} THEN
      RAISE EXCEPTION 'as asked' USING ERRCODE = '${code}';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER fails BEFORE INSERT ON meta FOR EACH ROW EXECUTE FUNCTION fails()`;
const attempts = async ({ sql }: PostgresServer, database: string) =>
  Number((await sql(database, "SELECT last_value FROM attempts"))[0]?.["last_value"]);

function faults(server: PostgresServer): void {
  for (const [what, code, times, outcome, attempted] of [
    ["a serialisation failure is decided again", "40001", 2, "kbad", 3],
    ["a deadlock is decided again", "40P01", 4, "kbad", 5],
    ["one that never ends is told as busy after the named number of attempts", "40001", 1_000, "busy", 5],
    ["a full disk is told, and nothing tried again", "53100", 1_000, "full", 1],
    ["an operator's cancellation is busy", "57014", 1_000, "busy", 1],
    ["a broken storage is told as such", "58030", 1_000, "storage", 1],
    ["what is our own fault is told to the one who asked", "22023", 1_000, "broken", 1],
  ] as const) {
    test(`postgres: ${what} (${code})`, async (t) => {
      const database = await server.create();
      const { engine, writer } = await writing(t, database);
      await server.sql(database, failing(code, times));
      const outcomes = await outcomesOf(
        ["k1", "kbad", "k2"].map((key) => writer.submit(key, undefined, put(key))),
      );
      const others = outcome === "kbad" || outcome === "broken" ? ["k1", "k2"] : [outcome, outcome];
      assert.deepEqual(outcomes, [others[0], outcome, others[1]]);
      assert.equal(await attempts(server, database), attempted);
      const stood = outcomes.filter((one) => String(one).startsWith("k")).map(String);
      assert.deepEqual(await metaKeys(engine), stood.toSorted());
      assert.deepEqual(
        await outboxOf(engine),
        stood.map((key, i) => `${i + 1} ${key}`),
      );
      assert.equal(await writer.submit("after", undefined, put("k3")), "k3");
    });
  }

  test("postgres: two transactions that wait for each other: the one that has to give way is decided again", async (t) => {
    const database = await server.create();
    const { engine, writer } = await writing(t, database);
    for (const key of ["ka", "kb"]) await writer.submit("put", undefined, put(key));
    const operator = await opened(t, database);
    const change = (key: string) =>
      sql`UPDATE meta SET value = 'operator' WHERE key = ${key}`.execute(operator.db);
    await sql`BEGIN`.execute(operator.db);
    await change("kb");
    const hasA = Promise.withResolvers<void>();
    const both = writer.submit("both", undefined, async (tx) => {
      await put("ka", "writer")(tx);
      hasA.resolve();
      return put("kb", "writer")(tx);
    });
    await hasA.promise;
    const [outcome] = await Promise.all([
      outcomesOf([both]),
      change("ka")
        .then(() => sql`COMMIT`.execute(operator.db))
        .catch(() => sql`ROLLBACK`.execute(operator.db)),
    ]);
    assert.deepEqual(outcome, ["kb"]);
    const rows = await engine.db.selectFrom("meta").select("value").where("key", "like", "k%").execute();
    assert.deepEqual(
      rows.map(({ value }) => value),
      ["writer", "writer"],
    );
  });

  test("postgres: a session that is ended in the middle, or at the commit, leaves nothing; the next is served", async (t) => {
    const database = await server.create();
    const { engine, writer } = await writing(t, database);
    const killed = async (tx: Tx) => {
      await put("kkilled")(tx);
      const pid = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(engine.db);
      await server.sql(database, `SELECT pg_terminate_backend(${pid.rows[0]?.pid})`);
      return put("kafter")(tx);
    };
    const inTheMiddle = [
      writer.submit("a", undefined, put("k1")),
      writer.submit("killed", undefined, killed),
      writer.submit("b", undefined, put("k2")),
    ];
    assert.deepEqual(await outcomesOf(inTheMiddle), ["storage", "storage", "storage"]);
    assert.equal(await writer.submit("c", undefined, put("k3")), "k3");
    await server.sql(
      database,
      `CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.key = 'kcommit' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NULL;
       END $$;
       CREATE CONSTRAINT TRIGGER ends AFTER INSERT ON meta INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ends()`,
    );
    assert.deepEqual(await outcomesOf([writer.submit("commit", undefined, put("kcommit"))]), ["storage"]);
    assert.equal(await writer.submit("d", undefined, put("k4")), "k4");
    assert.deepEqual(await metaKeys(engine), ["k3", "k4"]);
    assert.deepEqual(await outboxOf(engine), ["1 k3", "2 k4"]);
  });

  test("postgres: a writer that is stopped with the lock in its hands loses it, and the other writes on", async (t) => {
    const database = await server.create();
    const stopped = await writing(t, database);
    const other = await writing(t, database);
    await sql`SET idle_in_transaction_session_timeout = 200`.execute(stopped.engine.db);
    const holding = Promise.withResolvers<void>();
    const woken = Promise.withResolvers<void>();
    const asleep = stopped.writer.submit("asleep", undefined, async (tx) => {
      await put("kasleep")(tx);
      holding.resolve();
      await woken.promise;
      return put("klate")(tx);
    });
    await holding.promise;
    assert.equal(await other.writer.submit("awake", undefined, put("k1")), "k1");
    woken.resolve();
    assert.deepEqual(await outcomesOf([asleep]), ["storage"]);
    assert.equal(await stopped.writer.submit("again", undefined, put("k2")), "k2");
    assert.deepEqual(await outboxOf(other.engine), ["1 k1", "2 k2"]);
  });

  test("postgres: who waits too long for the lock is told busy, and nothing is written", async (t) => {
    const database = await server.create();
    const { engine, writer } = await writing(t, database);
    const holder = await opened(t, database);
    await sql`SET lock_timeout = 100`.execute(engine.db);
    await holder.begin();
    assert.deepEqual(await outcomesOf([writer.submit("a", undefined, put("k1"))]), ["busy"]);
    await holder.rollback();
    assert.equal(await writer.submit("b", undefined, put("k2")), "k2");
    assert.deepEqual(await outboxOf(engine), ["1 k2"]);
  });

  test("postgres: a table that gets a column while we run is read on: the statement is prepared afresh", async (t) => {
    const database = await server.create();
    const { writer } = await writing(t, database);
    const { findSite } = await import("../sites/rows.ts");
    const find = () => writer.submit("find", undefined, (tx) => tx.all(findSite, { id: "s" }));
    assert.deepEqual(await find(), []);
    await server.sql(database, "ALTER TABLE sites ADD COLUMN later text");
    assert.deepEqual(await find(), []);
  });

  test("postgres: readers see one instant in a transaction, can write nothing, and come back by themselves", async (t) => {
    const database = await server.create();
    const { writer } = await writing(t, database);
    const reader = openStoreReader(database);
    t.after(() => reader.close());
    const count = (db: Parameters<Parameters<typeof reader.read>[0]>[0]) =>
      db.selectFrom("outbox").select("seq").execute();
    const counts = await reader.read((db) =>
      db.transaction().execute(async (tx) => {
        const before = (await count(tx)).length;
        await writer.submit("put", undefined, put("k1"));
        return [before, (await count(tx)).length];
      }),
    );
    assert.deepEqual(counts, [0, 0]);
    const writes = reader.read((db) => db.deleteFrom("outbox").execute());
    await assert.rejects(writes, /read-only/);
    await server.sql(
      database,
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wattward'",
    );
    const seen = async () => (await reader.read(count)).length;
    assert.equal(await seen().catch(seen), 1);
    // The server's last word on a connection is an error of its own, before the connection's end: it is not lent again either.
    for (let i = 0; i < 20; i++) {
      const last = reader.read((db) => sql`SELECT pg_terminate_backend(pg_backend_pid())`.execute(db));
      await assert.rejects(last, /terminating connection/);
      assert.equal(await seen(), 1);
    }
  });
}

function refusals(server: PostgresServer): void {
  const refused = (database: string, says: RegExp) =>
    assert.rejects(openStore({ database }), (error) => {
      assert(error instanceof StoreError, String(error));
      assert.match(error.message, says);
      return true;
    });

  test("postgres: what would not be durable, or not be text, is refused with what to do", async () => {
    await server.sql(server.url, "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0");
    await refused(server.url.replace(/postgres$/, "ascii"), /encoding is SQL_ASCII.*UTF8/);
    await server.sql(server.url, "ALTER SYSTEM SET fsync = off");
    await server.sql(server.url, "SELECT pg_reload_conf()");
    await server.stop("fast");
    await server.start();
    await refused(server.url, /fsync = off/);
    await server.sql(server.url, "ALTER SYSTEM RESET fsync");
    await server.stop("fast");
    await server.start();
  });

  test("postgres: acknowledged is written, also where the server is set up to acknowledge before", async (t) => {
    const database = await server.create();
    await server.sql(server.url, "ALTER DATABASE postgres SET synchronous_commit = off");
    const { db } = await opened(t, database);
    const { rows } = await sql<{ synchronous_commit: string }>`SHOW synchronous_commit`.execute(db);
    await server.sql(server.url, "ALTER DATABASE postgres RESET synchronous_commit");
    assert.equal(rows[0]?.synchronous_commit, "on");
  });

  test("postgres: a user who may make no tables is told who can allow it", async () => {
    await server.sql(server.url, "CREATE ROLE guest LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    await refused(server.url.replace("postgres@", "guest@"), /permission denied.*GRANT CREATE/);
  });
}
