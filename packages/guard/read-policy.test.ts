/** Policies as text: what is wrong with them, by line and path. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPolicy } from "./read-policy.ts";
import { smallPolicy } from "./testing/small-policy.ts";
import { writePolicy } from "./write-policy.ts";

describe("a policy as text", () => {
  const yaml = `# of a site
schema: 1
clients:
  - name: energy
    by: { kind: socket, uid: same }
    perSecond: 10
    burst: 10
devices: []
rules:
  - client: energy
    device: battery
    functions: [3]
    from: 1
    to: 0
crossRules: []
`;
  const said = (text: string) => {
    const read = readPolicy(text);
    return read.ok ? [] : read.fault.map(({ line, path, sentence }) => `${line} ${path} ${sentence}`);
  };

  test("faults by line and path", () => {
    assert.deepEqual(said(yaml), [
      "14 rules[0].to is not a whole number from 1 to 65535",
      "11 rules[0].device names 'battery', which is no device here",
    ]);
    assert.deepEqual(said(yaml.replace("to: 0", "to: 1")), [
      "11 rules[0].device names 'battery', which is no device here",
    ]);
    assert.deepEqual(said(yaml.replace("    burst: 10\n", "").replace("to: 0", "to: 1")), [
      "4 clients[0].burst is missing",
      "10 rules[0].device names 'battery', which is no device here",
    ]);
  });

  test("a member's own line, whatever its name and wherever its value; behind an alias, where that was written", () => {
    const right = yaml.replace("to: 0", "to: 1").replace("device: battery", "device: any");
    for (const [change, line] of [
      [
        (text: string) => text.replace("devices: []", "extra:\n  - 1\ndevices: []"),
        "8 extra is not known here",
      ],
      [
        (text: string) => text.replace("    burst", "    a.b[0]: 1\n    burst"),
        "7 clients[0].a.b[0] is not known",
      ],
      [
        (text: string) => text.replace("    burst", `    ${"x".repeat(60)}: 1\n    burst`),
        `7 clients[0].${"x".repeat(40)} is`,
      ],
      [
        (text: string) =>
          `${text.replace("by: {", "by: &by {").replace("uid: same", "uid: -1")}learning: *by\n`,
        "5 learning.uid is not known here",
      ],
      [(text: string) => text.replace("crossRules: []\n", ""), "2 crossRules is missing"],
    ] as const) {
      const faults = said(change(right));
      assert(
        faults.some((fault) => fault.startsWith(line)),
        `${line}: ${faults.join("; ")}`,
      );
    }
  });

  test("what is no YAML, or more than a policy, says where", () => {
    const broken: readonly [string, RegExp][] = [
      ["rules:\n  - a: 1\n    b: 2\n    a: 3\n", /^4 rules\[0\]\.a is there twice$/],
      ["a: 1\n---\na: 2\n", /^2 {2}is several documents/],
      ["rules:\n  - [1,\n", /rules\[0\].* is not YAML/],
      ["clients: []\na: *b\n", /^2 a is \*b, an alias of nothing/],
      ["a: &a [1]\nb: { <<: *a }\n", /^1 a is not known here/],
      [`a: &a 1\nb: [${"*a,".repeat(101)}]\n`, /^2 b\[100\] is an alias too many/],
      ["x".repeat(600_000), /^1 {2}is longer than 524288 characters$/],
      ["", /is not an object/],
    ];
    for (const [text, sentence] of broken) assert.match(said(text)[0] ?? "", sentence);
  });

  test("written and read again it is the same", () => {
    const policy = smallPolicy((data) => ({
      ...data,
      learning: { devices: ["battery"], untilMs: 1_700_000_000_000 },
    }));
    const text = writePolicy(policy, "A proposal.\nTo be read first.");
    assert(text.startsWith("# A proposal.\n# To be read first.\n"));
    assert.deepEqual(readPolicy(text), { ok: true, value: policy });
  });
});
