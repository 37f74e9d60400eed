/** Every command that a simulated station answers has a test with its name and version, beside the ones of all versions. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { actionsFrom, ocppVersions } from "@wattward/ocpp";
import { commands16 } from "./v16/commands.ts";
import { commands21 } from "./v21/commands.ts";
import { commands201 } from "./v201/commands.ts";

const tables = { "1.6": commands16, "2.0.1": commands201, "2.1": commands21 } as const;

/** Tested for all versions, in the words of a table, which make the test's name: `station/commands.test.ts`. */
const inWords = new Set([
  "RemoteStartTransaction",
  "RemoteStopTransaction",
  "RequestStartTransaction",
  "RequestStopTransaction",
]);

const folder = new URL(".", import.meta.url);
const tests = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".test.ts"))
  .map((path) => readFileSync(new URL(path, folder), "utf8"))
  .join("\n");

for (const version of ocppVersions) {
  test(`every command of a ${version} station has its test`, () => {
    for (const action of tables[version].keys()) {
      assert(actionsFrom(version, "csms").has(action), `${action} is none of ${version}`);
      const named = [`simulator: ${action} ${version}`, `simulator: ${action} \${version}`];
      assert(inWords.has(action) || named.some((name) => tests.includes(name)), `${action} of ${version}`);
    }
  });
}
