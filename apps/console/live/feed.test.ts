import assert from "node:assert/strict";
import { test } from "node:test";
import { simulatedTime } from "@wattward/testing";
import type { Observation, SiteSnapshot } from "../api/shapes.ts";
import { feedLimits, SiteFeed, type StreamHandlers } from "./feed.ts";

const snapshotAt = (seq: number): SiteSnapshot => ({
  seq,
  site: {
    id: "lyon",
    connected: true,
    seenAtMs: null,
    stations: 0,
    stationsConnected: 0,
    charging: 0,
    powerW: null,
    clockQuality: null,
    bundleVersion: 0,
  },
  stations: [],
  transactions: [],
  recent: [],
});
const event = (seq: number, kind = "csms.started"): Observation => ({
  seq,
  atMs: 0,
  source: "csms",
  kind,
  live: true,
  data: {},
});

/** A feed whose snapshots and streams the test hands out itself. */
function scripted(snapshots: (SiteSnapshot | Error)[]) {
  const time = simulatedTime();
  const streams: { seq: number; handlers: StreamHandlers; closed: boolean }[] = [];
  let asked = 0;
  const feed = new SiteFeed({
    clock: time,
    nowMs: () => time.now().wallMs,
    snapshot: async () => {
      const next = snapshots[Math.min(asked++, snapshots.length - 1)];
      if (next instanceof Error) throw next;
      return next!;
    },
    stream: (seq, handlers) => {
      const stream = { seq, handlers, closed: false };
      streams.push(stream);
      return () => void (stream.closed = true);
    },
    isFinal: (failure) => failure instanceof Error && failure.message === "signed out",
  });
  return { time, streams, feed, asked: () => asked };
}

test("a snapshot, then the events after it, each once", async () => {
  const { time, streams, feed } = scripted([snapshotAt(10)]);
  feed.start();
  await time.advance(0);
  assert.equal(streams[0]?.seq, 10);
  streams[0]?.handlers.onOpen();
  streams[0]?.handlers.onObservation(event(10));
  streams[0]?.handlers.onObservation(event(11));
  streams[0]?.handlers.onObservation(event(11));
  assert.equal(feed.current().link.kind, "live");
  assert.equal(feed.current().site?.seq, 11);
  assert.equal(feed.current().site?.recent.length, 1);
});

test("a short break goes on after the last sequence, without a new snapshot", async () => {
  const { time, streams, feed, asked } = scripted([snapshotAt(10)]);
  feed.start();
  await time.advance(0);
  streams[0]?.handlers.onOpen();
  streams[0]?.handlers.onObservation(event(11));
  streams[0]?.handlers.onBroken(undefined);
  assert.equal(feed.current().link.kind, "lost");
  await time.advance(feedLimits.retryMs[0]);
  assert.equal(streams[1]?.seq, 11);
  streams[1]?.handlers.onOpen();
  assert.equal(feed.current().link.kind, "live");
  assert.equal(asked(), 1);
  streams[0]?.handlers.onObservation(event(99));
  assert.equal(feed.current().site?.seq, 11, "a closed stream changes nothing");
});

test("a long break starts over from a new snapshot, and says since when until it is live again", async () => {
  const { time, streams, feed, asked } = scripted([snapshotAt(10), new Error("down"), snapshotAt(50)]);
  feed.start();
  await time.advance(0);
  streams[0]?.handlers.onOpen();
  const lostAtMs = time.now().wallMs;
  streams[0]?.handlers.onBroken(new Error("down"));
  for (let n = 1; asked() < 3; n++) {
    assert.deepEqual(feed.current().link, { kind: "lost", sinceMs: lostAtMs });
    assert.equal(feed.current().site?.seq, 10, "the old picture stays while it is lost");
    await time.advance(15_000);
    if (streams.length > n && asked() < 3) streams[n]?.handlers.onBroken(new Error("down"));
    assert.ok(n < 20, "it starts over");
  }
  assert.ok(time.now().wallMs - lostAtMs > feedLimits.resumeMs);
  const last = streams.at(-1);
  assert.equal(last?.seq, 50);
  assert.equal(feed.current().link.kind, "lost");
  last?.handlers.onOpen();
  assert.equal(feed.current().link.kind, "live");
});

test("a stream that opens and breaks at once is not hammered", async () => {
  const { time, streams, feed } = scripted([snapshotAt(10)]);
  feed.start();
  await time.advance(0);
  for (let n = 0; n < 5; n++) {
    streams.at(-1)?.handlers.onOpen();
    streams.at(-1)?.handlers.onBroken(undefined);
    const before = streams.length;
    await time.advance((feedLimits.retryMs[Math.min(n, 4)] ?? 0) - 1);
    assert.equal(streams.length, before);
    await time.advance(1);
    assert.equal(streams.length, before + 1);
  }
});

test("silence is a loss: heartbeats keep it live, their absence starts over", async () => {
  const { time, streams, feed, asked } = scripted([snapshotAt(10)]);
  feed.start();
  await time.advance(0);
  streams[0]?.handlers.onOpen();
  for (let beat = 0; beat < 4; beat++) {
    await time.advance(feedLimits.silenceMs - 1);
    streams[0]?.handlers.onSign();
  }
  assert.equal(feed.current().link.kind, "live");
  await time.advance(feedLimits.silenceMs);
  assert.equal(feed.current().link.kind, "lost");
  assert.equal(asked(), 2);
});

test("attempts grow rarer and never end; a session that ended stops them", async () => {
  const down = scripted([new Error("down")]);
  down.feed.start();
  await down.time.advance(600_000);
  const rarest = feedLimits.retryMs.at(-1) ?? 0;
  assert.ok(down.asked() > 600_000 / rarest - 5 && down.asked() < 600_000 / rarest + 10, `${down.asked()}`);
  const over = scripted([new Error("signed out")]);
  over.feed.start();
  await over.time.advance(600_000);
  assert.equal(over.asked(), 1);
});

test("what cannot be placed asks for one snapshot, not for one each", async () => {
  const { time, streams, feed, asked } = scripted([snapshotAt(10), snapshotAt(40)]);
  feed.start();
  await time.advance(0);
  streams[0]?.handlers.onOpen();
  for (let seq = 11; seq <= 40; seq++) streams[0]?.handlers.onObservation(event(seq, "station.added"));
  await time.advance(feedLimits.refreshMs);
  assert.equal(asked(), 2);
  assert.equal(feed.current().site?.seq, 40);
  assert.equal(feed.current().link.kind, "live");
  await time.advance(feedLimits.refreshMs * 3);
  assert.equal(asked(), 2);
});

test("a snapshot older than what is shown is not taken; a newer one is asked for", async () => {
  const { time, streams, feed, asked } = scripted([snapshotAt(10), snapshotAt(9), snapshotAt(11)]);
  feed.start();
  await time.advance(0);
  streams[0]?.handlers.onOpen();
  streams[0]?.handlers.onObservation(event(11, "station.added"));
  await time.advance(feedLimits.refreshMs);
  assert.equal(feed.current().site?.seq, 11);
  await time.advance(feedLimits.refreshMs);
  assert.equal(asked(), 3);
});
