import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import { CoreError } from "../core/port.ts";
import { writeMeta } from "../core/settings.ts";
import { silentMetrics } from "../metrics/metrics.ts";
import { migrate } from "./migrations/index.ts";
import type { OutboxDraft } from "./outbox.ts";
import { openSqlite, type Sqlite } from "./sqlite.ts";
import { type Tx, Writer, type WriterLimits } from "./writer.ts";

const draft = (kind: string): OutboxDraft => ({
  at_ms: 1,
  source: "csms",
  kind,
  station_id: null,
  site_id: null,
  cause: null,
  trace: null,
  live: 1,
  data: "{}",
});

async function opened(path = ":memory:", limits?: WriterLimits, pagesMax?: number) {
  const engine = openSqlite({ path, ...(pagesMax !== undefined && { pagesMax }) });
  await migrate(engine, { int8: "integer" });
  return { engine, writer: new Writer({ engine, log: silentLog, ...(limits && { limits }) }) };
}

const put =
  (key: string, value = "1") =>
  async (tx: Tx) => {
    await tx.run(writeMeta, { key, value });
    tx.observe(draft(key));
    return key;
  };
const metaKeys = async ({ db }: Sqlite) =>
  (await db.selectFrom("meta").select("key").orderBy("key").execute())
    .map(({ key }) => key)
    .filter((key) => key.startsWith("k"));
const outboxOf = ({ db }: Sqlite) => db.selectFrom("outbox").select(["seq", "kind"]).orderBy("seq").execute();

function counting(engine: Sqlite) {
  const commits = { count: 0 };
  const { commit } = engine;
  engine.commit = () => {
    commits.count += 1;
    return commit();
  };
  return commits;
}

test("writer: what is asked in one turn shares one commit, and each gets its own answer", async () => {
  const { engine, writer } = await opened();
  const commits = counting(engine);
  const answers = await Promise.all(
    [put("k1"), put("k2"), put("k3")].map((d) => writer.submit("put", undefined, d)),
  );
  assert.deepEqual(answers, ["k1", "k2", "k3"]);
  assert.equal(commits.count, 1);
  assert.deepEqual(
    (await outboxOf(engine)).map(({ seq }) => seq),
    [1, 2, 3],
  );
});

