/** Batteries and solar in the loop: a battery gives before a peak holds cars back, and no sun is held back that somebody relies on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import { createControlLoop } from "./control-loop.ts";
import { fuseTree } from "./fuse-tree.ts";
import type { Grant, LoopInput, Plan, SessionId } from "./inputs.ts";
import { BASE_HOLD_MS, LAG_MS_MAX } from "./limits.ts";
import type { SourceId } from "./site.ts";
import { SourceFeeds } from "./source-feeds.ts";
import { Plant } from "./testing/plant.ts";
import { outletId, smallSite, VOLTAGE_V } from "./testing/small-site.ts";

const W_PER_MA = (3 * VOLTAGE_V) / 1000;
const TURN_MS = 500;

/** Two cars that draw what they are granted, a battery that follows at once, and a meter that reads it all; for `ms`. */
function run(
  ms: number,
  {
    peakW,
    externalW,
    plannedW,
    quarter,
    fromMs = 0,
  }: Pick<LoopInput, "quarter"> & { peakW?: number; externalW?: number; plannedW?: number; fromMs?: number },
) {
  const small = smallSite({ outlets: 2, mainA: 100, battery: { rampWPerS: 1e6 } });
  const site = { ...small, ...(peakW !== undefined && { peakW }) };
  const loop = createControlLoop(site);
  const battery = site.sources[0]!.id;
  const limits = [0, 0];
  let feedW = 0;
  let outcomes: LoopInput["outcomes"] = [];
  let importWms = 0;
  for (let nowMs = 0; nowMs < ms; nowMs += TURN_MS) {
    const carsMa = limits[0]! + limits[1]!;
    const ma = carsMa - feedW / W_PER_MA + (nowMs % 7);
    importWms += Math.max(0, ma * W_PER_MA) * TURN_MS;
    const plan: Plan | undefined =
      plannedW === undefined
        ? undefined
        : {
            madeAtMs: nowMs,
            validUntilMs: nowMs + 60_000,
            sessions: new Map(),
            batteries: new Map([[battery, plannedW]]),
          };
    const output = loop.turn({
      ...{ nowMs, wallMs: fromMs + nowMs, outcomes, solar: [], ...(quarter !== undefined && { quarter }) },
      meters: new Map(site.meters.map(({ id }) => [id, { atMs: nowMs, currentMa: [ma, ma, ma] as const }])),
      sessions: limits.map((limitMa, i) => ({
        id: `s${i}` as SessionId,
        ...{ outlet: outletId(i), connectedAtMs: 0, wantsMa: 32_000 },
        observed: { atMs: nowMs, terminalsMa: [limitMa, limitMa, limitMa] },
      })),
      batteries: [{ id: battery, atMs: nowMs, feedW, chargePermille: 600, temperatureC: 20 }],
      ...(externalW !== undefined && { externalW }),
      ...(plan !== undefined && { plan }),
    });
    outcomes = output.grants.map(({ session, seq }) => ({
      session,
      seq,
      atMs: nowMs,
      outcome: "accepted" as const,
    }));
    for (const { outlet, limitMa } of output.grants) limits[outlet === outletId(0) ? 0 : 1] = limitMa;
    feedW = output.setpoints[0]!.feedW;
  }
  return { carsW: (limits[0]! + limits[1]!) * W_PER_MA, feedW, meanImportW: importWms / ms };
}

test("a battery gives before a peak holds cars back, and the peak holds", () => {
  const quarterMs = 900_000;
  const without = 2 * 32_000 * W_PER_MA;
  const { carsW, meanImportW } = run(quarterMs, { peakW: without - 10_000, plannedW: 0 });
  assert(carsW > without - 2_000, `cars have ${carsW} W of ${without}`);
  assert(meanImportW <= without - 10_000, `${meanImportW} W on the mean`);
});

test("a loop that begins in the middle of a quarter keeps to what the one before it left of the budget", () => {
  const [peakW, fromMs] = [20_000, 450_000];
  const quarter = (importWh: number) => ({ fromWallMs: 0, importWh, measuredS: 450 });
  const all = run(120_000, { peakW, fromMs, quarter: quarter(5_000), plannedW: 0 });
  assert(all.meanImportW < 5_000, `${all.meanImportW} W, and all of it was used`);
  const none = run(120_000, { peakW, fromMs, quarter: quarter(0), plannedW: 0 });
  assert(none.meanImportW > 20_000, `${none.meanImportW} W of twice the limit`);
});

