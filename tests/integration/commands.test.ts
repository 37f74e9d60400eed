/**
 * The table of commands is true: of every program, the options that it reads are those that help, completion and
 * docs/commands.md tell of. Each program is started with its first parseArgs replaced by one that prints what it was given.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { commands, formName } from "../../launcher/commands.mjs";

const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

/** Prints what the first parseArgs of a program is given, and ends there. */
const spy = `data:text/javascript,${encodeURIComponent(`
import util from "node:util";
import { syncBuiltinESMExports } from "node:module";
import { writeSync } from "node:fs";
util.parseArgs = ({ options = {} }) => {
  writeSync(1, JSON.stringify(options));
  process.exit(0);
};
syncBuiltinESMExports();
`)}`;

type Read = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean }>>;

async function optionsRead(entry: string, words: readonly string[]): Promise<Read> {
  const { stdout } = await run(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--import", spy, join(root, entry), ...words],
    { timeout: 60_000 },
  );
  return JSON.parse(stdout) as Read;
}

/** Of every program: which options it reads with these words before them. */
const forms = commands.flatMap((command) =>
  command.forms
    // Those print and end; the launcher itself is the program of `completion`.
    .filter(({ words }) => words !== "example" && words !== "schema" && command.name !== "completion")
    .map((form) => ({
      command,
      form,
      name: `${formName(command, form)}${form.when ? ` --${form.when}` : ""}`,
    })),
);

describe("the table of commands", { concurrency: 2 }, () => {
  for (const { command, form, name } of forms) {
    test(`has the options that 'wattward ${name}' reads, and no others`, async () => {
      const words = [
        ...(form.words?.split(" ") ?? []),
        ...(form.when === undefined ? [] : [`--${form.when}`, "x"]),
      ];
      const read = await optionsRead(command.entry, words);
      const told = (form.options ?? []).map(({ name, value, many }) => [
        name,
        value === undefined ? "boolean" : "string",
        many === true,
      ]);
      const known = Object.entries(read).map(([option, { type, multiple }]) => [
        option,
        type,
        multiple === true,
      ]);
      assert.deepEqual(told.sort(), known.sort());
    });
  }
});
