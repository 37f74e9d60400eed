import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE_PROTOCOL } from "@wattward/sitelink";
import { newEcKey, testAuthorities } from "./testing/certificates.ts";
import { Peer, world } from "./testing/world.ts";

const heartbeat = '[2,"h1","Heartbeat",{}]';

test("let in: the station's own certificate and id; its call is answered, and the core knows that it is there", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const peer = await w.station("CP-1", { identity });
  await peer.say(heartbeat);
  assert.match(peer.received[0] ?? "", /^\[3,"h1",\{"currentTime":"2026-01-05T/);
  const [presence] = w.core.inputs("station.presence");
  assert.deepEqual(
    { connected: presence?.connected, route: presence?.route },
    { connected: true, route: { kind: "direct" } },
  );
  assert.equal(w.csms.gateway.counts().direct, 1);
  peer.wire.close(1000, "");
  await w.time.advance(500);
  assert.deepEqual(
    w.core.inputs("station.presence").map(({ connected }) => connected),
    [true, false],
  );
  assert.equal(w.csms.gateway.counts().direct, 0);
  assert.equal(w.csms.gateway.trouble(), undefined);
  const closing = w.csms.gateway.close();
  assert.equal(w.csms.gateway.trouble(), "closing", "said before it is over");
  await w.time.advance(500);
  await closing;
});

test("refused, each with its status and observed once: every wrong certificate and every wrong id", async () => {
  const w = await world();
  const good = await w.addStation("CP-1");
  await w.addStation("CP-2");
  await w.addStation("CP-3", { site: "north" });
  const site = await w.addSite("north");
  const stranger = await testAuthorities(w.time, 7);
  const expiring = await w.ca.station("SN-CP-1", { days: 1 });
  const forged = { ...good, chain: good.chain.map((der, i) => (i === 0 ? flipped(der) : der)) };
  const rows: [
    says: string,
    path: string,
    call: Parameters<typeof w.dial>[1],
    status: number,
    seen?: string,
  ][] = [
    ["no certificate", "/ocpp/CP-1", {}, 403, "gateway.certificate-refused"],
    [
      "another operator's",
      "/ocpp/CP-1",
      { identity: await stranger.station("SN-CP-1") },
      403,
      "gateway.certificate-refused",
    ],
    ["one bit changed", "/ocpp/CP-1", { identity: forged }, 403, "gateway.certificate-refused"],
    ["a site's, for a station", "/ocpp/CP-1", { identity: site }, 403, "gateway.certificate-refused"],
    ["a station's, for a site", "/site/north", { identity: good }, 403, "gateway.certificate-refused"],
    ["another station's", "/ocpp/CP-2", { identity: good }, 403, "gateway.station-refused"],
    ["a station nobody knows", "/ocpp/CP-9", { identity: good }, 404, "gateway.station-refused"],
    [
      "the wrong route",
      "/ocpp/CP-3",
      { identity: await w.ca.station("SN-CP-3") },
      403,
      "gateway.station-refused",
    ],
    [
      "another site's",
      "/site/south",
      { identity: site, protocols: [SITE_PROTOCOL] },
      403,
      "gateway.site-refused",
    ],
    ["bad encoding", "/ocpp/%", { identity: good }, 404],
    ["no such path", "/%", { identity: good }, 404],
    ["an id with a control character", "/ocpp/CP-1%0A", { identity: good }, 404],
  ];
  let address = 0;
  for (const [says, path, call, status, seen] of rows) {
    const before = w.core.observed().length;
    const fault = await w.dial(path, { ...call, host: `10.1.0.${++address}` });
    assert(!(fault instanceof Peer), says);
    assert.equal(fault.status, status, says);
    assert.deepEqual(w.core.observed().slice(before), seen === undefined ? [] : [seen], says);
  }
  w.time.setWall(w.time.now().wallMs + 2 * 86_400_000);
  const late = await w.dial("/ocpp/CP-1", { identity: expiring });
  assert(!(late instanceof Peer));
  assert.equal(late.status, 403);
  const last = w.core.inputs("observe").at(-1);
  assert.equal(last?.detail.reason, "expired");
  assert.equal(w.csms.gateway.counts().stations, 0);
});

test("refusals are observed at a bounded rate, and what was left out is counted", async () => {
  const w = await world();
  for (let i = 0; i < 30; i++) await w.dial("/ocpp/CP-1", { host: "10.6.6.6", withinMs: 50 });
  assert.equal(w.core.observed().length, 5);
  await w.dial("/ocpp/CP-1", { host: "10.7.7.7" });
  assert.equal(w.core.inputs("observe").at(-1)?.detail.leftOut, 25);
});

test("one key that reconnects in a hot loop gets 429, and the store is left alone", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  let refused = 0;
  for (let i = 0; i < 60; i++) {
    const dialled = await w.dial("/ocpp/CP-2", { identity, withinMs: 50 });
    if (!(dialled instanceof Peer) && dialled.status === 429) refused += 1;
  }
  assert(refused > 0 && w.core.inputs("station.admit").length < 60, `${refused} refused`);
});

test("sub-protocol: the first offered that we speak; none: the handshake is completed without, and closed", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const both = await w.station("CP-1", { identity, protocols: ["ocpp3.0", "ocpp2.0.1", "ocpp2.1"] });
  assert.equal(both.wire.protocol, "ocpp2.0.1", "in the order of the station, not of their age");
  for (const protocols of [[], ["ocpp1.5"], [SITE_PROTOCOL]]) {
    const none = await w.dial("/ocpp/CP-1", { identity, protocols });
    assert(none instanceof Peer);
    await w.time.advance(100);
    assert.equal(none.wire.protocol, "");
    assert.equal(none.closed?.code, 1002);
  }
  assert.equal(both.closed, undefined, "the live socket is left alone");
  assert(w.core.observed().includes("gateway.no-common-protocol"));
});

