/** What single places of the console ask, on every engine; the routes' own tests hold the rest on one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { queries } from "../core/queries.ts";
import { queryWorld } from "./world.ts";

test("places: a session, its curve whole and thinned, and how sessions are found", async () => {
  const { db, add, close } = await queryWorld();
  await add("sites", { id: "depot" });
  await add("stations", { id: "CS_1", site_id: "depot", serial: "Ser%" });
  await add("transactions", {
    id: "T1",
    wire_id: "W1",
    station_id: "CS_1",
    token: "04A1B2C3",
    started_at_ms: 10,
    meter_start_wh: 5,
    review: "clock",
  });
  await add("transaction_events", {
    station_id: "CS_1",
    transaction_id: "T1",
    dedupe: "d",
    at_ms: 20,
    signed_values: '["x"]',
  });
  for (let i = 0; i < 40; i++) {
    await add("meter_samples", {
      station_id: "CS_1",
      transaction_id: "T1",
      at_ms: 10 + i,
      meter_wh: 5 + i,
      power_w: i % 2,
      soc_percent: null,
    });
  }
  const one = await queries["transaction.get"](db, { id: "T1" });
  assert.deepEqual(
    [one?.site, one?.token, one?.eventCount, one?.events[0]?.signedValues],
    ["depot", "…B2C3", 1, ["x"]],
  );
  assert.equal(await queries["transaction.get"](db, { id: "T2" }), undefined);
  const curve = (points: number) => queries["transaction.curve"](db, { id: "T1", nowMs: 49, points });
  assert.equal((await curve(40))?.points.length, 40);
  const thin = await curve(4);
  assert.deepEqual(
    [thin?.stepMs, thin?.points],
    [10, [9, 19, 29, 39].map((i) => ({ atMs: 10 + i, energyWh: i, powerW: 1, socPercent: null }))],
  );
  assert.equal(await queries["transaction.curve"](db, { id: "T2", nowMs: 0, points: 9 }), undefined);
  const found = async (asked: object) =>
    (await queries["transactions.list"](db, { openOnly: false, most: 9, ...asked })).length;
  for (const [asked, count] of [
    [{ token: "b2c3" }, 1],
    [{ token: "1b2c3" }, 0],
    [{ token: "04a1b2c3" }, 1],
    [{ text: "cs_" }, 1],
    [{ text: "cs%" }, 0],
    [{ text: "\\" }, 0],
    [{ site: "depot", review: true, state: "open", fromMs: 10, toMs: 11 }, 1],
    [{ review: false }, 0],
    [{ fromMs: 11 }, 0],
  ] as const) {
    assert.equal(await found(asked), count, JSON.stringify(asked));
  }
  close();
});

test("places: cards with their use, whole and masked; what happened last; stations by text; commands by state", async () => {
  const { db, add, close } = await queryWorld();
  await add("stations", { id: "CS_1", serial: "Ser%", connected: 1, ocpp_version: "1.6" });
  await add("stations", { id: "CS-2", admission: "pending" });
  await add("tokens", { token: "04a1b2c3", shown: "04A1B2C3", changed_at_ms: 2 });
  await add("tokens", { token: "ff", shown: "FF", status: "Blocked", changed_at_ms: 1 });
  await add("transactions", {
    id: "T1",
    wire_id: "1",
    station_id: "CS_1",
    token: "04A1b2C3",
    started_at_ms: 7,
  });
  const cards = (asked: object) => queries["tokens.list"](db, { masked: false, skip: 0, most: 9, ...asked });
  assert.deepEqual(
    (await cards({})).map(({ token, open, usedAtMs }) => [token, open, usedAtMs]),
    [
      ["04A1B2C3", 1, 7],
      ["FF", 0, null],
    ],
  );
  assert.deepEqual((await cards({ text: "1B2", masked: true })).length, 0);
  assert.deepEqual((await cards({ text: "b2c3", masked: true }))[0]?.token, "…B2C3");
  assert.deepEqual((await cards({ skip: 1, status: "Blocked" })).length, 0);

  for (let seq = 1; seq <= 4; seq++) {
    await add("outbox", { seq, kind: seq % 2 === 0 ? "even" : "odd", station_id: seq > 2 ? "CS_1" : null });
  }
  const seqs = async (asked: object) =>
    (await queries["observations.list"](db, { most: 9, ...asked })).map(({ seq }) => seq);
  assert.deepEqual(await seqs({}), [4, 3, 2, 1]);
  assert.deepEqual(await seqs({ kinds: ["odd"], beforeSeq: 3 }), [1]);
  assert.deepEqual(await seqs({ station: "CS_1", most: 1 }), [4]);

  const stations = async (asked: object) =>
    (await queries["stations.list"](db, { most: 9, ...asked })).map(({ id }) => id);
  assert.deepEqual(await stations({ text: "SER%" }), ["CS_1"]);
  assert.deepEqual(await stations({ connected: false, admission: "pending" }), ["CS-2"]);

  await add("commands", { id: "1", station_id: "CS_1", state: "sent" });
  await add("commands", { id: "2", station_id: "CS_1", state: "failed", reason: "Why not" });
  const commands = async (asked: object) =>
    (await queries["commands.list"](db, { most: 9, ...asked })).map(({ id }) => id);
  assert.deepEqual(await commands({ states: ["sent", "requested"] }), ["1"]);
  assert.deepEqual(await commands({ text: "why", beforeId: "3" }), ["2"]);
  close();
});

test("places: people with what they come in by; what is over is not shown", async () => {
  const { db, add, close } = await queryWorld();
  const hash = (digit: string) => digit.repeat(64);
  await add("people", { id: "p", name: "Pia" });
  await add("people", { id: "service:x", name: "Export", role: "viewer" });
  await add("passkeys", { id: "k", person_id: "p", added_at_ms: 3 });
  await add("sessions", {
    hash: hash("a"),
    person_id: "p",
    name: "browser",
    created_at_ms: 5,
    expires_at_ms: 100,
  });
  await add("sessions", { hash: hash("b"), person_id: "p", expires_at_ms: 50 });
  await add("sessions", { hash: hash("c"), person_id: "service:x", kind: "token", expires_at_ms: 100 });
  await add("invitations", { hash: hash("d"), role: "viewer", expires_at_ms: 100 });
  await add("invitations", { hash: hash("e"), expires_at_ms: 100, used_at_ms: 1 });
  await add("invitations", { hash: hash("f"), expires_at_ms: 50 });
  const { people, invitations } = await queries["people.list"](db, { nowMs: 50 });
  assert.deepEqual(
    people.map(({ name, kind, role, passkeys, sessions }) => [
      name,
      kind,
      role,
      passkeys.length,
      sessions.map(({ id }) => id),
    ]),
    [
      ["Export", "service", "viewer", 0, ["c".repeat(32)]],
      ["Pia", "person", "administrator", 1, ["a".repeat(32)]],
    ],
  );
  assert.deepEqual(invitations, [{ id: "d".repeat(32), role: "viewer", expiresAtMs: 100 }]);
  assert.deepEqual(
    (await queries["people.names"](db, undefined)).map(({ id }) => id),
    ["p", "service:x"],
  );
  close();
});
