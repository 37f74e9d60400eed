/** What can only be a mistake of whoever wrote a policy, and what looks like one and may be meant. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { changed, faultsOf } from "./testing/changed-policy.ts";
import { policyData } from "./testing/small-policy.ts";

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
