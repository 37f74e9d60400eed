/** Leases on simulated time: who closes when, who buries whom, and that the first always comes before the second. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { type SimulatedTime, seededChance, simulatedTime } from "@wattward/testing";
import { type Core, CoreError, type Decisions, type NodeStart } from "../core/port.ts";
import { silentMetrics } from "../metrics/metrics.ts";
import { fencedCore } from "./fenced-core.ts";
import { BEAT_EVERY_MS, DEAD_AFTER_MS, FENCE_AFTER_MS, JOIN_RETRY_MS, SUSPECT_AFTER_MS } from "./limits.ts";
import { type Beats, Membership, NodeRefused } from "./membership.ts";

type Stored = { folder: string; bus: string; incarnation: number; beats: number; alive: boolean };

/** The database's part, as life.test.ts has it proven: a row for each node, compared and set at once. */
class Database {
  readonly rows = new Map<string, Stored>();
  readonly buried: string[] = [];
  /** Whom it does not answer. */
  readonly cut = new Set<string>();

  ask(who: string, name: string, input: object): unknown {
    if (this.cut.has(who)) throw new CoreError("storage", "the database cannot be reached");
    if (name === "node.start") return this.start(input as NodeStart);
    const { id, incarnation, beats } = input as Decisions["node.bury"]["input"];
    const row = this.rows.get(id);
    if (row === undefined || !row.alive || row.incarnation !== incarnation) return false;
    if (name === "node.bury") {
      if (row.beats !== beats) return false;
      this.buried.push(`${id}/${incarnation}`);
    }
    row.alive = false;
    return true;
  }

  private start({ id, folder, bus, after }: NodeStart): unknown {
    const own = this.rows.get(id);
    const other = [...this.rows].find(
      ([name, row]) => row.alive && name !== id && (bus === "none" || row.bus === "none"),
    );
    const another = own?.folder !== folder || own.incarnation > (after ?? own.incarnation);
    const taken = own?.alive === true && another;
    const [by, row] = taken ? [id, own] : (other ?? []);
    if (by !== undefined && row !== undefined) {
      const { incarnation, beats } = row;
      const why = taken ? "name-taken" : "no-bus";
      return { kind: "occupied", why, by: { id: by, incarnation, beats } };
    }
    const incarnation = (own?.incarnation ?? 0) + 1;
    this.rows.set(id, { folder, bus, incarnation, beats: 0, alive: true });
    return { kind: "started", incarnation, cluster: "c" };
  }

  beatsOf(who: string, time: SimulatedTime, latencyMs = () => 0): Beats {
    return {
      renew: async ({ id, incarnation }) => {
        await new Promise<void>((resolve) => void time.after(latencyMs(), resolve));
        if (this.cut.has(who)) throw new Error("no answer");
        const row = this.rows.get(id);
        const standing = row?.alive === true && row.incarnation === incarnation;
        if (standing) row.beats += 1;
        const live = [...this.rows].filter(([, { alive }]) => alive);
        const nodes = live.map(([name, seen]) => ({
          id: name,
          incarnation: seen.incarnation,
          beats: seen.beats,
        }));
        return { standing, nodes };
      },
      close: async () => {},
    };
  }
}

type Rig = {
  readonly node: Membership;
  readonly core: Core;
  /** What became of its sockets, with the time. */
  readonly told: string[];
  fatal: NodeRefused | undefined;
};

function rig(
  database: Database,
  time: SimulatedTime,
  id: string,
  more: Partial<NodeStart> & { latencyMs?: () => number } = {},
): Rig {
  const { latencyMs, ...as } = more;
  const decide = async (name: string, input: object) => database.ask(id, name, input);
  const core = { decide } as unknown as Core;
  const node = new Membership(
    { id, folder: `folder of ${id}`, bus: "nats", operator: "root", rsaRoot: "root r", ...as },
    {
      ...{ core, clock: time, log: silentLog, metrics: silentMetrics },
      beats: database.beatsOf(id, time, latencyMs),
      fatal: (error) => (made.fatal = error),
    },
  );
  const made: Rig = { node, core: fencedCore(core, node), told: [], fatal: undefined };
  const at = () => time.now().monotonicMs;
  node.follow({
    lost: async () => void made.told.push(`lost ${at()}`),
    joined: () => made.told.push(`joined ${at()}`),
  });
  return made;
}

async function two(): Promise<{ database: Database; time: SimulatedTime; a: Rig; b: Rig }> {
  const database = new Database();
  const time = simulatedTime();
  const [a, b] = [rig(database, time, "a"), rig(database, time, "b")];
  await a.node.join();
  await b.node.join();
  await time.advance(5 * BEAT_EVERY_MS);
  return { database, time, a, b };
}

