/** The fallback allocator: no meter, and yet never above a fuse, for whatever the building does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { FALLBACK_PERIOD_MS, Fallback } from "./fallback.ts";
import { fuseTree } from "./fuse-tree.ts";
import type { GrantOutcome, SessionId, SessionInput } from "./inputs.ts";
import { everyWired, NO_CURRENT, type PerPhase, plus } from "./phases.ts";
import type { OutletId, Site, Source, SourceId } from "./site.ts";
import { outletId, smallSite } from "./testing/small-site.ts";

type BatterySource = Extract<Source, { kind: "battery" }>;

const session = (i: number, more: Partial<SessionInput> = {}): SessionInput => ({
  id: `s${i}` as SessionId,
  outlet: outletId(i),
  connectedAtMs: i,
  wantsMa: 32_000,
  ...more,
});

/** Runs it with stations that accept (or, `deaf`, do not); answers the limits in force over time, by outlet. */
function run(
  site: Site,
  options: {
    sessions: SessionInput[];
    left?: Map<OutletId, number>;
    spanMs: number;
    deaf?: Set<OutletId>;
    externalW?: number;
  },
) {
  const { sessions, left = new Map(), spanMs, deaf = new Set(), externalW } = options;
  const fallback = new Fallback(
    site,
    [...left].map(([outlet, limitMa]) => ({ outlet, limitMa })),
    100,
  );
  const inForce = new Map(site.outlets.map(({ id, safeMa }) => [id, left.get(id) ?? safeMa]));
  const charged = new Map(site.outlets.map(({ id }) => [id, 0]));
  const seqs: number[] = [];
  let worst = Number.NEGATIVE_INFINITY;
  let outcomes: GrantOutcome[] = [];
  for (let nowMs = 0; nowMs < spanMs; nowMs += FALLBACK_PERIOD_MS) {
    const input = { nowMs, sessions, outcomes, ...(externalW !== undefined && { externalW }) };
    const grants = fallback.turn(input);
    // Raises work at once, lowering at the end of the model's response: the worst order there is.
    const lowered = grants.filter(({ outlet, limitMa }) => limitMa < inForce.get(outlet)!);
    for (const { outlet, limitMa, seq } of grants) {
      seqs.push(seq);
      if (!deaf.has(outlet) && limitMa > inForce.get(outlet)!) inForce.set(outlet, limitMa);
    }
    worst = Math.max(worst, load(site, inForce));
    for (const { outlet, limitMa } of lowered) if (!deaf.has(outlet)) inForce.set(outlet, limitMa);
    outcomes = grants
      .filter(({ outlet }) => !deaf.has(outlet))
      .map(({ session: id, seq }) => ({ session: id, seq, atMs: nowMs, outcome: "accepted" }));
    for (const [id, ma] of inForce) charged.set(id, charged.get(id)! + ma);
  }
  return { inForce, charged, worst, seqs, shown: fallback.outlets };
}

/** The fullest fuse's load, with the building at its declared highest. */
function load(site: Site, inForce: ReadonlyMap<OutletId, number>): number {
  const tree = fuseTree(site);
  const sums: PerPhase[] = site.fuses.map(() => NO_CURRENT);
  const add = (fuse: number, ma: PerPhase) => {
    for (const node of tree.pathOf(fuse)) sums[node] = plus(sums[node]!, ma);
  };
  for (const { fuse, highestMa } of site.loads) add(tree.indexOf(fuse), highestMa);
  for (const { id, fuse, wiring } of site.outlets)
    add(tree.indexOf(fuse), everyWired(wiring, inForce.get(id)!));
  return Math.max(...sums.map((ma, i) => Math.max(...ma) / site.fuses[i]!.ratedMa));
}

test("fallback: each connected car gets a minimum where the safe total allows it", () => {
  const site = smallSite({ outlets: 3, mainA: 50, baseA: 30 });
  const { inForce } = run(site, { sessions: [0, 1, 2].map((i) => session(i)), spanMs: 60_000 });
  assert.deepEqual([...inForce.values()], [6_000, 6_000, 6_000]);
});

