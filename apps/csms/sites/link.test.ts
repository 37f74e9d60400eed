import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteId, StationId } from "@wattward/kernel";
import { BUNDLE_TOKENS_MAX, parseBundle } from "@wattward/sitelink";
import { EPOCH, SITE, START_MS, type TestCore, testCore, trace } from "../core/testing/test-core.ts";

const hello = (core: TestCore, more: object = {}) =>
  core.decide("site.hello", {
    site: SITE,
    epoch: EPOCH,
    lastSeq: 0,
    bundleVersion: 0,
    software: "0.1.0",
    atMs: START_MS,
    ...more,
  });

test("hello: a site that nobody added is refused, and leaves nothing", async () => {
  const core = await testCore();
  assert.deepEqual(await hello(core), { kind: "unknown-site" });
  assert.deepEqual(await core.rows("site_journals"), []);
});

test("hello: goes on from what is durable", async () => {
  const core = await testCore({ box: "site" });
  await hello(core);
  const heartbeat = { station: "box", version: "1.6", action: "Heartbeat", payload: {} } as const;
  await core.record(heartbeat);
  await core.record(heartbeat);
  const welcome = await hello(core, { lastSeq: 5 });
  const ackedTrace = trace(2);
  assert.deepEqual(welcome, { kind: "welcome", csmsEpoch: 1, ackedSeq: 2, ackedTrace, leases: [] });
});

test("hello: a journal that went back in time must begin anew", async () => {
  const core = await testCore({ box: "site" });
  await hello(core);
  await core.record({ station: "box", version: "1.6", action: "Heartbeat", payload: {} });
  const welcome = await hello(core, { lastSeq: 0 });
  assert.equal(welcome.kind === "welcome" && welcome.ackedSeq, -1);
  assert.equal((await core.outbox("journal.rewound")).length, 1);
});

test("hello: a site that comes with another journal: told once, with how far the former is durable here", async () => {
  const core = await testCore({ box: "site" });
  await hello(core);
  await core.record({ station: "box", version: "1.6", action: "Heartbeat", payload: {} });
  const epoch = "f".repeat(24);
  for (let i = 0; i < 2; i += 1) await hello(core, { epoch, lastSeq: 7 });
  assert.deepEqual(
    (await core.outbox("journal.begun")).map(({ data }) => data),
    [{ epoch, lastSeq: 7, formerEpoch: EPOCH, formerAckedSeq: 1 }],
  );
});

test("lease: blocks never overlap, whoever asks, and are told again to the same journal only", async () => {
  const core = await testCore({ box: "site" });
  await core.decide("station.add", {
    station: "x" as StationId,
    serial: "x",
    route: "site",
    site: "b" as SiteId,
    actor: "t",
    atMs: START_MS,
  });
  await hello(core);
  await hello(core, { site: "b" });
  const blocks = [];
  for (const site of [SITE, "b" as SiteId, SITE])
    blocks.push(await core.decide("site.lease", { site, atMs: START_MS }));
  assert.deepEqual(
    blocks.map(({ from, to }) => [from, to]),
    [
      [1, 10_000],
      [10_001, 20_000],
      [20_001, 30_000],
    ],
  );
  const again = await hello(core);
  assert.deepEqual(again.kind === "welcome" && again.leases.map(({ from }) => from), [1, 20_001]);
  // A new disk does not know which ids of the old blocks it gave out.
  const fresh = await hello(core, { epoch: "a".repeat(24) });
  assert.deepEqual(fresh.kind === "welcome" && fresh.leases, []);
  const next = await core.decide("site.lease", { site: SITE, atMs: START_MS });
  assert.equal(next.from, 30_001);
});

