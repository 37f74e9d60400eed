/** Every decision and every query once more, on PostgreSQL: the same tests, registered again by importing them. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Engine } from "../store/engine.ts";
import { openStore } from "../store/open.ts";
import { postgresServer } from "../store/testing/postgres-server.ts";
import { runTestsOn } from "../store/testing/test-store.ts";

const csms = join(import.meta.dirname, "..");
/** Every test file that takes its tables from test-store.ts; those of the API hold what is above the core. */
const tests = globSync("{*,*/*}/*.test.ts", { cwd: csms })
  .filter((file) => !/^(api|core|store|gateway|adapters|cli)\//.test(file))
  .filter((file) => /testing\/test-core\.ts"|\/world\.ts"/.test(readFileSync(join(csms, file), "utf8")))
  .sort();

const server = await postgresServer();

if ("skip" in server) test("decisions and queries on postgres", { skip: server.skip }, () => {});
else {
  const open: { engine: Engine; url: string }[] = [];
  runTestsOn(async () => {
    const url = await server.lend();
    const engine = await openStore({ database: url });
    open.push({ engine, url });
    return engine;
  });
  // Those tests leave closing to the end of the process.
  afterEach(async () => {
    for (const { engine, url } of open.splice(0)) {
      await engine.close();
      await server.giveBack(url);
    }
  });
  // First in the row, so that nothing is over before everything is there.
  const registered = Promise.withResolvers<void>();
  test("postgres: the tests of decisions and queries were found", async () => {
    await registered.promise;
    assert(tests.length >= 15, `${tests}`);
  });
  for (const file of tests) await import(pathToFileURL(join(csms, file)).href);
  registered.resolve();
}