test("lease: the times are in the order that makes it safe", () => {
  assert(2 * BEAT_EVERY_MS < SUSPECT_AFTER_MS && SUSPECT_AFTER_MS < FENCE_AFTER_MS);
  assert(FENCE_AFTER_MS + 2 * BEAT_EVERY_MS < DEAD_AFTER_MS);
});

test("lease: two that renew stand for ever, and each sees the other", async () => {
  const { database, time, a, b } = await two();
  await time.advance(60 * 60_000);
  assert.deepEqual([a.told, b.told, database.buried], [[], [], []]);
  assert.deepEqual([a.node.stands(), a.node.liveNodes(), b.node.silent()], [true, 2, []]);
});

test("lease: cut off from the database it closes before the other buries it, and comes back under a new incarnation", async () => {
  const { database, time, a, b } = await two();
  const cutMs = time.now().monotonicMs;
  database.cut.add("a");
  await time.advance(SUSPECT_AFTER_MS + BEAT_EVERY_MS);
  assert.deepEqual(b.node.silent(), ["a"]);
  await time.until(() => database.buried.length > 0, 60_000);
  const buriedMs = time.now().monotonicMs;
  const [lost = ""] = a.told;
  const lostMs = Number(/^lost (\d+)$/.exec(lost)?.[1]);
  assert(lostMs <= cutMs + FENCE_AFTER_MS + BEAT_EVERY_MS, lost);
  assert(lostMs + BEAT_EVERY_MS < buriedMs, `${lost}, buried ${buriedMs}`);
  assert.deepEqual(database.buried, ["a/1"]);
  assert.equal(b.node.liveNodes(), 1);
  await assert.rejects(a.core.decide("store.try", { atMs: 0 }), { kind: "fenced" });
  assert.match(a.node.trouble() ?? "", /could not be renewed/);

  database.cut.clear();
  await time.advance(2 * JOIN_RETRY_MS);
  assert.equal(a.node.life().incarnation, 2);
  assert.equal(a.told.length, 2);
  assert.equal(a.node.trouble(), undefined);
  await time.advance(60_000);
  assert.deepEqual([database.buried, a.node.liveNodes(), b.node.liveNodes()], [["a/1"], 2, 2]);
});

test("lease: a database that is away for all for a while closes nobody; for longer, all, and they come back", async () => {
  const { database, time, a, b } = await two();
  for (const id of ["a", "b"]) database.cut.add(id);
  await time.advance(FENCE_AFTER_MS - 2 * BEAT_EVERY_MS);
  database.cut.clear();
  await time.advance(10_000);
  assert.deepEqual([a.told, b.told, database.buried], [[], [], []]);
  for (const id of ["a", "b"]) database.cut.add(id);
  await time.advance(60_000);
  database.cut.clear();
  await time.advance(10_000);
  for (const { node, told } of [a, b]) {
    assert.equal(told.length, 2);
    assert(node.stands());
  }
});

test("lease: a process that was stopped finds its lease gone before it decides anything, whatever runs first", async () => {
  const database = new Database();
  const time = simulatedTime();
  const stopped = { stopped: false, backlogMs: 0 };
  // Its own clock runs on while its timers do not: that is what SIGSTOP does to a process.
  const clock: SimulatedTime = {
    ...time,
    now: () => ({ ...time.now(), monotonicMs: time.now().monotonicMs + stopped.backlogMs }),
  };
  const a = rig(database, clock, "a");
  await a.node.join();
  await time.advance(3 * BEAT_EVERY_MS);
  stopped.backlogMs = FENCE_AFTER_MS + 1;
  await assert.rejects(a.core.decide("store.try", { atMs: 0 }), { kind: "fenced" });
  assert.equal(a.told[0]?.startsWith("lost"), true);
});

test("lease: what the database refuses as fenced is lost at once, without waiting for a beat", async () => {
  const { database, a } = await two();
  const core = { decide: async () => Promise.reject(new CoreError("fenced", "buried")) } as unknown as Core;
  await assert.rejects(fencedCore(core, a.node).decide("store.try", { atMs: 0 }), { kind: "fenced" });
  assert.equal(a.told[0]?.startsWith("lost"), true);
  assert.equal(database.rows.get("a")?.alive, true);
});

