/** Every schema that there ever was, out of one engine and into the other; and what a restored database may not believe. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { seededChance } from "@wattward/testing";
import { START_MS } from "../core/testing/test-core.ts";
import { placeOf } from "../store/database-place.ts";
import type { Engine } from "../store/engine.ts";
import { SCHEMA_VERSION, type Types } from "../store/migrations/index.ts";
import { openEngine } from "../store/open.ts";
import { openSnapshot } from "../store/snapshot.ts";
import { type Fixture, fillFixture, rowsOf } from "../store/testing/fixture.ts";
import { postgresServer } from "../store/testing/postgres-server.ts";
import { BackupFault } from "./fault.ts";
import { IDS_SKIPPED } from "./fence.ts";
import { fill } from "./fill.ts";
import { type Header, newHeader } from "./header.ts";
import { backupItems } from "./read.ts";
import { backupBytes, notBackedUp } from "./write.ts";

const PASSPHRASE = "correct horse battery staple";
const NOW_MS = START_MS + 86_400_000;

const server = await postgresServer();
const workplace = mkdtempSync(join(tmpdir(), "wattward-restore-"));
after(() => rmSync(workplace, { recursive: true, force: true }));
let header: Header;
before(async () => {
  header = await newHeader(PASSPHRASE, seededChance(1), 2 ** 10);
});

let files = 0;
const engines = {
  sqlite: async () => join(workplace, `${files++}.db`),
  ...("skip" in server ? {} : { postgres: () => server.create() }),
};
if ("skip" in server) test("backups of postgres", { skip: server.skip }, () => {});

type Opened = { readonly engine: Engine; readonly types: Types };
const open = (database: string): Promise<Opened> => openEngine(placeOf(database), {});

async function backedUp(database: string): Promise<Buffer> {
  const snapshot = await openSnapshot(database);
  const files = async function* () {
    yield { path: "keys/root.pem", bytes: Buffer.from("KEY") };
  };
  const backup = { snapshot, csmsEpoch: 1, createdAtMs: START_MS, files, progress: () => {} };
  const pieces: Uint8Array[] = [];
  for await (const piece of backupBytes(backup, header)) pieces.push(piece);
  await snapshot.close();
  return Buffer.concat(pieces);
}

async function restored(bytes: Uint8Array, { engine, types }: Opened) {
  const found = new Map<string, string>();
  const once = async function* () {
    yield bytes;
  };
  const done = await fill(backupItems(once(), PASSPHRASE), {
    engine,
    types,
    atMs: NOW_MS,
    file: async (path, content) => void found.set(path, Buffer.from(content).toString()),
    progress: () => {},
  });
  return { done, files: found };
}

for (const [name, create] of Object.entries(engines)) {
  test(`restore into ${name}: a backup of a newer schema is refused with what to do, and nothing is made`, async () => {
    const snapshot = {
      schema: SCHEMA_VERSION + 1,
      engine: "sqlite",
      tables: [{ name: "of_tomorrow", columns: [], references: [] }],
      rows: async function* () {},
      close: async () => {},
    } as const;
    const backup = { snapshot, csmsEpoch: 1, createdAtMs: START_MS, progress: () => {} };
    const pieces: Uint8Array[] = [];
    for await (const piece of backupBytes({ ...backup, files: async function* () {} }, header))
      pieces.push(piece);
    const target = await open(await create());
    await assert.rejects(restored(Buffer.concat(pieces), target), {
      name: "StoreError",
      kind: "newer-schema",
      message: /newer/,
    });
    assert.deepEqual(await target.engine.db.introspection.getTables(), []);
    await target.engine.close();
  });
}

/** Tables whose rows a restore changes, and says so; their own tests are below. */
const fenced: ReadonlySet<string> = new Set([
  "meta",
  "outbox",
  "sessions",
  "invitations",
  "nodes",
  "stations",
  "sites",
]);

