/** Dialling for many: turns, one attempt a station, what is remembered, and that one's refusals cost no other anything. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Dialer, failed, ok, type StationId, type Wire } from "@wattward/kernel";
import { seededChance, simulatedTime } from "@wattward/testing";
import { REMEMBERED_STATIONS_MAX } from "../stations/limits.ts";
import { DIAL_TURN_MS_MAX, DIALS_MAX, DIALS_WAITING_MAX, REDIAL_MS } from "./limits.ts";
import { Upstreams } from "./upstreams.ts";

type Dialling = { readonly station: StationId; settle(result: Awaited<ReturnType<Dialer["dial"]>>): void };
const nothing = () => {};
const wire: Wire = {
  ...{ peer: { address: "" }, protocol: "ocpp1.6", bufferedBytes: 0 },
  ...{ send: nothing, pause: nothing, resume: nothing, ping: nothing },
  ...{ close: nothing, terminate: nothing, listen: nothing },
};
const refusal = { kind: "refused", status: 401, sentence: "no" } as const;
const id = (n: number) => `S${n}` as StationId;

function made() {
  const time = simulatedTime();
  const dialling: Dialling[] = [];
  const upstreams = new Upstreams({
    ...{ clock: time, chance: seededChance(7) },
    dialer: (station) => ({
      dial: () => new Promise((resolve) => dialling.push({ station, settle: resolve })),
    }),
  });
  const outcomes: string[] = [];
  const dial = (n: number) =>
    void upstreams.dial(id(n), "/", []).then((dialled) => {
      outcomes.push(`${n} ${dialled.kind === "open" ? "open" : dialled.asked ? "refused" : "not asked"}`);
    });
  return { time, dialling, upstreams, outcomes, dial, settle: () => time.advance(0) };
}

test("upstreams: so many at once, the next in their order as turns come free, none beyond its patience", async () => {
  const { time, dialling, outcomes, dial, settle } = made();
  for (let n = 0; n < DIALS_MAX + 3; n++) dial(n);
  await settle();
  assert.equal(dialling.length, DIALS_MAX);
  dialling[5]?.settle(ok(wire));
  dialling[6]?.settle(failed(refusal));
  await settle();
  assert.deepEqual(
    dialling.slice(DIALS_MAX).map(({ station }) => station),
    [id(DIALS_MAX), id(DIALS_MAX + 1)],
  );
  await time.advance(DIAL_TURN_MS_MAX + 1);
  assert.deepEqual(outcomes, ["5 open", "6 refused", `${DIALS_MAX + 2} not asked`]);
  for (const each of dialling.slice(0, 5)) each.settle(ok(wire));
  await settle();
  dial(1_000);
  await settle();
  assert.equal(dialling.at(-1)?.station, id(1_000), "a turn that nobody waited for is not lost");
});

test("upstreams: more than may wait are told at once", async () => {
  const { outcomes, dial, settle } = made();
  for (let n = 0; n < DIALS_MAX + DIALS_WAITING_MAX + 5; n++) dial(n);
  await settle();
  assert.equal(outcomes.length, 5);
  assert(outcomes.every((outcome) => outcome.endsWith("not asked")));
});

test("upstreams: one attempt in a station's name at a time", async () => {
  const { dialling, outcomes, dial, settle } = made();
  dial(1);
  dial(1);
  await settle();
  assert.deepEqual([dialling.length, outcomes], [1, ["1 not asked"]]);
  dialling[0]?.settle(ok(wire));
  await settle();
  dial(1);
  await settle();
  assert.equal(dialling.length, 2);
});

test("upstreams: failures wait longer each time up to the most, a good connection forgets them, a bad one does not", async () => {
  const { time, dialling, upstreams, dial, settle } = made();
  const waits: number[] = [];
  const failOnce = async () => {
    const before = dialling.length;
    dial(1);
    await settle();
    dialling.at(-1)?.settle(failed(refusal));
    assert.equal(dialling.length, before + 1);
    const fromMs = time.now().monotonicMs;
    for (let asked = dialling.length; dialling.length === asked; ) {
      await time.advance(100);
      dial(1);
      await settle();
    }
    waits.push(time.now().monotonicMs - fromMs);
    dialling.at(-1)?.settle(ok(wire));
    await settle();
    upstreams.ended(id(1), { by: "csms", code: 1008, lastedMs: 100 });
    await time.advance(REDIAL_MS.maxMs);
  };
  for (let i = 0; i < 6; i++) await failOnce();
  assert(waits[0]! <= REDIAL_MS.firstMs + 100 && waits[5]! > REDIAL_MS.maxMs / 3, waits.join());
  assert(waits.every((waitMs) => waitMs <= REDIAL_MS.maxMs + 100));
  dial(1);
  await settle();
  dialling.at(-1)?.settle(ok(wire));
  await settle();
  upstreams.ended(id(1), { by: "station", code: 1000, lastedMs: 100 });
  await failOnce();
  assert(waits.at(-1)! <= REDIAL_MS.firstMs + 100, "the station went by itself: that is no failure");
});

test("upstreams: what is remembered of stations is bounded, and the newest", async () => {
  const { upstreams } = made();
  for (let n = 0; n < REMEMBERED_STATIONS_MAX + 10; n++)
    upstreams.ended(id(n), { by: "csms", code: 1006, lastedMs: 1 });
  assert.equal(upstreams.states.size, REMEMBERED_STATIONS_MAX);
  assert(!upstreams.states.has(id(0)) && upstreams.states.has(id(REMEMBERED_STATIONS_MAX + 9)));
});
