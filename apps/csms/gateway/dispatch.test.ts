import assert from "node:assert/strict";
import { test } from "node:test";
import { COMMAND_ANSWER_MS_MAX } from "./limits.ts";
import { type Peer, type World, world } from "./testing/world.ts";

const heartbeat = '[2,"h","Heartbeat",{}]';
const calls = (peer: Peer) => peer.received.map((text) => JSON.parse(text)).filter(([kind]) => kind === 2);

/** A station that has been answered once, so that it may be called. */
async function ready(w: World, id: string): Promise<Peer> {
  const peer = await w.station(id, { identity: await w.addStation(id) });
  await peer.say(heartbeat);
  return peer;
}

test("a command goes to its connected station at once, and its outcome is recorded with the station's own words", async () => {
  const w = await world();
  const peer = await ready(w, "CP-1");
  w.core.request("CP-1");
  await w.time.advance(100);
  const [[, id, action, payload]] = calls(peer);
  assert.deepEqual([action, payload], ["Reset", { type: "Soft" }]);
  await peer.say([3, id, { status: "Rejected" }]);
  assert.deepEqual(
    w.core.outcomes.map(({ state, outcome }) => [state, outcome]),
    [["refused", { status: "Rejected" }]],
  );
});

test("one at a time per station, in order, also while another station's command waits for its answer", async () => {
  const w = await world();
  const [one, two] = [await ready(w, "CP-1"), await ready(w, "CP-2")];
  for (let i = 0; i < 3; i++) w.core.request("CP-1", { payload: { type: i === 1 ? "Hard" : "Soft" } });
  w.core.request("CP-2");
  await w.time.advance(200);
  assert.equal(calls(one).length, 1);
  assert.equal(calls(two).length, 1);
  for (let i = 0; i < 3; i++) await one.say([3, calls(one)[i]?.[1], { status: "Accepted" }]);
  assert.deepEqual(
    calls(one).map(([, , , { type }]) => type),
    ["Soft", "Hard", "Soft"],
  );
  assert.equal(w.core.outcomes.length, 3);
});

test("a command waits in the store for a station that is not there, and goes when it comes", async () => {
  const w = await world();
  w.core.request("CP-1");
  await w.time.advance(1_000);
  assert.deepEqual(w.core.inputs("command.take"), []);
  const peer = await ready(w, "CP-1");
  await w.time.advance(200);
  assert.equal(calls(peer).length, 1);
});

test("the connection dies under a command: unknown, and it is not sent again", async () => {
  const w = await world();
  const peer = await ready(w, "CP-1");
  w.core.request("CP-1");
  await w.time.advance(100);
  assert.equal(calls(peer).length, 1);
  peer.wire.terminate();
  await w.time.advance(500);
  assert.deepEqual(
    w.core.outcomes.map(({ state }) => state),
    ["unknown"],
  );
  const again = await w.station("CP-1", { identity: await w.ca.station("SN-CP-1"), host: "10.0.0.1" });
  await again.say(heartbeat);
  await w.time.advance(5_000);
  assert.deepEqual(calls(again), []);
});

test("never answered: unknown after its time, the next one goes out, and a late answer changes nothing", async () => {
  const w = await world();
  const peer = await ready(w, "CP-1");
  w.core.request("CP-1");
  w.core.request("CP-1");
  await w.time.advance(COMMAND_ANSWER_MS_MAX + 1_000);
  assert.deepEqual(
    w.core.outcomes.map(({ state }) => state),
    ["unknown"],
  );
  assert.equal(calls(peer).length, 2);
  await peer.say([3, calls(peer)[0]?.[1], { status: "Accepted" }]);
  assert.equal(w.core.outcomes.length, 1);
});

test("a command that expires before it can be sent is not sent", async () => {
  const w = await world();
  const peer = await ready(w, "CP-1");
  w.core.commitMs = 500;
  w.core.request("CP-1", { expiresAtMs: w.time.now().wallMs + 100 });
  await w.time.advance(2_000);
  assert.deepEqual(calls(peer), []);
  assert.deepEqual(
    w.core.outcomes.map(({ state, outcome }) => [state, outcome.error]),
    [["failed", "not-sent"]],
  );
});

test("an outcome that cannot be stored is tried again until it is, and the next command waits for it", async () => {
  const w = await world();
  const peer = await ready(w, "CP-1");
  w.core.request("CP-1");
  w.core.request("CP-1");
  await w.time.advance(100);
  w.core.failures.set("command.outcome", "full");
  await peer.say([3, calls(peer)[0]?.[1], { status: "Accepted" }]);
  assert.equal(w.core.outcomes.length, 0);
  assert.equal(calls(peer).length, 1);
  await w.time.advance(6_000);
  assert.equal(w.core.outcomes.length, 1);
  assert.equal(calls(peer).length, 2);
});

test("a store that fails when asked for commands is asked again", async () => {
  const w = await world();
  const peer = await ready(w, "CP-1");
  w.core.failures.set("command.take", "busy");
  w.core.request("CP-1");
  await w.time.advance(1_000);
  assert.equal(calls(peer).length, 0);
  await w.time.advance(5_000);
  assert.equal(calls(peer).length, 1);
});
