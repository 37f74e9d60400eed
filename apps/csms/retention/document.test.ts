/** docs/data.md says of retention what the rules do. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { settings } from "../core/settings.ts";
import { BUNDLES_KEPT, OUTBOX_TAIL, rules } from "./rules.ts";

const document = readFileSync(new URL("../../../docs/data.md", import.meta.url), "utf8");
const told = document.slice(
  document.indexOf("## What is kept how long"),
  document.indexOf("## The message log"),
);

test("docs/data.md: every setting of the message log, of retention and of the watermark, with its default", () => {
  const ours = Object.entries(settings).filter(([name]) =>
    /^message_log|_days$|^disk_|^database_/.test(name),
  );
  assert(ours.length >= 9);
  for (const [name, { byDefault }] of ours) {
    assert(told.includes(`\`${name}\``), name);
    assert(told.includes(byDefault.toLocaleString("en")), `${name}: ${byDefault}`);
  }
});

test("docs/data.md: the days of every rule, and what stays whatever its age", () => {
  for (const { table, days } of rules) {
    const said = typeof days === "number" ? days : settings[days].byDefault;
    assert(told.includes(`${said} days`), `${table}: ${said} days`);
  }
  for (const kept of [BUNDLES_KEPT, OUTBOX_TAIL]) assert(told.includes(kept.toLocaleString("en")), `${kept}`);
});
