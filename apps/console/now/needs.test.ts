import assert from "node:assert/strict";
import { test } from "node:test";
import type { NeedRow } from "../api/shapes.ts";
import { words } from "../strings/en.ts";
import { needGroups, weightsOf } from "./needs.ts";
import { nextStep } from "./next-step.ts";

const need = (kind: NeedRow["kind"], more: Partial<NeedRow> = {}): NeedRow => ({
  kind,
  weight: "attention",
  site: "lyon",
  station: "L-1",
  evse: null,
  sinceMs: 0,
  concerned: 0,
  words: null,
  next: { place: "station", id: "L-1" },
  ...more,
});

test("of each kind the first few, in the order they came; all of one where they are asked for", () => {
  const needs = [
    need("site-offline", { weight: "danger", station: null }),
    ...Array.from({ length: 50 }, (_, n) => need("station-offline", { station: `L-${n}` })),
    need("site-clock", { station: null }),
  ];
  const counts = [
    { kind: "site-offline" as const, count: 1 },
    { kind: "station-offline" as const, count: 312 },
    { kind: "site-clock" as const, count: 1 },
  ];
  const told = (all?: string) =>
    needGroups({ needs, counts }, all).map(({ kind, rows, count }) => `${kind} ${rows.length}/${count}`);
  assert.deepEqual(told(), ["site-offline 1/1", "station-offline 3/312", "site-clock 1/1"]);
  assert.equal(told("station-offline")[1], "station-offline 50/312");
  const weights = weightsOf({ needs, counts, troubles: ["store: full"] });
  assert.deepEqual(weights, { danger: 2, attention: 313, waits: 0 });
  assert.equal(
    words.now.verdict(weights.danger, weights.attention, weights.waits),
    "2 things cannot wait, 313 need a look.",
  );
  assert.equal(words.now.verdict(0, 1, 1), "1 thing needs a look, 1 waits for somebody.");
});

test("the next step leads to a place that is there, else to the nearest that is", () => {
  const all = () => true;
  const none = () => false;
  const to = (row: NeedRow, has: (path: string) => boolean) => {
    const { to, search } = nextStep(row, has);
    return `${to} ${JSON.stringify(search)}`;
  };
  assert.equal(to(need("station-offline"), all), "/stations/L-1 {}");
  assert.equal(to(need("command-failed"), all), '/stations/L-1 {"tab":"commands"}');
  assert.equal(to(need("command-failed"), none), "/sites/lyon/stations/L-1 {}");
  assert.equal(to(need("station-offline"), none), "/sites/lyon/stations/L-1 {}");
  assert.equal(to(need("station-offline", { site: null }), none), '/stations {"find":"L-1"}');
  assert.equal(to(need("site-offline", { station: null, site: "a/b" }), all), "/sites/a%2Fb {}");
  const review = need("session-review", { next: { place: "sessions", id: "L-1" } });
  assert.equal(to(review, none), "/sites/lyon/stations/L-1 {}");
  const node = need("node-lost", { site: null, station: null, next: { place: "nodes", id: "n2" } });
  assert.equal(to(node, all), "/stations {}");
  const disk = need("storage-low", { site: null, station: null, next: { place: "settings", id: null } });
  assert.equal(to(disk, all), "/settings {}");
});
