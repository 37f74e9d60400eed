import assert from "node:assert/strict";
import { test } from "node:test";
import { rewritten } from "./rewritten.ts";

test("a document as text: one value is written anew, and comments stay", () => {
  const yaml = rewritten("# why\nenergy:\n  strategy: cost # for now\n", ["energy", "strategy"], "fairness");
  assert.equal(yaml, "# why\nenergy:\n  strategy: fairness # for now\n");
  const json = rewritten('{"energy":{"strategy":"cost"}}', ["energy", "strategy"], "fairness");
  assert.deepEqual(JSON.parse(json), { energy: { strategy: "fairness" } });
});
