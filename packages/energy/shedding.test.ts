/** Whose lowering is counted on where an overload stays. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuseTree } from "./fuse-tree.ts";
import type { SessionId } from "./inputs.ts";
import { heldIn } from "./outlet-claim.ts";
import type { PerPhase } from "./phases.ts";
import { Shedding } from "./shedding.ts";
import { smallSite } from "./testing/small-site.ts";

const flat = (a: number): PerPhase => [a * 1_000, a * 1_000, a * 1_000];
const onOne = (a: number): PerPhase => [a * 1_000, 0, 0];
const LOWERED_MS = 100_000;
const SEEN_MS = LOWERED_MS + 260;

/**
 * Three that were granted 12 A of 48; one is lowered for another fuse, the others when too much is seen here. What each draws then; where it
 * is too much.
 */
function limitsAfter(drawsA: readonly [number, number, number], on: (a: number) => PerPhase): number[] {
  const tree = fuseTree(smallSite({ outlets: 3, mainA: 48 }));
  const held = heldIn(tree);
  let seq = 0;
  const lower = (i: number, a: number, nowMs: number) => {
    const { claim } = held[i]!;
    claim.send({ seq: ++seq, limitMa: a * 1_000 }, nowMs);
  };
  const see = (i: number, a: number, nowMs: number) => {
    const { claim } = held[i]!;
    const session = {
      ...{ id: `s${i}` as SessionId, outlet: claim.outlet.id, connectedAtMs: 0, wantsMa: 32_000 },
      observed: { atMs: nowMs, terminalsMa: flat(a) },
    };
    claim.update(session, [], nowMs);
  };
  held.forEach((_, i) => {
    see(i, 0, 0);
    lower(i, 12, 0);
    see(i, 12, 60_000);
  });
  const shedding = new Shedding(tree, held);
  const turn = (a: number, nowMs: number) => {
    for (const { claim, limitMa } of shedding.turn([{ atMs: nowMs, currentMa: on(a) }], nowMs))
      claim.send({ seq: ++seq, limitMa }, nowMs);
  };
  lower(0, 6, LOWERED_MS);
  lower(1, 6, SEEN_MS);
  lower(2, 6, SEEN_MS);
  turn(56, SEEN_MS);
  drawsA.forEach((a, i) => {
    see(i, a, SEEN_MS + 3_000);
  });
  turn(50, SEEN_MS + 5_000);
  return held.map(({ claim }) => claim.limitMa / 1_000);
}

test("shedding: what one takes back who draws more than he was told, for whichever fuse, is not counted on", () => {
  assert.deepEqual(limitsAfter([32, 12, 6], onOne), [0, 0, 0], "he does not obey, another is deaf");
  assert.deepEqual(limitsAfter([12, 32, 6], onOne), [0, 0, 0], "the other way about");
});

test("shedding: one who does as told gives way first, and as far as is needed alone", () => {
  for (const on of [onOne, flat]) assert.deepEqual(limitsAfter([6, 32, 12], on), [0, 6, 6]);
});
