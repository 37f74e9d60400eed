import assert from "node:assert/strict";
import { test } from "node:test";
import { energyObserved } from "./energy-observed.ts";

const told = (what: string, detail: object) => energyObserved(what, { detail: JSON.stringify(detail) });

test("what the energy controller noticed is a sentence, and so is its end", () => {
  const rows: readonly [string, object, string, string][] = [
    [
      "energy.battery",
      { battery: "bess", charge: "jumps" },
      "the charge that battery bess tells is not believed: it jumps",
      "care",
    ],
    [
      "energy.battery",
      { about: "bess", over: true },
      "the charge that battery bess tells is believed again",
      "calm",
    ],
    [
      "energy.device",
      { device: "roof", kind: "solar", state: "lost", say: "no answer in 1,000 ms" },
      "device roof does not answer: no answer in 1,000 ms",
      "care",
    ],
    ["energy.device", { about: "roof", over: true }, "device roof is well again", "calm"],
    [
      "energy.meter",
      { meter: "grid", refused: "stale" },
      "meter grid is not trusted: Its last reading is too old.",
      "care",
    ],
    [
      "energy.outlet",
      { outlet: "A-1", standing: "deaf" },
      "outlet A-1 does not answer, and is budgeted at its full rating",
      "care",
    ],
    ["energy.outlet", { about: "A-1", over: true }, "outlet A-1 obeys again", "calm"],
    ["energy.beyond-declaration", { fuse: "main" }, "more base load than was declared at fuse main", "care"],
    [
      "energy.external",
      { state: "limited", limitW: 33_600 },
      "its power is limited from outside to 33.6 kW",
      "care",
    ],
    [
      "energy.external",
      { about: "limit", over: true },
      "its power is no longer limited from outside",
      "calm",
    ],
    [
      "energy.contactor-opened",
      { fuse: "main", load: 1.31 },
      "the contactor at fuse main was opened at 131 % of its rating",
      "care",
    ],
    [
      "energy.observations-lost",
      { count: 3 },
      "3 things that its energy controller noticed were lost",
      "care",
    ],
  ];
  for (const [what, detail, text, tone] of rows) assert.deepEqual(told(what, detail), { text, tone });
  const sentence = "The energy controller says too much.";
  assert.equal(
    energyObserved("energy-controller-not-sound", { detail: sentence })?.text,
    `its energy controller is not heeded: ${sentence}`,
  );
});

test("what is another's is left to it; what cannot be read breaks nothing", () => {
  assert.equal(told("gateway.heartbeat-flood", {}), undefined);
  assert.equal(told("__proto__", {}), undefined);
  for (const detail of ["", "[]", "null", "{", '{"battery":7,"charge":{}}'])
    assert.equal(typeof energyObserved("energy.battery", { detail })?.text, "string");
  assert.equal(typeof energyObserved("energy.battery", {})?.text, "string");
});