async function expectSame(engine: Engine, before: Fixture, version: number): Promise<void> {
  for (const [table, rows] of before) {
    if (fenced.has(table) || notBackedUp.has(table) || (table === "variables" && version < 7)) continue;
    const now = await rowsOf(engine, table);
    assert.equal(now.length, rows.length, `${table} of schema ${version}`);
    for (const row of rows) {
      const same = now.some((one) => Object.entries(row).every(([column, value]) => one[column] === value));
      assert(same, `schema ${version}: ${table} has no ${JSON.stringify(row)}`);
    }
  }
}

for (const [from, make] of Object.entries(engines)) {
  for (const [to, makeOther] of Object.entries(engines)) {
    test(`restore: from ${from} to ${to}, a backup of any schema comes back whole, as of the newest`, async () => {
      const versions = [1, 5, SCHEMA_VERSION];
      for (const version of versions) {
        const database = await make();
        const source = await open(database);
        const rows = await fillFixture(source.engine, source.types, version);
        const bytes = await backedUp(database);
        await source.engine.close();
        const target = await open(await makeOther());
        const { done, files } = await restored(bytes, target);
        assert.equal(done.kind, "filled");
        assert.deepEqual([...files], [["keys/root.pem", "KEY"]]);
        await expectSame(target.engine, rows, version);
        const schema = (await rowsOf(target.engine, "meta")).find(({ key }) => key === "schema_version");
        assert.equal(schema?.["value"], String(SCHEMA_VERSION));
        await target.engine.close();
      }
    });
  }

  test(`restore, ${from}: into a database that has tables: refused, untouched`, async () => {
    const database = await make();
    const source = await open(database);
    await fillFixture(source.engine, source.types, SCHEMA_VERSION);
    const bytes = await backedUp(database);
    const before = await rowsOf(source.engine, "transactions");
    assert.equal((await restored(bytes, source)).done.kind, "occupied");
    assert.deepEqual(await rowsOf(source.engine, "transactions"), before);
    await source.engine.close();
  });

  test(`restore, ${from}: what is damaged in the middle leaves an empty database behind`, async () => {
    const database = await make();
    const source = await open(database);
    await fillFixture(source.engine, source.types, SCHEMA_VERSION);
    const bytes = await backedUp(database);
    await source.engine.close();
    const target = await open(await make());
    await assert.rejects(restored(bytes.subarray(0, -1), target), BackupFault);
    const tables = (await target.engine.db.introspection.getTables()).filter(
      ({ schema }) => schema === target.types.schema,
    );
    assert.deepEqual(tables, []);
    assert.equal((await restored(bytes, target)).done.kind, "filled", "and the whole one goes in after it");
    await target.engine.close();
  });

  test(`restore, ${from}: a table that was read in part can be read again, and whole`, async () => {
    const database = await make();
    const { engine, types } = await open(database);
    await fillFixture(engine, types, SCHEMA_VERSION);
    const snapshot = await openSnapshot(database);
    const meta = snapshot.tables.find(({ name }) => name === "meta") ?? assert.fail();
    for await (const row of snapshot.rows(meta)) {
      assert(row.length > 0);
      break;
    }
    let rows = 0;
    for await (const _ of snapshot.rows(meta)) rows += 1;
    assert.equal(rows, (await rowsOf(engine, "meta")).length);
    await snapshot.close();
    await engine.close();
  });

  test(`restore, ${from}: the backup is of one instant, whatever is written meanwhile`, async () => {
    const database = await make();
    const { engine, types } = await open(database);
    await fillFixture(engine, types, SCHEMA_VERSION);
    const snapshot = await openSnapshot(database);
    const meta = snapshot.tables.find(({ name }) => name === "meta") ?? assert.fail();
    await engine.begin();
    await engine.db.insertInto("meta").values({ key: "later", value: "1" }).execute();
    await engine.commit();
    const keys: unknown[] = [];
    for await (const [key] of snapshot.rows(meta)) keys.push(key);
    assert(keys.includes("csms_epoch") && !keys.includes("later"), `${keys}`);
    await snapshot.close();
    await engine.close();
  });
}

