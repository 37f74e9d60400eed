/**
 * Bound (c) of the pair that needs room spared in advance: a station that does not obey, and nobody left to lower the others. Heat is reckoned
 * as in faults.test.ts.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvseId, StationId } from "@wattward/kernel";
import { seededChance } from "@wattward/testing";
import { checkSite } from "./check-site.ts";
import { opensBeside } from "./check-spared.ts";
import { fuseTree } from "./fuse-tree.ts";
import type { Site, SourceId } from "./site.ts";
import { carriedForMa, grantsEndMs } from "./spared.ts";
import { Plant } from "./testing/plant.ts";
import { MAIN, outletId, smallSite } from "./testing/small-site.ts";

type Options = Parameters<typeof smallSite>[0];

/** On every third a station has two outlets. */
function siteOf(options: Options, seed: number): Site {
  const site = smallSite(options);
  const [first, second, ...rest] = site.outlets;
  const shared = seed % 3 === 0 ? { ...second!, station: first!.station, evse: 2 as EvseId } : second!;
  return { ...site, outlets: [first!, shared, ...rest] };
}

/** The worst heat of the site's fuses, as a part of what is allowed: all its cars charge, and the two faults befall it. */
function suffer(options: Options, seed: number): number {
  const chance = seededChance(seed);
  const site = siteOf(options, seed);
  const plant = new Plant({ site, chance, stationDelayMs: 10_000, commandDelayMs: 500, carDelayMs: 3_000 });
  const { baseA = 0 } = options;
  plant.baseMa[0] = [baseA, baseA, baseA].map((a) => chance.int(0, a) * 1_000) as never;
  for (const { id } of site.outlets)
    if (chance.int(1, 8) > 1) plant.plugIn(id, { terminals: chance.int(1, 4) === 1 ? 1 : 3 });
  plant.run(120_000 + chance.int(0, 120) * 500);
  const heats = site.fuses.map(() => [0, 0, 0]);
  let worst = 0;
  const watch = () => {
    site.fuses.forEach(({ carriesPermille, id, ratedMa }, fuse) => {
      const allowed = ((carriesPermille / 1_000) ** 2 - 1) * 60;
      plant.trueMa(id).forEach((ma, phase) => {
        const heat = heats[fuse]!;
        heat[phase] = Math.max(0, heat[phase]! + ((ma / ratedMa) ** 2 - 1) * 0.1);
        worst = Math.max(worst, heat[phase]! / allowed);
      });
    });
  };
  const victim = site.outlets[chance.int(0, site.outlets.length - 1)]!.station;
  const disobey = () => {
    for (const { id, station } of site.outlets)
      if (station === victim) plant.stations.get(id)!.fault = "disobeys";
  };
  const befall = [() => void (plant.dead = true), disobey];
  if (chance.int(0, 1) === 1) befall.reverse();
  for (const one of befall) {
    one();
    plant.run(chance.int(0, 20) * 500, watch);
  }
  plant.run(240_000, watch);
  return worst;
}

const options = (seed: number, spares: boolean): Options => {
  const chance = seededChance(seed + 1_000);
  const baseA = chance.int(0, 12);
  return {
    ...{ outlets: chance.int(3, 8), mainA: chance.int(44 + baseA, 80), baseA, riseA: baseA, spares },
    carriesPermille: chance.int(13, 17) * 100,
    ...(chance.int(0, 1) === 1 && { subA: chance.int(40, 44) }),
    ...(chance.int(1, 3) === 1 && { battery: { chargeWMax: 8_000, dischargeWMax: 8_000 }, solarW: 10_000 }),
    outlet: { ttlMs: chance.int(60, 120) * 1_000 },
  };
};

