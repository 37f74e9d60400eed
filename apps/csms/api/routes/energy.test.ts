/** Sites' energy over the API and the real core: the document and its versions, the live snapshot, quarters and days. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EnergyQuarter, EnergySnapshot } from "@wattward/energy";
import type { SiteId } from "@wattward/kernel";
import { changed, example } from "../../energy/testing/example.ts";
import { apiLimits } from "../limits.ts";
import { Browser, HOST } from "../testing/desk.ts";
import { lyon, put, SITE, url } from "../testing/lyon.ts";

test("the document: read, checked, set, and every version kept; lost updates and faults are refused in words", async (t) => {
  const { browser } = await lyon(t);
  assert.deepEqual(await browser.get("sites/lyon/energy"), { document: null, check: null });
  const check = await browser.post("sites/lyon/energy/check", { text: example });
  assert.equal(check.statusCode, 200, check.body);
  assert.deepEqual(check.json().faults, []);
  assert.deepEqual(check.json().withoutPower, [{ outlet: "A4", station: "CP-4", evse: 1 }]);
  assert.equal(check.json().energy.timeZone, "Europe/Berlin");
  assert.equal(check.json().guard.devices.length, 3);
  assert.deepEqual(
    await browser.get("sites/lyon/energy"),
    { document: null, check: null },
    "a check changes nothing",
  );
  for (const [text, line] of [
    ["a: &outlet {x: 1}\nb:\n  <<: *outlett", 3],
    ["a: &outlet {x: 1}\nb:\n  <<: outlet", 3],
    ["a: &outlet {x: 1}\nb:\n  <<: [*outlet, 5]", 3],
    ["a: &a [*a]", 1],
  ] as const) {
    const mistyped = await browser.post("sites/lyon/energy/check", { text });
    assert.equal(mistyped.statusCode, 200, mistyped.body);
    assert.deepEqual([mistyped.json().faults.length, mistyped.json().faults[0].line], [1, line]);
  }

  const set = await put(browser, { text: example, base: 0, why: "first" });
  assert.deepEqual([set.statusCode, set.json()], [200, { version: 1, changed: true }]);
  const late = await put(browser, { text: changed("cost", "fairness"), base: 0, why: "late" });
  assert.deepEqual([late.statusCode, late.json().code], [409, "energy-changed"]);
  assert.match(late.json().detail, /Version 1 is the newest/);
  const faulty = await put(browser, {
    text: changed("parent: grid, ratedMa: 80000", "parent: moon, ratedMa: 80000"),
    base: 1,
    why: "x",
  });
  assert.deepEqual(
    [faulty.statusCode, faulty.json().code, faulty.json().field],
    [422, "energy-refused", "/text"],
  );
  assert.match(faulty.json().detail, /^line \d+: energy\.site\.fuses\[1\]\.parent there is no fuse 'moon'/);
  const strategy = await put(browser, { strategy: "self-consumption", why: "sun" }, `${url}/strategy`);
  assert.deepEqual(strategy.json(), { version: 2, changed: true });

  const now = await browser.get<{
    document: { energy: { strategy: string }; version: number };
    check: { faults: object[] };
  }>("sites/lyon/energy");
  assert.deepEqual(
    [now.document.version, now.document.energy.strategy, now.check.faults],
    [2, "self-consumption", []],
  );
  const versions = await browser.get<{ version: number; reason: string; actor: string }[]>(
    "sites/lyon/energy/versions",
  );
  assert.deepEqual(
    versions.map(({ version, reason }) => [version, reason]),
    [
      [2, "sun"],
      [1, "first"],
    ],
  );
  assert.equal((await browser.get<object[]>("sites/lyon/energy/versions?before=2&most=5")).length, 1);
  assert.equal((await browser.get<{ text: string }>("sites/lyon/energy/versions/1")).text, example);
  assert.equal(
    (await browser.get<{ code: string }>("sites/lyon/energy/versions/9", 404)).code,
    "unknown-version",
  );
});

test("the document: a station that moved away since shows in its check, and no new version takes it", async (t) => {
  const { browser } = await lyon(t);
  await put(browser, { text: example, base: 0, why: "first" });
  await browser.post("stations", { station: "CP-3", route: "site", site: "north" });
  const { check } = await browser.get<{ check: { faults: { path: string; line: number }[] } }>(
    "sites/lyon/energy",
  );
  assert.deepEqual(
    check.faults.map(({ path }) => path),
    ["energy.site.outlets[2].station"],
  );
  const again = await put(browser, { strategy: "fairness", why: "x" }, `${url}/strategy`);
  assert.equal(again.json().code, "energy-refused");
});

test("the document: removed by an empty text; then there is no strategy to choose", async (t) => {
  const { browser } = await lyon(t);
  assert.equal(
    (await put(browser, { strategy: "cost", why: "x" }, `${url}/strategy`)).json().code,
    "energy-unmanaged",
  );
  await put(browser, { text: example, base: 0, why: "first" });
  assert.deepEqual((await put(browser, { text: "", base: 1, why: "sold" })).json(), {
    version: 2,
    changed: true,
  });
  const { document, check } = await browser.get<{
    document: { managed: boolean; energy: null };
    check: null;
  }>("sites/lyon/energy");
  assert.deepEqual([document.managed, document.energy, check], [false, null, null]);
  assert.equal(
    (await put(browser, { strategy: "cost", why: "x" }, `${url}/strategy`)).json().code,
    "energy-unmanaged",
  );
});

test("the document: what is no request is refused before it is looked at; a large one is taken", async (t) => {
  const { browser } = await lyon(t);
  const rows: readonly [body: object, status: number][] = [
    [{ text: example, base: 0 }, 400],
    [{ text: example, base: -1, why: "x" }, 400],
    [{ text: example, base: 0.5, why: "x" }, 400],
    [{ text: 7, base: 0, why: "x" }, 400],
    [{ text: example, base: 0, why: "" }, 400],
    [{ text: example, base: 0, why: "x", more: 1 }, 400],
    [{ text: "x".repeat(3 * 1024 * 1024), base: 0, why: "x" }, 413],
  ];
  for (const [body, status] of rows)
    assert.equal((await put(browser, body)).statusCode, status, JSON.stringify(body).slice(-60));
  const long = await put(browser, { text: `${example}# ${"x".repeat(200_000)}\n`, base: 0, why: "x" });
  assert.equal(long.statusCode, 200, "larger than any other body");
  for (const site of ["moon", "no site", "%00"])
    for (const path of [
      "",
      "/live",
      "/versions",
      "/modes",
      "/guard",
      "/quarters?fromMs=0&toMs=1",
      "/days?fromMs=0&toMs=1",
      "/events",
    ])
      assert.equal(
        (await browser.get<{ code: string }>(`sites/${encodeURIComponent(site)}/energy${path}`, 404)).code,
        "unknown-site",
        `${site}${path}`,
      );
});

test("the document: who sees may read it, who runs stations may choose the strategy, who administers may set it", async (t) => {
  const { desk, browser } = await lyon(t);
  await put(browser, { text: example, base: 0, why: "first" });
  const { people } = await browser.get<{ people: { id: string }[] }>("people");
  const other = new Browser(desk);
  await other.join("Bo");
  const found = await browser.get<{ people: { id: string; name: string }[] }>("people");
  const bo = found.people.find(({ name }) => name === "Bo")?.id ?? assert.fail(JSON.stringify(people));
  const rows: readonly [role: string, read: number, check: number, strategy: number, set: number][] = [
    ["viewer", 200, 403, 403, 403],
    ["operator", 200, 200, 200, 403],
    ["administrator", 200, 200, 200, 409],
  ];
  for (const [role, read, check, strategy, set] of rows) {
    const changed = await browser.ask({ method: "PUT", url: `/api/v1/people/${bo}/role`, body: { role } });
    assert.equal(changed.statusCode, 200, changed.body);
    const did = [
      await other.ask({ url }),
      await other.post("sites/lyon/energy/check", { text: example }),
      await put(other, { strategy: role === "operator" ? "fairness" : "cost", why: "x" }, `${url}/strategy`),
      await put(other, { text: "", base: 77, why: "x" }),
    ];
    assert.deepEqual(
      did.map(({ statusCode }) => statusCode),
      [read, check, strategy, set],
      role,
    );
  }
  const stranger = new Browser(desk);
  assert.equal((await stranger.ask({ url })).statusCode, 401);
});

const snapshot = (gridW: number): EnergySnapshot => ({
  ...{ atWallMs: 1, mode: "planned", islanded: false, reason: "", modeSinceWallMs: 1, flows: { gridW } },
  ...{ externalLimit: undefined, fuses: [], outlets: [], batteries: [], meters: [] },
});

test("live: the newest snapshot, null without one", async (t) => {
  const { desk, browser } = await lyon(t);
  assert.equal(await browser.get("sites/lyon/energy/live"), null);
  desk.energies.tell(SITE, { receivedAtMs: 5, snapshot: snapshot(7) });
  const live = await browser.get<{ receivedAtMs: number; snapshot: EnergySnapshot }>(
    "sites/lyon/energy/live",
  );
  assert.deepEqual([live.receivedAtMs, live.snapshot.flows.gridW], [5, 7]);
  assert.equal("externalLimit" in live.snapshot, false, "what is not known is absent");
});

test("live events: the newest at most once a second, of this site alone, for as long as the session lives", async (t) => {
  const { desk, browser } = await lyon(t);
  await browser.post("stations", { station: "N-1", route: "site", site: "north" });
  const reply = await desk.api.app.inject({
    ...{ method: "GET", url: `${url}/events`, payloadAsStream: true },
    headers: { host: HOST, cookie: browser.cookie ?? "" },
  });
  assert.equal(reply.statusCode, 200);
  assert.match(String(reply.headers["content-type"]), /event-stream/);
  let text = "";
  let ended = false;
  const stream = reply.stream();
  stream.on("data", (bytes: Buffer) => (text += bytes.toString()));
  stream.on("close", () => (ended = true));
  const heard = () =>
    [...text.matchAll(/^event: energy\ndata: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? "").snapshot.flows.gridW,
    );
  for (let i = 1; i <= 50; i++) {
    desk.energies.tell(SITE, { receivedAtMs: i, snapshot: snapshot(i) });
    desk.energies.tell("north" as SiteId, { receivedAtMs: i, snapshot: snapshot(-i) });
    await desk.time.advance(100);
  }
  assert.deepEqual(heard(), [10, 20, 30, 40, 50]);
  assert(!/^id:/m.test(text), "it is no place in any sequence");
  await desk.time.advance(5_000);
  assert.equal(heard().length, 5, "the same again is not told again");
  await desk.time.advance(apiLimits.streamHeartbeatMs);
  assert.match(text, /: alive/);
  await browser.post("auth/logout");
  await desk.time.advance(2 * apiLimits.streamHeartbeatMs);
  assert(ended, "the session is over");
});

test("live events: streams of all kinds together have their limit", async (t) => {
  const { desk, browser } = await lyon(t);
  const open = (where: string) =>
    desk.api.app.inject({
      ...{ method: "GET", url: where, payloadAsStream: true },
      headers: { host: HOST, cookie: browser.cookie ?? "" },
    });
  for (let i = 0; i < apiLimits.streamsPerPersonMax; i++)
    assert.equal((await open(i % 2 === 0 ? `${url}/events` : "/api/v1/events")).statusCode, 200);
  assert.equal((await open(`${url}/events`)).statusCode, 429);
  assert.equal((await open("/api/v1/events")).statusCode, 429);
});

const quarter = (fromWallMs: number, more: Partial<EnergyQuarter> = {}): EnergyQuarter => ({
  fromWallMs,
  ...{ importWh: 100, exportWh: 0, solarWh: 0, batteryInWh: 0, batteryOutWh: 0, buildingWh: 0, carsWh: 200 },
  ...{ carsWhByMode: { planned: 200 }, costMilliCent: 3, measuredS: 900, ...more },
});

test("quarters and days: what the site told, in its own calendar, for spans that can be read", async (t) => {
  const { desk, browser } = await lyon(t);
  const atMs = Date.UTC(2026, 0, 1, 22, 30);
  const quarters = [0, 1, 2, 3].map((i) => quarter(atMs + i * 900_000));
  await desk.core.decide("site.quarters", { site: SITE, quarters, atMs: atMs + 3_600_000 });
  const span = `fromMs=${atMs}&toMs=${atMs + 2_700_000}`;
  assert.equal((await browser.get<object[]>(`sites/lyon/energy/quarters?${span}`)).length, 3);
  const days = () =>
    browser.get<{
      timeZone: string;
      currency: string | null;
      days: { day: string; carsWh: number; autarkyPermille: number }[];
    }>(
      `sites/lyon/energy/days?fromMs=0&toMs=${86_400_000}`.replace(
        "fromMs=0&toMs=86400000",
        `fromMs=${atMs}&toMs=${atMs + 86_400_000}`,
      ),
    );
  assert.deepEqual(await days().then(({ timeZone, currency, days }) => [timeZone, currency, days.length]), [
    "UTC",
    null,
    1,
  ]);
  await put(browser, { text: example, base: 0, why: "first" });
  const { timeZone, currency, days: told } = await days();
  assert.deepEqual([timeZone, currency], ["Europe/Berlin", "EUR"]);
  assert.deepEqual(
    told.map(({ day, carsWh, autarkyPermille }) => [day, carsWh, autarkyPermille]),
    [
      ["2026-01-01", 400, 500],
      ["2026-01-02", 400, 500],
    ],
  );
  await put(browser, { text: "", base: 1, why: "sold" });
  const since = await days();
  assert.deepEqual(
    [since.timeZone, since.currency, since.days.length],
    ["Europe/Berlin", "EUR", 2],
    "what was stays in the customs of its time",
  );
  for (const wrong of ["fromMs=5&toMs=5", "fromMs=6&toMs=5", `fromMs=0&toMs=${401 * 86_400_000}`])
    for (const what of ["quarters", "days"]) await browser.get(`sites/lyon/energy/${what}?${wrong}`, 400);
});

test("modes and refusals: newest first, page by page", async (t) => {
  const { desk, browser } = await lyon(t);
  let atMs = 1;
  const observe = (kind: string, detail: string) =>
    desk.core.decide("observe", { kind, site: SITE, detail: { detail }, atMs: atMs++ });
  for (const mode of ["planned", "fallback", "planned"])
    await observe("site.mode", JSON.stringify({ mode, islanded: false, reason: "" }));
  await observe("modbus.denied", "vendor wrote 40123 at battery");
  const modes = await browser.get<{ seq: number; mode: string; alert: string }[]>(
    "sites/lyon/energy/modes?most=2",
  );
  assert.deepEqual(
    modes.map(({ mode, alert }) => [mode, alert]),
    [
      ["planned", "none"],
      ["fallback", "alarm"],
    ],
  );
  assert.equal((await browser.get<object[]>(`sites/lyon/energy/modes?beforeSeq=${modes[1]?.seq}`)).length, 1);
  const guard = await browser.get<{ what: string; detail: object }[]>("sites/lyon/energy/guard");
  assert.deepEqual(
    guard.map(({ what, detail }) => [what, detail]),
    [["modbus.denied", { text: "vendor wrote 40123 at battery" }]],
  );
});
