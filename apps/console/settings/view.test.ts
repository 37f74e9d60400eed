/** Settings as people read and write them, and what is at stake. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Setting } from "../api/manage-api.ts";
import { dangerOf, grouped, rangeText, readTyped, titleOf, valueText } from "./view.ts";

const setting = (name: string, more: Partial<Setting> = {}): Setting => ({
  ...{ name, unit: "days", meaning: "How long it is kept; 0: for ever.", value: 30, byDefault: 30 },
  ...{ least: 0, most: 3_650, changedAtMs: null, changedBy: null },
  ...more,
});

test("settings: a value reads with its unit, nothing in the setting's own words", () => {
  const cases: [Partial<Setting>, number, string][] = [
    [{ unit: "switch" }, 1, "On"],
    [{ unit: "switch" }, 0, "Off"],
    [{}, 30, "30 days"],
    [{}, 0, "for ever"],
    [{ meaning: "Days." }, 0, "0 days"],
    [{ unit: "s" }, 60, "60 s"],
    [{ unit: "s" }, 300, "300 s (5 min)"],
    [{ unit: "ms" }, 604_800_000, "7 d"],
    [{ unit: "ms" }, 500, "500 ms"],
    [{ unit: "count" }, 2_000_000, "2,000,000"],
    [{ unit: "parsec" }, 3, "3 parsec"],
  ];
  for (const [more, value, text] of cases) assert.equal(valueText(setting("x", more), value), text);
  assert.equal(rangeText(setting("x")), "0 to 3,650 days");
});

test("settings: a whole number within its range, with thousands apart, and not the same again", () => {
  const read = (text: string) => readTyped(setting("x"), text);
  assert.deepEqual(read(" 1,200 "), { kind: "value", value: 1_200 });
  for (const text of ["", "-1", "1.5", "3651", "many", "1e3"]) assert.equal(read(text).kind, "fault", text);
  assert.equal(read("30").kind, "fault");
});

test("settings: what deletes or opens is said; the way back is not dangerous", () => {
  const cases: [string, number, number, boolean][] = [
    ["accept_unknown_tokens", 0, 1, true],
    ["accept_unknown_tokens", 1, 0, false],
    ["message_log_days", 30, 7, true],
    ["message_log_days", 30, 0, true],
    ["message_log_days", 7, 30, false],
    ["outbox_days", 365, 0, false],
    ["outbox_days", 0, 365, true],
    ["disk_free_min_mb", 512, 0, true],
    ["heartbeat_interval_s", 300, 10, false],
    ["of_tomorrow", 1, 0, false],
  ];
  for (const [name, value, next, danger] of cases) {
    assert.equal(dangerOf(setting(name, { value }), next) !== undefined, danger, `${name} ${value} ${next}`);
  }
});

test("settings: one that the page does not know stands among the rest, under its own words", () => {
  assert.equal(titleOf("of_tomorrow"), "Of tomorrow");
  assert.equal(titleOf("constructor"), "Constructor");
  assert.deepEqual([...grouped([setting("of_tomorrow")]).keys()], ["more"]);
});
