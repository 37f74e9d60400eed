import assert from "node:assert/strict";
import { get, type IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { apiLimits } from "../limits.ts";
import { sessionLimits } from "../sign-in/sessions.ts";
import { type Browser, type Desk, HOST, openDesk, signedIn } from "../testing/desk.ts";
import { EventStream } from "./event-stream.ts";

type Event = { id: number; event: string; seq: number };

/** A reader of the stream: what it heard so far, and how to leave. */
type Listener = { events: Event[]; text: string; ended: boolean; stream: Readable; leave(): void };

const open = (desk: Desk, browser: Browser, query = "", headers: Record<string, string> = {}) =>
  desk.api.app.inject({
    method: "GET",
    url: `/api/v1/events${query}`,
    headers: { host: HOST, cookie: browser.cookie ?? "", ...headers },
    payloadAsStream: true,
  });

async function listen(
  desk: Desk,
  browser: Browser,
  query = "",
  headers: Record<string, string> = {},
): Promise<Listener> {
  const reply = await open(desk, browser, query, headers);
  assert.equal(reply.statusCode, 200);
  const stream = reply.stream();
  const heard: Listener = { events: [], text: "", ended: false, stream, leave: () => stream.destroy() };
  stream.on("data", (bytes: Buffer) => {
    heard.text += bytes.toString();
    heard.events = parse(heard.text);
  });
  stream.on("close", () => (heard.ended = true));
  stream.on("error", () => (heard.ended = true));
  return heard;
}

function parse(text: string): Event[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .flatMap((block) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1];
      const id = field("id");
      if (id === undefined) return [];
      return [{ id: Number(id), event: field("event") ?? "", seq: JSON.parse(field("data") ?? "{}").seq }];
    });
}

/** Lets everything that runs on promises run; the stream's own hops need a few turns. */
async function settle(turns = 30): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

const ids = (listener: Listener) => listener.events.map((event) => event.id);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("events: from now on, or after a sequence; id, event and data say the same entry", async (t) => {
  const { desk, browser } = await signedIn(t);
  await desk.observe(3);
  const head = await desk.core.query("outbox.head", undefined);
  const fromNow = await listen(desk, browser);
  const fromStart = await listen(desk, browser, "?after=0");
  await settle();
  assert.deepEqual(ids(fromNow), []);
  assert.deepEqual(ids(fromStart), range(1, head));
  await desk.observe(2);
  await settle();
  assert.deepEqual(ids(fromNow), [head + 1, head + 2]);
  assert.deepEqual(ids(fromStart), range(1, head + 2));
  for (const { id, seq, event } of fromStart.events) {
    assert.equal(id, seq);
    assert.match(event, /^[a-z.-]+$/);
  }
});

test("events: a reader that comes back again and again misses nothing and sees nothing twice", async (t) => {
  const { desk, browser } = await signedIn(t);
  const seen: number[] = [];
  let last = 0;
  const first = await desk.core.query("outbox.head", undefined);
  for (const count of [1, 450, 0, 3, 7]) {
    const listener = await listen(desk, browser, "?after=0", { "last-event-id": String(last) });
    await desk.observe(count);
    await settle(60);
    seen.push(...ids(listener));
    last = seen.at(-1) ?? last;
    listener.leave();
    await desk.observe(2); // while nobody listens
  }
  const final = await listen(desk, browser, "", { "last-event-id": String(last) });
  await settle();
  seen.push(...ids(final));
  assert.deepEqual(seen, range(1, first + 461 + 10));
});

test("events: what was committed while the stream was being opened comes at once, not with the next commit", async (t) => {
  const desk = await openDesk(t);
  await desk.observe(1);
  const head = await desk.core.query("outbox.head", undefined);
  const wish = { after: head - 1, site: undefined, allowed: async () => true };
  // The head as it was read before that commit; that it was committed was told before anybody listened.
  const stream = new EventStream({ core: desk.core, clock: desk.time, log: silentLog }, wish, head - 1);
  let text = "";
  stream.on("data", (bytes) => (text += bytes));
  await settle();
  assert.deepEqual(
    parse(text).map(({ id }) => id),
    [head],
  );
  stream.destroy();
});

test("events: of one site, others left out, and the cursor does not look at them again", async (t) => {
  const { desk, browser } = await signedIn(t);
  await desk.add("sites", { id: "north" });
  await desk.add("sites", { id: "south" });
  const listener = await listen(desk, browser, "?site=north&after=0");
  const before = await desk.core.query("outbox.head", undefined);
  for (let i = 0; i < 5; i++) {
    await desk.observe(1, "south");
    await desk.observe(1, "north");
  }
  await settle();
  assert.deepEqual(
    ids(listener),
    range(1, 5).map((n) => before + 2 * n),
  );
});

