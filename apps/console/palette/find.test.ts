import assert from "node:assert/strict";
import { test } from "node:test";
import { FOUND_MAX, found, type Target } from "./find.ts";

const station = (name: string): Target => ({ kind: "station", name, to: `/stations/${name}` });
const targets: Target[] = [
  { kind: "place", name: "Stations", to: "/stations" },
  { kind: "site", name: "lyon", to: "/sites/lyon" },
  ...["LYO-10", "LYO-2", "XLYO-1"].map(station),
];
const names = (typed: string) => found(targets, typed).map(({ name }) => name);

test("the palette opens with the places and sites, and finds by beginnings first", () => {
  assert.deepEqual(names(" "), ["Stations", "lyon"]);
  assert.deepEqual(names("lyo"), ["LYO-2", "LYO-10", "lyon", "XLYO-1"]);
  assert.deepEqual(names("10"), ["LYO-10"]);
  assert.deepEqual(names("station"), ["Stations"]);
  assert.deepEqual(names("nothing of it"), []);
  assert.equal(
    found(
      Array.from({ length: 999 }, (_, n) => station(`S-${n}`)),
      "s",
    ).length,
    FOUND_MAX,
  );
});
