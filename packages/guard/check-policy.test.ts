/** Policies that are refused, each by its path. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changed, faultsOf } from "./testing/changed-policy.ts";
import { policyData, smallPolicy } from "./testing/small-policy.ts";

describe("a policy is refused with the path of what is wrong", () => {
  const register = (name: string) =>
    `devices[0].registers[${policyData().devices[0]?.registers.findIndex((one) => one.name === name)}]`;
  const cross = {
    device: "battery",
    when: { register: "charge", below: 1 },
    freshMs: 1000,
    limit: { register: "setpoint", min: 0, max: 1 },
    why: "x",
  };
  const write = { register: "setpoint", min: 0, max: 1 };
  const cases: readonly [what: string, path: string, value: unknown, at: string, sentence: RegExp][] = [
    ["no schema", "schema", undefined, "schema", /is missing/],
    ["another schema", "schema", 2, "schema", /is not 1/],
    ["an unknown member", "rulez", [], "rulez", /is not known here/],
    ["no list", "rules", {}, "rules", /is not a list/],
    [
      "too many clients",
      "clients",
      Array.from({ length: 65 }, () => ({})),
      "clients",
      /65 entries; at most 64/,
    ],
    ["a client called any", "clients[0].name", "any", "clients[0].name", /every client/],
    ["a name with a line break", "clients[0].name", "a\nb", "clients[0].name", /text of 1 to 64/],
    ["the same client twice", "clients[1].name", "energy", "clients[1].name", /twice/],
    [
      "the same proof twice",
      "clients[0].by",
      { kind: "address", address: "::ffff:192.0.2.7" },
      "clients[1].by",
      /twice.*192\.0\.2\.7/,
    ],
    ["a proof that is none", "clients[1].by", { kind: "name" }, "clients[1].by.kind", /is none of/],
    ["no address", "clients[1].by.address", "192.0.2.0/24", "clients[1].by.address", /one IP address/],
    [
      "half a hash",
      "clients[1].by",
      { kind: "certificate", spkiSha256: "abc" },
      "clients[1].by.spkiSha256",
      /64 digits/,
    ],
    ["no rate", "clients[0].perSecond", 0, "clients[0].perSecond", /number from 0\.1/],
    ["NaN", "clients[0].perSecond", Number.NaN, "clients[0].perSecond", /is not a number/],
    [
      "infinity",
      "rules[1].writes[0].max",
      Number.POSITIVE_INFINITY,
      "rules[1].writes[0].max",
      /is not a number/,
    ],
    ["unit 0", "devices[0].unit", 0, "devices[0].unit", /1 to 247/],
    [
      "the same device twice",
      "devices[1]",
      { ...policyData().devices[0], name: "again", unit: 2 },
      "devices[1]",
      /twice/,
    ],
    [
      "the same unit twice",
      "devices[1]",
      { ...policyData().devices[0], name: "again", port: 503 },
      "devices[1].unit",
      /twice/,
    ],
    [
      "an address beyond the table",
      `${register("counter")}.address`,
      65_533,
      `${register("counter")}.address`,
      /beyond 65535/,
    ],
    [
      "registers that overlap",
      `${register("percent")}.address`,
      13,
      `${register("percent")}.address`,
      /overlaps 'limit'/,
    ],
    ["an unknown type", `${register("mode")}.type`, "string", `${register("mode")}.type`, /is none of/],
    ["both scales", `${register("percent")}.scale`, 1, `${register("percent")}.scaleFrom`, /only one/],
    ["scale 0", `${register("setpoint")}.scale`, 0, `${register("setpoint")}.scale`, /no value is left/],
    [
      "enabled by nothing",
      `${register("setpoint")}.enable`,
      "on",
      `${register("setpoint")}.enable`,
      /'on', which is no register/,
    ],
    [
      "its own revert time",
      `${register("setpoint")}.revertTime`,
      "setpoint",
      `${register("setpoint")}.revertTime`,
      /itself/,
    ],
    ["its own factor", `${register("percent")}.scaleFrom`, 11, `${register("percent")}.scaleFrom`, /itself/],
    [
      "a factor in half a value",
      `${register("percent")}.scaleFrom`,
      13,
      `${register("percent")}.scaleFrom`,
      /part of 'limit'/,
    ],
    [
      "the order of one word",
      `${register("mode")}.words`,
      "little",
      `${register("mode")}.words`,
      /one register/,
    ],
    [
      "more than its bits hold",
      `${register("mode")}.absent`,
      65_536,
      `${register("mode")}.absent`,
      /0 to 65535/,
    ],
    [
      "a scale of a coil",
      `${register("contactor")}.scale`,
      2,
      `${register("contactor")}.scale`,
      /means nothing/,
    ],
    ["an unknown client", "rules[0].client", "nobody", "rules[0].client", /no client here/],
    ["an unknown device", "rules[0].device", "car", "rules[0].device", /no device here/],
    ["no function", "rules[0].functions", [], "rules[0].functions", /names no function/],
    ["a function twice", "rules[0].functions", [3, 3], "rules[0].functions", /twice/],
    ["a function that restarts", "rules[0].functions", [3, 8], "rules[0].functions[1]", /passes for nobody/],
    ["a function that there is not", "rules[0].functions", [90], "rules[0].functions[0]", /may name 1, 2, 3/],
    ["a range the wrong way round", "rules[0].from", 100, "rules[0].to", /100 to 65535/],
    ["writes without bounds", "rules[1].writes", undefined, "rules[1].writes", /function 5 writes/],
    [
      "bounds without writes",
      "rules[0].writes",
      [write],
      "rules[0].writes",
      /no function of the rule writes/,
    ],
    [
      "an unknown register",
      "rules[1].writes[0].register",
      "power",
      "rules[1].writes[0].register",
      /no register of 'battery'/,
    ],
    ["a register twice", "rules[1].writes[1]", write, "rules[1].writes[1].register", /twice/],
    [
      "an input written",
      "rules[1].writes[0].register",
      "sun",
      "rules[1].writes[0].register",
      /inputs are not written/,
    ],
    [
      "a scale factor written",
      "rules[1].writes[0].register",
      "factor",
      "rules[1].writes[0].register",
      /scale factor of 'percent'/,
    ],
    [
      "a register outside the range",
      "rules[1].to",
      16,
      "rules[1].writes[4].register",
      /outside the rule's 0 to 16/,
    ],
    [
      "two registers by function 6",
      "rules[1].functions",
      [6],
      "rules[1].writes[2].register",
      /functions 16, 23 could write/,
    ],
    ["a maximum below the minimum", "rules[1].writes[0].max", -5001, "rules[1].writes[0].max", /below min/],
    ["a ramp of 0", "rules[1].writes[0].rampPerS", 0, "rules[1].writes[0].rampPerS", /only go towards 0/],
    [
      "half a reversal",
      "rules[1].writes[0].reversalsPer10MinMax",
      0.5,
      "rules[1].writes[0].reversalsPer10MinMax",
      /whole number/,
    ],
    [
      "a condition that says nothing",
      "crossRules",
      [{ ...cross, when: { register: "charge" } }],
      "crossRules[0].when",
      /neither below nor above/,
    ],
    [
      "an unknown register in a condition",
      "crossRules",
      [{ ...cross, when: { register: "x", below: 1 } }],
      "crossRules[0].when.register",
      /no register/,
    ],
    [
      "a condition on itself",
      "crossRules",
      [{ ...cross, when: { register: "setpoint", below: 1 } }],
      "crossRules[0].when.register",
      /that it bounds/,
    ],
    [
      "a condition that always holds",
      "crossRules",
      [{ ...cross, when: { register: "charge", below: 5, above: 4 } }],
      "crossRules[0].when.above",
      /always holds/,
    ],
    [
      "learning an unknown device",
      "learning",
      { devices: ["car"], untilMs: 1 },
      "learning.devices[0]",
      /no device here/,
    ],
    ["learning without end", "learning", { devices: ["battery"] }, "learning.untilMs", /is missing/],
  ];
  for (const [what, path, value, at, sentence] of cases)
    test(what, () => {
      const faults = faultsOf(changed(path, value));
      const found = faults.find((fault) => fault.path === at);
      assert(found !== undefined, JSON.stringify(faults));
      assert.match(found.sentence, sentence);
    });

  test("what is right is taken as it is", () => assert.deepEqual(smallPolicy(), policyData()));

  test("every fault is found in one pass, and no more than a hundred are named", () => {
    assert.equal(
      faultsOf({ schema: 1, clients: [{}, {}], devices: [], rules: [], crossRules: [] }).length,
      8,
    );
    const rules = Array.from({ length: 500 }, () => ({ x: 1 }));
    assert.equal(faultsOf({ schema: 1, clients: [], devices: [], rules, crossRules: [] }).length, 100);
  });

  test("data of any shape is refused, never an exception", () => {
    for (const data of [
      null,
      undefined,
      1,
      "x",
      [],
      () => 1,
      new Map(),
      { __proto__: { schema: 1 } },
      JSON.parse('{"__proto__":{"schema":1}}'),
    ])
      assert(faultsOf(data).length > 0);
  });
});
