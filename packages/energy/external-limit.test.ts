/** The states of a limit from outside: each edge of the picture at the file's head. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExternalSignal, externalStart, externalW, nextExternal } from "./external-limit.ts";

const settings = { failsafeW: 10_000, failsafeMs: 7_200_000, devices: 2 };

/** Signals at their seconds; answers state and power at the last second of the story. */
function after(story: readonly (readonly [atS: number, ...signals: ExternalSignal[]])[]) {
  let state = externalStart(0);
  const end = story.at(-1)![0];
  for (let s = 0; s <= end; s++) {
    const signals = story.filter(([atS]) => atS === s).flatMap(([, ...signals]) => signals);
    state = nextExternal(state, signals, { settings, nowMs: s * 1_000 });
  }
  return [state.kind, externalW(state, settings)] as const;
}
const limit = (limitW: number, forMs?: number): ExternalSignal =>
  forMs === undefined ? { kind: "limit", limitW } : { kind: "limit", limitW, forMs };
const alive: ExternalSignal = { kind: "alive" };
const release: ExternalSignal = { kind: "release" };

for (const [name, story, expected] of [
  ["at the start the failsafe's power holds", [[1]], ["init", 10_000]],
  ["no word within 120 s: failsafe", [[121]], ["failsafe", 10_000]],
  ["a limit holds", [[1, limit(9_000)], [60]], ["limited", 9_000]],
  ["no limit goes below 4.2 kW per device", [[1, limit(0)], [2]], ["limited", 8_400]],
  ["a limit ends with its time", [[1, limit(9_000, 30_000)], [31]], ["unlimited", undefined]],
  [
    "a limit is released",
    [
      [1, limit(9_000)],
      [2, release],
    ],
    ["unlimited", undefined],
  ],
  [
    "silence under a limit: failsafe, not the limit for ever",
    [[1, limit(9_000)], [122]],
    ["failsafe", 10_000],
  ],
  ["silence without a limit: failsafe", [[1, release], [122]], ["failsafe", 10_000]],
  ["heartbeats keep a limit", [[1, limit(9_000)], [100, alive], [200, alive], [300]], ["limited", 9_000]],
  ["a heartbeat alone does not end the failsafe", [[130, alive], [140]], ["failsafe", 10_000]],
  ["a new limit ends the failsafe", [[130, limit(12_000)], [131]], ["limited", 12_000]],
  ["a release ends the failsafe", [[130, release], [131]], ["unlimited", undefined]],
  ["the failsafe ends after its longest time", [[7_400]], ["unlimited", undefined]],
  ["… and does not come back by itself", [[20_000]], ["unlimited", undefined]],
  ["a limit that is no number limits nothing", [[1, limit(Number.NaN)], [2]], ["init", 10_000]],
] as const) {
  test(`external limit: ${name}`, () => assert.deepEqual(after(story), expected));
}
