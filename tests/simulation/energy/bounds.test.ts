/** The recount of the bounds against a plant that a person can hold in the head: what each allows, and what it does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { atWork, drawOf } from "../../../apps/simulator/testing/small-plant.ts";
import { Bounds, type Moment } from "./bounds.ts";

/** What the recount says while these draw below the hall's 32 A, and for how long they were above it when it did. */
async function said(
  amps: Record<string, readonly number[]>,
  unheeding: Partial<Pick<Moment, "deaf" | "disobeys" | "headless">>,
  forS: number,
) {
  const work = atWork();
  const bounds = new Bounds(work.plant, {
    ...{
      respondsMs: 5_000,
      carriesPermille: new Map([
        ["main", 1_600],
        ["hall", 1_600],
      ]),
      ttlMs: 60_000,
      fromMs: 0,
    },
  });
  const draws = Object.entries(amps).map(([station, terminals]) => ({
    ...drawOf(station, ...terminals),
    ...{ mayMa: 0, toldMa: 0, phases: terminals.length },
  }));
  work.draws = draws;
  const nobody: ReadonlySet<string> = new Set();
  for (let i = 0; i < forS * 10; i++) {
    await work.run(0.1);
    const quiet = {
      ...{ detectionMs: 0, foresightMs: 0, undisturbed: false },
      ...{ disobeys: nobody, deaf: nobody, headless: false },
    };
    bounds.take({ ...quiet, ...unheeding, nowMs: work.time.now().monotonicMs, draws });
  }
  return bounds.findings.map(({ say }) => say);
}

const ended = "bound ended: hall L2: 36.0 A of 32 flow for 11.1 s";
const over = { B: [12, 12, 12], C: [24] } as const;

test("bounds: what flows above a rating is over after detection, response and 5 s, whoever is deaf or disobeys alone", async () => {
  assert.deepEqual(await said(over, {}, 11), []);
  assert.deepEqual(await said(over, {}, 12), [ended]);
  assert.deepEqual(await said(over, { deaf: new Set(["B"]) }, 12), [ended], "C could be told");
  assert.deepEqual(await said(over, { disobeys: new Set(["B", "C"]) }, 12), [ended], "nobody is deaf");
});

test("bounds: beside one that disobeys a deaf one has its grant's life, once nobody else draws there", async () => {
  const unheeding = { deaf: new Set(["B"]), disobeys: new Set(["C"]) };
  const [first] = await said(over, unheeding, 72);
  assert.deepEqual(await said(over, unheeding, 71), []);
  assert.equal(first, "bound ended: hall L2: 36.0 A of 32 flow for 71.1 s");
  const elsewhere = { deaf: new Set(["A"]), disobeys: new Set(["B", "C"]) };
  assert.deepEqual(await said(over, elsewhere, 12), [ended], "whoever is deaf under another fuse");
});

test("bounds: while nobody controls anything, what does not obey is ended by nobody; heat counts all the same", async () => {
  const dead = { headless: true, disobeys: new Set(["C"]) };
  assert.deepEqual(await said(over, dead, 90), []);
  assert.deepEqual(await said(over, { headless: true }, 12), [ended]);
  assert.deepEqual(await said(over, { headless: true, disobeys: new Set(["A"]) }, 12), [ended], "elsewhere");
  const [heat] = await said({ B: [24, 24, 24], C: [32] }, dead, 90);
  assert.match(heat ?? "", /^bound heat: hall L2/);
});
