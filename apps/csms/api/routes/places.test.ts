/** Cards, dispensations, settings and the fleet's commands over the API. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { secretHash } from "../sign-in/secrets.ts";
import { type Desk, HOST, signedIn } from "../testing/desk.ts";

/** Reads as somebody of that role. */
async function getAs<T>(desk: Desk, role: string, path: string): Promise<T> {
  const atMs = desk.time.now().wallMs;
  const token = `secret-of-${role}-${desk.decided.length}`;
  await desk.core.decide("service.token", {
    ...{ name: role, role, hash: secretHash(token), expiresAtMs: atMs + 60_000, atMs },
  });
  const headers = { host: HOST, authorization: `Bearer ${token}` };
  const reply = await desk.api.app.inject({ url: `/api/v1/${path}`, headers });
  assert.equal(reply.statusCode, 200, reply.body);
  return reply.json();
}

type Card = { token: string; status: string; open: number; usedAtMs: number | null };

test("tokens: whole to who may set them, masked to others; by text and status, in pages, with their use", async (t) => {
  const { desk, browser } = await signedIn(t);
  const put = (token: string, body: object) =>
    browser.ask({ method: "PUT", url: `/api/v1/tokens/${token}`, body });
  await put("04A1B2C3D4", { status: "Accepted" });
  await desk.time.advance(1_000);
  await put("FFEE99", { status: "Blocked" });
  await desk.time.advance(1_000);
  await put("C3", { status: "Accepted", expiresAtMs: 5 });
  await desk.add("stations", { id: "CS-1" });
  const charge = { station_id: "CS-1", token: "04a1b2c3d4" };
  await desk.add("transactions", {
    ...charge,
    id: "T1",
    wire_id: "1",
    started_at_ms: 70,
    ended_at_ms: 80,
    state: "ended",
  });
  await desk.add("transactions", { ...charge, id: "T2", wire_id: "2", started_at_ms: 90 });

  const all = await browser.get<Card[]>("tokens");
  assert.deepEqual(
    all.map(({ token, open, usedAtMs }) => [token, open, usedAtMs]),
    [
      ["C3", 0, null],
      ["FFEE99", 0, null],
      ["04A1B2C3D4", 1, 90],
    ],
  );
  const found = async (query: string) =>
    (await browser.get<Card[]>(`tokens?${query}`)).map((row) => row.token).join(" ");
  assert.equal(await found("text=b2c"), "04A1B2C3D4");
  assert.equal(await found("status=Blocked"), "FFEE99");
  assert.equal(await found("most=1&skip=1"), "FFEE99");
  assert.equal(await found("skip=3"), "");
  for (const query of ["status=Fine", "skip=-1", "text=", "most=1001"])
    await browser.get(`tokens?${query}`, 400);

  const masked = async (query: string) =>
    (await getAs<Card[]>(desk, "viewer", `tokens?${query}`)).map((row) => row.token);
  assert.deepEqual(await masked(""), ["…3", "…E99", "…C3D4"]);
  assert.deepEqual(await masked("text=c3d4"), ["…C3D4"]);
  for (const guess of ["2c3d4", "04a1", "EE9", "C3"]) {
    const rows = await masked(`text=${guess}`);
    // A whole card is found by whoever knows it whole already.
    assert.deepEqual(rows, guess === "C3" ? ["…3"] : [], guess);
  }
});

test("dispensations: listed with their station and who gave them, never with anything of a password", async (t) => {
  const { desk, browser } = await signedIn(t);
  await desk.add("stations", { id: "CS-1", site_id: null });
  await desk.db
    .insertInto("dispensations")
    .values({
      ...{ station_id: "CS-1", security_profile: 1, until_ms: 99, password_hash: "$argon2id$x" },
      ...{ given_at_ms: 1, given_by: "p1" },
    })
    .execute();
  assert.deepEqual(await browser.get("dispensations"), [
    { station: "CS-1", site: null, securityProfile: 1, untilMs: 99, givenAtMs: 1, givenBy: "p1" },
  ]);
});

test("settings: every one with limits, unit, meaning and who changed it; changed within its limits alone", async (t) => {
  const { browser } = await signedIn(t);
  const me = await browser.get<{ person: string }>("auth/me");
  type Row = { name: string; unit: string; meaning: string; value: number; changedBy: string | null };
  const all = await browser.get<Row[]>("settings");
  assert(all.every(({ changedBy }) => changedBy === null));
  assert(all.length >= 15 && all.every(({ unit, meaning }) => unit !== "" && meaning.length > 20));
  const put = async (name: string, body: object) => {
    const reply = await browser.ask({ method: "PUT", url: `/api/v1/settings/${name}`, body });
    return [reply.statusCode, reply.json().code ?? reply.json().done, reply.json().field];
  };
  assert.deepEqual(await put("heartbeat_interval_s", { value: 120 }), [200, true, undefined]);
  const now = await browser.get<typeof all>("settings");
  const changed = now.filter(({ changedBy }) => changedBy !== null);
  assert.deepEqual(
    changed.map(({ name, value, changedBy }) => [name, value, changedBy]),
    [["heartbeat_interval_s", 120, me.person]],
  );
  assert.deepEqual(await put("heartbeat_interval_s", { value: 9 }), [400, "invalid-request", "/value"]);
  assert.deepEqual(await put("heartbeat_interval_s", { value: "120" }), [400, "invalid-request", "/value"]);
  for (const name of ["csms_epoch", "constructor", "__proto__", "next_transaction_id"]) {
    assert.deepEqual((await put(name, { value: 1 })).slice(0, 2), [404, "unknown-setting"], name);
  }
});

test("commands: of the whole fleet, by site, state, action, actor and text, in pages; open ones leave no card behind", async (t) => {
  const { desk, browser } = await signedIn(t);
  await desk.add("sites", { id: "depot" });
  await desk.add("stations", { id: "A", site_id: "depot", ocpp_version: "1.6" });
  await desk.add("stations", { id: "B", ocpp_version: "1.6" });
  const start = { action: "RemoteStartTransaction", payload: '{"idTag":"04A1B2C3D4","connectorId":1}' };
  await desk.add("commands", { id: "1", station_id: "A", state: "failed", actor: "ada", ended_at_ms: 3 });
  await desk.add("commands", { id: "2", station_id: "B", ...start, state: "sent", reason: "Driver called" });
  await desk.add("commands", { id: "3", station_id: "A", state: "requested" });
  const ids = async (query: string) =>
    (await browser.get<{ id: string }[]>(`commands?${query}`)).map(({ id }) => id).join(" ");
  for (const [query, found] of [
    ["", "3 2 1"],
    ["most=2", "3 2"],
    ["before=2", "1"],
    ["site=depot", "3 1"],
    ["station=B", "2"],
    ["states=requested,sent", "3 2"],
    ["states=failed", "1"],
    ["action=Reset", "3 1"],
    ["actor=ada", "1"],
    ["text=driver", "2"],
    ["text=remotestart", "2"],
  ] as const) {
    assert.equal(await ids(query), found, query);
  }
  for (const query of ["states=", "states=open", "states=sent,", "action=Explode", "text="]) {
    await browser.get(`commands?${query}`, 400);
  }
  const open = JSON.stringify(await browser.get("commands/2"));
  assert(!open.includes("04A1B2") && open.includes('"connectorId":1'), open);
});
