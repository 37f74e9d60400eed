/** Two central systems on one PostgreSQL and NATS: what one is told, the other does; what both want, one has. */
import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { logOf } from "../../demo/plant.ts";
import { start } from "../../demo/programs.ts";
import { boot } from "./rig/charging.ts";
import { ground, type Node, nodeOn, readiness } from "./rig/nodes.ts";
import { apiToken, enrolStations, stationIdentity } from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const found = await ground();
if ("skip" in found) test("nodes", { skip: found.skip }, () => {});
else {
  const { postgres, nats } = found;
  const out = workplace("nodes");
  const database = postgres.url;
  let a: Node;
  let b: Node;
  let token: string;

  const who = (id: string) => ({ id, version: "1.6" as const, identity: stationIdentity(out, id) });
  const booted = async (to: Node, id: string): Promise<Station> => {
    const station = await Station.connect(to, who(id));
    assert.equal((await station.tell(boot("1.6")))["status"], "Accepted");
    return station;
  };
  const api = async (at: Node, path: string, body?: object) => {
    const response = await fetch(`http://localhost:${at.httpPort}/api/v1${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const holderOf = async (id: string) =>
    (await postgres.sql(database, `SELECT node, connected FROM stations WHERE id = '${id}'`))[0];

  test("nodes: two start on one database, and each sees the other", { timeout: 120_000 }, async () => {
    a = await nodeOn(out, "csms", { database, nats: nats.url });
    await enrolStations(out, ["S-1", "S-2", "S-3"]);
    b = await nodeOn(out, "csms-2", { database, nats: nats.url });
    token = await apiToken(out);
    const headers = { authorization: `Bearer ${token}` };
    for (const node of [a, b]) {
      assert.deepEqual(await readiness(node), { ready: true, reasons: [] });
      let metrics = "";
      // The first one hears of the second with a beat of its own.
      while (!/^wattward_nodes_alive 2$/m.test(metrics)) {
        metrics = await (await fetch(`http://localhost:${node.httpPort}/metrics`, { headers })).text();
      }
      assert.match(metrics, /^wattward_bus_connected 1$/m);
    }
  });

  test("nodes: a command asked for at one reaches the station at the other, and its outcome is read at both", async () => {
    const station = await booted(b, "S-1");
    assert.deepEqual(await holderOf("S-1"), { node: "csms-2", connected: "1" });
    const asked = await api(a, "/stations/S-1/commands", {
      action: "Reset",
      payload: { type: "Soft" },
      reason: "test",
    });
    assert.equal(asked.status, 202, JSON.stringify(asked.body));
    const command = await eventually("the command came", () => station.commands[0]);
    station.reply(command, { status: "Accepted" });
    for (const node of [a, b]) {
      let state: unknown;
      for (; state !== "accepted"; ) {
        state = (await api(node, `/commands/${asked.body["id"]}`)).body["state"];
      }
    }
    assert.equal(station.commands.length, 1);
    station.leave();
  });

  test("nodes: a station that comes to the other node with the same key has its old socket closed first", async () => {
    const old = await booted(a, "S-2");
    const fresh = await booted(b, "S-2");
    assert.equal(await old.closed, 1008);
    await eventually("the row moved", () => true);
    assert.equal((await holderOf("S-2"))?.["node"], "csms-2");
    assert.equal((await fresh.call("Heartbeat", {})).kind, "result");
    fresh.leave();
  });

  test("nodes: what one commits, the other's event streams tell, within moments", async (t) => {
    const stop = new AbortController();
    const stream = await fetch(`http://localhost:${b.httpPort}/api/v1/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    assert.equal(stream.status, 200);
    let told = "";
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) told += Buffer.from(chunk).toString();
    })().catch(() => {});
    const station = await booted(a, "S-3");
    const waits: number[] = [];
    for (const status of ["Preparing", "Charging", "Finishing", "Available", "Unavailable"]) {
      await station.result("StatusNotification", { connectorId: 1, errorCode: "NoError", status });
      const fromMs = performance.now();
      await eventually("the stream told of it", () => told.includes(`"status":"${status}"`));
      waits.push(performance.now() - fromMs);
    }
    t.diagnostic(`told after ${waits.map((ms) => ms.toFixed(0)).join(", ")} ms`);
    station.leave();
    stop.abort();
    await reading;
  });

  test("nodes: one without NATS, one with other keys, and one under a name in use end with a sentence", {
    timeout: 120_000,
  }, async () => {
    const end = async (id: string, args: string[]) => {
      const words = ["--data", join(out, id), "--port", "0", "--http-port", "0", ...args];
      const program = start(id, "apps/csms/main.ts", words, logOf(out, id));
      return [await program.exited, readFileSync(logOf(out, id), "utf8")] as const;
    };
    const withKeys = (id: string) => {
      for (const part of ["keys", "pki"])
        cpSync(join(out, "csms", part), join(out, id, part), { recursive: true });
      return id;
    };
    /** As of a version that knew no Root R: it makes one of its own, and no station trusts two. */
    const withoutRootR = (id: string) => {
      withKeys(id);
      for (const path of [
        "keys/root-rsa",
        "pki/root-rsa",
        "keys/servers-rsa",
        "pki/servers-rsa",
        "pki/server-rsa",
      ])
        rmSync(join(out, id, `${path}.pem`));
      return id;
    };
    const on = ["--database", database];
    const both = [...on, "--nats", nats.url];
    const ends = await Promise.all([
      end(withKeys("alone"), [...on, "--node", "alone"]),
      end(withKeys("taken"), [...both, "--node", "csms"]),
      end("strange", [...both, "--node", "strange"]),
      end(withoutRootR("apart"), [...both, "--node", "apart"]),
      end("file", ["--nats", nats.url]),
      end("name", [...both, "--node", "Not A Name"]),
      end("nowhere", [...on, "--nats", "http://nats"]),
    ]);
    const says = [
      [1, /wattward: another process, node 'csms(-2)?', runs on this database.*give both --nats URL/],
      [1, /wattward: another process runs on this database as node 'csms', from another data folder/],
      [1, /wattward: this database belongs to other authorities than those in the data folder/],
      [
        1,
        /wattward: this database belongs to other authorities.*bring keys\/ and pki\/ of the node that made it/,
      ],
      [2, /--node and --nats are for several processes on one PostgreSQL database/],
      [2, /--node is a name of 1 to 40/],
      [2, /--nats: it is no address of NATS/],
    ] as const;
    for (const [i, [code, said]] of ends.entries()) {
      assert.match(said, says[i]?.[1] ?? /never/);
      assert.equal(code, says[i]?.[0]);
    }
    for (const node of [a, b]) assert.equal((await readiness(node)).ready, true);
  });
}
