import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDocument } from "./check-document.ts";
import { changed, example } from "./testing/example.ts";

const policyOf = (text: string) => {
  const { compiled, faults } = checkDocument(text);
  assert.deepEqual(faults, []);
  return compiled?.policy ?? assert.fail("no policy");
};
const writesTo = (text: string, device: string) =>
  new Map(
    policyOf(text)
      .rules.filter((rule) => rule.device === device)
      .flatMap(({ writes = [] }) => writes.map((bound) => [bound.register, bound])),
  );

test("the guard's policy of a document: a battery's envelope is what the site says of it, with a little room for its ramp", () => {
  const writes = writesTo(example, "battery");
  const { min, max, rampPerS } = writes.get("124.OutWRte") ?? assert.fail("no OutWRte");
  // 10 kW of 10 kW either way, 2 kW/s × 1.25 in per cent of 10 kW.
  assert.deepEqual([min, max, rampPerS], [-100, 100, 25]);
  assert.equal(writes.get("124.MinRsvPct")?.min, 10);
  const rated = changed(
    "- device: battery\n",
    "- device: battery\n    ratedChargeW: 20000\n    ratedDischargeW: 40000\n",
  );
  const less = writesTo(rated, "battery");
  assert.deepEqual([less.get("124.OutWRte")?.max, less.get("124.InWRte")?.max], [25, 50]);
});

test("the guard's policy of a document: meters are read only, solar is written where it is to be curtailed", () => {
  assert.equal(writesTo(example, "main-meter").size, 0);
  assert(writesTo(example, "inverter").has("123.WMaxLimPct"));
  const free = changed(", exportWMax: 15000", "");
  assert.equal(writesTo(free, "inverter").has("123.WMaxLimPct"), false);
});

test("the guard's policy of a document: an inverter whose limit was found to stay is told nothing below all of its power", () => {
  const least = (text: string) => writesTo(text, "inverter").get("123.WMaxLimPct")?.min;
  const with_ = (revert: string) => changed("feedWMax: 20000", `feedWMax: 20000, revert: ${revert}`);
  assert.equal(least(with_("{ kind: unproven }")), 100);
  assert.equal(least(with_("{ kind: proven, afterMs: 60000 }")), 0);
  assert.equal(least(example), 0, "not tried yet");
});

test("the guard's policy of a document: other masters read, and write nothing", () => {
  const { clients, rules } = policyOf(example);
  assert.deepEqual(
    clients.map(({ name }) => name),
    ["energy", "vendor"],
  );
  for (const { client, writes } of rules) if (writes !== undefined) assert.equal(client, "energy");
});

test("the guard's policy of a document: a control box and a relay are read, a contactor is opened and never closed", () => {
  const place = (device: string, last: number) =>
    `  - { device: ${device}, host: 192.168.40.${last}, port: 502, tls: false, deviceUnit: 1 }\n`;
  const more = changed(
    "  strategy: cost",
    [
      "    - { id: box, unit: 4, pollMs: 1000, is: { kind: limit-signal } }",
      "    - { id: opener, unit: 5, pollMs: 1000, is: { kind: contactor, fuse: chargers } }",
      "  external: { failsafeW: 20000, failsafeMs: 7200000, devices: 4 }",
      "  strategy: cost",
    ].join("\n"),
  ).replace("readers:", `${place("box", 14)}${place("opener", 15)}readers:`);
  assert.equal(writesTo(more, "box").size, 0);
  const { min, max } = writesTo(more, "opener").get("closed") ?? assert.fail("it cannot be opened");
  assert.deepEqual([min, max], [0, 0]);
});