test("a store that fails at the door: 503, and the next one is let in", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  w.core.failures.set("station.admit", "full");
  const fault = await w.dial("/ocpp/CP-1", { identity });
  assert(!(fault instanceof Peer));
  assert.equal(fault.status, 503);
  assert((await w.dial("/ocpp/CP-1", { identity })) instanceof Peer);
});

test("denied while connected: the socket is ended, and the certificate opens no other", async () => {
  const w = await world();
  const [identity, other] = [await w.addStation("CP-1"), await w.addStation("CP-2")];
  const [denied, kept] = [
    await w.station("CP-1", { identity }),
    await w.station("CP-2", { identity: other }),
  ];
  const { key } = w.core.inputs("station.admit")[0]?.certificate ?? assert.fail();
  w.core.denials.push({ kind: "key", issuer: "", value: key });
  w.core.commit("denial.added");
  await w.time.advance(500);
  assert.equal(denied.closed?.code, 1008);
  assert.equal(kept.closed, undefined);
  const fault = await w.dial("/ocpp/CP-1", { identity });
  assert(!(fault instanceof Peer));
  assert.equal(fault.status, 403);
});

test("denied between the verdict and the socket: the newcomer does not stay", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  await w.station("CP-1", { identity, host: "10.0.0.1" });
  const { key } = w.core.inputs("station.admit")[0]?.certificate ?? assert.fail();
  w.network.link("10.0.0.1", "csms").cut();
  w.time.after(1_000, () => {
    w.core.denials.push({ kind: "key", issuer: "", value: key });
    w.core.commit("denial.added");
  });
  // The old socket is silent, so the newcomer waits for its sign of life, and is let in after that.
  const late = await w.dial("/ocpp/CP-1", { identity, host: "10.0.0.2" });
  assert.equal(late instanceof Peer && late.closed?.code, 1008);
});

test("denied in the database alone, without a word in the outbox: ended within the refresh", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const peer = await w.station("CP-1", { identity });
  const { key } = w.core.inputs("station.admit")[0]?.certificate ?? assert.fail();
  w.core.denials.push({ kind: "key", issuer: "", value: key });
  await w.time.advance(31_000);
  assert.equal(peer.closed?.code, 1008);
});

test("two sockets with one id: the same key replaces, a newer certificate replaces and ends the older's time", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const first = await w.station("CP-1", { identity });
  const second = await w.station("CP-1", { identity });
  assert.equal(first.closed?.code, 1008);
  await second.say(heartbeat);
  assert.equal(second.received.length, 1);

  await w.time.advance(60_000);
  const newer = await w.ca.station("SN-CP-1", { key: newEcKey() });
  const third = await w.station("CP-1", { identity: newer, host: "10.0.0.9" });
  assert.equal(second.closed?.code, 1008);
  const old = await w.dial("/ocpp/CP-1", { identity });
  assert(!(old instanceof Peer));
  assert.equal(old.status, 403);
  assert.equal(third.closed, undefined);
  const connected = w.core.inputs("station.presence").map((input) => [input.connected, input.generation]);
  assert.deepEqual(
    connected.map(([is]) => is),
    [true, true, true],
    "no farewell of a replaced socket",
  );
});

test("a clone: the same key from another address while the old one answers pings is held and told to people", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const honest = await w.station("CP-1", { identity, host: "10.0.0.1" });
  const clone = await w.dial("/ocpp/CP-1", { identity, host: "10.0.0.66" });
  assert(!(clone instanceof Peer));
  assert.equal(clone.status, 429);
  assert.equal(honest.closed, undefined);
  assert.deepEqual(w.core.observed(), ["gateway.clone-suspected"]);
});

const flipped = (der: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(der);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
};
