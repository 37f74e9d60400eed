/** One end by itself: its life by pings, its pauses, and what breaks it. The wire is made by hand, to see what it is told. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog, type WireHandlers } from "@wattward/kernel";
import { sessionLimits } from "@wattward/ocpp";
import { simulatedTime } from "@wattward/testing";
import { Leg } from "./leg.ts";
import { BUFFERED_BYTES_MAX, STALLED_MS_MAX, UNANSWERED_SILENT_MS_MAX } from "./limits.ts";

function made({ pinged = true } = {}) {
  const time = simulatedTime();
  let handlers: WireHandlers | undefined;
  const told: string[] = [];
  const wire = {
    ...{ peer: { address: "" }, protocol: "ocpp1.6", bufferedBytes: 0 },
    send: (text: string) => void told.push(text),
    pause: () => void told.push("pause"),
    resume: () => void told.push("resume"),
    ping: () => void told.push("ping"),
    close: (code: number) => void told.push(`close ${code}`),
    terminate: () => void told.push("terminate"),
    listen: (given: WireHandlers) => void (handlers = given),
  };
  const heard: string[] = [];
  const leg = new Leg({
    ...{
      wire,
      clock: time,
      log: silentLog,
      limits: sessionLimits,
      pingEveryMs: 20_000,
      silentMsMax: 50_000,
      pinged,
    },
    message: (text) => void heard.push(text),
    closed: (code) => void heard.push(`closed ${code}`),
    broken: (why) => void heard.push(`broken ${why}`),
  });
  leg.listen();
  assert(handlers !== undefined);
  return { time, leg, wire, told, heard, handlers };
}

test("leg: silent after it had answered a ping: broken at its limit, not before", async () => {
  const { time, heard, handlers, told } = made();
  await time.advance(20_000);
  handlers.pong?.();
  await time.advance(59_000);
  assert.deepEqual(heard, []);
  await time.advance(2_000);
  assert.deepEqual(heard, ["broken silent"]);
  assert(told.includes("ping"));
});

test("leg: one that never answered a ping lives by its messages, and not for ever without", async () => {
  for (const pinged of [true, false]) {
    const { time, heard, handlers, told } = made({ pinged });
    await time.advance(UNANSWERED_SILENT_MS_MAX - 60_000);
    handlers.message("m");
    assert.deepEqual(heard.splice(0), ["m"]);
    await time.advance(UNANSWERED_SILENT_MS_MAX - 20_000);
    assert.deepEqual(heard, []);
    await time.advance(60_000);
    assert.deepEqual(heard, ["broken silent"]);
    assert.equal(told.includes("ping"), pinged);
  }
});

test("leg: what is not read is not silent, is kept in order, and goes on when the last who wanted that is done", async () => {
  const { time, leg, heard, handlers, told } = made();
  await time.advance(20_000);
  handlers.pong?.();
  leg.block("taker", true);
  leg.block("turn", true);
  handlers.message("1");
  handlers.message("2");
  leg.block("turn", false);
  await time.advance(200_000);
  assert.deepEqual(heard, []);
  leg.block("taker", false);
  assert.deepEqual(heard, ["1", "2"]);
  assert.deepEqual(
    told.filter((word) => word !== "ping"),
    ["pause", "resume"],
  );
});

test("leg: more than may be kept while it is not read breaks it", () => {
  const { leg, heard, handlers } = made();
  leg.block("taker", true);
  const long = "x".repeat(sessionLimits.deferredCharsMax / 2 + 1);
  handlers.message(long);
  handlers.message(long);
  assert.deepEqual(heard, ["broken floods"]);
});

test("leg: drained is told at half, once; one that takes ever less is waited for, one that takes nothing is broken", async () => {
  const { time, leg, wire, heard, handlers } = made();
  wire.bufferedBytes = BUFFERED_BYTES_MAX + 1;
  assert(leg.isFull);
  let drained = 0;
  leg.whenDrained(() => drained++);
  // A byte a second would never end; the test has to.
  for (let i = 0; i < 20; i++) {
    wire.bufferedBytes -= 1;
    handlers.message("not silent");
    await time.advance(STALLED_MS_MAX - 1_000);
  }
  assert.deepEqual([drained, heard.splice(0).length], [0, 20]);
  wire.bufferedBytes = BUFFERED_BYTES_MAX / 2;
  await time.advance(1_000);
  assert.equal(drained, 1);

  wire.bufferedBytes = BUFFERED_BYTES_MAX + 1;
  leg.whenDrained(() => drained++);
  await time.advance(STALLED_MS_MAX + 1_000);
  assert.deepEqual([drained, heard], [1, ["broken does-not-read"]]);
});

test("leg: after its end nothing is heard, pinged or timed", async () => {
  const { time, leg, heard, handlers, told } = made();
  leg.close(1001, "done");
  handlers.message("late");
  await time.advance(UNANSWERED_SILENT_MS_MAX * 2);
  assert.deepEqual(told, ["close 1001"]);
  handlers.closed(1001, "");
  assert.deepEqual(heard, ["closed 1001"]);
});