test("fallback: where it does not, slots rotate and everybody has as much time", () => {
  const site = smallSite({ outlets: 5, mainA: 43, baseA: 30 });
  const spanMs = 10 * 3_600_000;
  const { charged, worst } = run(site, { sessions: [0, 1, 2, 3, 4].map((i) => session(i)), spanMs });
  assert(worst <= 1, `${worst}`);
  const all = [...charged.values()];
  assert(Math.min(...all) > 0.8 * Math.max(...all), `${all}`);
});

test("fallback: what the dead controller left counts until the stations took less", () => {
  const site = smallSite({ outlets: 4, mainA: 70, baseA: 30 });
  const left = new Map([
    [outletId(0), 20_000],
    [outletId(1), 20_000],
  ]);
  const sessions = [0, 1, 2, 3].map((i) => session(i));
  const { inForce, worst } = run(site, { sessions, left, spanMs: 120_000 });
  assert(worst <= 1, `${worst}`);
  assert.deepEqual([...inForce.values()], [6_000, 6_000, 6_000, 6_000]);
});

test("fallback: a deaf station keeps its claim; its grants are numbered after those of the dead controller", () => {
  const site = smallSite({ outlets: 3, mainA: 50, baseA: 30 });
  const { inForce, worst, seqs } = run(site, {
    sessions: [0, 1, 2].map((i) => session(i)),
    left: new Map([[outletId(0), 12_000]]),
    spanMs: 300_000,
    deaf: new Set([outletId(0)]),
  });
  assert(worst <= 1, `${worst}`);
  assert.deepEqual([...inForce.values()], [12_000, 6_000, 0]);
  assert(Math.min(...seqs) > 100);
});

test("fallback: a limit from outside bounds what is lent, and takes back what was left; slots go round within it", () => {
  const site = smallSite({ outlets: 4, mainA: 200, baseA: 30 });
  const sessions = [0, 1, 2, 3].map((i) => session(i));
  const left = new Map([[outletId(0), 20_000]]);
  // Two slots of 6 A on three phases are 8.3 kW.
  const { inForce, charged } = run(site, { sessions, left, spanMs: 10 * 3_600_000, externalW: 8_400 });
  const all = [...inForce.values()];
  assert.equal(
    all.reduce((sum, ma) => sum + ma, 0),
    12_000,
    `${all}`,
  );
  const shares = [...charged.values()];
  assert(Math.min(...shares) > 0.8 * Math.max(...shares), `${shares}`);
  const none = run(site, { sessions, left, spanMs: 60_000, externalW: 0 });
  assert.deepEqual([...none.inForce.values()], [0, 0, 0, 0]);
});

test("fallback: under a limit from outside a battery counts at its full charge until it has let go by itself", () => {
  const wiring = ["L1", "L2", "L3"] as const;
  const main = smallSite({ outlets: 1, mainA: 200 }).fuses[0]!.id;
  const battery = (revert: BatterySource["revert"]): BatterySource => ({
    ...{ kind: "battery", id: "b" as SourceId, fuse: main, wiring, chargeWMax: 5_000, dischargeWMax: 5_000 },
    ...{ capacityWh: 10_000, reservePermille: 100, fullPermille: 900, temperatureC: { min: 0, max: 40 } },
    ...{ rampWPerS: 1_000, deadbandW: 50, revert },
  });
  const lent = (revert: BatterySource["revert"], spanMs: number) => {
    const site = { ...smallSite({ outlets: 1, mainA: 200 }), sources: [battery(revert)] };
    return run(site, { sessions: [session(0)], spanMs, externalW: 6_000 }).inForce.get(outletId(0));
  };
  assert.equal(lent({ kind: "proven", afterMs: 60_000 }, 50_000), 0);
  assert.equal(lent({ kind: "proven", afterMs: 60_000 }, 120_000), 6_000);
  assert.equal(lent({ kind: "unproven" }, 3_600_000), 0);
});

test("fallback: shows what each outlet may draw as it reckons with it, never less than is in force", () => {
  const site = smallSite({ outlets: 4, mainA: 400, baseA: 30 });
  const sessions = [0, 1, 2].map((i) => session(i));
  const deaf = new Set([outletId(1)]);
  const left = new Map([[outletId(1), 20_000]]);
  const { shown, inForce } = run(site, { sessions, left, spanMs: 120_000, deaf });
  for (const { id, mayMa, limitMa } of shown) {
    assert(Math.max(...mayMa) >= inForce.get(id)!, `${id}: ${mayMa} of ${inForce.get(id)}`);
    assert(Math.max(...mayMa) >= limitMa, id);
  }
  assert.equal(shown.at(-1)?.standing, "empty");
});

