import assert from "node:assert/strict";
import { test } from "node:test";
import { readYaml } from "./read-yaml.ts";

const rules = { charsMax: 200_000, aliasesMax: 1_200, merges: true };

const read = (text: string) => {
  const yaml = readYaml(text, rules);
  assert(yaml.ok, yaml.ok ? "" : yaml.fault[0]?.sentence);
  return yaml.value;
};

test("YAML: what would hide something, or never end, is refused with its path and place", () => {
  let laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (let i = 1; i < 10; i++)
    laughs += `a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(",")}]\n`;
  const many = `a: &a {x: 1}\nb:\n${"  - *a\n".repeat(1_201)}`;
  const deep = Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}a:`).join("\n");
  const rows: readonly [name: string, text: string, told: RegExp][] = [
    ["a key twice", "a:\n  - b: 1\n    b: 2", /^3:5 a\[0\]\.b is there twice$/],
    ["a tag", "x: 0\na: !!js/function x", /^2:4 a is not YAML: .*tag/],
    ["two documents", "a: 1\n---\nb: 2", /^2:1 {2}is several documents: leave one/],
    ["an alias to nothing", "x: 0\na: *nope", /^2:4 a is \*nope, an alias of nothing: no &nope stands above/],
    ["an alias before its anchor", "a: *b\nc: &b 1", /^1:4 a is \*b, an alias of nothing/],
    [
      "an alias of itself",
      "a: &a\n  - *a",
      /^2:5 a\[0\] is \*a, which stands inside what it is an alias of$/,
    ],
    ["a merge of nothing", "a: &o {x: 1}\nb:\n  - <<: *oo", /^3:9 b\[0\]\.<< is \*oo, an alias of nothing/],
    ["a merge of a text", "a: &o {x: 1}\nb:\n  - <<: o", /^3:9 b\[0\]\.<< takes what is an object/],
    [
      "a merge of a number",
      "a: &o {x: 1}\nb:\n  <<: [*o,\n    5]",
      /^4:5 b\.<<\[1\] takes what is an object/,
    ],
    ["a merge of a list's alias", "a: &o [1]\nb: {<<: *o}", /^2:9 b\.<< takes what is an object/],
    ["aliases of aliases", laughs, /^4:\d+ a3\[\d\] is an alias too many: .* over 1200 times$/],
    ["an alias too many", many, /^1203:5 b\[1200\] is an alias too many/],
    ["a list as a key", "x: 1\n? [a, b]\n: 1", /has a list or an object as the name/],
    ["brackets without end", "[".repeat(100_000), /^ {2}is nested too deeply/],
    ["indents without end", deep, /^ {2}is nested too deeply/],
    [
      "Latin-1",
      Buffer.from("a: 1\nid: geb\u00e4ude\n", "latin1").toString("utf8"),
      /^2:8 {2}is not in UTF-8: save/,
    ],
    [
      "UTF-16",
      Buffer.from("\ufeffa: 1\n", "utf16le").toString("utf8"),
      /^ {2}is not in UTF-8, but in UTF-16/,
    ],
    [
      "a zero byte in text that is well",
      "a: 1\nid: ge\0b\nc: 2\n",
      /^2:7 {2}has a zero byte here: it is damaged$/,
    ],
    ["text without end", "a".repeat(200_001), /^ {2}is longer than 200000 characters$/],
    ["no YAML", "a: [1,\nb: }", /^2:\d .*is not YAML/],
  ];
  for (const [name, text, told] of rows) {
    const yaml = readYaml(text, rules);
    assert(!yaml.ok, name);
    const [{ path, place, sentence } = assert.fail(name)] = yaml.fault;
    assert.match(
      `${place === undefined ? "" : `${place.line}:${place.column}`} ${path} ${sentence}`,
      told,
      name,
    );
    assert(sentence.length < 300, name);
  }
});

test("YAML: several faults are told at once", () => {
  const yaml = readYaml("a: 1\na: 2\nb: 1\nb: 2\n", rules);
  assert(!yaml.ok);
  assert.deepEqual(
    yaml.fault.map(({ path }) => path),
    ["a", "b"],
  );
});

test("YAML: a long list of names is read in no more than its time", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1`);
  const began = performance.now();
  assert.equal(Object.keys(read(names.join("\n")).value as object).length, 20_000);
  const linearMs = performance.now() - began;
  // Comparing each with all before it took 40 times as long.
  const items = Array.from({ length: 20_000 }, (_, i) => `- k${i}`);
  const again = performance.now();
  read(items.join("\n"));
  assert(linearMs < 10 * (performance.now() - again), `${linearMs} ms`);
  const twice = readYaml([...names, "k7: 2"].join("\n"), rules);
  assert.deepEqual(twice.ok ? [] : twice.fault.map(({ path, place }) => [path, place?.line]), [
    ["k7", 20_001],
  ]);
});

test("YAML: merges are read where they are asked for, and are a name like any other elsewhere", () => {
  const text = "a: &a {x: 1}\nb: {<<: *a, z: 3}\n";
  assert.deepEqual((read(text).value as { b: unknown }).b, { x: 1, z: 3 });
  const plain = readYaml(text, { ...rules, merges: false });
  assert(plain.ok);
  assert.deepEqual((plain.value.value as { b: unknown }).b, { "<<": { x: 1 }, z: 3 });
});

test("YAML: where a path stands, or what is around it, and what is written there", () => {
  const yaml = read("# head\na: &x { k: 0x10 }\nb:\n  - { <<: *x, m: 2 }\nc: *x\nd.e: 1\n");
  const lines = ["a.k", "b[0].m", "b[7].m", "c.k", "d.e", "zzz", ""].map((path) => yaml.placeOf(path)?.line);
  assert.deepEqual(lines, [2, 4, 3, 2, 6, 2, 2]);
  assert.deepEqual(
    ["a.k", "c.k", "a", "a.nothing"].map((path) => yaml.sourceAt(path)),
    ["0x10", "0x10", undefined, undefined],
  );
});
