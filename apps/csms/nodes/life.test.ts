/** Nodes in the database: who may start, who is buried, what becomes of what was held; and the fence in each commit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type SiteId, type StationId, silentLog } from "@wattward/kernel";
import type { CoreError, NodeStart, PresenceChange, Route } from "../core/port.ts";
import { SITE, START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";
import { openTestStore } from "../store/testing/test-store.ts";
import { Writer } from "../store/writer.ts";
import { findStanding, writeNode } from "./rows.ts";

const start = (core: TestCore, id: string, more: Partial<NodeStart> = {}) =>
  core.decide("node.start", {
    ...{ id, folder: `folder of ${id}`, bus: "nats", operator: "root", rsaRoot: "root r", atMs: core.nowMs },
    ...more,
  });
async function started(core: TestCore, id: string): Promise<number> {
  const said = await start(core, id);
  return said.kind === "started" ? said.incarnation : assert.fail(JSON.stringify(said));
}
const direct: Route = { kind: "direct" };
const presence = (core: TestCore, node: string, more: Partial<PresenceChange> = {}) =>
  core.decide("station.presence", {
    ...{ station: "cp" as StationId, route: direct, connected: true, generation: 1 },
    ...{ version: "1.6", address: "10.0.0.1", atMs: core.nowMs, node, ...more },
  });
const claim = { route: "direct", key: "k1", notBeforeMs: 0, address: "10.0.0.2" };
const station = { kind: "station", station: "cp" as StationId } as const;
const ask = (core: TestCore, node: string, silent: string[] = []) =>
  core.decide("holder.claim", { held: station, node, claim, silent, ticket: `t-${node}`, atMs: core.nowMs });
const answer = (core: TestCore, to: string, verdict: "given" | "hold" | "refuse" = "given") =>
  core.decide("holder.answer", {
    ...{ held: station, from: "a", to, ticket: `t-${to}`, verdict, why: "same-key", atMs: core.nowMs },
  });
const nodeOf = async (core: TestCore) => (await core.rows("stations"))[0]?.node;

test("node: it starts under the next incarnation each time, on a database that has one name for all", async () => {
  const core = await testCore();
  const first = await start(core, "a");
  const again = await start(core, "a");
  assert(first.kind === "started" && again.kind === "started");
  assert.deepEqual([first.incarnation, again.incarnation], [1, 2]);
  const other = await start(core, "b");
  assert(other.kind === "started" && other.cluster === first.cluster && first.cluster.length === 16);
});

test("node: another operator's keys, a name in use, and anybody without a bus are turned away, nothing changed", async () => {
  const core = await testCore();
  await started(core, "a");
  const before = await core.rows("nodes");
  assert.deepEqual(await start(core, "b", { operator: "another root" }), { kind: "other-operator" });
  assert.deepEqual(await start(core, "b", { rsaRoot: "another root r" }), { kind: "other-operator" });
  const by = { id: "a", incarnation: 1, beats: 0 };
  assert.deepEqual(await start(core, "a", { folder: "another" }), {
    kind: "occupied",
    why: "name-taken",
    by,
  });
  assert.deepEqual(await start(core, "a", { after: 0 }), { kind: "occupied", why: "name-taken", by });
  assert.deepEqual(await start(core, "b", { bus: "none" }), { kind: "occupied", why: "no-bus", by });
  assert.deepEqual(await core.rows("nodes"), before);
  await core.decide("node.stop", { id: "a", incarnation: 1, atMs: core.nowMs });
  assert.equal((await start(core, "b", { bus: "none" })).kind, "started");
  assert.equal((await start(core, "c")).kind, "occupied", "beside one without a bus nobody is heard");
});

test("node: its start frees what its earlier life held, and not what others hold; its commands under way are unknown", async () => {
  const core = await testCore({ cp: "direct", dp: "direct" });
  await started(core, "a");
  await started(core, "b");
  await presence(core, "a");
  await presence(core, "b", { station: "dp" as StationId });
  for (const id of ["cp", "dp"]) {
    const base = { actor: "p", reason: "r", atMs: core.nowMs, expiresAtMs: core.nowMs + 60_000 };
    const asked = { station: id as StationId, action: "Reset", payload: { type: "Soft" } };
    assert.equal((await core.decide("command.request", { ...base, ...asked })).kind, "requested");
    const holder = { node: id === "cp" ? "a" : "b", generation: 1 };
    const taken = await core.decide("command.take", {
      station: asked.station,
      atMs: core.nowMs,
      most: 9,
      holder,
    });
    assert.equal(taken.length, 1);
  }
  await started(core, "a");
  const rows = (await core.rows("stations")).map(({ id, node, connected }) => [id, node, connected]);
  assert.deepEqual(rows, [
    ["cp", null, 0],
    ["dp", "b", 1],
  ]);
  assert.deepEqual(
    (await core.rows("commands")).map(({ node, state }) => [node, state]),
    [
      ["a", "unknown"],
      ["b", "sent"],
    ],
  );
});

test("node: alone on the database, its start frees everything, also what was written before there were nodes", async () => {
  const core = await testCore({ cp: "direct" });
  await core.db.updateTable("stations").set({ connected: 1 }).execute();
  await started(core, "a");
  assert.equal((await core.rows("stations"))[0]?.connected, 0);
});

test("node: it is buried only by its last beat; then what it held is free, and its sites and stations are told to be gone", async () => {
  const core = await testCore({ cp: "site", dp: "direct", ep: "either" });
  await started(core, "a");
  await started(core, "b");
  await core.decide("site.presence", { site: SITE, connected: true, node: "a", atMs: core.nowMs });
  await presence(core, "a", { route: { kind: "site", site: SITE } });
  await presence(core, "a", { station: "dp" as StationId });
  await presence(core, "b", { station: "ep" as StationId });
  await core.db.updateTable("nodes").set({ beats: 5 }).where("id", "=", "a").execute();
  const bury = (beats: number, incarnation = 1) =>
    core.decide("node.bury", { id: "a", incarnation, beats, by: "b", atMs: core.nowMs });
  assert.equal(await bury(4), false, "it has beaten since");
  assert.equal(await bury(5, 2), false, "another life");
  assert.equal(await nodeOf(core), "a");
  assert.equal(await bury(5), true);
  assert.equal(await bury(5), false, "once");
  assert.equal(await nodeOf(core), null);
  assert.deepEqual((await core.rows("sites"))[0]?.connected, 0);
  const [lost] = await core.outbox("node.lost");
  assert.deepEqual(lost?.data, { node: "a", incarnation: 1, by: "b", stations: 2, sites: 1 });
  const gone = (await core.outbox()).filter(({ kind }) => kind.endsWith(".disconnected"));
  assert.deepEqual(
    gone.map(({ kind, station: of }) => [kind, of]),
    [
      ["site.disconnected", null],
      ["station.disconnected", "dp"],
    ],
  );
});

test("holder: free, or its own, or a dead node's: it is yours; a live one's: it is asked, unless it is silent", async () => {
  const core = await testCore({ cp: "direct" });
  await started(core, "a");
  await started(core, "b");
  assert.deepEqual(await ask(core, "a"), { kind: "yours" });
  assert.deepEqual(await ask(core, "a"), { kind: "yours" });
  assert.deepEqual(await ask(core, "b", ["a"]), { kind: "silent", holder: "a" });
  assert.deepEqual(await core.outbox("holder.asked"), []);
  assert.deepEqual(await ask(core, "b"), { kind: "asked", holder: "a" });
  const [asked] = await core.outbox("holder.asked");
  assert.deepEqual(asked?.data, { holder: "a", by: "b", ticket: "t-b", claim });
  assert.equal(await nodeOf(core), "a", "asking takes nothing");
  await core.decide("node.stop", { id: "a", incarnation: 1, atMs: core.nowMs });
  assert.deepEqual(await ask(core, "b"), { kind: "yours" });
});

test("holder: what is given away moves in the same commit; given to two, the second is told that it is held", async () => {
  const core = await testCore({ cp: "direct" });
  for (const id of ["a", "b", "c"]) await started(core, id);
  await ask(core, "a");
  await answer(core, "b");
  assert.equal(await nodeOf(core), "b");
  await answer(core, "c");
  assert.equal(await nodeOf(core), "b");
  const told = (await core.outbox("holder.answered")).map(({ data }) => [data["to"], data["verdict"]]);
  assert.deepEqual(told, [
    ["b", "given"],
    ["c", "hold"],
  ]);
});

test("holder: refused or held it stays; given to a node that died meanwhile it is nobody's", async () => {
  const core = await testCore({ cp: "direct" });
  for (const id of ["a", "b"]) await started(core, id);
  await ask(core, "a");
  await answer(core, "b", "hold");
  await answer(core, "b", "refuse");
  assert.equal(await nodeOf(core), "a");
  await presence(core, "a");
  await presence(core, "a", { connected: false });
  await core.decide("node.stop", { id: "b", incarnation: 1, atMs: core.nowMs });
  await answer(core, "b");
  assert.equal(await nodeOf(core), null);
});

test("holder: a socket that opens at one node while another has the station is told so, and changes nothing", async () => {
  const core = await testCore({ cp: "either" });
  await started(core, "a");
  await started(core, "b");
  await presence(core, "a", { generation: 7 });
  const elsewhere = { kind: "elsewhere", node: "a" };
  const bySite: Route = { kind: "site", site: SITE };
  assert.deepEqual(await presence(core, "b", { generation: 7, route: bySite }), elsewhere);
  assert.deepEqual(await presence(core, "b", { generation: 7, connected: false }), elsewhere);
  const [row] = await core.rows("stations");
  assert.deepEqual([row?.node, row?.connected, row?.generation], ["a", 1, 7]);
  const link = { site: SITE as SiteId, connected: true, atMs: core.nowMs };
  assert.equal(await core.decide("site.presence", { ...link, node: "a" }), undefined);
  assert.deepEqual(await core.decide("site.presence", { ...link, node: "b" }), elsewhere);
});

test("holder: of two nodes that believe to have a station, one is given its commands", async () => {
  const core = await testCore({ cp: "direct" });
  await started(core, "a");
  await started(core, "b");
  await presence(core, "a", { generation: 7 });
  const asked = { station: "cp" as StationId, action: "Reset", payload: { type: "Soft" } };
  const base = { actor: "p", reason: "r", atMs: core.nowMs, expiresAtMs: core.nowMs + 60_000 };
  await core.decide("command.request", { ...asked, ...base });
  const take = (node: string, generation: number) =>
    core.decide("command.take", {
      ...{ station: asked.station, atMs: core.nowMs, most: 9, holder: { node, generation } },
    });
  const takers: [string, number][] = [
    ["b", 7],
    ["a", 6],
    ["a", 8],
    ["a", 7],
    ["a", 7],
  ];
  const taken = await Promise.all(takers.map(([node, generation]) => take(node, generation)));
  assert.deepEqual(
    taken.map((list) => list.length),
    [0, 0, 0, 1, 0],
  );
  await presence(core, "a", { generation: 7, connected: false });
  assert.deepEqual(await take("a", 7), [], "its socket has ended");
});

test("fence: a life that is over commits nothing, however it came into the same batch; how it comes in again is let through", async () => {
  const engine = await openTestStore();
  let incarnation = 1;
  const fence = async (rows: Pick<typeof engine, "first">) =>
    (await rows.first(findStanding, { id: "a", incarnation })) !== undefined;
  const writer = new Writer({ engine, log: silentLog, fence });
  const row = (n: number) => ({
    ...{ id: "a", folder: "f", incarnation: n, beats: 0, alive: 1, bus: "nats" },
    changed_at_ms: START_MS,
  });
  const write = (n: number, unfenced = false) =>
    writer.submit("write", undefined, (tx) => tx.run(writeNode, row(n)), unfenced);
  const fenced = (error: CoreError) => error.kind === "fenced";
  await assert.rejects(write(1), fenced);
  // One turn of the event loop, and yet not one commit.
  const [before, entry, after] = [write(8), write(1, true), write(1)];
  await assert.rejects(before, fenced);
  await entry;
  await after;
  incarnation = 2;
  await assert.rejects(write(9), fenced);
  const rows = await engine.db.selectFrom("nodes").select("incarnation").execute();
  assert.deepEqual(
    rows.map(({ incarnation }) => incarnation),
    [1],
  );
  await writer.close();
});
