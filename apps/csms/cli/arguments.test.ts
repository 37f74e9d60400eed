import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import {
  CommandError,
  dataFolder,
  readArguments,
  readNumber,
  readWords,
  required,
  runCommand,
  tell,
  UsageError,
} from "./arguments.ts";

function streams() {
  const seen = { out: "", err: "" };
  const context = {
    env: {},
    out: (text: string) => void (seen.out += text),
    err: (text: string) => void (seen.err += text),
  };
  return { seen, context };
}

const failing = (error: unknown) => ({
  name: "card",
  run: async () => {
    throw error;
  },
});

test("exit codes: done, refused, wrong usage; a fault of ours is not dressed up", async () => {
  const done = streams();
  assert.equal(await runCommand({ name: "card", run: async () => {} }, [], done.context), 0);
  assert.deepEqual(done.seen, { out: "", err: "" });

  const refused = streams();
  assert.equal(await runCommand(failing(new CommandError("no such site")), [], refused.context), 1);
  assert.deepEqual(refused.seen, { out: "", err: "wattward: no such site\n" });

  const misused = streams();
  assert.equal(await runCommand(failing(new UsageError("ID is missing")), [], misused.context), 2);
  assert.equal(misused.seen.err, "wattward card: ID is missing\nLook at: npx wattward card --help\n");

  await assert.rejects(runCommand(failing(new TypeError("bug")), [], streams().context), TypeError);
});

test("an error of the system is told by its message, which names the file", async () => {
  const { seen, context } = streams();
  const run = async () => void (await readFile("/nonexistent/file"));
  assert.equal(await runCommand({ name: "card", run }, [], context), 1);
  assert.match(seen.err, /^wattward: ENOENT.*\/nonexistent\/file/);
});

test("facts are one JSON value for a script, and words for a person", () => {
  const { seen, context } = streams();
  tell(context, true, [{ id: "CP-1" }], "CP-1 is there\n");
  tell(context, undefined, [], "CP-1 is there\n");
  assert.equal(seen.out, '[{"id":"CP-1"}]\nCP-1 is there\n');
});

test("options are strict, words are counted, numbers have their range", () => {
  const options = { site: { type: "string" }, force: { type: "boolean" } } as const;
  const { values, positionals } = readArguments(["add", "CP1", "--site", "north", "--force"], options);
  assert.deepEqual({ ...values }, { site: "north", force: true });
  assert.deepEqual(positionals, ["add", "CP1"]);
  for (const args of [["--bad"], ["--site"], ["--force=yes"]]) {
    assert.throws(() => readArguments(args, options), UsageError, args.join(" "));
  }
  assert.deepEqual(readWords(["a", "b"], "A", "B"), ["a", "b"]);
  assert.throws(() => readWords(["a"], "A", "the id"), /^UsageError: the id is missing$/);
  assert.throws(() => readWords(["a", "b"], "A"), /'b' is one word too many/);
  assert.equal(readNumber("--days", undefined, { min: 1, max: 9 }), undefined);
  assert.equal(readNumber("--days", "9", { min: 1, max: 9 }), 9);
  for (const text of ["0", "10", "1.5", "-1", "", "x", "1e1", "9999999999999"]) {
    assert.throws(() => readNumber("--days", text, { min: 1, max: 9 }), UsageError, text);
  }
  assert.equal(required("--out", "x"), "x");
  assert.throws(() => required("--out", ""), UsageError);
});

test("the data folder: the option, else the environment, else beside where one works", () => {
  assert.equal(dataFolder("here", { WATTWARD_DATA_DIR: "there" }), "here");
  assert.equal(dataFolder(undefined, { WATTWARD_DATA_DIR: "there" }), "there");
  assert.equal(dataFolder(undefined, {}), ".wattward/csms");
});
