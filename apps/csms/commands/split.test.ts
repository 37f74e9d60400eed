import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "@wattward/kernel";
import { PARTS_MAX } from "./limits.ts";
import { bytesOf, mergedAnswer, partsOf } from "./split.ts";

const parts = (...asked: Parameters<typeof partsOf>) => {
  const made = partsOf(...asked);
  return made.kind === "parts" ? made.payloads : assert.fail(made.sentence);
};
const full = (listVersion: number, tokens: string, updateType = "Full"): JsonObject => ({
  listVersion,
  updateType,
  localAuthorizationList: [...tokens],
});

test("split: a list of keys by items, in order, nothing lost; one message where all fits or nothing is known", () => {
  const payload = { key: ["a", "b", "c", "d", "e"] };
  assert.deepEqual(parts("GetConfiguration", payload, { items: 2 }), [
    { key: ["a", "b"] },
    { key: ["c", "d"] },
    { key: ["e"] },
  ]);
  assert.deepEqual(parts("GetConfiguration", payload, { items: 5 }), [payload]);
  assert.deepEqual(parts("GetConfiguration", payload, {}), [payload]);
  assert.deepEqual(parts("GetConfiguration", {}, { items: 1 }), [{}], "all keys are asked for in one");
  assert.deepEqual(parts("Reset", { type: "Soft" }, { items: 1, bytes: 1 }), [{ type: "Soft" }]);
});

test("split: by bytes each part is below, and one item that is too large by itself goes alone", () => {
  const payload = { key: ["aaaaaaaaaa", "b".repeat(100), "c", "d"] };
  const made = parts("GetConfiguration", payload, { bytes: 30 });
  assert.deepEqual(
    made.map(({ key }) => (key as string[]).length),
    [1, 1, 2],
  );
  assert.deepEqual(
    made.flatMap(({ key }) => key),
    payload.key,
  );
  assert(bytesOf(made[2] ?? {}) <= 30);
});

test("split: a local list is sent full first, then as changes, each with a version of its own, the last with that asked for", () => {
  assert.deepEqual(parts("SendLocalList", full(7, "abcde"), { items: 2 }), [
    full(5, "ab"),
    full(6, "cd", "Differential"),
    full(7, "e", "Differential"),
  ]);
  assert.deepEqual(parts("SendLocalList", full(9, "abc", "Differential"), { items: 2 }), [
    full(8, "ab", "Differential"),
    full(9, "c", "Differential"),
  ]);
  const two = { versionNumber: 2, updateType: "Full", localAuthorizationList: ["a", "b"] };
  assert.deepEqual(
    parts("SendLocalList", two, { items: 1 }).map(({ versionNumber }) => versionNumber),
    [1, 2],
  );
});

test("split: a version too low for its parts, and more parts than there may be, are said and not sent", () => {
  const low = partsOf("SendLocalList", full(2, "abc"), { items: 1 });
  assert(low.kind === "impossible" && /version 3 or higher/.test(low.sentence));
  const many = partsOf("GetConfiguration", { key: [..."x".repeat(PARTS_MAX + 1)] }, { items: 1 });
  assert(many.kind === "impossible" && /messages/.test(many.sentence));
});

test("split: the answers become one: lists one after the other, the rest as the last one says", () => {
  const answers = [{ configurationKey: [1], unknownKey: ["x"] }, { configurationKey: [2] }, {}];
  assert.deepEqual(mergedAnswer("GetConfiguration", answers), {
    configurationKey: [1, 2],
    unknownKey: ["x"],
  });
  assert.deepEqual(mergedAnswer("SendLocalList", [{ status: "Accepted" }, { status: "Accepted" }]), {
    status: "Accepted",
  });
  assert.deepEqual(mergedAnswer("GetVariables", [{ getVariableResult: [1] }, { getVariableResult: [2] }]), {
    getVariableResult: [1, 2],
  });
});
