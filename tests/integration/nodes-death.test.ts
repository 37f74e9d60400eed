/**
 * What happens to one of two central systems, or to what they share, while cars charge: killed, stopped, cut off. The
 * stations go where they are let in; at the end everything that was answered is there once.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { boot, Session } from "./rig/charging.ts";
import { ground, killed, type Node, nodeOn, readiness } from "./rig/nodes.ts";
import { apiToken, enrolCard, enrolStations, stationIdentity } from "./rig/operator.ts";
import { Station } from "./rig/station.ts";
import { Traveller } from "./rig/traveller.ts";
import { eventually, workplace } from "./rig/workplace.ts";

const found = await ground();
if ("skip" in found) test("death of a node", { skip: found.skip }, () => {});
else {
  const { postgres, nats } = found;
  const out = workplace("nodes-death");
  const database = postgres.url;
  const versions = ["1.6", "2.0.1", "2.1"] as const;
  const ids = Array.from({ length: 9 }, (_, i) => `T-${i + 1}`);
  let a: Node;
  let b: Node;

  const sql = (text: string) => postgres.sql(database, text);
  const travellers = (at: number) =>
    ids.map((id, i) => {
      const version = versions[i % versions.length] ?? "1.6";
      return new Traveller([a, b], { id, version, identity: stationIdentity(out, id) }, at);
    });
  const again = async (node: Node) =>
    nodeOn(out, node.id, { database, nats: nats.url, ports: { port: node.port, httpPort: node.httpPort } });
  const until = async (what: string, look: () => Promise<boolean>) => {
    for (const endMs = performance.now() + 60_000; performance.now() < endMs; await wait(100)) {
      if (await look().catch(() => false)) return;
    }
    assert.fail(`${what}: not within a minute`);
  };

  /** Each charges once; what the database has of it is what was told, once. */
  async function allCharge(name: string, at: number, meanwhile: () => Promise<void>): Promise<Traveller[]> {
    const fleet = travellers(at);
    const charging = Promise.all(fleet.map((one) => one.charge(`${one.who.id}-${name}`, 20, 300)));
    await meanwhile();
    const told = await charging;
    for (const one of fleet) one.leave();
    for (const [i, { events, energyWh }] of told.entries()) {
      const rows = await sql(
        `SELECT state, energy_wh, (SELECT count(*) FROM transaction_events e WHERE e.transaction_id = t.id) AS events
         FROM transactions t WHERE station_id = '${ids[i]}' ORDER BY t.id DESC LIMIT 1`,
      );
      const row = { state: "ended", energy_wh: String(energyWh), events: String(events) };
      assert.deepEqual(rows[0], row, `${ids[i]} after ${name}`);
    }
    const [count] = await sql("SELECT count(*) AS n FROM transactions");
    rounds += 1;
    assert.equal(Number(count?.["n"]), rounds * ids.length, "no transaction came into being twice");
    return fleet;
  }
  let rounds = 0;

  test("death: two nodes with cars that charge", { timeout: 120_000 }, async () => {
    a = await nodeOn(out, "csms", { database, nats: nats.url });
    await enrolStations(out, ids);
    await enrolCard(out);
    b = await nodeOn(out, "csms-2", { database, nats: nats.url });
  });

  test("death: kill -9 of the node that has them all, NATS killed meanwhile: all go on at the other", {
    timeout: 240_000,
  }, async () => {
    const fleet = await allCharge("kill", 0, async () => {
      await until("all were at the first", async () => {
        const [row] = await sql("SELECT count(*) AS n FROM stations WHERE node = 'csms' AND connected = 1");
        return Number(row?.["n"]) === ids.length;
      });
      await nats.kill();
      await killed(a);
      await until("the dead node was buried", async () => {
        const [row] = await sql("SELECT alive FROM nodes WHERE id = 'csms'");
        return Number(row?.["alive"]) === 0;
      });
      await nats.start();
    });
    assert(
      fleet.every(({ moves }) => moves > 0),
      "each had to move",
    );
    const lost = await sql("SELECT data FROM outbox WHERE kind = 'node.lost'");
    assert.equal(lost.length, 1);
    a = await again(a);
  });

  test("death: the database is stopped and started: nothing is lost, and both are ready by themselves", {
    timeout: 240_000,
  }, async () => {
    await allCharge("database", 0, async () => {
      await wait(1_500);
      await postgres.stop("fast");
      await wait(1_000);
      await postgres.start();
    });
    for (const node of [a, b]) await until("ready again", async () => (await readiness(node)).ready);
  });

  test("death: NATS says nothing any more: commands go over by polling, and each says so; it speaks: nothing more is said", {
    timeout: 120_000,
  }, async () => {
    const token = await apiToken(out);
    const who = { id: "T-3", version: "1.6" as const, identity: stationIdentity(out, "T-3") };
    const station = await Station.connect(b, who);
    await station.tell(boot("1.6"));
    nats.freeze();
    const asked = await fetch(`http://localhost:${a.httpPort}/api/v1/stations/T-3/commands`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ action: "Reset", payload: { type: "Soft" }, reason: "test" }),
    });
    assert.equal(asked.status, 202);
    const command = await eventually("the command came", () => station.commands[0]);
    station.reply(command, { status: "Accepted" });
    for (const node of [a, b]) {
      await until("it is said", async () => {
        const { ready, warnings = [] } = await readiness(node);
        return ready && warnings.some((text) => text.startsWith("nats: away"));
      });
    }
    nats.thaw();
    for (const node of [a, b])
      await until("nothing is said", async () => (await readiness(node)).warnings === undefined);
    assert.equal(station.commands.length, 1);
    station.leave();
  });

  test("death: stopped past its lease, it closes its sockets before it does anything, and what it was told meanwhile is not done", {
    timeout: 240_000,
  }, async () => {
    const who = { id: "T-1", version: "1.6" as const, identity: stationIdentity(out, "T-1") };
    const old = await Station.connect(a, who);
    await old.tell(boot("1.6"));
    const before = await sql("SELECT id, incarnation FROM nodes WHERE id = 'csms'");
    process.kill(a.program.pid, "SIGSTOP");
    after(() => {
      try {
        process.kill(a.program.pid, "SIGCONT");
      } catch {
        // It has ended already.
      }
    });
    await until("the stopped node was buried", async () => {
      const [row] = await sql("SELECT alive FROM nodes WHERE id = 'csms'");
      return Number(row?.["alive"]) === 0;
    });
    const fresh = await Station.connect(b, who);
    assert.equal((await fresh.tell(boot("1.6")))["status"], "Accepted");
    // It lies in the stopped process's socket: the first thing that it will read.
    const [told] = await sql("SELECT count(*) AS n FROM transactions");
    const lying = old.call(...asked(new Session("1.6", "x", 5_000)), { limitMs: 30_000 });
    await wait(200);
    process.kill(a.program.pid, "SIGCONT");
    assert.equal((await lying).kind, "none", "it was answered by a node that had lost it");
    assert.equal(await old.closed, 1001);
    assert.match(a.said(), /"event":"node-fenced"/);
    assert.equal((await fresh.call("Heartbeat", {})).kind, "result");
    assert.deepEqual(await sql("SELECT count(*) AS n FROM transactions"), [told]);
    await until("it came back", async () => (await readiness(a)).ready);
    const [now] = await sql("SELECT incarnation FROM nodes WHERE id = 'csms'");
    assert.equal(Number(now?.["incarnation"]), Number(before[0]?.["incarnation"]) + 1);
    assert.equal((await sql("SELECT node FROM stations WHERE id = 'T-1'"))[0]?.["node"], "csms-2");
    const headers = { authorization: `Bearer ${await apiToken(out)}` };
    const metrics = await (await fetch(`http://localhost:${a.httpPort}/metrics`, { headers })).text();
    assert.match(metrics, /^wattward_node_fenced_total 1$/m);
    fresh.leave();
  });

  test("death: a node that is stopped in order gives everything back, and tells", {
    timeout: 60_000,
  }, async () => {
    const who = { id: "T-2", version: "2.0.1" as const, identity: stationIdentity(out, "T-2") };
    const station = await Station.connect(b, who);
    await station.tell(boot("2.0.1"));
    b.program.child.kill("SIGTERM");
    assert.equal(await station.closed, 1001);
    assert.equal(await b.program.exited, 0, b.said().split("\n").slice(-20).join("\n"));
    const [row] = await sql("SELECT alive FROM nodes WHERE id = 'csms-2'");
    assert.equal(Number(row?.["alive"]), 0);
    const there = await Station.connect(a, who);
    assert.equal((await there.tell(boot("2.0.1")))["status"], "Accepted");
    there.leave();
    await eventually("its log says so", () => a.said().includes("station-connected"));
  });

  const asked = (session: Session): [string, object] => {
    const { action, payload } = session.start();
    return [action, payload];
  };
}
