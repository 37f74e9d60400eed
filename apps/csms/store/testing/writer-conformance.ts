/** The group-commit writer on any engine: see store/writer.ts for what it promises. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import { CoreError } from "../../core/port.ts";
import { writeMeta } from "../../core/settings.ts";
import { silentMetrics } from "../../metrics/metrics.ts";
import type { Engine } from "../engine.ts";
import type { OutboxDraft } from "../outbox.ts";
import { type Tx, Writer, type WriterLimits, writerLimits } from "../writer.ts";
import { opened, type Rig } from "./rig.ts";

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

/** A decision that writes one row, and tells of it. */
export const put =
  (key: string, value = "1") =>
  async (tx: Tx) => {
    await tx.run(writeMeta, { key, value });
    tx.observe(draft(key));
    return key;
  };

/** Keys that tests wrote: those of our own do not begin with k. */
export const metaKeys = async ({ db }: Engine) =>
  (await db.selectFrom("meta").select("key").where("key", "like", "k%").orderBy("key").execute()).map(
    ({ key }) => key,
  );
export const outboxOf = async ({ db }: Engine) =>
  (await db.selectFrom("outbox").select(["seq", "kind"]).orderBy("seq").execute()).map(
    ({ seq, kind }) => `${seq} ${kind}`,
  );

export async function writing(t: TestContext, database: string, limits: Partial<WriterLimits> = {}) {
  const engine = await opened(t, database);
  return { engine, writer: new Writer({ engine, log: silentLog, limits: { ...writerLimits, ...limits } }) };
}

/** What a submit ended with: its value, or the kind of its CoreError. */
export const outcomesOf = async (asked: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(asked)).map((one) => {
    if (one.status === "fulfilled") return one.value;
    return one.reason instanceof CoreError ? one.reason.kind : one.reason;
  });

export function writerConformance({ name, create }: Rig): void {
  test(`${name}: what is asked in one turn shares one commit, and each gets its own answer`, async (t) => {
    const { engine, writer } = await writing(t, await create(t));
    let commits = 0;
    const { commit } = engine;
    engine.commit = () => {
      commits += 1;
      return commit();
    };
    const answers = await Promise.all(
      [put("k1"), put("k2"), put("k3")].map((decide) => writer.submit("put", undefined, decide)),
    );
    assert.deepEqual(answers, ["k1", "k2", "k3"]);
    assert.equal(commits, 1);
    assert.deepEqual(await outboxOf(engine), ["1 k1", "2 k2", "3 k3"]);
  });

  test(`${name}: a decision that fails is undone alone, and leaves no gap in the outbox`, async (t) => {
    const { engine, writer } = await writing(t, await create(t));
    const throwing = async (tx: Tx) => {
      await put("kbad")(tx);
      throw new Error("our own fault");
    };
    const violating = async (tx: Tx) => {
      await put("kbad")(tx);
      await engine.db.insertInto("meta").values({ key: "kbad", value: "twice" }).execute();
    };
    const outcomes = await outcomesOf([
      writer.submit("a", undefined, put("k1")),
      writer.submit("throwing", undefined, throwing),
      writer.submit("violating", undefined, violating),
      writer.submit("b", "station", put("k2")),
    ]);
    assert.deepEqual(outcomes, ["k1", "broken", "broken", "k2"]);
    assert.deepEqual(await metaKeys(engine), ["k1", "k2"]);
    assert.deepEqual(await outboxOf(engine), ["1 k1", "2 k2"]);
  });

  test(`${name}: an answer is given after the commit that holds it, never before`, async (t) => {
    const { engine, writer } = await writing(t, await create(t));
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

  test(`${name}: beyond its limit it says busy, and what waits is still served`, async (t) => {
    const { engine, writer } = await writing(t, await create(t), { waitingMax: 2, perCommitMax: 1 });
    const outcomes = await outcomesOf(
      ["k1", "k2", "k3"].map((key) => writer.submit(key, undefined, put(key))),
    );
    assert.deepEqual(outcomes, ["k1", "k2", "busy"]);
    assert.deepEqual(await metaKeys(engine), ["k1", "k2"]);
  });

  test(`${name}: closing finishes what waits and refuses what comes`, async (t) => {
    const { engine, writer } = await writing(t, await create(t));
    const last = writer.submit("a", undefined, put("k1"));
    await writer.close();
    assert.deepEqual(await outcomesOf([last, writer.submit("b", undefined, put("k2"))]), ["k1", "closed"]);
    assert.deepEqual(await metaKeys(engine), ["k1"]);
  });

  test(`${name}: two connections never lose or repeat a sequence, and notice each other`, async (t) => {
    const database = await create(t);
    const a = await writing(t, database);
    const b = await writing(t, database);
    const toldToA: number[] = [];
    a.writer.onCommitted((seq) => toldToA.push(seq));
    for (let i = 0; i < 5; i += 1) {
      await a.writer.submit("put", undefined, put(`ka${i}`));
      await b.writer.submit("put", undefined, put(`kb${i}`));
    }
    assert.deepEqual(
      await outboxOf(a.engine),
      [0, 1, 2, 3, 4].flatMap((i) => [`${2 * i + 1} ka${i}`, `${2 * i + 2} kb${i}`]),
    );
    assert.deepEqual(toldToA, [1, 3, 5, 7, 9]);
    await a.writer.lookElsewhere();
    assert.equal(toldToA.at(-1), 10);
    await a.writer.lookElsewhere();
    assert.equal(toldToA.length, 6, "nothing new is told twice");
  });

  test(`${name}: reads between commits see no half of one`, async (t) => {
    const { engine, writer } = await writing(t, await create(t));
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

  test(`${name}: each commit that stood is measured once, fsync and all, with how many decisions shared it`, async (t) => {
    const engine = await opened(t, await create(t));
    const time = simulatedTime();
    const seen: [string, number][] = [];
    const metrics = {
      ...silentMetrics,
      observe: (name: string, _: object, value: number) => void seen.push([name, value]),
    };
    const { commit } = engine;
    let fails = false;
    engine.commit = async () => {
      await time.advance(30);
      if (fails) throw new Error("no");
      return commit();
    };
    const writer = new Writer({ engine, log: silentLog, measure: { metrics, clock: time } });
    await Promise.all([put("k1"), put("k2")].map((decide) => writer.submit("put", undefined, decide)));
    const once = [
      ["wattward_commit_seconds", 0.03],
      ["wattward_commit_decisions", 2],
    ];
    assert.deepEqual(seen, once);
    fails = true;
    assert.deepEqual(await outcomesOf([writer.submit("put", undefined, put("k3"))]), ["broken"]);
    assert.deepEqual(seen, once, "what did not happen took no time");
    assert.deepEqual(await metaKeys(engine), ["k1", "k2"]);
  });
}
