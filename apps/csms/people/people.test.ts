import assert from "node:assert/strict";
import { test } from "node:test";
import { queries } from "../core/queries.ts";
import { START_MS, type TestCore, testCore } from "../core/testing/test-core.ts";

const invite = (core: TestCore) =>
  core.decide("person.invite", {
    hash: "h1",
    role: "administrator",
    expiresAtMs: START_MS + 1_000,
    atMs: START_MS,
  });
const join = (core: TestCore, id = "key1", atMs = START_MS) =>
  core.decide("person.join", {
    invitation: "h1",
    name: "Ada",
    passkey: { id, publicKey: "pk", counter: 0, transports: "[]" },
    atMs,
  });

test("people: an invitation lets one person in, also when two come at once", async () => {
  const core = await testCore();
  await invite(core);
  const told = await Promise.all([join(core, "key1"), join(core, "key2")]);
  assert.deepEqual(told.map(({ kind }) => kind).sort(), ["joined", "refused"]);
  assert.equal((await core.rows("people")).length, 1);
  assert.deepEqual(
    (await core.rows("passkeys")).map(({ id }) => id),
    ["key1"],
  );
  assert.equal((await join(core, "key3")).kind, "refused");
});

test("people: an invitation that has expired, or never was, lets nobody in", async () => {
  const core = await testCore();
  assert.equal((await join(core)).kind, "refused");
  await invite(core);
  assert.equal((await join(core, "key1", START_MS + 1_000)).kind, "refused");
  assert.deepEqual(await core.rows("people"), []);
});

test("people: a session opens with its passkey's counter, closes once, and old ones are swept", async () => {
  const core = await testCore();
  await invite(core);
  const joined = await join(core);
  assert(joined.kind === "joined");
  const open = (hash: string, atMs: number) =>
    core.decide("session.open", {
      hash,
      person: joined.person,
      kind: "cookie",
      name: "browser",
      expiresAtMs: atMs + 1_000,
      atMs,
      passkey: { id: "key1", counter: 7 },
    });
  await open("s1", START_MS);
  await open("s2", START_MS + 2_000);
  assert.deepEqual(
    (await core.rows("sessions")).map(({ hash }) => hash),
    ["s2"],
  );
  assert.deepEqual(
    (await core.rows("passkeys")).map(({ counter }) => counter),
    [7],
  );
  for (let i = 0; i < 2; i += 1) await core.decide("session.close", { hash: "s2", atMs: START_MS });
  assert.deepEqual(await core.rows("sessions"), []);
  assert.equal((await core.outbox("session.closed")).length, 1);
});

test("people: a key that is registered joins nobody else, and the invitation stays good", async () => {
  const core = await testCore();
  for (const hash of ["h1", "h2"]) {
    const expiresAtMs = START_MS + 1_000;
    await core.decide("person.invite", { hash, role: "administrator", expiresAtMs, atMs: START_MS });
  }
  const passkey = { id: "key1", publicKey: "pk", counter: 0, transports: "[]" };
  const second = (id: string) =>
    core.decide("person.join", {
      invitation: "h2",
      name: "Eve",
      passkey: { ...passkey, id },
      atMs: START_MS,
    });
  assert.equal((await join(core)).kind, "joined");
  assert.equal((await second("key1")).kind, "refused");
  assert.equal((await core.rows("people")).length, 1);
  assert.equal((await second("key2")).kind, "joined");
});

const DAY_MS = 86_400_000;

test("people: what a clock of the future made is not good for years once the clock is right", async () => {
  const core = await testCore();
  const aheadMs = START_MS + 3_650 * DAY_MS;
  const expiresAtMs = aheadMs + DAY_MS;
  await core.decide("person.invite", { hash: "h1", role: "administrator", expiresAtMs, atMs: aheadMs });
  const lookUp = (nowMs: number) => queries["invitation.get"](core.db, { hash: "h1", nowMs });
  assert.equal(await lookUp(START_MS), undefined);
  assert.equal((await join(core)).kind, "refused");
  assert.equal((await lookUp(aheadMs))?.role, "administrator");

  await core.decide("service.token", {
    name: "t",
    role: "administrator",
    hash: "s",
    expiresAtMs,
    atMs: aheadMs,
  });
  const session = (nowMs: number) => queries["session.get"](core.db, { hash: "s", nowMs });
  assert.equal(await session(START_MS), undefined);
  assert.equal((await session(aheadMs - DAY_MS))?.person, "service:t");
});

test("people: a clock that jumps ahead for a moment takes no program's token away", async () => {
  const core = await testCore();
  const token = (hash: string, atMs: number) =>
    core.decide("service.token", {
      name: "t",
      role: "administrator",
      hash,
      expiresAtMs: atMs + DAY_MS,
      atMs,
    });
  await token("s1", START_MS);
  await token("s2", START_MS + 3_650 * DAY_MS);
  const found = await queries["session.get"](core.db, { hash: "s1", nowMs: START_MS + 1 });
  assert.equal(found?.person, "service:t");
});

test("observed: nobody outside can write what only a decision may say, nor name another site's station", async () => {
  const core = await testCore({ far: "direct", box: "site" });
  const seen = { atMs: START_MS, detail: { reason: "forged" } };
  const site = (await core.rows("sites"))[0]?.id as never;
  await core.decide("observe", { ...seen, kind: "transaction.ended", site, station: "far" as never });
  await core.decide("observe", { ...seen, kind: "clone", site, station: "box" as never });
  await core.decide("observe", { ...seen, kind: "big", detail: { text: "x".repeat(10_000) } });
  const rows = (await core.outbox("observed")).map(({ station, data }) => [station, data["what"]]);
  assert.deepEqual(rows, [
    [null, "transaction.ended"],
    ["box", "clone"],
    [null, "big"],
  ]);
  assert.equal((await core.outbox("transaction.ended")).length, 0);
  assert((await core.rows("outbox")).every(({ data }) => data.length < 5_000));
});
