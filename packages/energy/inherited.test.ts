/** A loop that begins while stations live on another's grants: they are budgeted, go on, and are never given away twice. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createControlLoop } from "./control-loop.ts";
import type { LoopInput, SessionId, SessionInput } from "./inputs.ts";
import { outletId, smallSite } from "./testing/index.ts";

const site = smallSite({ outlets: 2, mainA: 40 });
const session = (i: number, inForceMa?: number): SessionInput => ({
  id: `s${i}` as SessionId,
  outlet: outletId(i),
  connectedAtMs: 0,
  wantsMa: 32_000,
  ...(inForceMa !== undefined && { inForceMa }),
});
const input = (nowMs: number, over: Partial<LoopInput>): LoopInput => ({
  ...{ nowMs, meters: new Map(), sessions: [], outcomes: [], batteries: [], solar: [] },
  ...over,
});

test("inherited: what a predecessor granted is budgeted before anything of our own is in effect", () => {
  const loop = createControlLoop(site);
  const sessions = [session(0, 32_000), session(1)];
  for (let nowMs = 500; nowMs <= 60_000; nowMs += 500) {
    const { grants, state } = loop.turn(input(nowMs, { sessions }));
    assert(Math.max(...state.fuses[0]!.mayMa) <= 40_000, `${nowMs}: ${state.fuses[0]!.mayMa}`);
    assert(grants.every(({ session, limitMa }) => session !== "s1" || limitMa <= 8_000));
  }
  assert.equal(loop.turn(input(60_500, { sessions })).state.outlets[0]!.mayMa[0], 32_000);
});

test("inherited: a session goes on with what it has, in the first turn, instead of falling to its safe default", () => {
  const loop = createControlLoop(site);
  const { grants } = loop.turn(input(500, { sessions: [session(0, 16_000)] }));
  assert.deepEqual(
    grants.map(({ limitMa, reason }) => [limitMa, reason]),
    [[16_000, "refreshed"]],
  );
});

test("inherited: a limit that this site's document does not know is budgeted whole, and refreshed as the next lower one", () => {
  const coarse = smallSite({
    outlets: 1,
    mainA: 40,
    outlet: { steps: { kind: "list", ma: [6_000, 10_000] } },
  });
  const { grants, state } = createControlLoop(coarse).turn(input(500, { sessions: [session(0, 16_000)] }));
  assert.equal(grants[0]!.limitMa, 10_000);
  assert.equal(state.outlets[0]!.mayMa[0], 16_000);
});

test("inherited: numbers of grants go on from another controller's, and never back", () => {
  const loop = createControlLoop(site);
  loop.numberFrom(41);
  loop.numberFrom(7);
  assert.equal(loop.turn(input(500, { sessions: [session(0, 16_000)] })).grants[0]!.seq, 42);
});

test("inherited: what another grants while this loop lives (the fallback, when it was not heeded) is budgeted, and nobody disobeys by it", () => {
  const loop = createControlLoop(smallSite({ outlets: 2, mainA: 40, outlet: { safeMa: 0 } }));
  const seen = (nowMs: number, ma: number) => ({ observed: { atMs: nowMs, terminalsMa: [ma, ma, ma] } });
  const outcomes: LoopInput["outcomes"][number][] = [];
  let waits = 0;
  for (let nowMs = 500; nowMs <= 90_000; nowMs += 500) {
    // From 30 s on its grants are refused, and another has given the second car 30 A.
    const another = nowMs > 30_000 && nowMs <= 60_000;
    const told = another ? { inForceMa: 30_000, ...seen(nowMs, 30_000) } : {};
    const sessions = [session(0), { ...session(1), wantsMa: nowMs < 60_000 ? 0 : 32_000, ...told }];
    const { grants, state } = loop.turn(input(nowMs, { sessions, outcomes: outcomes.splice(0) }));
    for (const { session: id, seq } of grants)
      outcomes.push({ session: id, seq, outcome: another ? "rejected" : "accepted", atMs: nowMs });
    if (!another) continue;
    assert.equal(state.outlets[1]!.standing, "obeys", `${nowMs}`);
    assert(state.outlets[1]!.mayMa[0] >= 30_000, `${nowMs}: ${state.outlets[1]!.mayMa}`);
    waits++;
  }
  assert.equal(waits, 60);
});

test("inherited: of what a station has at most, no more is said again than it surely has, nor before a reading may show it", () => {
  const loop = createControlLoop(smallSite({ outlets: 2, mainA: 30 }));
  const sessions = (goesOnMa: number) => [{ ...session(0, 32_000), goesOnMa }, session(1)];
  for (let nowMs = 500; nowMs <= 15_000; nowMs += 500) {
    const { grants, state } = loop.turn(input(nowMs, { sessions: sessions(nowMs < 9_000 ? 6_000 : 14_000) }));
    assert.deepEqual(
      [grants.filter((grant) => grant.session === "s0"), state.outlets[0]!.mayMa[0]],
      [[], 32_000],
    );
  }
  const { grants } = loop.turn(input(15_500, { sessions: sessions(14_000) }));
  assert.deepEqual(grants.map(({ limitMa, reason }) => [limitMa, reason])[0], [14_000, "refreshed"]);
});

test("inherited: everything is said again where it may not have been heard", () => {
  const loop = createControlLoop(site);
  loop.turn(input(500, { sessions: [session(0, 16_000)] }));
  assert.deepEqual(loop.turn(input(1_000, { sessions: [session(0, 16_000)] })).grants, []);
  loop.sayAgain();
  const { grants } = loop.turn(input(1_500, { sessions: [session(0, 16_000)] }));
  assert.deepEqual(
    grants.map(({ limitMa }) => limitMa),
    [16_000],
  );
});
