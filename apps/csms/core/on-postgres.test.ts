/**
 * Every decision and every query once more, on PostgreSQL: the same tests, registered again by importing them. Not with
 * them are the tests that hold pure functions alone.
 */
import { afterEach, test } from "node:test";
import type { Engine } from "../store/engine.ts";
import { openStore } from "../store/open.ts";
import { postgresServer } from "../store/testing/postgres-server.ts";
import { runTestsOn } from "../store/testing/test-store.ts";

const tests = [
  "../transactions/foreign.test.ts",
  "../ocpp16/authorize.test.ts",
  "../ocpp16/start-transaction.test.ts",
  "../ocpp16/stop-transaction.test.ts",
  "../ocpp201/meter-values.test.ts",
  "../ocpp201/notify-report.test.ts",
  "../ocpp201/transaction-event.test.ts",
  "../stations/admission.test.ts",
  "../stations/status.test.ts",
  "../sites/journal.test.ts",
  "../sites/link.test.ts",
  "../commands/commands.test.ts",
  "../people/people.test.ts",
  "../queries/queries.test.ts",
  "../queries/site-history.test.ts",
];

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
  for (const file of tests) await import(file);
}
