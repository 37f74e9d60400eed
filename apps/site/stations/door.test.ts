/** Who is let in, and who takes whose place, through a whole site: each claim of the door with the attack that tries it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Dialer, type StationId, silentLog, type Wire } from "@wattward/kernel";
import { RetryingStation, World } from "../testing/world.ts";
import type { StationFacts } from "./door.ts";

/** Dials and gives the wire, or the HTTP status. */
async function knock(
  world: World,
  dialer: Dialer,
  path = "/ocpp/A",
  protocols = ["ocpp1.6"],
): Promise<Wire | number> {
  let found: Wire | number | undefined;
  void dialer.dial(path, protocols).then((dialled) => {
    found = dialled.ok ? dialled.value : (dialled.fault.status ?? -1);
  });
  await world.time.until(() => found !== undefined, 30_000);
  return found!;
}
const status = async (...args: Parameters<typeof knock>) => {
  const found = await knock(...args);
  return typeof found === "number" ? found : "in";
};
const withChain = (world: World, facts: Partial<StationFacts> | undefined) => {
  const whole = { cn: "SN-A", issuer: "CA", serial: "01", spkiSha256: "k", notBeforeMs: 1_000, ...facts };
  const chain = facts === undefined ? undefined : [new TextEncoder().encode(JSON.stringify(whole))];
  return world.network.host("stranger").dialer("site", 9444, chain);
};

test("door: each wrong proof has its refusal, and the CSMS hears of it", async () => {
  const world = await new World(1).start();
  assert.equal(await status(world, withChain(world, undefined)), 401);
  assert.equal(await status(world, withChain(world, { issuer: "elsewhere" })), 401);
  assert.equal(await status(world, withChain(world, { cn: "SN-B" })), 403, "B's certificate, A's id");
  assert.equal(await status(world, withChain(world, { cn: "SN-X" }), "/ocpp/X"), 403, "not of this site");
  assert.equal(await status(world, withChain(world, {}), "/ocpp/%"), 404);
  assert.equal(await status(world, withChain(world, {}), "/site/north"), 404);
  assert.equal(await status(world, withChain(world, {})), "in");
  await world.time.advance(100);
  const observed = world.csms.messages.filter((message) => message.t === "observed").map(({ kind }) => kind);
  assert.deepEqual(observed, [
    "refused-certificate-missing",
    "refused-certificate-unknown-issuer",
    "refused-wrong-certificate",
    "refused-unknown-station",
    "refused-no-such-path",
    "refused-no-such-path",
  ]);
});

test("door: a site that never had a bundle says to wait", async () => {
  const world = new World(2);
  await world.startSite();
  assert.equal(await status(world, withChain(world, {})), 503);
});

test("door: no sub-protocol of ours: the handshake is completed and the socket closed (QUIRKS 23)", async () => {
  const world = await new World(3).start();
  const wire = await knock(world, withChain(world, {}), "/ocpp/A", ["ocpp9"]);
  assert(typeof wire !== "number");
  let code = 0;
  wire.listen({ message() {}, closed: (with_) => (code = with_) });
  await world.time.advance(100);
  assert.equal(code, 1002);
});

test("takeover at the site: the same key replaces, another key does not, a newer certificate does and bars the older", async () => {
  const world = await new World(4).start();
  assert.equal(await status(world, world.dialStation("A", { key: "k1" })), "in");
  assert.equal(await status(world, world.dialStation("A", { key: "k2" })), 403);
  assert.equal(await status(world, world.dialStation("A", { key: "k1" })), "in");
  assert.equal(world.site.status().stationsConnected, 1);
  assert.equal(await status(world, world.dialStation("A", { key: "k3", notBeforeMs: 2_000 })), "in");
  assert.equal(await status(world, world.dialStation("A", { key: "k1" })), 403);
  await world.time.advance(61_000);
  world.killSite();
  await world.startSite();
  assert.equal(await status(world, world.dialStation("A", { key: "k1" })), 403, "also after a restart");
});

test("takeover at the site: a clone elsewhere, while the real one answers pings, is held", async () => {
  const world = await new World(5).start();
  const station = new RetryingStation(world, "A");
  let connected = false;
  void station.connect().then((done) => (connected = done));
  await world.time.until(() => connected, 1_000);
  assert.equal(await status(world, world.dialStation("A", { from: "thief" })), 503);
  assert.equal(world.site.status().stationsConnected, 1);
  world.network.link("station-A", "site").cut();
  await world.time.advance(5_000);
  assert.equal(await status(world, world.dialStation("A", { from: "new-address" })), "in");
});

test("takeover at the site: the end of an old socket does not end the new one", async () => {
  const world = await new World(6).start();
  const first = await knock(world, world.dialStation("A"));
  assert(typeof first !== "number");
  first.listen({ message() {}, closed() {} });
  assert.equal(await status(world, world.dialStation("A")), "in");
  await world.time.advance(1_000);
  assert.equal(world.site.status().stationsConnected, 1);
  const presence = world.csms.messages.filter((message) => message.t === "presence");
  assert.deepEqual(
    presence.map(({ connected, generation }) => [connected, generation]),
    [
      [true, 1],
      [true, 2],
    ],
  );
});

test("door: one station's flood is slowed while another is served", async () => {
  const world = await new World(7).start();
  world.log = silentLog;
  const flood = await knock(world, world.dialStation("B"), "/ocpp/B");
  assert(typeof flood !== "number");
  flood.listen({ message() {}, closed() {} });
  for (let i = 0; i < 10_000; i++) flood.send(`[2,"f${i}","Heartbeat",{}]`);
  const station = new RetryingStation(world, "A");
  let answered = false;
  const fromMs = world.time.now().monotonicMs;
  void station.tell("Heartbeat", {}).then(() => (answered = true));
  assert(await world.time.until(() => answered, 5_000));
  assert(world.time.now().monotonicMs - fromMs < 1_000);
  const relayed = world.csms.messages.filter(
    (m) => m.t === "relay" && m.station === ("B" as StationId),
  ).length;
  assert(relayed < 500, `${relayed} of the flood reached the CSMS`);
});
