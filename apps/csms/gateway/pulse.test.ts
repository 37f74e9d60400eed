/** Heartbeats that change nothing are answered at the gateway; the core hears of them now and then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { world } from "./testing/world.ts";

const beat = (id: string) => JSON.stringify([2, id, "Heartbeat", {}]);

async function connected() {
  const w = await world();
  const peer = await w.station("CP-1", { identity: await w.addStation("CP-1") });
  const heard = () => w.core.inputs("station.call").map(({ id }) => id);
  return { w, peer, heard };
}

test("pulse: soon after the core took one, a heartbeat is answered with the time; the core hears of the next", async () => {
  const { w, peer, heard } = await connected();
  await peer.say(beat("1"), beat("2"));
  await w.time.advance(3_000);
  await peer.say(beat("3"));
  const nowMs = w.time.now().wallMs;
  assert.deepEqual(heard(), ["1"]);
  const answers = peer.received.map((text) => JSON.parse(text));
  assert.deepEqual(
    answers.map(([kind, id]) => [kind, id]),
    [
      [3, "1"],
      [3, "2"],
      [3, "3"],
    ],
  );
  assert(Math.abs(Date.parse(answers[2][2].currentTime) - nowMs) < 1_000);
  await w.time.advance(3_000);
  await peer.say(beat("4"), beat("5"));
  assert.deepEqual(heard(), ["1", "4"]);
});

test("pulse: one that the core could not take is no beginning: it is asked again", async () => {
  const { w, peer, heard } = await connected();
  await peer.say(beat("1"));
  w.core.failures.set("station.call", "full");
  await w.time.advance(6_000);
  await peer.say(beat("full"));
  assert.match(peer.received.at(-1) ?? "", /^\[4,"full","InternalError",/);
  await peer.say(beat("3"));
  assert.deepEqual(heard().slice(-2), ["full", "3"]);
});
