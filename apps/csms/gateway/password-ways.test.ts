/** Security profiles 1 and 2 at the gateway, on simulated time and network: who comes in, who does not, when it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PASSWORD_PROBE_MS } from "@wattward/ocpp";
import { fakeHash, Peer, world } from "./testing/world.ts";

const HOUR_MS = 3_600_000;
const heartbeat = '[2,"h1","Heartbeat",{}]';

type W = Awaited<ReturnType<typeof world>>;
type Call = Parameters<W["dial"]>[1];
const inAnHour = ({ time }: W) => time.now().wallMs + HOUR_MS;
const how = (dialled: Awaited<ReturnType<W["dial"]>>) =>
  dialled instanceof Peer ? "in" : String(dialled.status ?? dialled.kind);

test("let in by its password while its dispensation lasts; the core is told by which security profile", async () => {
  for (const by of [1, 2] as const) {
    const w = await world();
    const password = await w.dispense("CP-1", by, inAnHour(w));
    const peer = await w.station("CP-1", { by, password: Buffer.from(password, "hex") });
    await peer.say(heartbeat);
    assert.match(peer.received[0] ?? "", /^\[3,"h1"/);
    const [presence] = w.core.inputs("station.presence");
    assert.deepEqual([presence?.connected, presence?.securityProfile], [true, by]);
    assert.equal(w.csms.gateway.counts().direct, 1);
  }
});

test("each of the two listeners is open for as long as a dispensation of its profile is in force, and no longer", async () => {
  const w = await world();
  const open = () => [1, 2].map((profile) => w.csms.gateway.passwordPort(profile as 1 | 2) !== undefined);
  assert.deepEqual(open(), [false, false], "nobody has leave: nothing listens");
  assert.equal(how(await w.dial("/ocpp/CP-1", { by: 2, password: "x" })), "unreachable");
  await w.dispense("CP-1", 2, inAnHour(w));
  assert.deepEqual(open(), [false, true]);
  await w.dispense("CP-2", 1, inAnHour(w) + HOUR_MS);
  assert.deepEqual(open(), [true, true]);
  await w.time.advance(HOUR_MS);
  assert.deepEqual(open(), [true, false]);
  w.takeBack("CP-2");
  await w.time.advance(200);
  assert.deepEqual(open(), [false, false]);
  assert.deepEqual(w.csms.gateway.warnings(), []);
});

test("its day comes: the live socket is closed at that moment, by monotonic time, and told to people", async () => {
  const w = await world();
  await w.dispense("CP-2", 2, inAnHour(w) + HOUR_MS);
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const untilMs = w.core.dispensations.find(({ station }) => station === "CP-1")?.untilMs ?? 0;
  const peer = await w.station("CP-1", { by: 2, password });
  await w.time.advance(untilMs - w.time.now().wallMs - 1);
  assert.equal(peer.closed, undefined, "a millisecond before");
  await w.time.advance(20);
  assert.deepEqual(peer.closed, { code: 1008, reason: "the dispensation is over" });
  assert(w.core.observed().includes("gateway.dispensation-over"));
  assert.equal(how(await w.dial("/ocpp/CP-1", { by: 2, password })), "401");
  assert.deepEqual(
    w.core.dispensations.map(({ station }) => station),
    ["CP-2"],
    "the store has forgotten it, password and all",
  );
});

test("the wall clock is set past its day: noticed within ten seconds, though no timer was due", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const peer = await w.station("CP-1", { by: 2, password });
  w.time.setWall(w.time.now().wallMs + 2 * HOUR_MS);
  await w.time.advance(10_000);
  assert.equal(peer.closed?.code, 1008);
});

test("without a trusted clock a dispensation fails closed: the socket ends, the listener too, and nothing is deleted", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const peer = await w.station("CP-1", { by: 2, password });
  w.time.setWall(w.time.now().wallMs, "unknown");
  await w.time.advance(10_100);
  assert.equal(peer.closed?.code, 1008);
  assert.equal(w.csms.gateway.passwordPort(2), undefined);
  assert.equal(w.core.dispensations.length, 1);
  w.time.setWall(w.time.now().wallMs, "synced");
  await w.time.advance(30_100);
  await w.station("CP-1", { by: 2, password });
});

test("a new password ends the connections of the old one, which is nobody's any more; taking back ends them too", async () => {
  const w = await world();
  const old = await w.dispense("CP-1", 2, inAnHour(w));
  const first = await w.station("CP-1", { by: 2, password: old });
  const fresh = await w.dispense("CP-1", 2, inAnHour(w));
  assert.equal(first.closed?.code, 1008);
  assert.equal(how(await w.dial("/ocpp/CP-1", { by: 2, password: old })), "401");
  const second = await w.station("CP-1", { by: 2, password: fresh });
  w.takeBack("CP-1");
  await w.time.advance(300);
  assert.equal(second.closed?.code, 1008);
});

test("refused, and observed once each: the same 401 for an id that there is and one that there is not (CWE-522)", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const other = await w.dispense("CP-2", 1, inAnHour(w));
  await w.addStation("CP-3");
  await w.dispense("CP-4", 2, w.time.now().wallMs - 1);
  const rows: [says: string, path: string, call: Call, status: string][] = [
    ["no credentials", "/ocpp/CP-1", { by: 2 }, "401"],
    ["a wrong password", "/ocpp/CP-1", { by: 2, password: other }, "401"],
    ["an empty one", "/ocpp/CP-1", { by: 2, password: "" }, "401"],
    ["another user (TC_A_02)", "/ocpp/CP-1", { by: 2, password, user: "CP-2" }, "401"],
    ["an unknown id", "/ocpp/CP-9", { by: 2, password }, "401"],
    ["an id without dispensation", "/ocpp/CP-3", { by: 2, password }, "401"],
    ["an id whose dispensation is over", "/ocpp/CP-4", { by: 2, password }, "401"],
    ["the right password on the other profile's listener", "/ocpp/CP-1", { by: 1, password }, "401"],
    ["a site has no password", "/site/north", { by: 2, password }, "404"],
    ["no such path", "/", { by: 2, password }, "404"],
    ["bad encoding", "/ocpp/%", { by: 2, password }, "404"],
    ["an id with a control character", "/ocpp/CP-1%0A", { by: 2, password }, "404"],
  ];
  let address = 0;
  for (const [says, path, call, status] of rows) {
    const before = w.core.observed().length;
    assert.equal(how(await w.dial(path, { ...call, host: `10.1.0.${++address}` })), status, says);
    const seen = status === "404" ? [] : ["gateway.authentication-failed"];
    assert.deepEqual(w.core.observed().slice(before), seen, says);
  }
  assert.equal(w.core.inputs("station.admitByPassword").length, 0, "the store was asked by nobody");
  const told = JSON.stringify([w.core.inputs("observe"), w.core.inputs("station.deviations")]);
  assert(!told.includes(password) && !told.includes(other), "no password is told to anybody");
});

test("each failure costs one hash, whatever it failed by: its time tells nothing", async () => {
  let hashes = 0;
  const w = await world({ hash: (given) => fakeHash(given).finally(() => hashes++) });
  await w.dispense("CP-1", 2, inAnHour(w));
  await w.addStation("CP-2");
  for (const [i, id] of ["CP-1", "CP-2", "CP-9"].entries()) {
    const before = hashes;
    await w.dial(`/ocpp/${id}`, { by: 2, password: "0".repeat(40), host: `10.2.0.${i}` });
    assert.equal(hashes - before, 1, id);
  }
});

test("the store has the last word: taken back between password and admission is 401, another route 403", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  w.core.dispensations.splice(0);
  assert.equal(how(await w.dial("/ocpp/CP-1", { by: 2, password })), "401");
  const again = await w.dispense("CP-2", 2, inAnHour(w));
  w.core.stations.set("CP-2", { serial: "SN-CP-2", route: "site", site: "north" });
  assert.equal(how(await w.dial("/ocpp/CP-2", { by: 2, password: again })), "403");
});

test("quirk 31: bytes or digits, by version: counted where it is the other version's form, refused where held strictly", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const bytes = Buffer.from(password, "hex");
  const rows: [protocol: string, sent: string | Uint8Array, deviates: boolean][] = [
    ["ocpp1.6", bytes, false],
    ["ocpp1.6", password, true],
    ["ocpp2.0.1", password, false],
    ["ocpp2.0.1", bytes, true],
    ["ocpp2.1", password, false],
  ];
  for (const strict of [false, true]) {
    w.core.stations.set("CP-1", { serial: "S", route: "direct", handling: { strict, pinged: true } });
    for (const [protocol, sent, deviates] of rows) {
      const before = w.core.inputs("station.deviations").length;
      const dialled = await w.dial("/ocpp/CP-1", { by: 2, password: sent, protocols: [protocol] });
      const says = `${protocol}, ${typeof sent === "string" ? "digits" : "bytes"}, strict ${strict}`;
      assert.equal(how(dialled), strict && deviates ? "401" : "in", says);
      if (dialled instanceof Peer) dialled.wire.close(1000, "");
      await w.time.advance(60_000);
      const told = w.core.inputs("station.deviations").slice(before);
      const expected = deviates && !strict ? ["password-as-hex"] : [];
      assert.deepEqual(
        told.flatMap(({ deviations }) => deviations.map(({ rule }) => rule)),
        expected,
        says,
      );
    }
  }
});

// QUIRKS, "Takeover": the rows of a password; those of two certificates are in upgrade.test.ts.
test("takeover, a password against a live password: the old one is pinged, answers, and keeps its seat", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const first = await w.station("CP-1", { by: 2, password });
  const second = await w.dial("/ocpp/CP-1", { by: 2, password, withinMs: PASSWORD_PROBE_MS + 1_000 });
  assert.equal(how(second), "403");
  assert.equal(first.closed, undefined);
  assert.equal(w.core.observed().at(-1), "gateway.takeover-refused");
});

test("takeover, a password against a silent password: replaced after the deadline of the ping, not before", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 1, inAnHour(w));
  const first = await w.station("CP-1", { by: 1, password, host: "10.0.0.7" });
  w.network.link("10.0.0.7", "csms").cut();
  const askedAtMs = w.time.now().wallMs;
  const second = await w.dial("/ocpp/CP-1", { by: 1, password, host: "10.0.0.8", withinMs: 6_000 });
  assert.equal(how(second), "in");
  const seatedAtMs = w.core.inputs("station.presence").at(-1)?.atMs ?? 0;
  assert(seatedAtMs - askedAtMs >= PASSWORD_PROBE_MS, `${seatedAtMs - askedAtMs} ms`);
  w.network.link("10.0.0.7", "csms").heal();
  await w.time.advance(500);
  assert.equal(first.closed?.code, 1008);
  assert.equal(w.csms.gateway.counts().direct, 1);
});

test("takeover, a password against one whose pongs we do not read, being behind: it is not silent, and keeps its seat", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const first = await w.station("CP-1", { by: 2, password, host: "10.0.0.7" });
  await w.time.advance(60_000);
  w.core.commitMs = 1_000;
  for (let i = 0; i < 40; i += 1) first.wire.send(JSON.stringify([2, `${i}`, "Heartbeat", {}]));
  await w.time.advance(1_000);
  const second = await w.dial("/ocpp/CP-1", { by: 2, password, host: "10.0.0.8", withinMs: 9_000 });
  assert.equal(how(second), "403");
  assert.equal(first.closed, undefined);
});

test("takeover, a password against a certificate: refused, and the certificate's connection stays", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const first = await w.station("CP-1", { identity });
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  assert.equal(how(await w.dial("/ocpp/CP-1", { by: 2, password, withinMs: 10_000 })), "403");
  assert.equal(first.closed, undefined);
});

test("takeover, a certificate against a password: replaces it at once", async () => {
  const w = await world();
  const identity = await w.addStation("CP-1");
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const first = await w.station("CP-1", { by: 2, password });
  await w.station("CP-1", { identity });
  await w.time.advance(200);
  assert.equal(first.closed?.code, 1008);
  assert.equal(w.csms.gateway.counts().direct, 1);
});

test("a thousand guesses: a handful are hashed, the station itself comes from where it always came from", async () => {
  let hashes = 0;
  const w = await world({ hash: (given) => fakeHash(given).finally(() => hashes++) });
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const home = await w.station("CP-1", { by: 2, password, host: "192.0.2.7" });
  home.wire.close(1000, "");
  const told = w.core.observed().length;
  hashes = 0;
  for (let i = 0; i < 1_000; i++)
    await w.dial("/ocpp/CP-1", {
      by: 2,
      password: String(i).padStart(40, "0"),
      host: "198.51.100.9",
      withinMs: 20,
    });
  assert(hashes <= 12, `${hashes} guesses were hashed in 20 s`);
  assert(w.core.observed().length - told <= 6, "and a few told of");
  await w.station("CP-1", { by: 2, password, host: "192.0.2.7" });
});

test("a station that hammers with the right password is told 429, and the store is left alone", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  let refused = 0;
  for (let i = 0; i < 60; i++) {
    const dialled = await w.dial("/ocpp/CP-1", { by: 2, password, withinMs: 50 });
    if (dialled instanceof Peer) dialled.wire.close(1000, "");
    else if (dialled.status === 429) refused += 1;
  }
  assert(refused > 20 && w.core.inputs("station.admitByPassword").length < 40, `${refused} refused`);
});

test("a gateway that closes leaves no timer behind: its listeners for passwords end with it", async () => {
  const w = await world();
  const password = await w.dispense("CP-1", 2, inAnHour(w));
  const peer = await w.station("CP-1", { by: 2, password });
  const closing = w.csms.gateway.close();
  await w.time.advance(5_000);
  await closing;
  assert.equal(peer.closed?.code, 1001);
  assert.equal(w.csms.gateway.passwordPort(2), undefined);
  const { asked } = w.core;
  await w.time.advance(HOUR_MS);
  assert.equal(w.core.asked, asked, "nothing looks any more");
});
