/** A trace is read as it is written; whatever was done to it afterwards is said, with its file and line. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { traceEntries } from "./trace.ts";

const folder = mkdtempSync(join(tmpdir(), "wattward-trace-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const good = [1, 2, 3, 4].map((line) => `${JSON.stringify({ line, atMs: 1_000 + line })}\n`);

/** The lines that were read, and the findings without the folder's name. */
async function read(text: string | undefined) {
  const path = join(folder, "a.jsonl");
  rmSync(path, { force: true });
  if (text !== undefined) writeFileSync(path, text);
  const findings: string[] = [];
  const lines: unknown[] = [];
  for await (const { fields } of traceEntries(path, findings)) lines.push(fields["line"]);
  return { lines, findings: findings.map((finding) => finding.replaceAll(`${folder}/`, "")) };
}

test("trace: as it was written; a last line that is not whole yet does not count", async () => {
  assert.deepEqual(await read(good.join("")), { lines: [1, 2, 3, 4], findings: [] });
  for (const torn of ["{", '{"line":5', '{"line":5}'])
    assert.deepEqual(await read(good.join("") + torn), { lines: [1, 2, 3, 4], findings: [] }, torn);
});

const [one = "", two = "", three = "", four = ""] = good;
for (const [name, text, finding, lines] of [
  ["that is missing", undefined, /^trace: a\.jsonl is not there$/, []],
  ["that is empty", "", /^trace: a\.jsonl is empty$/, []],
  ["whose first line is gone", two + three, /line 1: it says that it is line 2, after line 0/, [2, 3]],
  [
    "of which a line is gone",
    one + three + four,
    /line 2: it says that it is line 3, after line 1/,
    [1, 3, 4],
  ],
  [
    "of which a line is there twice",
    one + two + two + three,
    /line 3: it says that it is line 2/,
    [1, 2, 2, 3],
  ],
  [
    "whose lines have no numbers",
    `${one}{"atMs":1002}\n`,
    /line 2: it says that it is line of no number/,
    [1, undefined],
  ],
  ["with a line that ends in a comma", `${one}${two.trim()},\n${three}`, /line 2: not a JSON object/, [1, 3]],
  ["with an empty line", `${one}\n${two}`, /line 2: not a JSON object/, [1, 2]],
  ["whose last line is damaged, and whole", `${one}{"line":2\n`, /line 2: not a JSON object/, [1]],
  ["with a line that is a list", `${one}[]\n`, /line 2: not a JSON object/, [1]],
  [
    "whose time goes back",
    `${one}{"line":2,"atMs":7}\n`,
    /line 2: its time is before that of the line before/,
    [1, 2],
  ],
  [
    "with a time in words",
    `${one}{"line":2,"atMs":"1002"}\n`,
    /line 2: atMs is "1002", which is no time/,
    [1, 2],
  ],
  [
    "with a time that is null",
    `${one}{"line":2,"atMs":null}\n`,
    /line 2: atMs is null, which is no time/,
    [1, 2],
  ],
] as const) {
  test(`trace: one ${name} is a finding`, async () => {
    const found = await read(text);
    assert.match(found.findings[0] ?? "none", finding);
    assert.deepEqual(found.lines, lines);
  });
}