test("restore: the fence: epoch, ids, commands, browsers, links to join and nodes; programs' tokens stay", async () => {
  const database = await engines.sqlite();
  const { engine, types } = await open(database);
  await fillFixture(engine, types, SCHEMA_VERSION);
  const { db } = engine;
  const station = (await rowsOf(engine, "stations"))[0]?.["id"] as string;
  const person = (await rowsOf(engine, "people"))[0]?.["id"] as string;
  await db.deleteFrom("outbox").execute();
  await db.deleteFrom("sessions").execute();
  const session = (kind: string) => ({
    hash: kind,
    person_id: person,
    kind,
    name: "",
    created_at_ms: 1,
    expires_at_ms: 2,
  });
  await db
    .insertInto("sessions")
    .values([session("cookie"), session("token")])
    .execute();
  const command = (id: string, state: string) => ({
    id,
    station_id: station,
    action: "Reset",
    payload: "{}",
    actor: "a",
    reason: "r",
    hash: "h",
    requested_at_ms: 1,
    expires_at_ms: Number.MAX_SAFE_INTEGER,
    state,
    sent_at_ms: null,
    ended_at_ms: null,
    outcome: null,
  });
  const states = ["requested", "sent", "accepted"];
  await db.deleteFrom("commands").execute();
  for (const state of states)
    await db
      .insertInto("commands")
      .values(command(state, state) as never)
      .execute();
  const bytes = await backedUp(database);
  const target = await open(await engines.sqlite());
  const { done } = await restored(bytes, target);
  assert(done.kind === "filled");
  assert.deepEqual([done.filled.commands, done.filled.sessions], [2, 1]);

  const rows = (table: string) => rowsOf(target.engine, table);
  const meta = new Map((await rows("meta")).map(({ key, value }) => [key, value]));
  assert.equal(meta.get("csms_epoch"), String(NOW_MS / 1000));
  assert.equal(meta.get("next_transaction_id"), String(1 + IDS_SKIPPED));
  assert.deepEqual((await rows("commands")).map(({ id, state }) => `${id} ${state}`).sort(), [
    "accepted accepted",
    "requested unknown",
    "sent unknown",
  ]);
  assert.deepEqual(
    (await rows("sessions")).map(({ kind }) => kind),
    ["token"],
  );
  assert((await rows("invitations")).every(({ used_at_ms }) => used_at_ms !== null));
  assert.deepEqual(await rows("nodes"), []);
  assert((await rows("stations")).every(({ connected, node }) => connected !== 1 && node === null));
  assert.deepEqual((await rows("outbox")).map(({ seq, kind }) => `${seq} ${kind}`).sort(), [
    "1 command.ended",
    "2 command.ended",
    "3 csms.restored",
  ]);
  await target.engine.close();
  await engine.close();
});

test("restore: one backup restored twice gives two epochs, each above the other", async () => {
  const database = await engines.sqlite();
  const { engine, types } = await open(database);
  await fillFixture(engine, types, SCHEMA_VERSION);
  const bytes = await backedUp(database);
  await engine.close();
  const epochs: number[] = [];
  for (let i = 0; i < 2; i += 1) {
    const target = await open(await engines.sqlite());
    const once = async function* () {
      yield bytes;
    };
    const atMs = NOW_MS + i * 1_000;
    const done = await fill(backupItems(once(), PASSPHRASE), {
      ...target,
      atMs,
      file: async () => {},
      progress: () => {},
    });
    assert(done.kind === "filled");
    epochs.push(done.filled.epoch);
    await target.engine.close();
  }
  assert((epochs[1] ?? 0) > (epochs[0] ?? 0), `${epochs}`);
});
