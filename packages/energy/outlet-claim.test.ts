/** What one outlet may draw: a lower limit frees nothing by being sent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { GrantOutcome, SessionId } from "./inputs.ts";
import { DEAF_AFTER_MS, LAG_MS_MAX, OUTSTANDING_GRANTS_MAX } from "./limits.ts";
import { OutletClaim } from "./outlet-claim.ts";
import { outletId, smallSite } from "./testing/small-site.ts";

const id = "s" as SessionId;
const session = { id, outlet: outletId(0), connectedAtMs: 0, wantsMa: 32_000 };
const accepted = (seq: number, atMs: number): GrantOutcome => ({
  session: id,
  seq,
  atMs,
  outcome: "accepted",
});
const rejected = (seq: number, atMs: number): GrantOutcome => ({
  session: id,
  seq,
  atMs,
  outcome: "rejected",
});
const claimOf = (more: object = {}) =>
  new OutletClaim(smallSite({ outlets: 1, mainA: 63, outlet: more }).outlets[0]!);

/** A claim with 20 A in force since long, and 10 A sent at 100 s. */
function lowering(more: object = {}): OutletClaim {
  const claim = claimOf(more);
  claim.update(session, [], 0);
  claim.send({ seq: 1, limitMa: 20_000 }, 0);
  claim.update(session, [accepted(1, 500)], 500);
  claim.update(session, [], 99_000);
  claim.send({ seq: 2, limitMa: 10_000 }, 100_000);
  return claim;
}
const mayAt = (claim: OutletClaim, nowMs: number, ...outcomes: GrantOutcome[]) => {
  claim.update(session, outcomes, nowMs);
  return claim.mayMa[0];
};

test("claim: a lower limit counts only once it was accepted and the model's response time has passed", () => {
  const claim = lowering();
  assert.equal(mayAt(claim, 100_500), 20_000);
  assert.equal(mayAt(claim, 101_000, accepted(2, 101_000)), 20_000);
  assert.equal(mayAt(claim, 105_999), 20_000);
  assert.equal(mayAt(claim, 106_000), 10_000);
});

test("claim: what was seen before it must have followed says nothing against it; more than that afterwards is reckoned with at once", () => {
  const claim = lowering();
  const seen = (nowMs: number, atMs: number, ma: number, ...outcomes: GrantOutcome[]) => {
    claim.update({ ...session, observed: { atMs, terminalsMa: [ma, ma, ma] } }, outcomes, nowMs);
    return [claim.heeds, claim.mayMa[0]];
  };
  assert.deepEqual(seen(101_000, 101_000, 20_000, accepted(2, 101_000)), [true, 20_000]);
  assert.deepEqual(seen(107_000, 105_000, 16_000), [true, 16_000]);
  assert.deepEqual(seen(108_000, 107_500, 16_000), [false, 16_000]);
  assert.equal(claim.standing, "obeys", "not judged yet");
  assert.deepEqual(seen(109_000, 108_500, 10_900), [true, 10_900], "no finer than a meter");
});

test("claim: one reading from the moment in which a car begins judges nobody, however long it stands; a second does", () => {
  const claim = claimOf({ safeMa: 6_000 });
  const seen = (nowMs: number, atMs: number, ma: number) => {
    claim.update({ ...session, observed: { atMs, terminalsMa: [ma, ma, ma] } }, [], nowMs);
    return [claim.standing, claim.mayMa[0]];
  };
  assert.deepEqual(seen(1_000, 1_000, 20_000), ["obeys", 20_000], "what is seen counts at once");
  assert.deepEqual(seen(9_900, 1_000, 20_000), ["obeys", 20_000]);
  assert.deepEqual(seen(10_000, 5_900, 20_000), ["obeys", 20_000], "within the model's response time");
  assert.deepEqual(seen(11_000, 6_000, 20_000), ["disobeys", 32_000]);
});

test("claim: who goes on drawing what it was granted before is judged by the first reading that can be of no earlier time", () => {
  const judgedAt = (drawsAt: (atMs: number) => number) => {
    const claim = lowering();
    for (let atMs = 100_500; atMs < 150_000; atMs += 5_000) {
      const ma = drawsAt(atMs);
      const observed = { atMs, terminalsMa: [ma, ma, ma] };
      claim.update({ ...session, observed }, atMs === 100_500 ? [accepted(2, atMs)] : [], atMs);
      if (claim.standing === "disobeys") return atMs;
    }
    return undefined;
  };
  const followed = 105_500 + LAG_MS_MAX;
  assert.equal(
    judgedAt(() => 20_000),
    followed,
  );
  assert.equal(
    judgedAt((atMs) => (atMs < followed ? 20_000 : 10_000)),
    undefined,
    "read late",
  );
});

