/** A node's beats on a real PostgreSQL. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Life } from "../nodes/membership.ts";
import { postgresBeats } from "./postgres-beats.ts";
import { postgresServer } from "./testing/postgres-server.ts";

const server = await postgresServer();
if ("skip" in server) test("beats on postgres", { skip: server.skip }, () => {});
else {
  const rows = async (url: string, ...nodes: [id: string, incarnation: number, alive: number][]) => {
    for (const [id, incarnation, alive] of nodes)
      await server.sql(
        url,
        `INSERT INTO nodes VALUES ('${id}', 'f', ${incarnation}, 0, ${alive}, 'nats', 0)`,
      );
  };
  const life = (incarnation: number): Life => ({ id: "a", incarnation });

  test("beats: a life that stands raises its own, and sees all that are alive", async () => {
    const url = await server.lend();
    await rows(url, ["a", 3, 1], ["b", 1, 1], ["c", 1, 0]);
    const beats = postgresBeats(url);
    await beats.renew(life(3));
    const { standing, nodes } = await beats.renew(life(3));
    assert.equal(standing, true);
    assert.deepEqual(nodes.map(({ id }) => id).sort(), ["a", "b"]);
    const [row] = await server.sql(url, "SELECT beats FROM nodes WHERE id = 'a'");
    assert.equal(Number(row?.["beats"]), 2);
    await beats.close();
    await server.giveBack(url);
  });

  for (const [what, nodes] of [
    ["buried", [["a", 3, 0]]],
    ["of an earlier incarnation", [["a", 4, 1]]],
    ["never started", []],
    [
      "buried, and others live",
      [
        ["a", 3, 0],
        ["b", 1, 1],
      ],
    ],
  ] as const) {
    test(`beats: a life that is ${what} stands no more, and raises nothing`, async () => {
      const url = await server.lend();
      await rows(url, ...nodes.map((node): [string, number, number] => [...node]));
      const beats = postgresBeats(url);
      assert.equal((await beats.renew(life(3))).standing, false);
      assert.deepEqual(await server.sql(url, "SELECT id FROM nodes WHERE beats > 0"), []);
      await beats.close();
      await server.giveBack(url);
    });
  }

  test("beats: whoever holds the writers' lock holds up no beat", async () => {
    const url = await server.lend();
    await rows(url, ["a", 1, 1]);
    const { Client } = await import("pg");
    const holder = new Client({ connectionString: url });
    await holder.connect();
    await holder.query("BEGIN; SELECT pg_advisory_xact_lock(1463899220, 1)");
    const beats = postgresBeats(url);
    assert.equal((await beats.renew(life(1))).standing, true);
    await beats.close();
    await holder.end();
    await server.giveBack(url);
  });

  test("beats: a server that goes and comes is beaten to again; while it is away each beat fails", async () => {
    const url = await server.lend();
    await rows(url, ["a", 1, 1]);
    const beats = postgresBeats(url);
    await beats.renew(life(1));
    await server.stop("crash");
    await assert.rejects(beats.renew(life(1)));
    await assert.rejects(beats.renew(life(1)));
    await server.start();
    assert.equal((await beats.renew(life(1))).standing, true);
    await beats.close();
    await server.giveBack(url);
  });
}