test("spared: a station that draws its rating beside a dead site heats no fuse too much; where nothing is spared, it does", () => {
  let without = 0;
  let tried = 0;
  for (let seed = 1; seed <= 250; seed++) {
    if (!checkSite(siteOf(options(seed, true), seed)).ok) continue;
    tried++;
    const worst = suffer(options(seed, true), seed);
    assert(worst <= 1, `seed ${seed}: ${worst} of what is allowed`);
    if (suffer(options(seed, false), seed) > 1) without++;
  }
  assert(tried > 75, `${tried} sites can spare a rating`);
  assert(without > 5, `${without} of ${tried} would have opened`);
});

test("spared: nothing is spared, and nothing costs anything, where the fuse carries a rating more for as long", () => {
  const site = (carriesPermille: number) =>
    smallSite({ outlets: 4, mainA: 100, carriesPermille, spares: true });
  assert.equal(fuseTree(site(2_000)).spared.length, 0);
  assert.equal(fuseTree(site(1_200)).spared.length, 12);
  assert.equal(fuseTree(smallSite({ outlets: 4, mainA: 100, carriesPermille: 1_200 })).spared.length, 0);
  assert.equal(
    fuseTree(smallSite({ outlets: 1, mainA: 32, spares: true })).spared.length,
    0,
    "nobody beside",
  );
});

test("spared: a station with two outlets is spared with both", () => {
  const site = smallSite({ outlets: 3, mainA: 80, carriesPermille: 1_200, spares: true });
  const outlets = site.outlets.map((outlet, i) =>
    i === 1 ? { ...outlet, station: "st0" as StationId, evse: 2 as EvseId } : outlet,
  );
  const rated = fuseTree({ ...site, outlets }).spared.map(({ ratedMa, station }) => [station, ratedMa]);
  assert.deepEqual(rated, [
    ...[...Array(3)].map(() => ["st0", 64_000]),
    ...[...Array(3)].map(() => ["st2", 32_000]),
  ]);
});

test("spared: one that is known not to obey, or does not hear, is the one: nothing is spared for another beside it", () => {
  for (const fault of ["disobeys", "deaf"] as const) {
    const plant = new Plant({
      site: smallSite({ outlets: 3, mainA: 63, carriesPermille: 1_400, spares: true }),
      chance: seededChance(1),
    });
    for (let i = 0; i < 3; i++) plant.plugIn(outletId(i));
    plant.run(60_000);
    const others = () => [1, 2].reduce((ma, i) => ma + plant.stations.get(outletId(i))!.limitMa, 0);
    plant.stations.get(outletId(0))!.fault = fault;
    plant.run(120_000);
    assert(plant.trueMa(MAIN)[0] <= 63_000);
    assert(others() >= 26_000, `${fault}: ${others()} mA of 31 A`);
  }
});

test("spared: a battery charges beside what cars would have without it, there too", () => {
  for (const [kW, cars] of [
    [10, 1],
    [13, 2],
  ] as const) {
    const battery = { chargeWMax: kW * 1_000 };
    const plant = new Plant({
      site: smallSite({ outlets: 3, mainA: 63, carriesPermille: 1_300, spares: true, battery }),
      chance: seededChance(1),
    });
    for (let i = 0; i < cars; i++) plant.plugIn(outletId(i));
    /** What each was granted on average, over the last eight of ten minutes in which the battery is to take so much. */
    const minutes = (w: number) => {
      let sumMa = 0;
      for (let minute = 0; minute < 10; minute++) {
        const batteries = new Map([["battery" as SourceId, -w]]);
        const validUntilMs = plant.nowMs + 300_000;
        plant.plan = { madeAtMs: plant.nowMs, validUntilMs, sessions: new Map(), batteries };
        plant.run(60_000, () => {
          if (minute >= 2) for (let i = 0; i < cars; i++) sumMa += plant.stations.get(outletId(i))!.limitMa;
        });
      }
      return sumMa / (cars * 4_800);
    };
    const withoutMa = minutes(0);
    const withMa = minutes(kW * 1_000);
    assert(withoutMa > 16_000 && withMa >= 0.9 * withoutMa, `${withMa} mA of ${withoutMa}`);
  }
});

