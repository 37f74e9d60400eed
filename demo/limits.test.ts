/** The recount of limits must find what is too much, and nothing else: each case changes a quiet site in one place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceHead, TraceLine } from "@wattward/simulator";
import { EnergyByMode, EnergyWithin, LimitsJudge } from "./limits.ts";

const head: TraceHead = {
  kind: "site",
  voltageV: 230,
  fuses: [
    { id: "grid", ratedMa: 100_000 },
    { id: "hall", ratedMa: 32_000 },
  ],
  loads: [{ id: "building", fuse: "grid", highestMa: [30_000, 30_000, 30_000] }],
};

type Amps = {
  flows?: number;
  hall?: number;
  may?: number;
  base?: number;
  sources?: number;
  largest?: number;
};

const lineAt = (atMs: number, amps: Amps): TraceLine => {
  const { base = 10, flows = 50, hall = 0, largest = 0, may = 60, sources = 0 } = amps;
  const at = (grid: number, below = 0) => ({
    grid: [grid * 1000, 0, 0] as const,
    hall: [0, 0, below * 1000] as const,
  });
  return {
    ...{ atMs, ma: at(flows, hall), mayMa: at(may), baseMa: at(base), sourcesMa: at(sources) },
    ...{ largestMa: at(largest), carsW: 3_600, feedW: {}, chargePermille: {} },
  };
};

type Span = readonly [seconds: number, amps: Amps];

/** Minutes of a site: each span for so many seconds. */
function judged(...spans: Span[]) {
  const judge = new LimitsJudge(head);
  let atMs = 1_000_000;
  for (const [seconds, amps] of spans) {
    for (let ms = 0; ms < seconds * 1000; ms += 100) judge.take(lineAt((atMs += 100), amps));
  }
  return judge.recount;
}

const quiet: Span = [60, {}];
const boundsOf = (...spans: Span[]) =>
  judged(...spans).findings.map((finding) => finding.split(": ").slice(1, 3).join(" "));

test("limits: a quiet site has no breach, and its energy is counted", () => {
  const { carsKwh, heatShareMax, limitBreaches, loadMax } = judged(quiet);
  assert.deepEqual([limitBreaches, heatShareMax, loadMax], [0, 0, 0.5]);
  assert(Math.abs(carsKwh - 0.06) < 1e-3, `${carsKwh}`);
});

test("limits: what flows may be too much for eleven seconds, and no longer; on every fuse, either way", () => {
  assert.deepEqual(boundsOf(quiet, [11, { flows: 105 }], quiet), []);
  assert.deepEqual(boundsOf(quiet, [12, { flows: 105 }], quiet), ["ended grid L1"]);
  assert.deepEqual(boundsOf(quiet, [12, { flows: -105 }], quiet), ["ended grid L1"]);
  assert.deepEqual(boundsOf(quiet, [12, { hall: 33 }], quiet), ["ended hall L3"]);
});

test("limits: two stretches are two breaches, one is one however long", () => {
  assert.deepEqual(boundsOf(quiet, [120, { flows: 101 }], quiet, [12, { flows: 101 }]).length, 2);
});

test("limits: heat counts although each overload by itself is short", () => {
  const pulses = Array.from({ length: 20 }, (): Span[] => [
    [8, { flows: 140 }],
    [0.5, {}],
  ]).flat();
  assert.deepEqual(boundsOf(quiet, ...pulses), ["heat grid L1"]);
  assert.equal(judged(quiet, [3, { flows: 300 }]).limitBreaches, 0);
  assert.deepEqual(boundsOf(quiet, [6, { flows: 300 }]), ["heat grid L1"]);
});

test("limits: one step of thousands of amperes is no breach: it leaves less than a fuse stands", () => {
  const { heatShareMax, limitBreaches } = judged(quiet, [0.1, { flows: 1_250 }], quiet);
  assert.equal(limitBreaches, 0);
  assert(heatShareMax > 0.3 && heatShareMax < 0.4, `${heatShareMax}`);
});

/** The same steps, but for those between these seconds. */
function judgedWithout(fromS: number, toS: number, ...spans: Span[]) {
  const judge = new LimitsJudge(head);
  let atMs = 0;
  for (const [seconds, amps] of spans) {
    for (let ms = 0; ms < seconds * 1000; ms += 100) {
      atMs += 100;
      if (atMs <= fromS * 1000 || atMs > toS * 1000) judge.take(lineAt(atMs, amps));
    }
  }
  return judge.recount.findings.map((finding) => finding.split(": ").slice(1, 3).join(" "));
}

test("limits: what was too much at one end of a hole was so all through it", () => {
  const run: Span[] = [
    [10, {}],
    [12, { flows: 105 }],
    [10, {}],
  ];
  assert.deepEqual(judgedWithout(10, 12, ...run), ["ended grid L1"]);
  assert.deepEqual(judgedWithout(20, 22, ...run), ["ended grid L1"]);
  assert.deepEqual(judgedWithout(9, 11, [10, {}], [9, { flows: 105 }], [10, {}]), []);
  const hot: Span[] = [
    [10, {}],
    [2, { flows: 450 }],
    [0.2, { flows: 90 }],
    [10, {}],
  ];
  assert.deepEqual(judgedWithout(10.1, 11.9, ...hot), []);
  assert.deepEqual(judgedWithout(10.1, 12.1, [10, {}], [2.2, { flows: 480 }], [10, {}]), ["heat grid L1"]);
});

test("limits: in advance, the largest source is taken for lost, and what batteries take is counted", () => {
  assert.deepEqual(boundsOf(quiet, [15, { may: 95 }]), ["in-advance grid L1"]);
  assert.deepEqual(boundsOf(quiet, [15, { may: 95, sources: -20 }]), []);
  assert.deepEqual(boundsOf(quiet, [15, { may: 95, sources: -20, largest: 20 }]), ["in-advance grid L1"]);
  assert.deepEqual(boundsOf(quiet, [15, { may: 80, sources: 20 }]), ["in-advance grid L1"]);
});

test("limits: stations that were never managed are not yet judged in advance; for twenty seconds", () => {
  assert.deepEqual(boundsOf([15, { may: 500 }], quiet), []);
  assert.deepEqual(boundsOf([40, { may: 500 }], quiet), ["in-advance grid L1"]);
});

test("limits: a load beyond its own declaration is told, and nobody's breach", () => {
  const { beyondDeclarationS, limitBreaches } = judged(quiet, [30, { base: 90, flows: 140 }], quiet);
  assert.equal(limitBreaches, 0);
  assert(Math.abs(beyondDeclarationS - 30) < 0.2, `${beyondDeclarationS}`);
});

test("energy: by the mode of the moment, and within spans", () => {
  const byMode = new EnergyByMode([
    { mode: "reactive", atMs: 1_000 },
    { mode: "fallback", atMs: 2_000 },
  ]);
  const within = new EnergyWithin([{ fromMs: 500, toMs: 1_500 }]);
  for (let atMs = 0; atMs <= 3_000; atMs += 100) {
    const line = { ...lineAt(atMs, {}), carsW: 3_600_000 };
    byMode.take(line);
    within.take(line);
  }
  const { kWh } = byMode;
  assert.deepEqual(Object.keys(kWh), ["unmanaged", "reactive", "fallback"]);
  assert(
    Math.abs(kWh["reactive"]! - 1) < 0.01 && Math.abs(kWh["unmanaged"]! - 0.9) < 0.01,
    JSON.stringify(kWh),
  );
  assert(Math.abs(within.kWh[0]! - 1.1) < 0.01, `${within.kWh[0]}`);
});