test("lease: answers that come late count from when they were asked for", async () => {
  const database = new Database();
  const time = simulatedTime();
  let slowMs = 0;
  const a = rig(database, time, "a", { latencyMs: () => slowMs });
  await a.node.join();
  await time.advance(3 * BEAT_EVERY_MS);
  slowMs = FENCE_AFTER_MS - 500;
  await time.advance(60_000);
  // Each answer is nearly as old as a lease is long: it stands only for what is left.
  assert(a.told.some((text) => text.startsWith("lost")));
});

for (const [what, as, sentence] of [
  ["another folder under its name", { id: "a", folder: "another" }, /from another data folder.*--node/],
  ["one without a bus", { id: "b", bus: "none" }, /give both --nats URL/],
] as const) {
  test(`join: ${what} is refused while the first lives, with what to do`, async () => {
    const database = new Database();
    const time = simulatedTime();
    await rig(database, time, "a").node.join();
    const refused = rig(database, time, as.id, as)
      .node.join()
      .catch((error: unknown) => error);
    await time.advance(DEAD_AFTER_MS + 1_000);
    const error = await refused;
    assert(error instanceof NodeRefused);
    assert.match(error.message, sentence);
    assert.deepEqual(database.buried, []);
  });

  test(`join: ${what} waits out the first one that is dead, buries it, and is in`, async () => {
    const database = new Database();
    const time = simulatedTime();
    database.rows.set("a", { folder: "first", bus: "nats", incarnation: 4, beats: 17, alive: true });
    const { node } = rig(database, time, as.id, as);
    const joining = node.join();
    await time.advance(DEAD_AFTER_MS - 1);
    assert.equal(node.stands(), false);
    await time.advance(1_000);
    await joining;
    assert(node.stands());
    assert.deepEqual(database.buried, ["a/4"]);
  });
}

test("join: of two copies of one folder the one that starts last stays; the other closes, and has no work left", async () => {
  const database = new Database();
  const time = simulatedTime();
  const [first, second] = [rig(database, time, "a"), rig(database, time, "a")];
  await first.node.join();
  await time.advance(5_000);
  await second.node.join();
  await time.advance(2 * DEAD_AFTER_MS);
  assert.equal(first.told[0]?.startsWith("lost"), true);
  assert.match(first.fatal?.message ?? "", /a copy of this one/);
  assert.deepEqual([second.told, second.fatal, second.node.life().incarnation], [[], undefined, 2]);
});

test("join: one without a bus is not closed by time: nobody can start beside it, and what is not written is not answered", async () => {
  const database = new Database();
  const time = simulatedTime();
  const a = rig(database, time, "a", { bus: "none" });
  await a.node.join();
  database.cut.add("a");
  await time.advance(10 * 60_000);
  assert.deepEqual([a.told, a.node.stands()], [[], true]);
});

test("join: coming back, it may find its name taken: then the process has no work left, and says so", async () => {
  const { database, time, a } = await two();
  database.cut.add("a");
  await time.until(() => database.buried.length > 0, 60_000);
  await rig(database, time, "a", { folder: "another" })
    .node.join()
    .catch(() => {});
  database.cut.clear();
  await rig(database, time, "a", { folder: "another" }).node.join();
  await time.advance(DEAD_AFTER_MS + 10_000);
  assert.match(a.fatal?.message ?? "", /from another data folder/);
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`lease: whatever is cut and slow, nobody holds a socket when it is buried (seed ${seed})`, async () => {
    const chance = seededChance(seed);
    const database = new Database();
    const time = simulatedTime();
    const ids = ["a", "b", "c"];
    const nodes = ids.map((id) => rig(database, time, id, { latencyMs: () => chance.int(0, 400) }));
    for (const { node } of nodes) {
      const joining = node.join();
      await time.advance(1_000);
      await joining;
    }
    const open = new Map(ids.map((id) => [id, true]));
    nodes.forEach(({ node }, i) => {
      const id = ids[i] ?? "";
      node.follow({ lost: async () => void open.set(id, false), joined: () => void open.set(id, true) });
    });
    let seen = 0;
    for (let step = 0; step < 300; step += 1) {
      const id = ids[chance.int(0, 2)] ?? "";
      if (chance.int(0, 3) === 0) database.cut.add(id);
      else if (chance.int(0, 2) === 0) database.cut.delete(id);
      for (let ms = 0; ms < 2_000; ms += 100) {
        await time.advance(100);
        for (const life of database.buried.slice(seen)) {
          const [name = ""] = life.split("/");
          assert.equal(open.get(name), false, `${life} was buried with its sockets open, step ${step}`);
        }
        seen = database.buried.length;
      }
    }
    assert(seen > 0, "nobody was ever buried: nothing was tried");
  });
}