test("a limit from outside is on charging batteries too: what cars do not take is theirs, and no more", () => {
  const free = run(120_000, { plannedW: -15_000 });
  assert.equal(free.feedW, -15_000);
  for (const externalW of [0, 4_200, 20_000, 50_000]) {
    const { carsW, feedW } = run(120_000, { externalW, plannedW: -15_000 });
    assert(carsW - feedW <= externalW + 1, `cars ${carsW} W, battery ${-feedW} W of ${externalW}`);
  }
});

test("sun that is held back counts with no more at once, and is told only when nobody relies on more", () => {
  const small = smallSite({ outlets: 1, mainA: 100, battery: {} });
  const { fuse, wiring } = small.sources[0]!;
  const id = "solar" as SourceId;
  const loop = createControlLoop({
    ...small,
    sources: [...small.sources, { kind: "solar", id, fuse, wiring, feedWMax: 10_000 }],
  });
  const told: number[] = [];
  for (let nowMs = 0; nowMs < 3 * LAG_MS_MAX; nowMs += TURN_MS) {
    const ma = -8_000 / W_PER_MA + (nowMs % 7);
    const { solarLimits } = loop.turn({
      ...{ nowMs, wallMs: nowMs, sessions: [], outcomes: [], batteries: [] },
      meters: new Map(
        small.meters.map((meter) => [meter.id, { atMs: nowMs, currentMa: [ma, ma, ma] as const }]),
      ),
      solar: [{ id, atMs: nowMs, feedW: 8_000 }],
      plan: {
        ...{ madeAtMs: nowMs, validUntilMs: nowMs + 60_000, sessions: new Map(), batteries: new Map() },
        ...(nowMs < 2 * LAG_MS_MAX && { solar: new Map([[id, 0]]) }),
      },
    });
    if (solarLimits!.length > 0) told.push(nowMs);
  }
  assert.equal(told[0], LAG_MS_MAX);
  assert.equal(told.at(-1), 2 * LAG_MS_MAX - TURN_MS);
});

test("a battery that was told to give less is relied on for no more from then on, though it is still seen to give", () => {
  const small = smallSite({ outlets: 1, mainA: 100, battery: {} });
  const battery = small.sources[0]!;
  const sun = { kind: "solar", id: "solar" as SourceId, fuse: battery.fuse, wiring: battery.wiring } as const;
  const tree = fuseTree({ ...small, sources: [battery, { ...sun, feedWMax: 10_000 }] });
  const feeds = new SourceFeeds(tree);
  const main = tree.indexOf(battery.fuse);
  const relied = (nowMs: number, toldW: number) => {
    feeds.update(
      {
        ...{ nowMs, wallMs: nowMs, meters: new Map(), sessions: [], outcomes: [] },
        batteries: [{ id: battery.id, atMs: nowMs, feedW: 5_000, chargePermille: 600, temperatureC: 20 }],
        solar: [{ id: sun.id, atMs: nowMs, feedW: 8_000 }],
      },
      [{ id: battery.id, feedW: 5_000, reliableW: toldW }],
    );
    return Math.round(feeds.reliedOnMa(main)[0] * W_PER_MA);
  };
  let nowMs = 0;
  for (; nowMs <= BASE_HOLD_MS; nowMs += TURN_MS) assert.equal(relied(nowMs, 5_000), 5_000, `${nowMs}`);
  assert.equal(feeds.lessens(main, nowMs - TURN_MS), false);
  assert.equal(relied(nowMs, 1_000), 1_000);
  assert.equal(feeds.lessens(main, nowMs), true, "5.8 A less, and no grant says so");
  assert.equal(feeds.lessens(main, nowMs + LAG_MS_MAX), false, "long ago");
  assert.equal(relied(nowMs + TURN_MS, -2_000), 0);
});