test("fallback: who waited at nothing gets no safe default while others live on what they were left", () => {
  const site = smallSite({ outlets: 3, mainA: 35, outlet: { safeMa: 6_000 } });
  const left = [20_000, 10_000, 0].map((limitMa, i) => ({ outlet: outletId(i), limitMa }));
  const fallback = new Fallback(site, left, 100);
  const sessions = left.map(({ limitMa }, i) => session(i, { inForceMa: limitMa }));
  let outcomes: GrantOutcome[] = [];
  const lentMa: number[] = [];
  for (let nowMs = 0; nowMs <= 10_000; nowMs += FALLBACK_PERIOD_MS) {
    const grants = fallback.turn({ nowMs, sessions, outcomes });
    outcomes = grants.map(({ session: id, seq }) => ({ session: id, seq, atMs: nowMs, outcome: "accepted" }));
    lentMa.push(fallback.outlets[2]!.limitMa);
  }
  assert.deepEqual(lentMa, [0, 6_000, 6_000], "36 A may be drawn until the others' response is over");
});

test("fallback: what was left to a car that is gone holds nobody back", () => {
  const site = smallSite({ outlets: 2, mainA: 33 });
  const fallback = new Fallback(site, [{ outlet: outletId(0), limitMa: 32_000 }], 100);
  const lent = (nowMs: number, live: readonly OutletId[]) => {
    fallback.turn({ nowMs, sessions: [session(1)], outcomes: [], live: new Set(live) });
    return fallback.outlets[1]!.limitMa;
  };
  assert.equal(lent(0, [outletId(0), outletId(1)]), 0, "it may still be in force");
  assert.equal(lent(FALLBACK_PERIOD_MS, [outletId(1)]), 6_000);
});

test("fallback: a car that draws above its limit makes the next turn due at once, and its neighbours give way", () => {
  const site = smallSite({ outlets: 3, mainA: 40, outlet: { safeMa: 6_000 } });
  const fallback = new Fallback(site, [], 100);
  const calm = [0, 1, 2].map((i) => session(i));
  fallback.turn({ nowMs: 0, sessions: calm, outcomes: [] });
  assert.equal(fallback.exceeded(calm), false);
  const wild = calm.with(0, session(0, { observed: { atMs: 800, terminalsMa: [32_000, 32_000, 32_000] } }));
  assert.equal(fallback.exceeded(wild), true);
  const grants = fallback.turn({ nowMs: 1_000, sessions: wild, outcomes: [] });
  const taken = grants.filter(({ limitMa }) => limitMa === 0).map(({ outlet }) => outlet);
  assert.equal(taken.length, 1, "40 A carry 32 A and one slot");
  assert.equal(fallback.exceeded(wild), false, "it has been heeded");
});

test("property: for any site, left grants and deafness, no fuse is above its rating at the declared highest base load", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const chance = seededChance(seed);
    const outlets = chance.int(1, 12);
    const baseA = chance.int(0, 40);
    const mainA = baseA + chance.int(10, 60);
    const subA = chance.int(6, mainA);
    const site = smallSite({ outlets, baseA, mainA, subA });
    const left = new Map<OutletId, number>();
    for (const { id } of site.outlets) {
      left.set(id, chance.int(6, 32) * 1_000);
      if (load(site, new Map(site.outlets.map((o) => [o.id, left.get(o.id) ?? 0]))) > 1) left.delete(id);
    }
    const deaf = new Set(site.outlets.map(({ id }) => id).filter(() => chance.int(1, 4) === 1));
    const sessions = site.outlets.flatMap((_, i) => (chance.int(0, 3) === 0 ? [] : [session(i)]));
    const { worst } = run(site, { sessions, left, spanMs: 3_600_000, deaf });
    assert(worst <= 1 + 1e-9, `seed ${seed}: ${worst}`);
  }
});
