/** The guard's JSON Schema (for editors) and its strict parser (which decides) say the same of a policy's form. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { policySchema, readPolicy } from "@wattward/guard";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";

const example = readFileSync(
  join(import.meta.dirname, "..", "docs", "examples", "modbus-guard.yaml"),
  "utf8",
);
const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(policySchema);
const parsed = (policy: unknown) => readPolicy(JSON.stringify(policy));

type Node = { [key: string]: unknown };
/** Every member and item of the data, by the way to it. */
function* placesOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) yield* placesOf((value as Node)[key], [...path, key]);
}
function changed(path: readonly string[], change: (parent: Node, key: string) => void): unknown {
  const policy = full();
  let at = policy as Node;
  for (const key of path.slice(0, -1)) at = at[key] as Node;
  change(at, path.at(-1)!);
  return policy;
}
/** The example, with every optional member somewhere in it. */
function full(): unknown {
  const policy = parse(example) as Node;
  const [device] = policy["devices"] as Node[];
  (device!["registers"] as Node[]).push(
    {
      ...{ name: "extra", address: 900, type: "int32", words: "little", scale: 0.5, unit: "W", absent: 7 },
      ...{ enable: "watchdog", revertTime: "watchdog" },
    },
    { name: "extra input", address: 901, type: "uint16", table: "input", scaleFrom: 902 },
  );
  const name = device!["name"];
  const bound = {
    register: "extra",
    min: -5,
    max: 5,
    rampPerS: 1,
    dwellMs: 10,
    reversalsPer10MinMax: 3,
    perMinuteMax: 9,
  };
  (policy["rules"] as Node[]).push({
    ...{ client: "any", device: name, functions: [16], from: 900, to: 901, perMinuteMax: 60 },
    writes: [bound],
  });
  (policy["clients"] as Node[]).push({
    ...{ name: "by address", by: { kind: "address", address: "192.0.2.9" }, perSecond: 1, burst: 1 },
  });
  policy["learning"] = { devices: [name], untilMs: 1 };
  return policy;
}

test("guard schema: the example, and one with every member, are right by both", () => {
  for (const policy of [parse(example), full()]) {
    assert(validate(policy), JSON.stringify(validate.errors));
    const read = parsed(policy);
    assert(read.ok, read.ok ? "" : JSON.stringify(read.fault));
  }
});

test("guard schema: whatever is taken out, put in, or of another kind, it refuses nothing that the parser takes", () => {
  const odd: readonly unknown[] = [null, {}, [], "", " ", -1e20, 1e20, 0.5, true, "x".repeat(300)];
  let refused = 0;
  for (const path of placesOf(full())) {
    const where = path.join(".");
    const policies = [
      changed(path, (parent, key) =>
        Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key],
      ),
      ...odd.map((value) => changed(path, (parent, key) => (parent[key] = value))),
      changed(path, (parent, key) => {
        if (typeof parent[key] === "object" && parent[key] !== null) (parent[key] as Node)["stranger"] = 1;
      }),
    ];
    for (const policy of policies) {
      const read = parsed(policy);
      const right = validate(policy);
      // What parts say of each other is beyond a form: the parser may refuse more.
      if (read.ok)
        assert(right, `${where}: only the schema refuses it: ${JSON.stringify(validate.errors?.[0])}`);
      if (!right) refused++;
    }
  }
  assert(refused > 1_000, `${refused} refused`);
});

test("guard schema: a fault of form that the parser finds the schema finds too", () => {
  const form =
    /^is (missing$|none of|not (an? )?(object|list|number|whole|text|true|\d))|is not known here|entries; at most/;
  for (const path of placesOf(full()))
    for (const value of [null, {}, [], -1e20, 1e20, "x".repeat(300), 0.5]) {
      const policy = changed(path, (parent, key) => (parent[key] = value));
      const read = parsed(policy);
      if (read.ok || !read.fault.some(({ sentence }) => form.test(sentence))) continue;
      // A raw content that is absent is bounded by its type, and a rule's end by its beginning: each by a neighbour.
      if (["absent", "to"].includes(path.at(-1)!) || path.at(-1) === "type" || path.at(-1) === "from")
        continue;
      assert(
        !validate(policy),
        `${path.join(".")} = ${JSON.stringify(value)?.slice(0, 40)}: ${JSON.stringify(read.fault[0])}`,
      );
    }
});

test("guard schema: a scale of 0 is refused by both, a small one by none", () => {
  const scale = [...placesOf(full())].find((path) => path.at(-1) === "scale")!;
  for (const [value, right] of [
    [0, false],
    [-1e-11, false],
    [1e-10, true],
    [-0.1, true],
  ] as const) {
    const policy = changed(scale, (parent, key) => (parent[key] = value));
    assert.deepEqual([validate(policy), parsed(policy).ok], [right, right], `${value}`);
  }
});
