/** Shares of those who are served in turn, and of those who rise together. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fuseTree, Room } from "./fuse-tree.ts";
import { type Claim, share } from "./share.ts";
import { smallSite } from "./testing/small-site.ts";

const site = smallSite({ outlets: 4, mainA: 100 });
const tree = fuseTree(site);
const claim = (more: Partial<Claim> = {}): Claim => ({
  outlet: site.outlets[0]!,
  place: tree.placeOf(0),
  uses: [1, 1, 1],
  levelsMa: [0, 32_000, 32_000],
  starts: false,
  inTurn: true,
  ...more,
});
const roomOf = (a: number) => new Room(tree, [...Array(3).fill(a * 1000), Number.POSITIVE_INFINITY]);
const shares = (mainA: number, claims: readonly Claim[], forStartsA = mainA) =>
  share(tree, claims, roomOf(mainA), roomOf(forStartsA)).map((ma) => ma / 1000);

test("share: in turn, the first has all it takes before the next has anything", () => {
  assert.deepEqual(shares(50, [claim(), claim(), claim()]), [32, 18, 0]);
  assert.deepEqual(
    shares(
      48,
      [claim(), claim(), claim()].map((c) => ({ ...c, inTurn: false })),
    ),
    [16, 16, 16],
  );
});

test("share: what is left over and less than a minimum is not lost: the one before gives so much back", () => {
  assert.deepEqual(shares(35, [claim(), claim()]), [29, 6]);
  // Nothing is left over: nothing is given back.
  assert.deepEqual(shares(32, [claim(), claim()]), [32, 0]);
  // Nor where the giver would fall below its own minimum.
  assert.deepEqual(shares(9, [claim({ levelsMa: [0, 7_000, 7_000] }), claim()]), [7, 0]);
});

test("share: a car that draws little lends the rest to those behind it", () => {
  assert.deepEqual(shares(40, [claim({ levelsMa: [0, 10_000, 32_000] }), claim()]), [10, 30]);
});

test("share: what a plan promises goes before any turn", () => {
  const promised = claim({ levelsMa: [20_000, 32_000, 32_000] });
  assert.deepEqual(shares(50, [claim(), promised]), [30, 20]);
});

test("share: room on one's own phases is enough, in turn too", () => {
  const one = claim({ uses: [1, 0, 0] });
  const other = claim({ uses: [0, 1, 0] });
  assert.deepEqual(shares(32, [one, other]), [32, 32]);
});

test("share: beside one that insists nobody behind it rises into what it is refused for", () => {
  const waits = claim({ starts: true, inTurn: false, levelsMa: [0, 8_000, 8_000] });
  const charges = claim({ inTurn: false });
  assert.deepEqual(shares(15, [waits, charges], 14), [8, 7]);
  assert.deepEqual(shares(15, [{ ...waits, insists: true }, charges], 14), [7, 7]);
});

test("share: what is taken from one whose station strays is counted on by nobody", () => {
  const [two, doubtedMa] = [claim({ inTurn: false }), [16_000, 16_000, 16_000] as const];
  assert.deepEqual(shares(24, [two, two]), [12, 12]);
  assert.deepEqual(shares(24, [{ ...two, doubtedMa }, two]), [12, 8]);
  assert.deepEqual(shares(18, [{ ...two, doubtedMa }, two]), [9, 0]);
});
