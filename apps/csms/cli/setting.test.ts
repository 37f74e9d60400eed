import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { settings } from "../core/settings.ts";
import { openStore } from "../store/open.ts";
import { runCommand } from "./arguments.ts";
import { setting } from "./setting.ts";

const data = mkdtempSync(join(tmpdir(), "wattward-setting-"));
before(async () => (await openStore({ database: join(data, "wattward.db") })).close());
after(() => rmSync(data, { recursive: true }));

async function run(...words: string[]) {
  let said = "";
  const out = (text: string) => void (said += text);
  const code = await runCommand({ name: "test", run: setting }, [...words, "--data", data], {
    out,
    err: out,
    env: {},
  });
  return { code, said };
}

test("setting: shown with its limits, set within them, and kept", async () => {
  const before = await run();
  for (const name of Object.keys(settings)) assert(before.said.includes(name), name);
  assert.match(before.said, /message_log_days +30 /);
  assert.deepEqual(await run("message_log_days", "7"), { code: 0, said: "message_log_days is 7\n" });
  assert.match((await run()).said, /message_log_days +7 +\(30; 0 to 3650\)/);
});

test("setting: out of its limits, no number, no such setting, words missing: a sentence", async () => {
  const rows: [words: string[], code: number, says: RegExp][] = [
    [["message_log_days", "4000"], 1, /whole number from 0 to 3650/],
    [["message_log_days", "-1"], 2, /./],
    [["message_log_days", "many"], 1, /whole number/],
    [["nothing", "1"], 1, /no setting 'nothing'/],
    [["message_log_days"], 2, /VALUE of message_log_days is missing/],
    [["message_log_days", "1", "2"], 2, /one word too many/],
  ];
  for (const [words, code, says] of rows) {
    const found = await run(...words);
    assert.equal(found.code, code, words.join(" "));
    assert.match(found.said, says);
  }
});