test("claim: whoever was judged stays judged until one car has kept to its grants for five minutes: the next car begins anew", () => {
  const claim = claimOf({ safeMa: 6_000 });
  let atMs = 0;
  const draws = (ma: number, forMs: number, who = session) => {
    for (const untilMs = atMs + forMs; atMs < untilMs; ) {
      atMs += 10_000;
      claim.update({ ...who, observed: { atMs, terminalsMa: [ma, ma, ma] } }, [], atMs);
    }
    return claim.standing;
  };
  assert.equal(draws(20_000, 20_000), "disobeys");
  assert.equal(draws(6_000, 240_000), "disobeys");
  const next = { ...session, id: "next" as SessionId };
  assert.equal(draws(6_000, 290_000, next), "disobeys", "what the car before it kept to is not its");
  assert.equal(draws(6_000, 30_000, next), "obeys");
});

test("claim: a station that was above its grant and tells nothing more is judged by that; an old reading says nothing of what is lowered after it", () => {
  const silent = claimOf({ safeMa: 6_000 });
  const observed = { atMs: 1_000, terminalsMa: [20_000, 20_000, 20_000] };
  const at = (nowMs: number) => {
    silent.update({ ...session, observed }, [], nowMs);
    return silent.standing;
  };
  assert.deepEqual([at(1_000), at(35_900), at(36_000)], ["obeys", "obeys", "disobeys"]);
  const claim = lowering();
  const before = { atMs: 99_500, terminalsMa: [20_000, 20_000, 20_000] };
  for (let nowMs = 101_000; nowMs < 140_000; nowMs += 1_000)
    claim.update({ ...session, observed: before }, [accepted(2, 101_000)], nowMs);
  assert.deepEqual([claim.standing, claim.strays], ["obeys", false]);
});

test("claim: a rejected limit leaves the one before in force", () => {
  const claim = lowering();
  assert.equal(mayAt(claim, 200_000, rejected(2, 101_000)), 20_000);
  assert.equal(claim.limitMa, 20_000, "what is said again is no other than what is in force");
});

test("claim: raises that nobody heeded, as in the fallback, were never told: the safe default is what is said again", () => {
  const claim = claimOf({ safeMa: 6_000 });
  claim.update(session, [], 0);
  claim.send({ seq: 1, limitMa: 16_000 }, 0);
  claim.send({ seq: 2, limitMa: 20_000 }, 6_000);
  claim.update(session, [rejected(1, 6_500), rejected(2, 6_500)], 6_500);
  assert.deepEqual([claim.limitMa, ...claim.mayMa], [6_000, 6_000, 6_000, 6_000]);
});

test("claim: less than the safe default, and nothing renews it: the default is budgeted again before the station has it", () => {
  const claim = claimOf({ safeMa: 6_000, ttlMs: 60_000 });
  claim.update(session, [], 0);
  claim.send({ seq: 1, limitMa: 0 }, 0);
  claim.update(session, [accepted(1, 100)], 100);
  for (let seq = 2; seq < 40; seq++) claim.send({ seq, limitMa: 0 }, seq * 1_000);
  assert.deepEqual([mayAt(claim, 45_000), claim.heeds], [0, true]);
  assert.deepEqual([mayAt(claim, 45_001), claim.heeds], [6_000, false]);
  assert.deepEqual([mayAt(claim, 46_000, accepted(39, 46_000)), claim.heeds], [0, true]);
});

test("claim: what another lowered while nothing of ours was heeded is gone on with, so that no lowering of ours raises it", () => {
  const claim = claimOf({ safeMa: 6_000 });
  claim.update({ ...session, inForceMa: 14_000 }, [], 0);
  assert.equal(claim.limitMa, 14_000);
  claim.send({ seq: 1, limitMa: 12_000 }, 1_000);
  claim.update({ ...session, inForceMa: 14_000 }, [rejected(1, 1_000)], 1_500);
  assert.equal(claim.limitMa, 14_000);
  claim.update({ ...session, inForceMa: 6_000 }, [], 10_000);
  assert.equal(claim.limitMa, 6_000);
  assert.equal(claim.mayMa[0], 14_000, "budgeted, until one of ours is in effect");
  claim.send({ seq: 2, limitMa: 8_000 }, 20_000);
  claim.update({ ...session, inForceMa: 6_000 }, [], 20_500);
  assert.equal(claim.limitMa, 8_000, "ours is under way");
});

test("claim: what another grants up to the safe default, to one that was told less, is budgeted, and ours is said again at once", () => {
  const claim = claimOf({ safeMa: 6_000 });
  claim.update(session, [], 0);
  claim.send({ seq: 1, limitMa: 0 }, 0);
  claim.update(session, [accepted(1, 100)], 100);
  assert.equal(mayAt(claim, 20_000), 0);
  claim.update({ ...session, inForceMa: 6_000 }, [], 20_500);
  assert.deepEqual([claim.limitMa, claim.mayMa[0], claim.sentAtMs], [0, 6_000, Number.NEGATIVE_INFINITY]);
  claim.send({ seq: 2, limitMa: 0 }, 20_500);
  claim.update(session, [accepted(2, 20_600)], 20_600);
  assert.deepEqual([mayAt(claim, 25_599), mayAt(claim, 25_600)], [6_000, 0], "until ours is in effect");
});

