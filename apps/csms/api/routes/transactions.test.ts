/** Sessions over the API: found by what they are, one of them whole, its curve as fine as it was asked for. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Browser, type Desk, openDesk } from "../testing/desk.ts";

type Row = { id: string; token: string | null };

/** T1 open at depot with a long token; T2 ended and to be looked at, directly connected; T3 partial with a short one. */
async function sessions(t: TestContext): Promise<{ desk: Desk; browser: Browser }> {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.post("stations", { station: "CS-1", route: "site", site: "depot" });
  await browser.post("stations", { station: "Kerb_9", route: "direct" });
  const add = (row: Parameters<typeof desk.add<"transactions">>[1]) => desk.add("transactions", row);
  await add({ id: "T1", wire_id: "71", station_id: "CS-1", token: "04A1B2C3", started_at_ms: 1_000 });
  await add({
    ...{ id: "T2", wire_id: "tx-b", station_id: "Kerb_9", token: "FF00b2c3", state: "ended", energy_wh: 900 },
    ...{ started_at_ms: 2_000, ended_at_ms: 9_000, review: "clock,sequence", ocpp_version: "2.0.1" },
    ...{ first_seq_no: 1, seq_no: 9, missing_seq: "3,5-7", meter_start_wh: 100, meter_stop_wh: 1_000 },
  });
  await add({ id: "T3", wire_id: "72", station_id: "CS-1", token: "C3", state: "partial", ended_at_ms: 5 });
  return { desk, browser };
}

const get = async <T>(browser: Browser, path: string, status = 200): Promise<T> => {
  const reply = await browser.ask({ url: `/api/v1/transactions${path}` });
  assert.equal(reply.statusCode, status, `${path}: ${reply.body}`);
  return reply.json();
};

test("sessions: found by site, station, state, time, review, token and text, in pages", async (t) => {
  const { browser } = await sessions(t);
  const ids = async (query: string) => (await get<Row[]>(browser, `?${query}`)).map(({ id }) => id).join(" ");
  for (const [query, found] of [
    ["", "T3 T2 T1"],
    ["most=1", "T3"],
    ["before=T3", "T2 T1"],
    ["site=depot", "T3 T1"],
    ["station=Kerb_9", "T2"],
    ["openOnly=true", "T1"],
    ["state=open", "T1"],
    ["state=partial", "T3"],
    ["fromMs=1001", "T2"],
    ["fromMs=1000&toMs=2000", "T1"],
    ["review=true", "T2"],
    ["review=false", "T3 T1"],
    ["token=b2C3", "T2 T1"],
    ["token=04a1b2c3", "T1"],
    ["text=kerb_", "T2"],
    ["text=kerb%25", ""],
    ["text=7", "T3 T1"],
    ["text=t2", "T2"],
    ["site=depot&state=open&token=C3", "T1"],
  ] as const) {
    assert.equal(await ids(query), found, query);
  }
  for (const query of [
    "state=over",
    "token=",
    "token=a%20b",
    "text=",
    "review=yes",
    "fromMs=-1",
    "most=1001",
  ]) {
    await get(browser, `?${query}`, 400);
  }
});

test("sessions: no token leaves whole, nor is found by more of it than is shown", async (t) => {
  const { browser } = await sessions(t);
  const rows = await get<Row[]>(browser, "");
  assert.deepEqual(
    rows.map(({ token }) => token),
    ["…3", "…b2c3", "…B2C3"],
  );
  // Five letters of eight, and two of two: whoever tries letter by letter learns nothing.
  for (const guess of ["1B2C3", "0b2c3"]) assert.deepEqual(await get(browser, `?token=${guess}`), []);
  assert.deepEqual(
    (await get<Row[]>(browser, "?token=3")).map(({ id }) => id),
    ["T3", "T2", "T1"],
  );
});

test("session: all that is known of it, its messages in order of time, the reasons in words", async (t) => {
  const { desk, browser } = await sessions(t);
  const events = [
    { dedupe: "b", kind: "ended", seq_no: 9, at_ms: 9_000, path: "offline", signed_values: '[{"signed":1}]' },
    { dedupe: "a", kind: "started", seq_no: 1, at_ms: 2_000, path: "live", signed_values: null },
  ];
  for (const event of events)
    await desk.add("transaction_events", { ...event, transaction_id: "T2", station_id: "Kerb_9" });
  await desk.add("transaction_events", { dedupe: "c", transaction_id: "T1", station_id: "CS-1" });
  await desk.db
    .insertInto("transaction_details")
    .values({
      ...{
        transaction_id: "T2",
        seq_no: 9,
        charging_state: "EVConnected",
        charging_s: 60,
        remote_start_id: 4,
      },
      ...{ reservation_id: null, phases_used: null, cable_max_a: null, operation_mode: "ChargingOnly" },
      ...{ tariff: "night", limits: '{"maxCost":9}', cost: null, preconditioning: null, evse_sleeps: null },
    })
    .execute();
  const one = await get<Record<string, unknown>>(browser, "/T2");
  assert.deepEqual(one["reviews"], [
    {
      code: "clock",
      sentence: "a time of the station was not believable; the time of reception stands in its place",
    },
    { code: "sequence", sentence: "two different events carried one sequence number" },
  ]);
  assert.deepEqual([one["missingSeqNos"], one["firstSeqNo"], one["lastSeqNo"]], ["3,5-7", 1, 9]);
  assert.deepEqual([one["site"], one["version"], one["meterStartWh"]], [null, "2.0.1", 100]);
  const told = one["events"] as { kind: string; signedValues: unknown }[];
  assert.deepEqual(
    told.map(({ kind, signedValues }) => [kind, signedValues]),
    [
      ["started", null],
      ["ended", [{ signed: 1 }]],
    ],
  );
  assert.equal(one["eventCount"], 2);
  const details = one["details"] as Record<string, unknown>;
  assert.deepEqual([details["tariff"], details["limits"]], ["night", { maxCost: 9 }]);
  assert.equal((await get<{ details: unknown }>(browser, "/T1")).details, null);
  assert.equal((await get<{ code: string }>(browser, "/T9", 404)).code, "unknown-transaction");
});

