import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedTime } from "@wattward/testing";
import type { Observation } from "../api/shapes.ts";
import type { StreamHandlers } from "./feed.ts";
import { listenForNews, newsLimits } from "./news.ts";

const seen: Observation = { seq: 1, atMs: 0, source: "csms", kind: "k", live: true, data: {} };

function scripted() {
  const time = simulatedTime();
  const streams: { handlers: StreamHandlers; closed: boolean }[] = [];
  let told = 0;
  const stop = listenForNews({
    clock: time,
    stream: (handlers) => {
      const stream = { handlers, closed: false };
      streams.push(stream);
      return () => void (stream.closed = true);
    },
    told: () => void (told += 1),
    isFinal: (failure) => failure === "signed out",
  });
  return { time, streams, stop, told: () => told };
}

test("much that happens at once is told at once, and once more when the pause is over", async () => {
  const { time, streams, told } = scripted();
  streams[0]?.handlers.onOpen();
  assert.equal(told(), 0, "a first opening is no news");
  for (let n = 0; n < 100; n++) streams[0]?.handlers.onObservation(seen);
  assert.equal(told(), 1);
  await time.advance(newsLimits.paceMs);
  assert.equal(told(), 2);
  await time.advance(newsLimits.paceMs * 3);
  assert.equal(told(), 2);
});

test("a stream that breaks is opened again, ever later; its coming back is news", async () => {
  const { time, streams, told } = scripted();
  for (const [index, waitMs] of newsLimits.retryMs.entries()) {
    streams[index]?.handlers.onBroken(undefined);
    await time.advance(waitMs - 1);
    assert.equal(streams.length, index + 1);
    await time.advance(1);
    assert.equal(streams.length, index + 2);
  }
  streams[0]?.handlers.onObservation(seen);
  assert.equal(told(), 0, "an older stream says nothing any more");
  streams.at(-1)?.handlers.onOpen();
  assert.equal(told(), 1);
});

test("a silent stream is dead; a heartbeat keeps it; after signing out nothing is tried again", async () => {
  const { time, streams, stop } = scripted();
  await time.advance(newsLimits.silenceMs - 1);
  streams[0]?.handlers.onSign();
  await time.advance(newsLimits.silenceMs - 1);
  assert.equal(streams.length, 1);
  await time.advance(1 + newsLimits.retryMs[0]);
  assert.deepEqual([streams.length, streams[0]?.closed], [2, true]);
  streams[1]?.handlers.onBroken("signed out");
  await time.advance(3_600_000);
  assert.equal(streams.length, 2);
  stop();
});

test("stopped, it closes its stream and tells nothing", async () => {
  const { time, streams, stop, told } = scripted();
  streams[0]?.handlers.onObservation(seen);
  streams[0]?.handlers.onObservation(seen);
  stop();
  await time.advance(3_600_000);
  assert.deepEqual([told(), streams.length, streams[0]?.closed], [1, 1, true]);
});