test("claim: a higher limit counts from the moment it is sent", () => {
  const claim = lowering();
  claim.send({ seq: 3, limitMa: 25_000 }, 100_500);
  assert.equal(mayAt(claim, 100_500), 25_000);
});

test("claim: no answer keeps what was in force; a station never seen to fall back may draw its rating", () => {
  assert.equal(mayAt(lowering(), 100_000 + 2 * DEAF_AFTER_MS), 20_000);
  assert.equal(mayAt(lowering({ expiry: "unproven" }), 100_000 + 2 * DEAF_AFTER_MS), 32_000);
});

test("claim: what is seen counts at once, whatever was granted", () => {
  const claim = lowering();
  const seen = { ...session, observed: { atMs: 100_100, terminalsMa: [31_000, 31_000, 31_000] } };
  claim.update(seen, [], 100_200);
  assert.deepEqual(claim.mayMa, [31_000, 31_000, 31_000]);
});

test("claim: an outlet that nothing limits may always draw its rating, an empty one its safe default", () => {
  assert.deepEqual(claimOf({ limiting: "none" }).mayMa, [32_000, 32_000, 32_000]);
  assert.deepEqual(claimOf({ safeMa: 6_000 }).mayMa, [6_000, 6_000, 6_000]);
});

test("claim: a station that never answers costs bounded memory, and never less than its highest grant", () => {
  const claim = claimOf();
  claim.update(session, [], 0);
  for (let seq = 1; seq <= 10 * OUTSTANDING_GRANTS_MAX; seq++)
    claim.send({ seq, limitMa: seq === 3 ? 30_000 : 8_000 }, seq);
  assert.equal(mayAt(claim, 10_000), 30_000);
});

test("claim: nobody there draws nothing, once a car that left can no longer stand in a meter's reading", () => {
  const claim = claimOf({ safeMa: 6_000 });
  claim.update(session, [], 0);
  claim.update(undefined, [], 10_000);
  assert.deepEqual(claim.drawAtMostMa(10_000 + LAG_MS_MAX), [6_000, 6_000, 6_000]);
  assert.deepEqual(claim.drawAtMostMa(10_001 + LAG_MS_MAX), [0, 0, 0]);
  // What somebody who comes may draw is another matter.
  assert.deepEqual(claim.mayMa, [6_000, 6_000, 6_000]);
});

test("may draw: a session that waited at nothing ends; its outlet counts with its safe default, and hides none of the base load", () => {
  const claim = claimOf({ safeMa: 6_000 });
  const still = (nowMs: number) => ({ ...session, observed: { atMs: nowMs, terminalsMa: [0, 0, 0] } });
  claim.update(still(0), [], 0);
  claim.send({ seq: 1, limitMa: 0 }, 0);
  claim.update(still(500), [accepted(1, 500)], 500);
  for (let nowMs = 10_000; nowMs <= 60_000; nowMs += 5_000) claim.update(still(nowMs), [], nowMs);
  claim.update(undefined, [], 61_000);
  assert.deepEqual(claim.mayMa, [6_000, 6_000, 6_000], "for whoever plugs in");
  assert.deepEqual(claim.drawAtMostMa(61_000), [0, 0, 0], "nobody draws now");
  assert(claim.freed(61_000) && !claim.freed(61_001 + LAG_MS_MAX), "no grant of ours allows that");
});

test("may draw: a car of one phase leaves an outlet of three: on the two others the safe default is no grant's, either", () => {
  for (const [phases, freed] of [
    [[16_000, 0, 0], true],
    [[16_000, 16_000, 16_000], false],
  ] as const) {
    const claim = claimOf({ safeMa: 6_000 });
    const draws = (nowMs: number) => ({ ...session, observed: { atMs: nowMs, terminalsMa: phases } });
    claim.update(draws(0), [], 0);
    claim.send({ seq: 1, limitMa: 16_000 }, 0);
    claim.update(draws(500), [accepted(1, 500)], 500);
    for (let nowMs = 5_000; nowMs <= 60_000; nowMs += 5_000) claim.update(draws(nowMs), [], nowMs);
    assert.deepEqual(claim.mayMa, phases);
    claim.update(undefined, [], 61_000);
    assert.equal(claim.freed(61_000), freed);
  }
});

test("may draw: of a predecessor's grant below the safe default a session goes on at that, and is budgeted with the safe default", () => {
  const claim = claimOf({ safeMa: 6_000 });
  claim.update({ ...session, inForceMa: 0 }, [], 0);
  assert.equal(claim.limitMa, 0);
  assert.deepEqual(claim.mayMa, [6_000, 6_000, 6_000]);
});
