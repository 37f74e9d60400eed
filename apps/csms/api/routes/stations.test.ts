/** Stations over the API: found by what they are, and what they told beside connectors and transactions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signedIn } from "../testing/desk.ts";

test("stations: found by connection, admission and text, in pages", async (t) => {
  const { desk, browser } = await signedIn(t);
  await desk.add("stations", { id: "A_1", vendor: "Voltline", connected: 1 });
  await desk.add("stations", { id: "B-2", firmware: "1.0_A", admission: "pending" });
  await desk.add("stations", { id: "C-3", serial: "SN 100%", admission: "blocked", connected: 1 });
  const ids = async (query: string) =>
    (await browser.get<{ id: string }[]>(`stations?${query}`)).map(({ id }) => id).join(" ");
  for (const [query, found] of [
    ["", "A_1 B-2 C-3"],
    ["connected=true", "A_1 C-3"],
    ["connected=false", "B-2"],
    ["admission=pending", "B-2"],
    ["connected=true&admission=blocked", "C-3"],
    ["text=VOLT", "A_1"],
    ["text=_a", "B-2"],
    ["text=100%25", "C-3"],
    ["text='%20or%201=1", ""],
    ["most=1&after=A_1", "B-2"],
  ] as const) {
    assert.equal(await ids(query), found, query);
  }
  for (const query of ["admission=maybe", "connected=1", "text=", `text=${"x".repeat(65)}`]) {
    await browser.get(`stations?${query}`, 400);
  }
});

test("station: what it told, by subject; its monitors and streams; what could not be read", async (t) => {
  const { desk, browser } = await signedIn(t);
  await desk.add("stations", { id: "CS-1" });
  await desk.add("stations", { id: "CS-2" });
  const told = { station_id: "CS-1", ocpp_version: "2.0.1", ended: 0 };
  await desk.db
    .insertInto("told")
    .values([
      { ...told, subject: "firmware-update", about: "7", body: '{"status":"Installing"}', told_at_ms: 9 },
      {
        ...told,
        subject: "charging-limit",
        about: "1 EMS",
        body: '{"chargingLimit":{}}',
        told_at_ms: 8,
        ended: 1,
      },
    ])
    .execute();
  await desk.db
    .insertInto("monitors")
    .values({
      ...{ station_id: "CS-1", monitor_id: 4, component: "Connector", component_instance: null, evse_id: 1 },
      ...{ connector_id: 2, variable: "Temperature", variable_instance: null, kind: "UpperThreshold" },
      ...{ value: "75.5", severity: 2, in_transaction: 0, told_at_ms: 5 },
    })
    .execute();
  await desk.db
    .insertInto("set_aside")
    .values({
      ...{
        station_id: "CS-1",
        digest: "d",
        action: "StopTransaction",
        received_at_ms: 3,
        code: "TypeConstraint",
      },
      ...{ reason: "meterStop is no number", message: '{"meterStop":"x"}', wire_id: "12" },
    })
    .execute();
  const rows = await browser.get<object[]>("stations/CS-1/told");
  assert.deepEqual(rows, [
    {
      ...{ subject: "charging-limit", about: "1 EMS", version: "2.0.1", ended: true, toldAtMs: 8 },
      body: { chargingLimit: {} },
    },
    {
      ...{ subject: "firmware-update", about: "7", version: "2.0.1", ended: false, toldAtMs: 9 },
      body: { status: "Installing" },
    },
  ]);
  assert.equal((await browser.get<object[]>("stations/CS-1/told?subject=firmware-update")).length, 1);
  await browser.get("stations/CS-1/told?subject=secrets", 400);
  const { monitors, streams } = await browser.get<{ monitors: object[]; streams: object[] }>(
    "stations/CS-1/monitoring",
  );
  assert.deepEqual(streams, []);
  assert.equal(monitors.length, 1);
  assert.deepEqual((monitors[0] as { value: string }).value, "75.5");
  const [aside] = await browser.get<{ reason: string; wireId: string }[]>("stations/CS-1/set-aside");
  assert.deepEqual([aside?.reason, aside?.wireId], ["meterStop is no number", "12"]);
  for (const what of ["told", "monitoring", "set-aside"]) {
    assert.equal(JSON.stringify(await browser.get(`stations/CS-2/${what}`)).includes("CS-1"), false);
    assert.equal((await browser.get<{ code: string }>(`stations/CS-9/${what}`, 404)).code, "unknown-station");
  }
});

test("observations: what happened last, newest first, by site, station and kind, in pages", async (t) => {
  const { desk, browser } = await signedIn(t);
  await browser.post("stations", { station: "CS-1", route: "site", site: "depot" });
  const head = await desk.core.query("outbox.head", undefined);
  const kinds = ["station.status", "station.booted", "station.status"];
  for (const [i, kind] of kinds.entries()) {
    await desk.add("outbox", {
      seq: head + 1 + i,
      kind,
      station_id: i === 1 ? null : "CS-1",
      site_id: "depot",
    });
  }
  const seqs = async (query: string) =>
    (await browser.get<{ seq: number }[]>(`observations?${query}`)).map(({ seq }) => seq - head);
  assert.deepEqual((await seqs("site=depot")).slice(0, 3), [3, 2, 1]);
  assert.deepEqual(await seqs("site=depot&kinds=station.booted,station.status"), [3, 2, 1]);
  assert.deepEqual(await seqs("kinds=station.status&most=1"), [3]);
  assert.deepEqual(await seqs(`kinds=station.status&before=${head + 3}`), [1]);
  assert.deepEqual((await seqs("station=CS-1")).slice(0, 2), [3, 1]);
  for (const query of ["kinds=", "kinds=a,", "kinds=%27", "before=0", "station=", "site=A_B"]) {
    assert.notEqual((await browser.ask({ url: `/api/v1/observations?${query}` })).statusCode, 200, query);
  }
});