test("session: of very many messages the newest come, and the number of all", async (t) => {
  const { desk, browser } = await sessions(t);
  await desk.db
    .insertInto("transaction_events")
    .values(
      Array.from({ length: 620 }, (_, i) => ({
        ...{ station_id: "CS-1", transaction_id: "T1", dedupe: `m${i}`, kind: "meter", seq_no: null },
        ...{
          at_ms: 1_000 + i,
          received_at_ms: 1_000 + i,
          clock_quality: "synced",
          meter_wh: i,
          power_w: null,
        },
        ...{ path: "live", answered_locally: 0, message_id: "m", trace: "t", digest: "d" },
        ...{ journal_epoch: null, journal_seq: null, signed_values: null },
      })),
    )
    .execute();
  const { events, eventCount } = await get<{ events: { atMs: number }[]; eventCount: number }>(
    browser,
    "/T1",
  );
  assert.deepEqual(
    [events.length, events[0]?.atMs, events.at(-1)?.atMs, eventCount],
    [500, 1_120, 1_619, 620],
  );
});

type Curve = {
  fromMs: number;
  toMs: number;
  samples: number;
  stepMs: number | null;
  points: { atMs: number; energyWh: number | null; powerW: number | null; socPercent: number | null }[];
};

test("curve: every sample where they are few; energy since the start, unknown is null", async (t) => {
  const { desk, browser } = await sessions(t);
  const sample = { station_id: "Kerb_9", transaction_id: "T2" };
  await desk.add("meter_samples", { ...sample, at_ms: 2_000, meter_wh: 100, power_w: null, soc_percent: 20 });
  await desk.add("meter_samples", { ...sample, at_ms: 5_000, meter_wh: 400, power_w: 7_000 });
  await desk.add("meter_samples", { ...sample, at_ms: 9_000, meter_wh: null, power_w: 0, soc_percent: 60 });
  await desk.add("meter_samples", { station_id: "Kerb_9", at_ms: 6_000, power_w: 99 });
  const curve = await get<Curve>(browser, "/T2/curve");
  assert.deepEqual(curve, {
    fromMs: 2_000,
    toMs: 9_000,
    samples: 3,
    stepMs: null,
    points: [
      { atMs: 2_000, energyWh: 0, powerW: null, socPercent: 20 },
      { atMs: 5_000, energyWh: 300, powerW: 7_000, socPercent: null },
      { atMs: 9_000, energyWh: null, powerW: 0, socPercent: 60 },
    ],
  });
  assert.deepEqual((await get<Curve>(browser, "/T1/curve")).points, []);
  assert.equal((await get<Curve>(browser, "/T1/curve")).toMs, desk.time.now().wallMs, "open: until now");
  await get(browser, "/T9/curve", 404);
  for (const points of ["1", "2001", "x"]) await get(browser, `/T2/curve?points=${points}`, 400);
});

test("curve: thinned to the points asked for; mean power, and the energy at the end of each step", async (t) => {
  const { desk, browser } = await sessions(t);
  await desk.db
    .insertInto("meter_samples")
    .values(
      Array.from({ length: 700 }, (_, i) => ({
        ...{ station_id: "Kerb_9", evse_id: 1, transaction_id: "T2", at_ms: 2_000 + i * 10 },
        ...{ meter_wh: 100 + i, power_w: i % 2 === 0 ? 1_000 : 3_000, soc_percent: null },
      })),
    )
    .execute();
  const curve = await get<Curve>(browser, "/T2/curve?points=10");
  assert.equal(curve.samples, 700);
  assert.equal(curve.stepMs, 701);
  assert(curve.points.length <= 10 && curve.points.length >= 9, String(curve.points.length));
  assert(curve.points.every(({ powerW }) => powerW !== null && Math.abs(powerW - 2_000) < 50));
  assert.equal(curve.points.at(-1)?.energyWh, 699);
  const times = curve.points.map(({ atMs }) => atMs);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
});