test("batteries that feed are not relied on beside a dead site, and the sun only without the largest of all", () => {
  const spares = smallSite({ outlets: 3, mainA: 63, carriesPermille: 1_300, spares: true, battery: {} });
  const one = spares.sources[0]!;
  const other = { ...one, id: "other" as SourceId };
  const sun = { kind: "solar", id: "solar" as SourceId, fuse: one.fuse, wiring: one.wiring } as const;
  const tree = fuseTree({ ...spares, sources: [one, other, { ...sun, feedWMax: 30_000 }] });
  const main = tree.indexOf(one.fuse);
  const reliedW = (firstW: number, secondW: number, sunW: number) => {
    const feeds = new SourceFeeds(tree);
    const setpoints = [
      { id: one.id, feedW: firstW, reliableW: firstW },
      { id: other.id, feedW: secondW, reliableW: secondW },
    ];
    for (let nowMs = 0; nowMs <= BASE_HOLD_MS; nowMs += TURN_MS)
      feeds.update(
        {
          ...{ nowMs, wallMs: nowMs, meters: new Map(), sessions: [], outcomes: [] },
          batteries: setpoints.map(({ feedW, id }) => ({
            ...{ id, atMs: nowMs, feedW, chargePermille: 600, temperatureC: 20 },
          })),
          solar: [{ id: sun.id, atMs: nowMs, feedW: sunW }],
        },
        setpoints,
      );
    return [feeds.reliedOnMa(main), feeds.reliedOnAloneMa(main)].map(([l1]) => Math.round(l1 * W_PER_MA));
  };
  assert.deepEqual(reliedW(9_000, 4_000, 0), [4_000, 0], "setpoints end with the site");
  assert.deepEqual(reliedW(9_000, 4_000, 2_000), [6_000, 2_000]);
  assert.deepEqual(
    reliedW(3_000, 2_000, 8_000),
    [5_000, 5_000],
    "what the sun feeds alone is there all the same",
  );
});

test("a battery that the plan wants at rest gives on until the cars that relied on it have been lowered", () => {
  const respondsMs = 4_000;
  const site = smallSite({ outlets: 2, mainA: 40, battery: { rampWPerS: 1e6 }, solarW: 15_000 });
  const [battery, solar] = site.sources.map(({ id }) => id);
  const loop = createControlLoop(site);
  const draws = [0, 0];
  const on: { readonly atMs: number; readonly grant: Grant }[] = [];
  let feedW = 0;
  let mostMa = 0;
  const restsMs = 300_000;
  for (let nowMs = 0; nowMs < restsMs + 60_000; nowMs += TURN_MS) {
    const heeded = on.filter(({ atMs }) => atMs === nowMs).map(({ grant }) => grant);
    for (const { limitMa, outlet } of heeded) draws[outlet === outletId(0) ? 0 : 1] = limitMa;
    const outcomes = heeded.map(({ session, seq }) => ({
      session,
      seq,
      atMs: nowMs,
      outcome: "accepted" as const,
    }));
    // Without the sun, the largest, the fuse has to carry the rest at any instant.
    const withoutSunMa = draws[0]! + draws[1]! - feedW / W_PER_MA;
    assert(withoutSunMa <= 40_000 + 100, `${nowMs} ms: ${withoutSunMa} mA`);
    if (nowMs === restsMs) mostMa = draws[0]! + draws[1]!;
    const ma = withoutSunMa - 15_000 / W_PER_MA + (nowMs % 7);
    const batteries = new Map([[battery!, nowMs < restsMs ? 8_000 : 0]]);
    const output = loop.turn({
      ...{ nowMs, wallMs: nowMs, outcomes },
      meters: new Map(site.meters.map(({ id }) => [id, { atMs: nowMs, currentMa: [ma, ma, ma] as const }])),
      sessions: draws.map((limitMa, i) => ({
        id: `s${i}` as SessionId,
        ...{ outlet: outletId(i), connectedAtMs: 0, wantsMa: 32_000 },
        observed: { atMs: nowMs, terminalsMa: [limitMa, limitMa, limitMa] },
      })),
      batteries: [{ id: battery!, atMs: nowMs, feedW, chargePermille: 600, temperatureC: 20 }],
      solar: [{ id: solar!, atMs: nowMs, feedW: 15_000 }],
      plan: { madeAtMs: nowMs, validUntilMs: nowMs + 60_000, sessions: new Map(), batteries },
    });
    for (const grant of output.grants) on.push({ atMs: nowMs + respondsMs, grant });
    feedW = output.setpoints[0]!.feedW;
  }
  assert(mostMa > 45_000, `${mostMa} mA rely on it`);
  assert.equal(feedW, 0, "it rests in the end");
});

