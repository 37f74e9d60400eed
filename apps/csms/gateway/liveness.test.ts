import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog, type Wire, type WireHandlers } from "@wattward/kernel";
import { simulatedTime } from "@wattward/testing";
import { HEARTBEAT_ASSUMED_S, PING_INTERVAL_MS, UNREAD_BYTES_MAX } from "./limits.ts";
import { watched } from "./liveness.ts";

function fixture() {
  const time = simulatedTime();
  const state = { buffered: 0, pings: 0, ended: false, handlers: undefined as WireHandlers | undefined };
  const wire: Wire = {
    peer: { address: "10.0.0.1" },
    protocol: "",
    send: (text) => (state.buffered += text.length),
    get bufferedBytes() {
      return state.buffered;
    },
    pause() {},
    resume() {},
    ping: () => (state.pings += 1),
    close() {},
    terminate: () => (state.ended = true),
    listen: (handlers) => (state.handlers = handlers),
  };
  const life = watched(wire, time, silentLog);
  life.wire.listen({ message() {}, closed() {} });
  return { time, state, life };
}

test("quirk 29: a peer that answers no ping is given up after three granted heartbeat intervals, not before", async () => {
  const { time, state, life } = fixture();
  await time.advance(3 * HEARTBEAT_ASSUMED_S * 1000 - PING_INTERVAL_MS);
  assert.equal(state.ended, false);
  life.granted(3_600);
  await time.advance(3 * 3_600_000 - 3 * HEARTBEAT_ASSUMED_S * 1000);
  assert.equal(state.ended, false, "the granted interval counts");
  await time.advance(2 * PING_INTERVAL_MS);
  assert.equal(state.ended, true);
  assert(state.pings > 300);
});

test("quirk 28: messages alone keep a peer alive that never answers a ping", async () => {
  const { time, state } = fixture();
  for (let i = 0; i < 100; i++) {
    await time.advance(HEARTBEAT_ASSUMED_S * 1000);
    state.handlers?.message("x");
  }
  assert.equal(state.ended, false);
});

test("quirk 28: one that an operator wants left alone is never pinged, and lives by its messages", async () => {
  const time = simulatedTime();
  let pings = 0;
  let ended = false;
  let handlers: WireHandlers | undefined;
  const wire: Wire = {
    peer: { address: "10.0.0.1" },
    protocol: "",
    bufferedBytes: 0,
    send() {},
    pause() {},
    resume() {},
    ping: () => (pings += 1),
    close() {},
    terminate: () => (ended = true),
    listen: (given) => (handlers = given),
  };
  const life = watched(wire, time, silentLog, () => false);
  life.wire.listen({ message() {}, closed() {} });
  handlers?.pong?.();
  await time.advance(2 * HEARTBEAT_ASSUMED_S * 1000);
  handlers?.message("x");
  await time.advance(2 * HEARTBEAT_ASSUMED_S * 1000);
  assert.deepEqual([pings, ended], [0, false], "a pong of its own accord makes it no answerer of pings");
  await time.advance(2 * HEARTBEAT_ASSUMED_S * 1000);
  assert.equal(ended, true);
});

test("liveness: silence while we do not read is of our own making", async () => {
  const { time, state, life } = fixture();
  state.handlers?.pong?.();
  life.wire.pause();
  await time.advance(100 * PING_INTERVAL_MS);
  assert.equal(state.ended, false);
  life.wire.resume();
  await time.advance(2 * PING_INTERVAL_MS);
  assert.equal(state.ended, false);
  await time.advance(2 * PING_INTERVAL_MS);
  assert.equal(state.ended, true);
});

test("liveness: a peer that does not read is ended when its unread bytes pass the limit, not before", () => {
  const { state, life } = fixture();
  life.wire.send("x".repeat(UNREAD_BYTES_MAX));
  assert.equal(state.ended, false);
  life.wire.send("x");
  assert.equal(state.ended, true);
});