test("writer: a decision that throws is undone alone, and leaves no gap in the outbox", async () => {
  const { engine, writer } = await opened();
  const broken = async (tx: Tx) => {
    await put("kbad")(tx);
    throw new Error("our own fault");
  };
  const all = await Promise.allSettled([
    writer.submit("a", undefined, put("k1")),
    writer.submit("broken", undefined, broken),
    writer.submit("b", undefined, put("k2")),
  ]);
  assert.deepEqual(
    all.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert(
    all[1]?.status === "rejected" && all[1].reason instanceof CoreError && all[1].reason.kind === "broken",
  );
  assert.deepEqual(await metaKeys(engine), ["k1", "k2"]);
  assert.deepEqual(
    (await outboxOf(engine)).map(({ seq, kind }) => [Number(seq), kind]),
    [
      [1, "k1"],
      [2, "k2"],
    ],
  );
});

test("writer: an answer is given after the commit that holds it, never before", async () => {
  const { engine, writer } = await opened();
  const seen: string[] = [];
  const { commit } = engine;
  engine.commit = async () => {
    seen.push("commit begins");
    await commit();
    seen.push("commit ended");
  };
  writer.onCommitted((seq) => seen.push(`told ${seq}`));
  await writer.submit("put", undefined, put("k1")).then(() => seen.push("answered"));
  assert.deepEqual(seen.slice(0, 2), ["commit begins", "commit ended"]);
  assert(seen.includes("answered") && seen.includes("told 1"));
});

test("writer: beyond its limit it says busy, and what waits is still served", async () => {
  const { engine, writer } = await opened(":memory:", { waitingMax: 2, perCommitMax: 1 });
  const first = writer.submit("a", undefined, put("k1"));
  const second = writer.submit("b", undefined, put("k2"));
  await assert.rejects(
    writer.submit("c", undefined, put("k3")),
    (error) => error instanceof CoreError && error.kind === "busy",
  );
  await Promise.all([first, second]);
  assert.deepEqual(await metaKeys(engine), ["k1", "k2"]);
});

test("writer: closing finishes what waits and refuses what comes", async () => {
  const { engine, writer } = await opened();
  const last = writer.submit("a", undefined, put("k1"));
  await writer.close();
  assert.equal(await last, "k1");
  await assert.rejects(
    writer.submit("b", undefined, put("k2")),
    (error) => error instanceof CoreError && error.kind === "closed",
  );
  assert.deepEqual(await metaKeys(engine), ["k1"]);
});

test("writer: a full disk fails the whole batch and nothing is half there; space returns, it goes on", async () => {
  const { engine, writer } = await opened(":memory:");
  const pages = (await pragma(engine, "page_count")) + 4;
  engine.execute(`PRAGMA max_page_count = ${pages}`);
  const large = put("klarge", "x".repeat(100_000));
  const all = await Promise.allSettled([
    writer.submit("small", undefined, put("k1")),
    writer.submit("large", undefined, large),
    writer.submit("small", undefined, put("k2")),
  ]);
  const kinds = all.map((one) =>
    one.status === "rejected" && one.reason instanceof CoreError ? one.reason.kind : "answered",
  );
  assert.deepEqual(kinds, ["full", "full", "full"]);
  assert.deepEqual(await metaKeys(engine), []);
  assert.deepEqual(await outboxOf(engine), []);
  assert.equal(await writer.submit("small", undefined, put("k3")), "k3");
  engine.execute("PRAGMA max_page_count = 100000");
  assert.equal(await writer.submit("large", undefined, large), "klarge");
  assert.deepEqual(
    (await outboxOf(engine)).map(({ seq, kind }) => [Number(seq), kind]),
    [
      [1, "k3"],
      [2, "klarge"],
    ],
  );
});

async function pragma({ db }: Sqlite, name: string): Promise<number> {
  const { sql } = await import("kysely");
  const { rows } = await sql<Record<string, number>>`PRAGMA ${sql.raw(name)}`.execute(db);
  return Number(rows[0]?.[name]);
}

test("writer: two connections to one file never lose or repeat a sequence, and notice each other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "wattward-writer-"));
  try {
    const path = join(folder, "w.db");
    const a = await opened(path);
    const b = await opened(path);
    const toldToA: number[] = [];
    a.writer.onCommitted((seq) => toldToA.push(seq));
    for (let i = 0; i < 5; i += 1) {
      await a.writer.submit("put", undefined, put(`ka${i}`));
      await b.writer.submit("put", undefined, put(`kb${i}`));
    }
    assert.deepEqual(
      (await outboxOf(a.engine)).map(({ seq }) => Number(seq)),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.deepEqual(toldToA, [1, 3, 5, 7, 9]);
    await a.writer.lookElsewhere();
    assert.equal(toldToA.at(-1), 10);
    await a.writer.lookElsewhere();
    assert.equal(toldToA.length, 6, "nothing new is told twice");
    a.engine.close();
    b.engine.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("writer: reads between commits see no half of one", async () => {
  const { engine, writer } = await opened();
  const seen: number[] = [];
  const read = () => writer.between(async () => void seen.push((await metaKeys(engine)).length));
  const two = async (tx: Tx) => {
    await put("k1")(tx);
    await put("k2")(tx);
  };
  await Promise.all([read(), writer.submit("two", undefined, two), read(), read()]);
  await read();
  assert(
    seen.every((count) => count === 0 || count === 2),
    String(seen),
  );
  assert.equal(seen.at(-1), 2);
});

test("writer: each commit that stood is measured once, fsync and all, with how many decisions shared it", async () => {
  const { engine, writer: unmeasured } = await opened();
  const time = simulatedTime();
  const seen: [string, number][] = [];
  const metrics = {
    ...silentMetrics,
    observe: (name: string, _: object, value: number) => void seen.push([name, value]),
  };
  const { commit } = engine;
  let full = false;
  engine.commit = async () => {
    await time.advance(30);
    if (full) throw Object.assign(new Error("full"), { errcode: 13 });
    return commit();
  };
  const writer = new Writer({ engine, log: silentLog, measure: { metrics, clock: time } });
  await Promise.all([put("k1"), put("k2")].map((d) => writer.submit("put", undefined, d)));
  const once = [
    ["wattward_commit_seconds", 0.03],
    ["wattward_commit_decisions", 2],
  ];
  assert.deepEqual(seen, once);
  full = true;
  await assert.rejects(writer.submit("put", undefined, put("k3")));
  assert.deepEqual(seen, once, "what did not happen took no time");
  await unmeasured.close();
});
