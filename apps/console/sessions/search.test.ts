import assert from "node:assert/strict";
import { test } from "node:test";
import { askedOf, isFiltered, readSessionsSearch, startOf, tokenEnd } from "./search.ts";

test("the address is read, and what cannot be is as if it were not there", () => {
  const given = {
    site: "north",
    which: "open",
    range: "week",
    token: "04A1B2C3D4",
    review: "yes",
    find: 7,
    sort: "-energy",
  };
  assert.deepEqual(readSessionsSearch(given), { ...given, find: "7", token: "C3D4" });
  const odd = { site: "", which: "over", range: "year", from: "2026-01-01", review: "no", sort: "__proto__" };
  assert.deepEqual(readSessionsSearch(odd), {});
  const own = { range: "own", from: "2026-01-01", to: "yesterday" };
  assert.deepEqual(readSessionsSearch(own), { range: "own", from: "2026-01-01" });
});

test("no whole token stands in an address", () => {
  const table: readonly [string, string][] = [
    ["04A1B2C3D4", "C3D4"],
    ["…C3D4", "C3D4"],
    ["abc", "abc"],
    [" a b ", "ab"],
    ["…", ""],
  ];
  for (const [typed, kept] of table) assert.equal(tokenEnd(typed), kept);
});

test("a range becomes instants: of the last days, or from midnight to midnight", () => {
  const day = 86_400_000;
  assert.equal(askedOf({ range: "day" }, 10 * day).fromMs, String(9 * day));
  const own = askedOf({ range: "own", from: "2026-03-01", to: "2026-03-01" }, 0);
  assert.deepEqual(
    [own.fromMs, own.toMs],
    [String(startOf("2026-03-01", 0)), String(startOf("2026-03-02", 0))],
  );
  assert.deepEqual(Object.values(askedOf({}, 0)).filter(Boolean), []);
  assert.equal(askedOf({ find: "  " }, 0).text, undefined);
});

test("sorting leaves nothing out", () => {
  assert.equal(isFiltered({ sort: "site" }), false);
  assert.equal(isFiltered({ sort: "site", review: "yes" }), true);
});
