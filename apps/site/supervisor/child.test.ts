/** The supervisor's care for one child, on simulated time with children of paper. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "@wattward/kernel";
import { seededChance, simulatedTime } from "@wattward/testing";
import { Child, type Process } from "./child.ts";
import {
  BEAT_EVERY_MS,
  type ChildMessage,
  HANDED_ON_RATE,
  OBSERVED_CHARS_MAX,
  parseChildMessage,
  SILENT_LOCAL_MS_MAX,
  SILENT_SOON_MS_MAX,
} from "./protocol.ts";

function nursery(time = simulatedTime(), silentMsMax = SILENT_LOCAL_MS_MAX) {
  const born: { heard: (message: ChildMessage) => void; die(how: string): void; signals: string[] }[] = [];
  const listening: number[] = [];
  const told: string[] = [];
  const child = new Child({
    ...{ name: "child", silentMsMax, clock: time, chance: seededChance(1), log: silentLog },
    spawn(heard): Process {
      let die: (how: string) => void = () => {};
      const exited = new Promise<string>((resolve) => (die = resolve));
      const signals: string[] = [];
      born.push({ heard, die, signals });
      const kill = (signal: string) => {
        signals.push(signal);
        if (signal === "SIGKILL") die(signal);
      };
      return { pid: born.length, exited, kill, tell: () => {} };
    },
    listening: (port) => listening.push(port),
    told: ({ kind }) => told.push(kind),
  });
  return { time, child, born, listening, told };
}

test("supervisor: a child that dies is started again, later each time, and at once after a long life", async () => {
  const { time, child, born } = nursery();
  void child.run();
  const waitsMs: number[] = [];
  for (let i = 0; i < 8; i++) {
    const fromMs = time.now().monotonicMs;
    born.at(-1)!.die("exit 1");
    assert(await time.until(() => born.length === i + 2, 20_000));
    waitsMs.push(time.now().monotonicMs - fromMs);
  }
  assert(waitsMs[0]! <= 200 && waitsMs[7]! >= 5_000 && waitsMs[7]! <= 10_000, waitsMs.join());
  for (let s = 0; s < 40; s++) {
    born.at(-1)!.heard({ kind: "beat" });
    await time.advance(1_000);
  }
  const fromMs = time.now().monotonicMs;
  born.at(-1)!.die("SIGKILL");
  await time.until(() => born.length === 10, 20_000);
  assert(time.now().monotonicMs - fromMs <= 200);
});

test("supervisor: a child that hangs is killed and started again; one that beats is not", async () => {
  const { time, child, born } = nursery();
  void child.run();
  for (let s = 0; s < 60; s++) {
    born[0]!.heard({ kind: "beat" });
    await time.advance(1_000);
  }
  assert.equal(born.length, 1);
  await time.advance(SILENT_LOCAL_MS_MAX + 1_000);
  assert.deepEqual(born[0]!.signals, ["SIGKILL"]);
  assert.equal(born.length, 2);
});

test("supervisor: a child whose row says 3 s is killed after 3 s of silence, but may take longer to start", async () => {
  const { time, child, born } = nursery(simulatedTime(), SILENT_SOON_MS_MAX);
  void child.run();
  await time.advance(10_000);
  assert.deepEqual([born.length, born[0]!.signals], [1, []]);
  born[0]!.heard({ kind: "beat" });
  await time.advance(SILENT_SOON_MS_MAX - 1);
  assert.deepEqual(born[0]!.signals, []);
  await time.advance(1);
  assert.deepEqual(born[0]!.signals, ["SIGKILL"]);
  await time.advance(1_000);
  assert.equal(born.length, 2);
});

test("supervisor: one that stood still itself kills nobody for what it did not hear, but who hangs then", async () => {
  const time = simulatedTime();
  let stoodMs = 0;
  const now = () => ({ ...time.now(), monotonicMs: time.now().monotonicMs + stoodMs });
  const { child, born } = nursery({ ...time, now }, SILENT_SOON_MS_MAX);
  void child.run();
  born[0]!.heard({ kind: "beat" });
  await time.advance(BEAT_EVERY_MS / 2);
  stoodMs += 60_000;
  await time.advance(BEAT_EVERY_MS / 2);
  assert.deepEqual(born[0]!.signals, []);
  await time.advance(SILENT_SOON_MS_MAX - BEAT_EVERY_MS);
  assert.deepEqual(born[0]!.signals, ["SIGKILL"]);
});

test("supervisor: a child that says it cannot run is not started again, and its sentence is handed on", async () => {
  const { time, child, born } = nursery();
  const run = child.run();
  born[0]!.heard({ kind: "cannot-run", sentence: "the journal is damaged" });
  born[0]!.die("exit 78");
  assert.equal(await run, "the journal is damaged");
  await time.advance(60_000);
  assert.equal(born.length, 1);
});

test("supervisor: a child that says the same without end is heard once of its port, and for its share of what is handed on, also when it is another", async () => {
  const { time, child, born, listening, told } = nursery();
  void child.run();
  const flood = () => {
    for (let i = 0; i < 10_000; i++) {
      born.at(-1)!.heard({ kind: "listening", port: 5 });
      born.at(-1)!.heard({ kind: "observed", what: "modbus.denied", detail: "" });
    }
  };
  flood();
  assert.deepEqual(listening, [5]);
  assert.equal(told.length, HANDED_ON_RATE.burst);
  born[0]!.die("exit 1");
  assert(await time.until(() => born.length === 2, 1_000));
  flood();
  assert.deepEqual(listening, [5, 5]);
  assert(told.length <= HANDED_ON_RATE.burst + HANDED_ON_RATE.perSecond, `${told.length}`);
  const longer = "x".repeat(OBSERVED_CHARS_MAX + 1);
  assert.equal(parseChildMessage({ kind: "observed", what: "modbus.denied", detail: longer }), undefined);
});

test("supervisor: told to stop, it asks, then kills, and starts nothing again", async () => {
  const { time, child, born } = nursery();
  const run = child.run();
  child.stop();
  await time.advance(4_999);
  assert.deepEqual(born[0]!.signals, ["SIGTERM"]);
  await time.advance(2);
  assert.deepEqual(born[0]!.signals, ["SIGTERM", "SIGKILL"]);
  assert.equal(await run, undefined);
  assert.equal(born.length, 1);
});

test("supervisor: what is no message of a child is ignored", () => {
  for (const value of [
    null,
    5,
    "beat",
    {},
    { kind: "listening" },
    { kind: "explode" },
    { kind: "cannot-run", sentence: 1 },
  ]) {
    assert.equal(parseChildMessage(value), undefined);
  }
  assert.deepEqual(parseChildMessage({ kind: "listening", port: 5, more: 1 }), {
    kind: "listening",
    port: 5,
  });
});
