/**
 * A sample of what `tests/soak/energy-loop.ts` plays by the hundred hours: the production control loop at random sites under faults. And
 * loops that are broken on purpose, in what they say alone: each must be found.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ControlLoop,
  createControlLoop,
  type Grant,
  type LoopOutput,
  type Site,
} from "@wattward/energy";
import { loopFaultNames } from "./loop-faults.ts";
import { type FuzzOptions, runSeed } from "./loop-fuzz.ts";

const SEEDS = [2, 3, 4, 5];
/** Each of them found something once. */
const FOUND_SEEDS = [5416, 6410, 6868];
/** A small site, whose power is short all the same. */
const BROKEN_SEED = 2;
const SHORT = { slots: 3, quietMs: 60_000 };

/** The production loop, but for what it says. */
const tampered =
  (tamper: (output: LoopOutput, site: Site) => LoopOutput) =>
  (site: Site): ControlLoop => {
    const loop = createControlLoop(site);
    return {
      turn: (input) => tamper(loop.turn(input), site),
      numberFrom: (seq) => loop.numberFrom(seq),
      sayAgain: () => loop.sayAgain(),
    };
  };

const grants = (of: (grant: Grant, site: Site) => Grant) =>
  tampered((output, site) => ({ ...output, grants: output.grants.map((grant) => of(grant, site)) }));

test("loop fuzz: every bound holds at random sites under faults", () => {
  const befell = new Set<string>();
  let kWh = 0;
  for (const seed of SEEDS) {
    const run = runSeed(seed, SHORT);
    assert.deepEqual(
      run.findings,
      [],
      `seed ${seed}: node tests/soak/energy-loop.ts --hours 0.1 --jobs 1 --seed ${seed}`,
    );
    kWh += run.kWh;
    for (const name of Object.keys(run.befell)) befell.add(name);
  }
  assert(kWh > 10, `hardly anybody charged: ${kWh} kWh`);
  assert(befell.size > loopFaultNames.length / 3, `hardly anything befell: ${[...befell]}`);
});

test("loop fuzz: what was found and mended is not found again", () => {
  for (const seed of FOUND_SEEDS) assert.deepEqual(runSeed(seed).findings, [], `seed ${seed}`);
});

const ratedOf = ({ outlets }: Site, id: string) => outlets.find((one) => one.id === id)!.ratedMa;
const refused = tampered((output) => ({
  ...output,
  state: { ...output.state, meters: output.state.meters.map(({ id }) => ({ id, refused: "frozen" })) },
}));

const broken: Record<string, { readonly options: FuzzOptions; readonly finds: RegExp }> = {
  "gives a station more than its share": {
    options: {
      ...SHORT,
      loop: grants((grant, site) =>
        grant.limitMa === 0 ? grant : { ...grant, limitMa: ratedOf(site, grant.outlet) },
      ),
    },
    finds: /no fault: bound in-advance: main L\d: [\d.]+ A of \d+ might flow for 1\.1 s/,
  },
  "gives what is no step of a station's": {
    options: { ...SHORT, loop: grants((grant) => ({ ...grant, limitMa: grant.limitMa + 1 })) },
    finds: /no limit of its station: \d+1 mA for o\d_\d/,
  },
  "lets nobody charge": {
    options: {
      ...{ slots: 0, quietMs: 88 * 60_000 },
      loop: tampered((output) => ({
        ...output,
        grants: output.grants.map((grant) => ({ ...grant, limitMa: 0 })),
        state: { ...output.state, outlets: output.state.outlets.map((one) => ({ ...one, limitMa: 0 })) },
      })),
    },
    finds: /o\d_\d starves while /,
  },
  "believes no meter": {
    options: { ...SHORT, loop: refused },
    finds: /meter m-main is not believed \(frozen\) 60 s after all healed/,
  },
};

for (const [what, { finds, options }] of Object.entries(broken))
  test(`loop fuzz: a loop that ${what} is found`, () => {
    const { findings } = runSeed(BROKEN_SEED, options);
    assert(
      findings.some((finding) => finds.test(finding)),
      `seed ${BROKEN_SEED}: ${findings.slice(0, 5).join("\n")}`,
    );
  });
