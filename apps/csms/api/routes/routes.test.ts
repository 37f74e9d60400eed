/** The routes over the real core: what a page or script asks for, and what it gets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signedIn } from "../testing/desk.ts";

test("stations: added to a new site, seen in list, site and snapshot; added again it is unchanged", async (t) => {
  const { desk, browser } = await signedIn(t);
  const add = (body: object) => browser.post("stations", body);
  const added = await add({ station: "CS-1", route: "site", site: "depot" });
  assert.deepEqual(added.json(), { kind: "added" }, added.body);
  assert.deepEqual((await add({ station: "CS-1", route: "site", site: "depot" })).json(), {
    kind: "unchanged",
  });
  assert.deepEqual((await add({ station: "CS-2", serial: "SN 7", route: "direct" })).json(), {
    kind: "added",
  });

  const list = (await browser.ask({ url: "/api/v1/stations" })).json();
  assert.deepEqual(
    list.map((s: { id: string }) => s.id),
    ["CS-1", "CS-2"],
  );
  const page = (await browser.ask({ url: "/api/v1/stations?after=CS-1&most=1" })).json();
  assert.equal(page[0].serial, "SN 7");
  const one = await browser.ask({ url: "/api/v1/stations/CS-1" });
  assert.equal(one.json().site, "depot");
  assert.equal(one.json().powerW, null);
  assert.equal((await browser.ask({ url: "/api/v1/stations/CS-9" })).json().code, "unknown-station");

  const sites = (await browser.ask({ url: "/api/v1/sites" })).json();
  assert.deepEqual(
    sites.map((s: { id: string; stations: number }) => [s.id, s.stations]),
    [["depot", 1]],
  );
  const snapshot = (await browser.ask({ url: "/api/v1/sites/depot" })).json();
  assert.equal(snapshot.stations[0].id, "CS-1");
  assert.equal(snapshot.seq, await desk.core.query("outbox.head", undefined));
  assert.equal((await browser.ask({ url: "/api/v1/sites/elsewhere" })).json().code, "unknown-site");
});

test("snapshot: the answer has every field of the core's own, lost in no schema", async (t) => {
  const { desk, browser } = await signedIn(t);
  await browser.post("stations", { station: "CS-1", route: "site", site: "depot" });
  await desk.add("connectors", { station_id: "CS-1", status: "Charging", error_code: "NoError" });
  await desk.add("transactions", {
    id: "T1",
    wire_id: "1",
    station_id: "CS-1",
    power_w: 7200,
    power_at_ms: 5,
  });
  await desk.observe(1, "depot");
  const [site] = await desk.core.query("sites.list", undefined);
  assert(site !== undefined);
  const expected = await desk.core.query("site.snapshot", {
    site: site.id as never,
    nowMs: desk.time.now().wallMs,
  });
  const got = (await browser.ask({ url: "/api/v1/sites/depot" })).json();
  assert.deepEqual(got, JSON.parse(JSON.stringify(expected)));
  assert.equal(got.stations[0].powerW, 7200);
  assert.equal(got.transactions.length, 1);
});

test("history: as many points as there are steps; a site that nobody knows has none to tell", async (t) => {
  const { desk, browser } = await signedIn(t);
  await browser.post("stations", { station: "CS-1", route: "site", site: "depot" });
  await desk.add("meter_samples", { station_id: "CS-1", at_ms: 60_000, power_w: 11_000 });
  const reply = await browser.ask({
    url: "/api/v1/sites/depot/history?fromMs=0&toMs=180000&stepMs=60000",
  });
  assert.deepEqual(reply.json(), [
    { atMs: 0, powerW: null },
    { atMs: 60_000, powerW: 11_000 },
    { atMs: 120_000, powerW: 11_000 },
  ]);
});

test("commands: recorded with who and why, and told; each refusal has its own code", async (t) => {
  const { desk, browser } = await signedIn(t);
  await browser.post("stations", { station: "CS-1", route: "direct" });
  const reset = { action: "Reset", payload: { type: "Soft" }, reason: "hangs since morning" };
  const send = (body: object, station = "CS-1") => browser.post(`stations/${station}/commands`, body);
  assert.equal((await send(reset, "CS-9")).json().code, "unknown-station");
  assert.equal((await send(reset)).json().code, "never-connected");
  await desk.db.updateTable("stations").set({ ocpp_version: "1.6" }).execute();
  const wrong = await send({ ...reset, payload: { type: "Sudden" } });
  assert.equal(wrong.json().code, "invalid-payload");
  assert.equal(wrong.statusCode, 422);
  assert.equal((await send({ ...reset, action: "GetVariables" })).json().code, "invalid-payload");
  assert.equal((await send({ ...reset, action: "UpdateFirmware" })).statusCode, 422);
  assert.equal((await send({ ...reset, action: "UpdateEverything" })).statusCode, 400);
  assert.equal((await send({ ...reset, reason: "" })).statusCode, 400);
  assert.equal((await send({ ...reset, expiresInS: 0 })).statusCode, 400);

  const accepted = await send({ ...reset, expiresInS: 30 });
  assert.equal(accepted.statusCode, 202, accepted.body);
  const { id } = accepted.json();
  const row = (await browser.ask({ url: `/api/v1/commands/${id}` })).json();
  assert.equal(row.reason, "hangs since morning");
  assert.equal(row.state, "requested");
  assert.deepEqual(row.payload, { type: "Soft" });
  assert.equal(row.expiresAtMs - row.requestedAtMs, 30_000);
  const me = (await browser.ask({ url: "/api/v1/auth/me" })).json();
  assert.equal(row.actor, me.person);
  const listed = (await browser.ask({ url: "/api/v1/commands?station=CS-1" })).json();
  assert.deepEqual(
    listed.map((c: { id: string }) => c.id),
    [id],
  );
  assert.equal((await browser.ask({ url: "/api/v1/commands/none" })).json().code, "unknown-command");
});

test("tokens: a driver's token is set, also one with characters that a path must escape", async (t) => {
  const { desk, browser } = await signedIn(t);
  const put = (token: string, body: object) =>
    browser.ask({ method: "PUT", url: `/api/v1/tokens/${encodeURIComponent(token)}`, body });
  assert.equal((await put("04:A2/7F", { status: "Accepted" })).statusCode, 200);
  assert.equal((await put("x".repeat(37), { status: "Accepted" })).statusCode, 400);
  assert.equal((await put("ABC", { status: "Fine" })).statusCode, 400);
  const rows = await desk.db.selectFrom("tokens").selectAll().execute();
  assert.deepEqual(
    rows.map((row) => [row.shown, row.status]),
    [["04:A2/7F", "Accepted"]],
  );
});

test("denials: a certificate is denied by key or by serial; what names nothing, or no authority of ours, is refused", async (t) => {
  const { desk, browser } = await signedIn(t);
  const deny = (body: object) => browser.post("denials", { reason: "stolen", ...body });
  const key = "ab".repeat(32);
  const added = await deny({ key: key.toUpperCase() });
  assert.equal(added.statusCode, 200, added.body);
  assert.deepEqual(added.json(), { added: true, kind: "key", issuer: "", value: key });
  assert.equal((await deny({ key })).json().added, false);
  const issuer = "O=Wattward, CN=Station CA";
  assert.deepEqual((await deny({ serial: "1:0A", issuer })).json(), {
    added: true,
    kind: "serial",
    issuer,
    value: "010a",
  });
  for (const [body, says] of [
    [{}, /name a certificate/],
    [{ serial: "01" }, /together with its issuer/],
    [{ serial: "01", issuer: "CN=Station CA" }, /no authority here.*'O=Wattward, CN=Station CA'/],
    [{ key: "x" }, /64 hexadecimal/],
    [{ key, certificate: "-" }, /name one/],
    [{ certificate: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, /cannot be read/],
  ] as const) {
    const refused = await deny(body);
    assert.equal(refused.statusCode, 422, JSON.stringify(body));
    assert.match(refused.json().detail, says);
  }
  assert.equal((await deny({ key, reason: "" })).statusCode, 400);
  const { person } = (await browser.ask({ url: "/api/v1/auth/me" })).json();
  const rows = (await browser.ask({ url: "/api/v1/denials" })).json();
  assert.deepEqual(
    rows.map(({ value, reason }: Record<string, string>) => [value, reason]),
    [
      ["010a", "stolen"],
      [key, "stolen"],
    ],
  );
  const observed = await desk.core.query("outbox.after", { seq: 0, most: 10, kinds: ["denial.added"] });
  assert.deepEqual(
    observed.map(({ data }) => data["actor"]),
    [person, person],
  );
});