test("site presence: when the link goes, its stations' sockets go with it", async () => {
  const core = await testCore({ box: "site", far: "direct" });
  const presence = (station: string, route: object, generation: number, connected = true) =>
    core.decide("station.presence", {
      station: station as StationId,
      route: route as { kind: "direct" },
      connected,
      generation,
      version: "2.0.1",
      address: "127.0.0.1",
      atMs: START_MS,
    });
  await core.decide("site.presence", { site: SITE, connected: true, atMs: START_MS, clockQuality: "synced" });
  await presence("box", { kind: "site", site: SITE }, 1);
  await presence("far", { kind: "direct" }, 1);
  await core.decide("site.presence", { site: SITE, connected: false, atMs: START_MS });
  const connected = async () => (await core.rows("stations")).map(({ id, connected }) => [id, connected]);
  assert.deepEqual(await connected(), [
    ["box", 0],
    ["far", 1],
  ]);

  await presence("far", { kind: "direct" }, 2);
  await presence("far", { kind: "direct" }, 1, false);
  assert.deepEqual(
    await connected(),
    [
      ["box", 0],
      ["far", 1],
    ],
    "the cleanup of an older socket changes nothing",
  );
  await presence("far", { kind: "direct" }, 2, false);
  assert.deepEqual(await connected(), [
    ["box", 0],
    ["far", 0],
  ]);

  await presence("far", { kind: "site", site: SITE }, 3);
  assert.deepEqual(
    await connected(),
    [
      ["box", 0],
      ["far", 0],
    ],
    "a site speaks only for its own",
  );
  assert.equal((await core.outbox("security.foreign-station")).length, 1);
});

test("bundle: the same content is the same text; any change is a new version", async () => {
  const core = await testCore({ box: "site", far: "direct" });
  const compile = (atMs: number) => core.decide("bundle.compile", { site: SITE, atMs });
  const first = await compile(START_MS);
  assert.deepEqual(await compile(START_MS + 60_000), first);
  const body = JSON.parse(first.body);
  assert.deepEqual(body.stations, [{ id: "box", serial: "box" }]);
  assert.deepEqual(body.stationAnchors, ["ANCHOR"]);
  await core.decide("token.set", { token: "TAG", status: "Blocked", atMs: START_MS, actor: "t" });
  const second = await compile(START_MS + 90_000);
  assert.equal(second.version, first.version + 1);
  assert.deepEqual(JSON.parse(second.body).localList, [{ token: "TAG", status: "Blocked" }]);
  const denial = {
    kind: "key",
    issuer: "",
    value: "ab".repeat(32),
    reason: "lost",
    atMs: START_MS,
    actor: "t",
  } as const;
  for (let i = 0; i < 2; i += 1) await core.decide("denial.add", denial);
  const third = await compile(START_MS);
  assert.deepEqual(JSON.parse(third.body).deny, [{ kind: "key", spkiSha256: "ab".repeat(32) }]);
  await core.decide("setting.set", { name: "heartbeat_interval_s", value: 60, atMs: START_MS, actor: "t" });
  assert.equal(JSON.parse((await compile(START_MS)).body).policy.heartbeatIntervalS, 60);
  await core.db.updateTable("meta").set({ value: "2" }).where("key", "=", "csms_epoch").execute();
  assert.equal((await compile(START_MS)).version, first.version + 4, "a restore fences older bundles");
  assert.equal((await core.rows("bundles")).length, 5);
});

test("bundle: however many tokens there are, it holds no more than a site can read, the newest of them", async () => {
  const core = await testCore({ box: "site" });
  const rows = Array.from({ length: BUNDLE_TOKENS_MAX + 2 }, (_, i) => ({
    token: `t${String(i).padStart(6, "0")}`,
    shown: `T${i}`,
    status: "Accepted",
    expires_at_ms: null,
    changed_at_ms: START_MS - i,
  }));
  for (let i = 0; i < rows.length; i += 5_000) {
    await core.db
      .insertInto("tokens")
      .values(rows.slice(i, i + 5_000))
      .execute();
  }
  const { body } = await core.decide("bundle.compile", { site: SITE, atMs: START_MS });
  const read = parseBundle(body);
  assert(read.ok, "a site reads it");
  assert.equal(read.value.localList.length, BUNDLE_TOKENS_MAX);
  assert.equal(read.value.localList.at(-1)?.token, `T${BUNDLE_TOKENS_MAX - 1}`);
});

test("setting: one that there is not, or out of its limits, is refused with what would do", async () => {
  const core = await testCore();
  const set = (name: string, value: number) =>
    core.decide("setting.set", { name, value, atMs: START_MS, actor: "t" });
  for (const [name, value, says] of [
    ["csms_epoch", 9, /there is no setting/],
    ["__proto__", 1, /there is no setting/],
    ["heartbeat_interval_s", 1, /from 10 to 86400/],
    ["accept_unknown_tokens", 0.5, /whole number/],
  ] as const) {
    const told = await set(name, value);
    assert.match(told.kind === "refused" ? told.sentence : "set", says);
  }
  assert.deepEqual(await set("accept_unknown_tokens", 1), { kind: "set" });
});
