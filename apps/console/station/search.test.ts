/** The address of a station's page: what it says is taken, what it cannot mean is as if it were not there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readStationSearch } from "./search.ts";

test("address: tab, filters and what is open are read", () => {
  const given = { tab: "messages", sender: "station", verdict: "repaired", action: "Heartbeat", message: 12 };
  assert.deepEqual(readStationSearch(given), given);
  assert.deepEqual(readStationSearch({ find: 42, variable: "a.b" }), { find: "42", variable: "a.b" });
});

test("address: nonsense is left out", () => {
  const given = {
    tab: "overview",
    sender: "me",
    message: "x",
    only: 3,
    span: "1y",
    sort: "-nothing",
    more: 1,
  };
  assert.deepEqual(readStationSearch(given), {});
  assert.deepEqual(readStationSearch({ message: -1, life: "long" }), {});
});
