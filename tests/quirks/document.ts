/**
 * docs/quirks.md out of the code's own tables and of the names of the tests: nothing in it is written by hand.
 * `node tests/quirks/write.ts` writes it; a test compares it.
 */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { noticed, type QuirkRow, quirkRows, type Repair, repairs } from "@wattward/ocpp";

const root = resolve(import.meta.dirname, "../..");
export const documentPath = join(root, "docs/quirks.md");

/** Row → files with a test that is named `quirk NN: …`, relative to the root, in order. */
export function testedRows(): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>();
  const files = globSync(["packages/**/*.test.ts", "apps/**/*.test.ts"], {
    cwd: root,
    exclude: (path) => /node_modules|dist/.test(String(path)),
  });
  for (const file of files.sort()) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, number] of text.matchAll(/["'`]quirk (\d\d): /g)) {
      const row = Number(number);
      found.set(row, (found.get(row) ?? new Set()).add(file));
    }
  }
  return new Map([...found].map(([row, named]) => [row, [...named]]));
}

export function quirksDocument(): string {
  const tests = testedRows();
  return [
    "# What real stations get wrong",
    "",
    "Generated from the tables in `packages/ocpp/repairs` and the names of the tests by `node tests/quirks/write.ts`.",
    "",
    'The code cites these rows as "QUIRKS 28". Each was reported of real stations.',
    "",
    "Strict on identity, money and authority; tolerant on form. A **repair** is a named rule: it sees what the schema has",
    "complained of, at the places it names, and what it gives must be valid, or the message is refused as it was sent. The",
    "frame is kept as the station sent it. What a rule did is counted per station in the commit of its message, and shown",
    "by `GET /api/v1/stations/{station}`, `GET /api/v1/deviations` and the station's page in the console; the first of each",
    "rule is the observation `station.deviates`.",
    "",
    "`npx wattward station add ID --strict` (or `POST /api/v1/stations/{station}/handling`) turns every repair of a station",
    "off, at the central system and at its site, and with them the retries in another form and the acknowledgement of what",
    "cannot be read: for a certification. `--tolerant` turns them on again. What is valid is handled the same.",
    "",
    "Transaction messages are not refused for their form alone: a CALLERROR makes stations drop what is billed. A bad frame is",
    "answered with a CALLERROR where its message id can be read, and the socket stays open; closed is for identity, size and",
    "flooding.",
    "",
    "## Takeover",
    "",
    "Who replaces a live connection is decided by what the newcomer proves: the same key replaces it, unless it flaps or comes",
    "from another address while the old one is alive (then it is held as a suspected clone); a newer certificate replaces it,",
    "and the older one is never accepted again; any other key, or the wrong route, is refused (ADR 9,",
    "`packages/ocpp/takeover.ts`).",
    "",
    "## Rows",
    "",
    "| row | what they get wrong | rules | what Wattward does | tests |",
    "| --- | --- | --- | --- | --- |",
    ...quirkRows.map((row) => line(row, tests.get(row.row) ?? [])),
    "",
    "## Repairs",
    "",
    "| rule | row | versions | of | actions |",
    "| --- | --- | --- | --- | --- |",
    ...repairs.map(repairLine),
    "",
  ].join("\n");
}

function line({ row, deviation, does }: QuirkRow, tests: readonly string[]): string {
  const rules = [...repairs, ...noticed].filter((rule) => rule.row === row);
  const names = [...new Set(rules.map(({ rule }) => `\`${rule}\``))];
  const sentences = [...new Set([...rules.map((rule) => rule.does), ...(does === undefined ? [] : [does])])];
  const files = tests.map((file) => `\`${file}\``);
  const cells = [row, deviation, names.join(", ") || "–", sentences.join("; "), files.join(", ")];
  return `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
}

const repairLine = ({ rule, row, versions, direction, actions }: Repair): string =>
  `| \`${rule}\` | ${row} | ${versions.join(", ")} | ${of[direction]} | ${actions?.join(", ") ?? "all"} |`;
const of = { call: "CALL", reply: "CALLRESULT", both: "CALL, CALLRESULT" } as const;
