/** The table of modes, walked through: every mode that somebody decides is entered in time, left by its rule, and says why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstMode, MODES, type Mode, type ModeFacts, type ModeState, modeRow, nextMode } from "./modes.ts";

const PLAN_UNTIL_MS = 10_000_000;
/** Facts of a site where everything works. */
const well: ModeFacts = { planValidUntilMs: PLAN_UNTIL_MS, energyAlive: true, linkUp: true };
const worse: Readonly<Record<Exclude<Mode, "planned" | "default">, ModeFacts>> = {
  reactive: { ...well, planValidUntilMs: 0 },
  conservative: { ...well, meterRefused: "frozen" },
  fallback: { ...well, energyAlive: false },
};

function run(from: ModeState, facts: ModeFacts, { start, end }: { start: number; end: number }) {
  let state = from;
  const entered = new Map<Mode, number>([[from.mode, start]]);
  for (let nowMs = start; nowMs <= end; nowMs += 100) {
    const before = state.mode;
    state = nextMode(state, facts, nowMs);
    if (state.mode !== before) entered.set(state.mode, nowMs);
  }
  return { state, entered };
}
const planned: ModeState = { mode: "planned", islanded: false, reason: "", sinceMs: 0 };

for (const mode of ["reactive", "conservative", "fallback"] as const) {
  test(`modes: ${mode} is entered within its deadline, with a reason`, () => {
    const { state, entered } = run(planned, worse[mode], { start: 100_000, end: 110_000 });
    assert.equal(state.mode, mode);
    assert(entered.get(mode)! - 100_000 <= modeRow(mode).entryDeadlineMs);
    assert.match(state.reason, /\w+ .*\.$/);
  });

  test(`modes: ${mode} is left when all is well for as long as its row says, and not before`, () => {
    const { state: bad } = run(planned, worse[mode], { start: 100_000, end: 110_000 });
    const { entered } = run(bad, well, { start: 200_000, end: 400_000 });
    const leftAtMs = [...entered].find(([to]) => to !== mode)![1];
    assert.equal(leftAtMs - 200_000, modeRow(mode).leavesAfterMs);
  });

  test(`modes: a gap in the good news begins ${mode}'s time anew`, () => {
    const { leavesAfterMs } = modeRow(mode);
    let { state } = run(planned, worse[mode], { start: 100_000, end: 110_000 });
    for (let nowMs = 200_000; nowMs < 400_000; nowMs += 100) {
      const gap = (nowMs - 200_000) % leavesAfterMs === leavesAfterMs - 100;
      state = nextMode(state, gap ? worse[mode] : well, nowMs);
      assert.equal(state.mode, mode, `at ${nowMs}`);
    }
  });
}

test("modes: of several faults the worst one names the mode", () => {
  const facts: ModeFacts = { energyAlive: false, linkUp: true, meterRefused: "stale" };
  assert.equal(nextMode(planned, facts, 5_000).mode, "fallback");
  assert.equal(nextMode(planned, { ...facts, energyAlive: true }, 5_000).mode, "conservative");
});

test("modes: an island changes no mode", () => {
  const state = nextMode(planned, { ...well, linkUp: false }, 0);
  assert.deepEqual([state.mode, state.islanded], ["planned", true]);
});

test("modes: a start is conservative, and says so", () => {
  assert.equal(firstMode(0).mode, "conservative");
});

test("modes: the table goes from best to worst", () => {
  assert.deepEqual(
    MODES.map(({ mode }) => mode),
    ["planned", "reactive", "conservative", "fallback", "default"],
  );
});
