/** The energy controller watches itself: turns that take too long, an event loop that stood still, numbers that are none end it, loudly. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoopOutput } from "@wattward/energy";
import type { Clock } from "@wattward/kernel";
import { unsound } from "./sound.ts";
import { SmallPlant } from "./testing/small-plant.ts";

/** Looks at the clock in one task: a turn of the loop takes more, nothing else of this process does. */
const LOOKS_OF_A_TURN = 4;

/** A clock by which each turn of the loop takes so long; everything else takes no time. */
function draggingClock() {
  const drag = { turnMs: 0 };
  let draggedMs = 0;
  let looks = Number.NEGATIVE_INFINITY;
  const bend = (clock: Clock): Clock => ({
    now() {
      if (++looks === LOOKS_OF_A_TURN) draggedMs += drag.turnMs;
      const now = clock.now();
      return { ...now, monotonicMs: now.monotonicMs + draggedMs };
    },
    after: (ms, run) =>
      clock.after(ms, () => {
        looks = 0;
        run();
        looks = Number.NEGATIVE_INFINITY;
      }),
  });
  return { drag, bend };
}

test("self-watch: turns that overrun four times in a row end the process; three, and it goes on", async () => {
  const { drag, bend } = draggingClock();
  const plant = new SmallPlant({ clock: bend });
  await plant.start();
  await plant.time.advance(10_000);
  drag.turnMs = 450;
  const turns = plant.turns.length;
  await plant.time.until(() => plant.turns.length >= turns + 3, 10_000);
  drag.turnMs = 0;
  await plant.time.advance(10_000);
  assert.deepEqual(plant.fatals, []);
  drag.turnMs = 450;
  await plant.time.advance(10_000);
  assert.equal(plant.fatals.length, 1);
  assert.match(plant.fatals[0]!, /4 turns in a row took longer than 400 ms/);
  const after = plant.turns.length;
  await plant.time.advance(5_000);
  assert.equal(plant.turns.length, after, "it said its last word");
});

test("self-watch: an event loop that stood still for more than 5 s ends the process before it acts on what it knew", async () => {
  let lateMs = 0;
  const plant = new SmallPlant({
    clock: (clock) => ({
      now: () => {
        const now = clock.now();
        return { ...now, monotonicMs: now.monotonicMs + lateMs };
      },
      after: (ms, run) => clock.after(ms, run),
    }),
  });
  await plant.start();
  await plant.time.advance(10_000);
  const before = plant.turns.length;
  lateMs = 6_000;
  await plant.time.advance(2_000);
  assert.equal(plant.fatals.length, 1);
  assert.match(plant.fatals[0]!, /the event loop stood still for \d{4} ms/);
  assert(plant.turns.length <= before + 1);
});

test("self-watch: a control loop whose numbers are none is caught, each of them", () => {
  const sound = soundOutput();
  assert.equal(unsound(sound), undefined);
  for (const [broken, sentence] of [
    [{ ...sound, grants: [{ ...sound.grants[0]!, limitMa: Number.NaN }] }, /grant 1 of outlet o0 is NaN mA/],
    [{ ...sound, grants: [{ ...sound.grants[0]!, limitMa: -1 }] }, /is -1 mA/],
    [{ ...sound, grants: [{ ...sound.grants[0]!, limitMa: Number.POSITIVE_INFINITY }] }, /is Infinity mA/],
    [{ ...sound, grants: [{ ...sound.grants[0]!, seq: Number.NaN }] }, /has no number/],
    [{ ...sound, grants: [{ ...sound.grants[0]!, dischargeMa: Number.NaN }] }, /gives back NaN mA/],
    [{ ...sound, grants: [{ ...sound.grants[0]!, dischargeMa: -1_000 }] }, /gives back -1000 mA/],
    [{ ...sound, setpoints: [{ source: "battery", feedW: Number.NaN, why: "" }] }, /setpoint of battery/],
    [
      {
        ...sound,
        state: { ...sound.state, fuses: [{ ...sound.state.fuses[0]!, baseMa: [0, Number.NaN, 0] }] },
      },
      /fuse main/,
    ],
    [
      {
        ...sound,
        state: { ...sound.state, outlets: [{ ...sound.state.outlets[0]!, mayMa: [Number.NaN, 0, 0] }] },
      },
      /outlet o0/,
    ],
  ] as const)
    assert.match(unsound(broken as unknown as LoopOutput) ?? "", sentence);
});

const soundOutput = (): LoopOutput =>
  ({
    ...{ mode: "reactive", reason: "" },
    grants: [{ session: "s", outlet: "o0", seq: 1, limitMa: 6_000, ttlMs: 120_000, reason: "raised" }],
    setpoints: [{ source: "battery", feedW: 100, why: "" }],
    state: {
      fuses: [{ id: "main", baseMa: [0, 0, 0], mayMa: [0, 0, 0], capacityMa: [1, 1, 1], known: "metered" }],
      outlets: [{ id: "o0", limitMa: 0, mayMa: [0, 0, 0], standing: "obeys" }],
      meters: [],
    },
  }) as unknown as LoopOutput;