test("spared: whoever strays once raises nobody into the room that is spared", () => {
  const outlet = { ttlMs: 60_000, respondsMs: 15_000 };
  const site = smallSite({ outlets: 4, mainA: 63, carriesPermille: 1_400, spares: true, outlet });
  const plant = new Plant({ site, chance: seededChance(1), carDelayMs: 1_500 });
  for (let i = 0; i < 3; i++) plant.plugIn(outletId(i));
  plant.run(90_000);
  const sums = () =>
    [1, 2, 3].map((spared) =>
      [0, 1, 2, 3].reduce((ma, i) => (i === spared ? ma : ma + plant.stations.get(outletId(i))!.limitMa), 0),
    );
  const row = carriedForMa(site.fuses[0]!, grantsEndMs(site.outlets)) - 32_000;
  const first = plant.stations.get(outletId(0))!;
  const grantedMa = first.limitMa;
  first.limitMa += 4_000;
  plant.run(6_000);
  first.limitMa = grantedMa;
  plant.run(60_000, () => {
    assert(Math.max(...sums()) <= row, `${sums()} mA where ${row} mA are left`);
    assert.equal(plant.last!.state.outlets[0]!.standing, "obeys");
  });
});

test("spared: what could not be kept is refused with its path; what would open is told", () => {
  const check = (more: Partial<Options>) => {
    const checked = checkSite(
      smallSite({ outlets: 3, mainA: 63, carriesPermille: 1_600, spares: true, ...more }),
    );
    return checked.ok ? [] : checked.fault.map(({ path, sentence }) => `${path} ${sentence}`);
  };
  assert.deepEqual(check({}), []);
  const [poor] = check({ mainA: 34, carriesPermille: 1_200 });
  assert.match(
    poor ?? "",
    /^fuses\[0\]\.spares leaves them \d+ mA on L1 where station 'st0' draws its rating of 32000 mA/,
  );
  const [forever] = check({ mainA: 40, carriesPermille: 2_000, outlet: { safeMa: 6_000 } });
  assert.match(
    forever ?? "",
    /^fuses\[0\]\.spares is overloaded on L1 .* it carries 44000 mA: less safeMa for them,/,
  );
  const [alone] = check({ outlets: 1, mainA: 20, carriesPermille: 2_000 });
  assert.match(alone ?? "", /^fuses\[0\]\.spares is overloaded on L1 .* it carries 32000 mA: /);
  assert.deepEqual(check({ mainA: 50, carriesPermille: 2_000, outlet: { safeMa: 6_000 } }), []);
  const [never] = check({ outlet: { expiry: "unproven" } });
  assert.match(
    never ?? "",
    /^fuses\[0\]\.spares cannot: grants of outlet 'o0' may never end, for its expiry is unproven: have it proven, or/,
  );
  const [many] = check({ outlets: 201, mainA: 900, carriesPermille: 1_000 });
  assert.match(many ?? "", /^fuses\[0\]\.spares is for 200 stations at most/);
  const taken = smallSite({ outlets: 3, mainA: 66, carriesPermille: 1_100, spares: true });
  const outlets = taken.outlets.map((one, i) => (i === 0 ? { ...one, limiting: "none" as const } : one));
  const starved = checkSite({ ...taken, outlets });
  assert.match(starved.ok ? "" : starved.fault[0]!.sentence, /too little for outlet 'o[12]' to begin/);
  const told = (more: object) => opensBeside(smallSite({ outlets: 3, mainA: 63, ...more }));
  const [opens] = told({ carriesPermille: 1_200 });
  assert.equal(opens?.path, "fuses[0]");
  assert.match(opens?.sentence ?? "", /station 'st0'.* with 1\.51 of its rating for \d+ s/);
  assert.deepEqual(told({ carriesPermille: 1_200, spares: true }), []);
  assert.deepEqual(told({ carriesPermille: 2_000, mainA: 100 }), []);
  assert.deepEqual(told({ carriesPermille: 1_200, mainA: 100, outlets: 2 }), [], "all at once, it carries");
});
