import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { Swing } from "./swing.ts";

const DAY_MS = 86_400_000;

/** When it was said, of what is asked at these times. */
function saidAtMs(asked: Iterable<readonly [atMs: number, ma: number]>): number[] {
  const swing = new Swing();
  const said: number[] = [];
  for (const [atMs, ma] of asked) if (swing.sees(ma, atMs)) said.push(atMs);
  return said;
}

test("swing: from 0.1 to 2 Hz it is said after the fourth change back; where changes are lost and none is in time, too, in the end", () => {
  for (let deciHz = 1; deciHz <= 20; deciHz++) {
    const halfMs = 5_000 / deciHz;
    const even = saidAtMs(Array.from({ length: 6 }, (_, i) => [i * halfMs, i % 2 === 0 ? 0 : 32_000]));
    assert.deepEqual(even, [5 * halfMs], `${deciHz / 10} Hz`);
    for (let seed = 1; seed <= 100; seed++) {
      const chance = seededChance(seed);
      const rough = Array.from({ length: 40 }, (_, i) => {
        const late = (halfMs * chance.int(-100, 100)) / 500;
        return [i * halfMs + late, i % 2 === 0 ? chance.int(0, 6_000) : chance.int(10_000, 32_000)] as const;
      });
      const [first] = saidAtMs(rough.filter(() => chance.int(1, 10) > 1));
      assert(first !== undefined, `${deciHz / 10} Hz, seed ${seed}: ${first}`);
    }
  }
});

test("swing: who clears a limit and sets the next at once does not swing, how often ever; steps on the way up and down hide none", () => {
  for (const everyMs of [2_000, 5_000, 10_000, 60_000])
    for (const blipMs of [100, 300, everyMs / 6]) {
      const blips = Array.from({ length: 2_000 }, (_, i) => {
        const fromMs = Math.floor(i / 2) * everyMs;
        return [i % 2 === 0 ? fromMs : fromMs + blipMs, i % 2 === 0 ? 32_000 : 10_000] as const;
      });
      assert.deepEqual(saidAtMs(blips), [], `${blipMs} ms every ${everyMs} ms`);
    }
  const stairs = [0, 11, 21, 32, 21, 11];
  const steps = Array.from({ length: 40 }, (_, i) => [i * 250, stairs[i % 6]! * 1_000] as const);
  assert(saidAtMs(steps).length > 0);
});

test("swing: a year of honest limits says nothing: plans, corrections, ramps, ripple", () => {
  for (let day = 1; day <= 365; day++) {
    const chance = seededChance(day);
    const asked: [number, number][] = [];
    for (let atMs = 0; atMs < DAY_MS; ) {
      const ma = chance.int(0, 320) * 100;
      asked.push([atMs, ma]);
      const then = chance.int(1, 20);
      // Somebody has mistyped, and corrects it; and once more.
      if (then === 1) asked.push([atMs + 2_000, chance.int(0, 320) * 100], [atMs + 4_000, ma]);
      if (then === 2)
        for (let step = 1; step <= 40; step++)
          asked.push([atMs + step * 250, Math.round(ma + (step * (16_000 - ma)) / 40)]);
      if (then === 3)
        for (let step = 1; step <= 40; step++) asked.push([atMs + step * 250, ma + (step % 2) * 900]);
      atMs += chance.int(15_000, 900_000);
    }
    assert.deepEqual(saidAtMs(asked), [], `day ${day}`);
  }
});
