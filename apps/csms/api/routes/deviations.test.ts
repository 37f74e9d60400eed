/** What stations get wrong, and how they are handled, over the API and the real core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationId } from "@wattward/kernel";
import { Browser, openDesk } from "../testing/desk.ts";

test("deviations: a station's own with its detail, and everyone's in pages, by station, site and rule", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  for (const [station, site] of [
    ["CP-1", "depot"],
    ["CP-2", "depot"],
    ["CP-3", "yard"],
  ]) {
    await browser.post("stations", { station, route: "either", site });
  }
  const told = async (station: string, ...rules: string[]) =>
    desk.core.decide("station.deviations", {
      station: station as StationId,
      route: { kind: "direct" },
      deviations: rules.map((rule) => ({ rule, path: "/timestamp", was: '"x"', places: 2 })),
      atMs: 1_000,
    });
  await told("CP-1", "time-without-zone", "lone-object");
  await told("CP-1", "time-without-zone");
  await told("CP-2", "of-another-version");
  await told("CP-3", "time-without-zone");

  const { deviations, handling } = (await browser.ask({ url: "/api/v1/stations/CP-1" })).json();
  assert.deepEqual(handling, { strict: false, pinned: null, assumed: null, pinged: true, closeDeaf: false });
  assert.deepEqual(
    deviations.map((row: { rule: string; row: number; count: number }) => [row.rule, row.row, row.count]),
    [
      ["lone-object", 6, 2],
      ["time-without-zone", 1, 4],
    ],
  );
  const list = async (query = "") => {
    const rows = (await browser.ask({ url: `/api/v1/deviations${query}` })).json();
    return rows.map(({ station, rule }: { station: string; rule: string }) => `${station} ${rule}`);
  };
  assert.equal((await list()).length, 4);
  assert.deepEqual(await list("?most=2"), ["CP-1 lone-object", "CP-1 time-without-zone"]);
  assert.deepEqual(await list("?afterStation=CP-1&afterRule=time-without-zone"), [
    "CP-2 of-another-version",
    "CP-3 time-without-zone",
  ]);
  assert.deepEqual(await list("?site=yard"), ["CP-3 time-without-zone"]);
  assert.deepEqual(await list("?rule=time-without-zone&station=CP-1"), ["CP-1 time-without-zone"]);
  const [unknown] = (await browser.ask({ url: "/api/v1/deviations?station=CP-2" })).json();
  assert.deepEqual([unknown.row, unknown.does], [null, null], "a rule that this program does not know");
});

test("deviations: a site counts for its own stations alone, and nobody for a station that is not there", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.post("stations", { station: "CP-1", route: "site", site: "depot" });
  const deviations = [{ rule: "frame-unreadable", path: "", was: "", places: 1 }];
  for (const [station, site] of [
    ["CP-1", "yard"],
    ["CP-9", "depot"],
  ] as const) {
    const route = { kind: "site", site: site as never } as const;
    await desk.core.decide("station.deviations", {
      station: station as StationId,
      route,
      deviations,
      atMs: 1,
    });
  }
  assert.deepEqual((await browser.ask({ url: "/api/v1/deviations" })).json(), []);
});

test("handling: what is said is changed and the rest stays; null takes a version back; it is observed once", async (t) => {
  const desk = await openDesk(t);
  const browser = new Browser(desk);
  await browser.join("Ada");
  await browser.post("stations", { station: "CP-1", route: "direct" });
  const handle = async (body: object) => (await browser.post("stations/CP-1/handling", body)).json();
  assert.deepEqual(await handle({ strict: true }), {
    strict: true,
    pinned: null,
    assumed: null,
    pinged: true,
    closeDeaf: false,
  });
  await handle({ pinned: "1.6", pinged: false, closeDeaf: true });
  assert.deepEqual(await handle({ strict: false }), {
    strict: false,
    pinned: "1.6",
    assumed: null,
    pinged: false,
    closeDeaf: true,
  });
  assert.deepEqual((await handle({ pinned: null })).pinned, null);
  await handle({});
  const seen = await desk.core.query("outbox.after", { seq: 0, most: 50, kinds: ["station.handling"] });
  assert.equal(seen.length, 4, "the same again is no change");
  assert.equal((await handle({ pinned: "1.5" })).code, "invalid-request");
  assert.equal(
    (await browser.post("stations/CP-9/handling", { strict: true })).json().code,
    "unknown-station",
  );
});
