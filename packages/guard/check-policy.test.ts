/** Policies that are refused, each by its path. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkPolicy } from "./check-policy.ts";
import { policyData, smallPolicy } from "./testing/small-policy.ts";

type Data = { [name: string]: unknown };
const faultsOf = (data: unknown) => {
  const checked = checkPolicy(data);
  return checked.ok ? [] : checked.fault;
};
/** The policy with what lies under a path replaced; `undefined` takes it out. */
function changed(path: string, value: unknown): unknown {
  const data = structuredClone(policyData()) as unknown;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  let at = data as Data;
  for (const key of keys.slice(0, -1)) at = at[key] as Data;
  if (value === undefined) delete at[keys.at(-1) ?? ""];
  else at[keys.at(-1) ?? ""] = value;
  return data;
}

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

describe("what can only be a mistake is refused, what could be meant is not", () => {
  const bound = (register: string, min: number, max: number) => ({ register, min, max });
  const across = (when: object, limit: object) => [
    {
      device: "battery",
      when,
      freshMs: 1000,
      limit: { register: "setpoint", min: 0, max: 1, ...limit },
      why: "x",
    },
  ];
  const told = (path: string, value: unknown) =>
    faultsOf(changed(path, value)).map((fault) => `${fault.path} ${fault.sentence}`);
  const second = (change: object) => ({ ...policyData().devices[0], name: "b", unit: 2, ...change });
  const rule = policyData().rules[1];

  const mistakes: readonly [what: string, path: string, value: unknown, said: RegExp][] = [
    [
      "beyond 16 bits",
      "rules[1].writes[6]",
      bound("mode", 70_000, 80_000),
      /max leaves no value: 'mode' can hold 0 to 65535/,
    ],
    ["below nothing", "rules[1].writes[6]", bound("mode", -10, -1), /leaves no value/],
    ["between two steps", "rules[1].writes[0]", bound("setpoint", 1, 9), /-327680 to 327670 in steps of 10/],
    [
      "half a coil",
      "rules[1].writes[7]",
      bound("contactor", 0.2, 0.8),
      /leaves no value: 'contactor' can hold 0 to 1/,
    ],
    ["the same rule again", "rules[2]", rule, /^rules\[2\] never decides: rules\[1\] comes first/],
    [
      "a tighter rule behind a wider",
      "rules[2]",
      { ...rule, functions: [6], from: 9, to: 11, writes: [bound("setpoint", -10, 10)] },
      /^rules\[2\] never decides/,
    ],
    [
      "a bound of what nobody writes",
      "crossRules",
      across({ register: "mode", below: 1 }, { register: "charge" }),
      /limit.register names 'charge', which no rule lets anybody write/,
    ],
    [
      "a bound that bounds nothing",
      "crossRules",
      across({ register: "charge", below: 1 }, { register: "mode", min: -1, max: 1e6 }),
      /limit bounds nothing: 'mode' can hold no more than 0 to 65535/,
    ],
    [
      "learning for ever",
      "learning",
      { devices: ["battery"], untilMs: Number.MAX_SAFE_INTEGER },
      /^learning.untilMs is not a whole number/,
    ],
    ["learning from nobody", "learning", { devices: [], untilMs: 1 }, /^learning.devices names no device/],
    ...[
      "not a host!!",
      "http://battery",
      "192.168.40.11:502",
      "[2001:db8::1]",
      "192.168.40",
      "300.1.1.1",
      "a..b",
      "-a",
      "0.0.0.0",
      "255.255.255.255",
      "::",
      "224.0.0.1",
      "ff02::1",
    ].map((host): [string, string, unknown, RegExp] => [
      `host ${host}`,
      "devices[0].host",
      host,
      /^devices\[0\].host is/,
    ]),
    ...["0.0.0.0", "255.255.255.255", "::", "ff02::1"].map((address): [string, string, unknown, RegExp] => [
      `client ${address}`,
      "clients[1].by.address",
      address,
      /no client has/,
    ]),
    [
      "a device again, by a mapped address",
      "devices[1]",
      second({ host: "::ffff:192.0.2.50" }),
      /^devices\[1\] is there twice/,
    ],
    [
      "unit 0 beside others",
      "devices[1]",
      second({ deviceUnit: 0 }),
      /^devices\[1\].deviceUnit is 0 where 'battery' is too/,
    ],
  ];
  for (const [what, path, value, sentence] of mistakes)
    test(what, () => {
      const faults = told(path, value);
      assert(
        faults.some((fault) => sentence.test(fault)),
        faults.join("; "),
      );
    });

  test("a device again, by a name with the root's dot", () => {
    const data = structuredClone(policyData()) as unknown as { devices: object[] };
    data.devices = [
      second({ name: "a", unit: 3, host: "Battery.local" }),
      second({ host: "battery.local." }),
    ];
    assert(faultsOf(data).some(({ path, sentence }) => path === "devices[1]" && /twice/.test(sentence)));
  });

  test("a condition on what nobody may read; while it is learnt, it may be", () => {
    const data = { ...policyData(), crossRules: across({ register: "sun", below: 5 }, {}) };
    const blind = { ...data, rules: [{ ...data.rules[0], functions: [3] }, data.rules[1]] };
    assert.deepEqual(faultsOf(data), []);
    assert.match(faultsOf(blind)[0]?.sentence ?? "", /names 'sun', which no rule lets anybody read/);
    assert.deepEqual(faultsOf({ ...blind, learning: { devices: ["battery"], untilMs: 1 } }), []);
  });

  for (const [what, path, value] of [
    ["bounds wider than the type", "rules[1].writes[6]", bound("mode", 0, 100_000)],
    [
      "a threshold that holds only while nothing is known",
      "crossRules",
      across({ register: "charge", below: 0 }, {}),
    ],
    ["all but one value", "crossRules", across({ register: "mode", below: 1, above: 1 }, {})],
    [
      "a tighter rule before a wider",
      "rules[0]",
      { ...rule, functions: [6], writes: [bound("setpoint", -10, 10)] },
    ],
    ["another client's rule", "rules[2]", { ...rule, client: "vendor" }],
    ["a gateway by itself beside a device behind it", "devices[1]", second({ deviceUnit: 255 })],
    ["a link-local host", "devices[0].host", "fe80::1%eth0"],
    ["a host of one word", "devices[0].host", "battery_1"],
    ["a host in another script", "devices[0].host", "zähler.local"],
  ] as const)
    test(what, () => assert.deepEqual(told(path, value), []));

  test("what parts say of each other is told beside a fault of form, but for what hangs on that", () => {
    const data = structuredClone(policyData()) as unknown as {
      devices: { tls: unknown }[];
      rules: { client: string }[];
    };
    data.devices[0]!.tls = "maybe";
    data.rules[0]!.client = "nobody";
    assert.deepEqual(
      faultsOf(data).map(({ path }) => path),
      ["devices[0].tls", "rules[0].client"],
    );
    assert.deepEqual(
      faultsOf(changed("devices[0].name", 7)).map(({ path }) => path),
      ["devices[0].name"],
      "rules that name it are not known to be wrong",
    );
  });
});
