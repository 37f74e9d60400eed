/** PostgreSQL, held to what every engine is held to, and what it alone can do to us. */
import { test } from "node:test";
import { conformance } from "./testing/conformance.ts";
import { postgresServer } from "./testing/postgres-server.ts";

const server = await postgresServer();

if ("skip" in server) test("postgres", { skip: server.skip }, () => {});
else
  conformance({
    name: "postgres",
    create: () => server.create(),
    execute: async (database, text) => void (await server.sql(database, text)),
  });
