import assert from "node:assert/strict";
import { test } from "node:test";
import type { Wire } from "@wattward/kernel";
import { seededChance } from "./chance.ts";
import { SimulatedNetwork } from "./network.ts";
import { simulatedTime } from "./time.ts";

async function connected(seed = 1) {
  const time = simulatedTime(0);
  const network = new SimulatedNetwork(time, seededChance(seed));
  const server = network.host("csms");
  const client = network.host("site");
  const heard = { server: [] as string[], client: [] as string[] };
  let serverWire: Wire | undefined;
  await server.listen(9443, async ({ path, protocols }) => ({
    kind: "accept",
    protocol: protocols[0] ?? "",
    opened(wire) {
      serverWire = wire;
      wire.listen({
        message: (text) => heard.server.push(`${path} ${text}`),
        closed: (code) => heard.server.push(`closed ${code}`),
      });
    },
  }));
  const dialling = client.dialer("csms", 9443).dial("/site/a", ["p1"]);
  await time.advance(100);
  const dialled = await dialling;
  assert(dialled.ok);
  dialled.value.listen({
    message: (text) => heard.client.push(text),
    pong: () => heard.client.push("pong"),
    closed: (code) => heard.client.push(`closed ${code}`),
  });
  return { time, network, server, client, heard, wire: dialled.value, serverWire: serverWire! };
}

test("simulated network: messages arrive whole, in order, whatever the delays and losses", async () => {
  const { time, network, heard, wire } = await connected();
  Object.assign(network.link("site", "csms"), { delayMsMin: 1, delayMsMax: 90, lossPercent: 40 });
  const sent = Array.from({ length: 50 }, (_, i) => `/site/a ${i}`);
  for (let i = 0; i < 50; i++) wire.send(String(i));
  await time.advance(60_000);
  assert.deepEqual(heard.server, sent);
});

test("simulated network: a cut is silent, holds what is sent, and gives it up in order when healed", async () => {
  const { time, network, heard, wire } = await connected();
  network.link("site", "csms").cut();
  wire.send("1");
  wire.send("2");
  wire.ping();
  await time.advance(20_000);
  assert.deepEqual(heard, { server: [], client: [] });
  assert(wire.bufferedBytes > 0);
  network.link("site", "csms").heal();
  wire.send("3");
  await time.advance(20);
  assert.deepEqual(heard, { server: ["/site/a 1", "/site/a 2", "/site/a 3"], client: ["pong"] });
});

test("simulated network: dialling over a cut link times out; where nobody listens it is refused at once", async () => {
  const { time, network, client } = await connected();
  const nobody = client.dialer("csms", 1).dial("/", []);
  await time.advance(50);
  const refused = await nobody;
  assert(!refused.ok && refused.fault.kind === "unreachable");
  network.link("site", "csms").cut();
  let answered = false;
  void client
    .dialer("csms", 9443)
    .dial("/", [])
    .then(() => (answered = true));
  await time.advance(9_000);
  assert.equal(answered, false);
  await time.advance(2_000);
  assert.equal(answered, true);
});

test("simulated network: close is told once to each end; send after close is dropped", async () => {
  const { time, heard, wire, serverWire } = await connected();
  wire.close(1000, "done");
  wire.send("too late");
  await time.advance(50);
  serverWire.send("gone");
  await time.advance(50);
  assert.deepEqual(heard, { server: ["closed 1000"], client: ["closed 1000"] });
});

test("simulated network: a killed host says nothing; its peer learns only if the link is up", async () => {
  const { time, network, heard, client, serverWire } = await connected();
  network.link("site", "csms").cut();
  serverWire.send("into the void");
  client.kill();
  await time.advance(30_000);
  assert.deepEqual(heard, { server: [], client: [] });
  network.link("site", "csms").heal();
  await time.advance(100);
  assert.deepEqual(heard, { server: ["closed 1006"], client: [] });
});

test("simulated network: a paused wire hears nothing until it resumes", async () => {
  const { time, heard, wire, serverWire } = await connected();
  serverWire.pause();
  wire.send("1");
  await time.advance(50);
  assert.deepEqual(heard.server, []);
  serverWire.resume();
  await time.advance(1);
  assert.deepEqual(heard.server, ["/site/a 1"]);
});

test("simulated network: dialling a host that dies before its verdict, or never gives one, comes to an end", async () => {
  const { time, network, client } = await connected();
  const other = network.host("slow");
  await other.listen(1, () => new Promise(() => {}));
  let ended = 0;
  const dial = () =>
    void client
      .dialer("slow", 1)
      .dial("/", [])
      .then((dialled) => {
        assert(!dialled.ok && dialled.fault.kind === "unreachable");
        ended++;
      });
  dial();
  await time.advance(30_000);
  assert.equal(ended, 1);
  dial();
  await time.advance(50);
  other.kill();
  await time.advance(50);
  assert.equal(ended, 2);
});