test("solar whose device is silent may feed all that it can, but for a night after it fed next to nothing", () => {
  const small = smallSite({ outlets: 1, mainA: 100 });
  const sun = {
    kind: "solar",
    id: "solar" as SourceId,
    fuse: small.fuses[0]!.id,
    wiring: ["L1", "L2", "L3"],
  } as const;
  const tree = fuseTree({ ...small, sources: [{ ...sun, feedWMax: 10_000 }] });
  const feeds = new SourceFeeds(tree);
  const unseenW = (nowMs: number, heard?: { readonly atMs: number; readonly feedW: number }) => {
    const solar = heard === undefined ? [] : [{ id: sun.id, ...heard }];
    feeds.update({ nowMs, meters: new Map(), sessions: [], outcomes: [], batteries: [], solar }, []);
    return Math.round(feeds.unseenFeedMa[tree.indexOf(sun.fuse)]![0] * W_PER_MA);
  };
  assert.equal(unseenW(0), 10_000, "never heard");
  assert.equal(unseenW(1_000, { atMs: 1_000, feedW: 6_000 }), 0, "seen");
  assert.equal(unseenW(20_000, { atMs: 1_000, feedW: 6_000 }), 10_000, "silent in the sun");
  assert.equal(unseenW(30_000, { atMs: 30_000, feedW: 150 }), 0);
  assert.equal(unseenW(9 * 3_600_000), 0, "the night");
  assert.equal(unseenW(11 * 3_600_000), 10_000, "another day");
});

test("a battery that comes to its reserve is relied on for less before: cars have been lowered when it stops", () => {
  const battery = { dischargeWMax: 9_000, chargeWMax: 3_000, capacityWh: 5_000 };
  const site = smallSite({ outlets: 3, mainA: 44, baseA: 14, riseA: 1, battery, solarW: 23_000 });
  const p = new Plant({ site, chance: seededChance(1), stationDelayMs: 10_000 });
  p.baseMa[0] = [8_000, 8_000, 8_000];
  p.solarW = 22_900;
  p.battery.chargeWh = 500 + 1_200;
  const stops = p.plugIn(outletId(0));
  p.plugIn(outletId(1));
  p.plugIn(outletId(2));
  p.run(240_000);
  const reliedMa = granted(p);
  let overMs = 0;
  p.run(480_000, () => {
    // Just then a car stops, and what it drew is no room.
    if (p.battery.chargeWh < 505) stops.needWh = 0;
    const mightMa = granted(p) + 8_000 - p.battery.feedW / W_PER_MA;
    if (mightMa > 44_001) overMs += 100;
  });
  assert(p.battery.feedW === 0 && p.battery.chargeWh > 490, `${p.battery.feedW} W, ${p.battery.chargeWh} Wh`);
  assert(granted(p) < reliedMa - 5_000, "what it gave was relied on");
  assert.equal(overMs, 0);
});

test("a battery lets go behind nobody's back: what a car draws no more, and its station tells late, is no room for the others", () => {
  for (const stationDelayMs of [5_000, 12_000, 24_000]) {
    const battery = { dischargeWMax: 9_000, chargeWMax: 3_000 };
    const site = smallSite({ outlets: 3, mainA: 44, baseA: 14, riseA: 1, battery, solarW: 23_000 });
    const p = new Plant({ site, chance: seededChance(1), stationDelayMs });
    p.baseMa[0] = [8_000, 8_000, 8_000];
    p.solarW = 22_900;
    const stops = p.plugIn(outletId(0), { mostMa: 20_000 });
    p.plugIn(outletId(1));
    p.plugIn(outletId(2));
    p.run(300_000);
    assert(p.battery.feedW > 3_000, `${p.battery.feedW} W: it was to be relied on`);
    // The largest source may go at any instant; the battery is what else there is.
    const mightMa = () => granted(p) + 8_000 - p.battery.feedW / W_PER_MA;
    let overMs = 0;
    stops.needWh = stops.gotWh;
    p.run(90_000, () => void (overMs = mightMa() > 44_001 ? overMs + 100 : overMs));
    assert(overMs <= 1_000, `${overMs} ms, told ${stationDelayMs} ms late`);
  }
});

const granted = (p: Plant): number => [...p.stations.values()].reduce((ma, { limitMa }) => ma + limitMa, 0);
