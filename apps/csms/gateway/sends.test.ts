/** Messages that nobody answers (2.1), by either route: into the core in their order, bounded, and never a word back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DISPUTED_RATE, SEND_RATE } from "./limits.ts";
import { north, relay, trace, welcomed } from "./testing/site-messages.ts";
import { world } from "./testing/world.ts";

const call = (id: string, action: string, payload: object) => JSON.stringify([2, id, action, payload]);
const streamed = (v: string, more: object = {}) => {
  const body = { id: 4, pending: 0, basetime: "2026-01-05T08:00:00Z", data: [{ t: 0, v }], ...more };
  return JSON.stringify([6, `s${v}`, "NotifyPeriodicEventStream", body]);
};
const event = { type: "StartupOfTheDevice", timestamp: "2026-01-05T08:00:00Z" };
const dispute = JSON.stringify([5, "b", "FormatViolation", "no time in it", {}]);
const values = (inputs: readonly { readonly payload: object }[]) =>
  inputs.map(({ payload }) => (payload as { data: { v: string }[] }).data[0]?.v);

async function station21() {
  const w = await world();
  const identity = await w.addStation("CP-1");
  return { w, peer: await w.station("CP-1", { identity, protocols: ["ocpp2.1"] }) };
}

test("sends: reach the core in their order among the calls, and nothing is answered", async () => {
  const { w, peer } = await station21();
  w.core.commitMs = 20;
  await peer.say(
    call("1", "SecurityEventNotification", event),
    streamed("a"),
    call("2", "SecurityEventNotification", event),
    streamed("b"),
  );
  await w.time.advance(500);
  assert.deepEqual(
    w.core.seen.flatMap(({ name, input }) =>
      name === "station.call" || name === "station.send" ? [`${name} ${input.id}`] : [],
    ),
    ["station.call 1", "station.send sa", "station.call 2", "station.send sb"],
  );
  assert.deepEqual(
    peer.received.map((text) => JSON.parse(text).slice(0, 2)),
    [
      [3, "1"],
      [3, "2"],
    ],
  );
  const [first] = w.core.inputs("station.send");
  assert.deepEqual(
    [first?.version, first?.action, first?.route],
    ["2.1", "NotifyPeriodicEventStream", { kind: "direct" }],
  );
});

test("sends: one that breaks its schema, or that the store cannot take, is dropped without a word", async () => {
  const { w, peer } = await station21();
  await peer.say(streamed("x", { pending: "many" }), streamed("y", { more: 1 }), '[6,"z","Heartbeat",{}]');
  assert.deepEqual(w.core.inputs("station.send"), []);
  w.core.failures.set("station.send", "full");
  await peer.say(streamed("lost"), streamed("kept"));
  assert.deepEqual(values(w.core.inputs("station.send")), ["lost", "kept"]);
  assert.deepEqual(peer.received, []);
  assert.equal(peer.closed, undefined);
});

test("sends: a station that sends too many loses what is too much, and is heard again", async () => {
  const { w, peer } = await station21();
  for (let n = 0; n < SEND_RATE.burst + 60; n += 1) peer.wire.send(streamed(`${n}`));
  await w.time.advance(4_000);
  const taken = w.core.inputs("station.send").length;
  assert(taken >= SEND_RATE.burst && taken < SEND_RATE.burst + 60, `${taken}`);
  await w.time.advance(10_000);
  await peer.say(streamed("later"));
  assert.equal(values(w.core.inputs("station.send")).at(-1), "later");
});

test("disputes: an answer that a station could not read is observed at a bounded rate, and never answered", async () => {
  const { w, peer } = await station21();
  for (let n = 0; n < DISPUTED_RATE.burst * 4; n += 1) await peer.say(dispute);
  const observed = w.core.inputs("observe").filter(({ kind }) => kind === "station.answer-disputed");
  assert.equal(observed.length, DISPUTED_RATE.burst);
  assert.deepEqual(observed[0]?.detail, {
    message: "b",
    code: "FormatViolation",
    description: "no time in it",
  });
  assert.deepEqual([observed[0]?.station, observed[0]?.site], ["CP-1", undefined]);
  assert.deepEqual(peer.received, []);
});

const sent = (frame: string, more: object = {}) => ({
  t: "sent",
  station: "CP-1",
  version: "2.1",
  trace,
  receivedAtMs: 1,
  clockQuality: "synced",
  frame,
  ...more,
});

test("sends: what a site passes on keeps its place among the station's relays, and gets no answer", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(relay(1), sent(streamed("a")), relay(2), sent(streamed("b")));
  assert.deepEqual(
    w.core.seen.flatMap(({ name, input }) =>
      name === "site.relay" || name === "station.send" ? [`${name} ${input.id}`] : [],
    ),
    ["site.relay r1", "station.send sa", "site.relay r2", "station.send sb"],
  );
  assert.deepEqual(
    link.heard("answer").map(({ relay: of }) => of),
    [1, 2],
  );
  const [first] = w.core.inputs("station.send");
  assert.deepEqual([first?.route, first?.trace], [{ kind: "site", site: "north" }, trace]);
});

test("sends: a site passes on nothing of another's station, nor what is no SEND", async () => {
  const w = await north();
  const link = await welcomed(w);
  await link.say(
    sent(streamed("a"), { station: "FOREIGN" }),
    sent(streamed("b"), { version: "2.0.1" }),
    sent(call("c", "Heartbeat", {})),
    sent("[6,"),
  );
  assert.deepEqual(w.core.inputs("station.send"), []);
  await link.say(sent(dispute));
  const [disputed] = w.core.inputs("observe").filter(({ kind }) => kind === "station.answer-disputed");
  assert.deepEqual([disputed?.station, disputed?.site], ["CP-1", "north"]);
  assert.equal(link.closed, undefined);
});
