/** What a site tells, read by whoever shows it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSnapshot } from "./index.ts";

const snapshot = (untilWallMs: number) =>
  JSON.stringify({
    ...{ atWallMs: 1, mode: "planned", islanded: false, reason: "", modeSinceWallMs: 1, flows: {} },
    ...{ fuses: [], outlets: [], batteries: [], meters: [] },
    externalLimit: { kind: "ordered", untilWallMs },
  });

test("a snapshot of an instant that no calendar knows is refused", () => {
  assert.equal(parseSnapshot(snapshot(Date.UTC(9999, 11, 31))).ok, true);
  assert.equal(parseSnapshot(snapshot(9e15)).ok, false);
});
