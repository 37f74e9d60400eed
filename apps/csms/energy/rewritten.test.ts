import assert from "node:assert/strict";
import { test } from "node:test";
import { rewritten } from "./rewritten.ts";

test("a document as text: one value is written anew, and comments stay", () => {
  const yaml = rewritten("# why\nenergy:\n  strategy: cost # for now\n", ["energy", "strategy"], "fairness");
  assert.equal(yaml, "# why\nenergy:\n  strategy: fairness # for now\n");
  const json = rewritten('{"energy":{"strategy":"cost"}}', ["energy", "strategy"], "fairness");
  assert.deepEqual(JSON.parse(json), { energy: { strategy: "fairness" } });
});

test("a document as text: a part that is an alias of another gets a text of its own, and the other stays as it is", () => {
  const base = "base: &b\n  strategy: cost # for now\n  site: &s { id: 1 }\nagain: *s\n";
  const aliased = rewritten(`${base}energy: *b\n`, ["energy", "strategy"], "fairness");
  assert.equal(aliased, `${base}energy:\n  strategy: fairness # for now\n  site: &s { id: 1 }\n`);
  const merged = rewritten(`${base}energy:\n  <<: *b\n`, ["energy", "strategy"], "fairness");
  assert.equal(merged, `${base}energy:\n  <<: *b\n  strategy: fairness\n`);
  const many = `{ "a": &a 1, "b": [${"*a, ".repeat(200)}0], "energy": { "strategy": "cost" } }`;
  const json = JSON.parse(rewritten(many, ["energy", "strategy"], "fairness"));
  assert.deepEqual([json.b.length, json.energy.strategy], [201, "fairness"]);
});