test("events: a reader that knows more than the outbox is told to begin anew (restored database)", async (t) => {
  const { desk, browser } = await signedIn(t);
  const head = await desk.core.query("outbox.head", undefined);
  const listener = await listen(desk, browser, "", { "last-event-id": "999999" });
  await desk.observe(1);
  await settle();
  assert.deepEqual(
    listener.events.map((e) => [e.event, e.id]),
    [
      ["stream.reset", head],
      ["observed", head + 1],
    ],
  );
});

test("events: a heartbeat keeps it open; it ends with its session", async (t) => {
  const { desk, browser } = await signedIn(t);
  const listener = await listen(desk, browser);
  await desk.time.advance(apiLimits.streamHeartbeatMs);
  await settle();
  assert.match(listener.text, /^: alive$/m);
  assert.equal(listener.ended, false);
  await browser.post("auth/logout");
  await desk.time.advance(apiLimits.streamHeartbeatMs);
  await settle();
  assert.equal(listener.ended, true);
});

test("events: an open stream keeps its session from idling, and not beyond the absolute end", async (t) => {
  const { desk, browser } = await signedIn(t);
  const listener = await listen(desk, browser);
  await desk.time.advance(sessionLimits.cookieIdleMs * 2);
  await settle();
  assert.equal(listener.ended, false);
  await desk.time.advance(sessionLimits.cookieMs);
  await settle();
  assert.equal(listener.ended, true);
});

test("events: a reader that takes nothing is dropped, and what waits for it is bounded", async (t) => {
  const { desk, browser } = await signedIn(t);
  const reply = await open(desk, browser, "?after=0");
  const stream = reply.stream();
  stream.pause();
  let closed = false;
  stream.on("close", () => (closed = true));
  stream.on("error", () => (closed = true));
  await desk.observe(2500);
  await settle(60);
  assert(stream.readableLength < 512 * 1024, `${stream.readableLength} bytes wait`);
  const openStreams = async () => {
    const metrics = await browser.ask({ url: "/metrics" });
    return /^wattward_event_streams_open (\d+)$/m.exec(metrics.body)?.[1];
  };
  assert.equal(await openStreams(), "1");
  await desk.time.advance(apiLimits.streamStalledMs + 2 * apiLimits.streamHeartbeatMs);
  await settle();
  assert.equal(await openStreams(), "0");
  assert.equal(closed || stream.destroyed || stream.errored !== null || stream.readableEnded, true);
});

test("events: so many streams per person, and a place is free again when a socket closes", async (t) => {
  const { desk, browser } = await signedIn(t);
  const { port } = await desk.api.listen({ port: 0 });
  const connect = () =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { cookie: browser.cookie ?? "" };
      get({ host: "127.0.0.1", port, path: "/api/v1/events", headers }, resolve).on("error", reject);
    });
  const streams: IncomingMessage[] = [];
  for (let i = 0; i < apiLimits.streamsPerPersonMax; i++) streams.push(await connect());
  assert.deepEqual(
    streams.map((stream) => stream.statusCode),
    streams.map(() => 200),
  );
  const refused = await connect();
  assert.equal(refused.statusCode, 429);
  refused.resume();
  streams[0]?.destroy();
  let status = 0;
  for (let i = 0; i < 100 && status !== 200; i++) {
    const again = await connect();
    status = again.statusCode ?? 0;
    if (status === 200) streams.push(again);
    else again.resume();
  }
  assert.equal(status, 200);
  for (const stream of streams) stream.destroy();
});

test("events: what is no id is refused", async (t) => {
  const { desk, browser } = await signedIn(t);
  for (const id of ["-1", "1.5", "abc", "9".repeat(16), "1; drop table outbox"]) {
    const reply = await browser.ask({ url: "/api/v1/events", headers: { "last-event-id": id } });
    assert.equal(reply.statusCode, 400, id);
  }
  assert.equal((await browser.ask({ url: "/api/v1/events?after=-1" })).statusCode, 400);
  assert.equal(desk.decided.length > 0, true);
});

test("events: closing the server ends the streams", async (t) => {
  const { desk, browser } = await signedIn(t);
  const listener = await listen(desk, browser);
  await desk.close();
  await settle();
  assert.equal(listener.ended, true);
});

test("events: of the whole fleet by kind, on all sites and none; what is of another kind is passed over", async (t) => {
  const { desk, browser } = await signedIn(t);
  const head = await desk.core.query("outbox.head", undefined);
  const kinds = ["station.status", "node.lost", "station.booted", "node.lost"];
  for (const [i, kind] of kinds.entries()) {
    await desk.add("outbox", { seq: head + 1 + i, kind, site_id: i === 1 ? null : `s${i}` });
  }
  const heard = await listen(desk, browser, `?kinds=node.lost,station.booted&after=${head}`);
  await settle();
  assert.deepEqual(
    heard.events.map(({ event, seq }) => [event, seq - head]),
    [
      ["node.lost", 2],
      ["station.booted", 3],
      ["node.lost", 4],
    ],
  );
  heard.leave();
});
