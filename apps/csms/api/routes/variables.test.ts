/** The device model and what a station holds, over the API and the real core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { Browser, openDesk } from "../testing/desk.ts";

const CP = "CP-1" as StationId;

async function desk(t: Parameters<typeof openDesk>[0]) {
  const opened = await openDesk(t);
  const browser = new Browser(opened);
  await browser.join("Ada");
  await browser.post("stations", { station: CP, route: "direct" });
  const generation = { connected: true, generation: 1, address: "", atMs: 1_000 };
  await opened.core.decide("station.presence", {
    ...{ station: CP, route: { kind: "direct" }, version: "1.6", ...generation },
  });
  const get = async (path: string) => {
    const answer = await browser.ask({ url: `/api/v1/stations/${path}` });
    return { status: answer.statusCode, body: answer.json() };
  };
  return { core: opened.core, time: opened.time, browser, get };
}

/** As a station would answer it. */
async function answered({ core, time }: Awaited<ReturnType<typeof desk>>, outcome: object): Promise<void> {
  const [due] = await core.decide("command.take", { station: CP, atMs: time.now().wallMs, most: 1 });
  assert(due !== undefined);
  await core.decide("command.outcome", {
    ...{ id: due.id, state: "accepted", outcome: outcome as Record<string, never>, atMs: 2_000 },
  });
}

test("variables: read in pages and by search, in any case, with signs that mean themselves; none of a station that is not there", async (t) => {
  const opened = await desk(t);
  const { browser, get } = opened;
  const asked = { action: "GetConfiguration", payload: {}, reason: "r" };
  assert.equal((await browser.post(`stations/${CP}/commands`, asked)).statusCode, 202);
  const keys = ["HeartbeatInterval", "100%_Sure", "AuthorizationKey", "LightIntensity"];
  await answered(opened, { configurationKey: keys.map((key) => ({ key, readonly: false, value: "1" })) });

  const all = (await get(`${CP}/variables`)).body;
  assert.deepEqual(
    all.map((row: { component: string; variable: string; value: string }) => [
      row.component,
      row.variable,
      row.value,
    ]),
    [
      ["Configuration16", "100%_Sure", "1"],
      ["Configuration16", "LightIntensity", "1"],
      ["OCPPCommCtrlr", "HeartbeatInterval", "1"],
      ["SecurityCtrlr", "BasicAuthPassword", null],
    ],
  );
  const keysOf = async (query: string) =>
    (await get(`${CP}/variables?${query}`)).body.map(({ key16 }: { key16: string }) => key16);
  assert.deepEqual(await keysOf("search=HEART"), ["HeartbeatInterval"]);
  assert.deepEqual(await keysOf("search=authorizationkey"), ["AuthorizationKey"]);
  assert.deepEqual(await keysOf(`search=${encodeURIComponent("0%_")}`), ["100%_Sure"]);
  assert.deepEqual(await keysOf(`search=${encodeURIComponent("%")}`), ["100%_Sure"]);
  assert.deepEqual(await keysOf(`search=${encodeURIComponent("\\")}`), []);
  assert.deepEqual(await keysOf("component=ocppcommctrlr"), ["HeartbeatInterval"]);
  assert.deepEqual(await keysOf("most=1"), ["100%_Sure"]);
  assert.deepEqual(await keysOf(`most=1&after=${encodeURIComponent(all[0].path)}`), ["LightIntensity"]);
  assert.equal((await get("CP-9/variables")).status, 404);
  assert.equal((await get("CP-9/holds")).status, 404);
});

test("variables: set in the words of the model; refused with what to do, and force where that helps", async (t) => {
  const { browser } = await desk(t);
  const set = async (more: object, ...names: string[]) => {
    const variables = names.map((variable) => ({ component: "OCPPCommCtrlr", variable, value: "60" }));
    const answer = await browser.post(`stations/${CP}/variables`, { variables, reason: "r", ...more });
    return { status: answer.statusCode, body: answer.json() };
  };
  const done = await set({}, "HeartbeatInterval", "WebSocketPingInterval");
  assert.deepEqual([done.status, done.body.ids.length], [202, 2]);
  assert.equal((await set({}, "NetworkConfigurationPriority")).body.code, "invalid-payload");
  assert.equal((await set({})).status, 400, "none at all");
});

test("commands: what is known of a station is a conflict that one may insist on; a closed group says what it waits for", async (t) => {
  const { browser } = await desk(t);
  const ask = async (body: object) => {
    const answer = await browser.post(`stations/${CP}/commands`, { payload: {}, reason: "r", ...body });
    return { status: answer.statusCode, body: answer.json() };
  };
  const unknown = { action: "RemoteStopTransaction", payload: { transactionId: 4 } };
  const held = await ask(unknown);
  assert.deepEqual([held.status, held.body.code], [409, "station-objects"]);
  assert.match(held.body.detail, /ask with force/);
  assert.equal((await ask({ ...unknown, force: true })).status, 202);
  const closed = await ask({ action: "UpdateFirmware" });
  assert.deepEqual([closed.status, closed.body.code], [422, "invalid-payload"]);
  assert.match(closed.body.detail, /'firmware', which is not open yet/);
  assert.equal((await ask({ action: "toString" })).status, 400);
});
