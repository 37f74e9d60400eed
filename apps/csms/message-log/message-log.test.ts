/** The message log before the store: what it keeps of a frame, what it leaves out, and that nobody waits for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type StationId, silentLog } from "@wattward/kernel";
import { type SimulatedTime, simulatedTime } from "@wattward/testing";
import { type Core, CoreError, type LoggedMessage } from "../core/port.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { STATION_ROWS_ASSUMED, WAITING_FRAMES_MAX, WRITTEN_AT_ONCE } from "./limits.ts";
import { MessageLog, type SeenFrame } from "./message-log.ts";

type Store = "takes" | "off" | "full";

function rig() {
  const time = simulatedTime();
  const written: LoggedMessage[][] = [];
  const dropped = new Map<string, number>();
  const world = { store: "takes" as Store };
  const decide = async (_name: string, input: { messages: LoggedMessage[] }) => {
    if (world.store === "full") throw new CoreError("full", "the disk is full");
    if (world.store === "off") return { kind: "off" };
    written.push(input.messages);
    return { kind: "written", perStationAndDay: STATION_ROWS_ASSUMED };
  };
  const metrics: Metrics = {
    count: (_name, labels, by = 1) => {
      const reason = "reason" in labels ? String(labels.reason) : "";
      dropped.set(reason, (dropped.get(reason) ?? 0) + by);
    },
    set() {},
    observe() {},
  };
  const core = { decide: decide as unknown as Core["decide"] };
  const log = new MessageLog({ core, clock: time, log: silentLog, metrics });
  return { time, log, written, dropped, world, messages: () => written.flat() };
}

const frame = (time: SimulatedTime, text: string, more: Partial<SeenFrame> = {}): SeenFrame => ({
  station: "box" as StationId,
  version: "1.6",
  sender: "station",
  route: "direct",
  text,
  receivedAtMs: time.now().wallMs,
  ...more,
});

test("message log: a CALL and its answer, redacted, with action, trace and what became of it", async () => {
  const { time, log, messages } = rig();
  const call = log.seen(frame(time, '[2,"m1","Authorize",{"idTag":"CARD16ZQ7X"}]'));
  call.become({ verdict: "repaired" });
  log.seen(
    frame(time, '[3,"m1",{"idTagInfo":{"status":"Accepted","parentIdTag":"PARENT77"}}]', { sender: "csms" }),
  );
  assert.equal(messages().length, 0, "nothing is written in the turn of the message");
  await time.advance(3_000);
  assert.deepEqual(
    messages().map(({ kind, action, messageId, verdict, sender, frame }) => [
      kind,
      action,
      messageId,
      verdict,
      sender,
      frame,
    ]),
    [
      [
        "call",
        "Authorize",
        "m1",
        "repaired",
        "station",
        '[2,"m1","Authorize",{"idTag":"…ZQ7X (10 characters)"}]',
      ],
      [
        "result",
        "Authorize",
        "m1",
        "sent",
        "csms",
        '[3,"m1",{"idTagInfo":{"status":"Accepted","parentIdTag":"…NT77 (8 characters)"}}]',
      ],
    ],
  );
});

test("message log: an answer whose CALL nobody saw shows nothing of itself; so does what is no frame", async () => {
  const { time, log, messages } = rig();
  log.seen(frame(time, '[3,"m9",{"secret":"CARD16ZQ7X"}]'));
  log.seen(frame(time, '[2,"cut","Authorize",{"idTag":"CARD16ZQ7X"'));
  log.seen(frame(time, `[2,"m1","Authorize",{"idTag":"${"CARD16ZQ7X".repeat(10_000)}"}]`));
  await time.advance(3_000);
  assert.equal(messages().length, 3);
  for (const { frame: kept } of messages()) assert(!kept.includes("CARD16"), kept);
  assert.deepEqual(
    messages().map(({ verdict }) => verdict),
    ["valid", "refused", "valid"],
  );
});

test("message log: faster than it can be written: counted and dropped, in bounded memory, and nobody waits", async () => {
  const { time, log, messages, dropped } = rig();
  const beat = '[2,"m1","Heartbeat",{}]';
  for (let i = 0; i < WAITING_FRAMES_MAX + 500; i += 1)
    log.seen(frame(time, beat, { station: `s${i % 100}` as StationId }));
  assert.equal(dropped.get("behind"), 500);
  await time.advance(60_000);
  assert.equal(messages().length, WAITING_FRAMES_MAX);
});

test("message log: a batch is small, so that no decision of a station waits long behind it", async () => {
  const { time, log, written } = rig();
  for (let i = 0; i < 1_000; i += 1) log.seen(frame(time, '[2,"m1","Heartbeat",{}]'));
  await time.advance(60_000);
  assert(written.length >= 5 && written.every((batch) => batch.length <= WRITTEN_AT_ONCE));
});

test("message log: a station that floods uses up its own share of the day, not the others'", async () => {
  const { time, log, messages, dropped } = rig();
  for (let i = 0; i < STATION_ROWS_ASSUMED + 1_000; i += 1) {
    log.seen(frame(time, '[2,"m1","Heartbeat",{}]', { station: "loud" as StationId }));
    if (i % 1_000 === 0) await time.advance(2_000);
  }
  log.seen(frame(time, '[2,"m2","Heartbeat",{}]', { station: "calm" as StationId }));
  await time.advance(60_000);
  assert.equal(messages().filter(({ station }) => station === "loud").length, STATION_ROWS_ASSUMED);
  assert.equal(messages().filter(({ station }) => station === "calm").length, 1);
  assert.equal(dropped.get("share"), 1_000);
  await time.advance(86_400_000);
  log.seen(frame(time, '[2,"m1","Heartbeat",{}]', { station: "loud" as StationId }));
  await time.advance(3_000);
  assert.equal(
    messages().filter(({ station }) => station === "loud").length,
    STATION_ROWS_ASSUMED + 1,
    "a new day",
  );
});

for (const store of ["off", "full"] as const) {
  test(`message log: a store that is ${store}: what waits is dropped, and it is asked again later`, async () => {
    const { time, log, messages, dropped, world } = rig();
    world.store = store;
    log.seen(frame(time, '[2,"m1","Heartbeat",{}]'));
    await time.advance(3_000);
    log.seen(frame(time, '[2,"m2","Heartbeat",{}]'));
    assert.equal(
      [...dropped.values()].reduce((sum, one) => sum + one, 0),
      2,
    );
    world.store = "takes";
    await time.advance(60_000);
    log.seen(frame(time, '[2,"m3","Heartbeat",{}]'));
    await time.advance(3_000);
    assert.deepEqual(
      messages().map(({ messageId }) => messageId),
      ["m3"],
    );
  });
}

test("message log: what waits when it stops is written", async () => {
  const { time, log, messages } = rig();
  for (let i = 0; i < 450; i += 1) log.seen(frame(time, '[2,"m1","Heartbeat",{}]'));
  await log.stop();
  assert.equal(messages().length, 450);
  log.seen(frame(time, '[2,"m1","Heartbeat",{}]'));
  await time.advance(5_000);
  assert.equal(messages().length, 450, "nothing after it");
});
