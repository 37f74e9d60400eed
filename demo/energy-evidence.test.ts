/** A whole run's files are quiet; each case takes one of them away, guts it, or changes it, and has to be told. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readEnergy } from "./energy-evidence.ts";
import { EvidenceError } from "./evidence.ts";
import { type FaultSpan, readFaults } from "./run-files.ts";

const root = mkdtempSync(join(tmpdir(), "wattward-energy-evidence-"));
after(() => rmSync(root, { recursive: true, force: true }));

const START_MS = 1_000_000;
const STEPS = 400;
const CARS_W = 36_000;
/** Of all steps but the first. */
const CARS_WH = (CARS_W * (STEPS - 1) * 0.1) / 3600;
const LOADS = [{ id: "building", fuse: "grid", highestMa: [30_000, 30_000, 30_000] }];
const FUSES = [
  { id: "grid", ratedMa: 100_000 },
  { id: "hall", ratedMa: 32_000 },
];

type Json = Record<string, unknown>;
type Files = { limits: Json[]; modbus: Json[] } & { [name: string]: unknown };

const both = (grid: number) => ({ grid: [grid, 0, 0], hall: [0, 0, 0] });
const stepAt = (i: number): Json => ({
  ...{ line: i + 2, atMs: START_MS + i * 100, ma: both(50_000), mayMa: both(60_000), baseMa: both(10_000) },
  ...{ sourcesMa: both(0), largestMa: both(0), carsW: CARS_W, feedW: {}, chargePermille: {} },
});

/** Forty seconds of a site that nothing befell. */
const wholeRun = (): Files => ({
  limits: [
    { line: 1, kind: "site", voltageV: 230, fuses: structuredClone(FUSES), loads: structuredClone(LOADS) },
    ...Array.from({ length: STEPS }, (_, i) => stepAt(i)),
    { line: STEPS + 2, kind: "end", atMs: START_MS + STEPS * 100 },
  ],
  modbus: [
    { line: 1, atMs: START_MS + 1, device: "grid-meter", request: {}, answer: {} },
    { line: 2, atMs: START_MS + 2, device: "grid-meter", request: {}, answer: {} },
    { line: 3, atMs: START_MS + 3, kind: "end" },
  ],
  "site-energy.json": { energy: { site: { fuses: FUSES, loads: LOADS } } },
  "run.json": { startMs: START_MS, faults: [], attackers: false },
  "faults.json": [],
  "summary.json": { errors: 0, truth: [{ framesSent: 7, framesReceived: 6 }] },
  "meters.json": [{ deliveredWh: CARS_WH }],
});

/** To write a text that is no JSON. */
type Raw = { readonly text: string };

let runs = 0;
async function found(damage: (files: Files) => void, more: { ended?: boolean; faults?: FaultSpan[] } = {}) {
  const { limits, modbus, ...others } = (() => {
    const files = wholeRun();
    damage(files);
    return files;
  })();
  const folder = join(root, String(++runs));
  mkdirSync(folder);
  const lines = (all: (Json | Raw)[]) =>
    all.map((line) => `${"text" in line ? line.text : JSON.stringify(line)}\n`).join("");
  if (limits !== undefined) writeFileSync(join(folder, "limits.jsonl"), lines(limits));
  if (modbus !== undefined) writeFileSync(join(folder, "modbus.jsonl"), lines(modbus));
  for (const [name, value] of Object.entries(others))
    writeFileSync(join(folder, name), JSON.stringify(value));
  const spoke = { fromMs: START_MS, toMs: START_MS + STEPS * 100 };
  const audit = {
    counts: {
      ...{ messages: 9, transactions: { started: 2, ended: 2 }, energyWh: Math.floor(CARS_WH) - 1 },
      ...{ lost: 0, duplicated: 0, answeredOffline: 0, replayed: 0 },
    },
    findings: [],
    traces: { findings: [], sent: 7, received: 6, spoke },
  };
  const { ended = true, faults = [] } = more;
  const evidence = await readEnergy(folder, { audit, ended, faults });
  return { ...evidence, findings: evidence.findings.map((finding) => finding.replaceAll(`${folder}/`, "")) };
}

test("energy evidence: of a whole run nothing is found, and its energy is counted", async () => {
  const { carsKwh, findings, kWhByMode, limitBreaches } = await found(() => {});
  assert.deepEqual(findings, []);
  assert.equal(limitBreaches, 0);
  assert(Math.abs(carsKwh * 1000 - CARS_WH) < 0.01);
  assert(Math.abs((kWhByMode["unmanaged"] ?? 0) * 1000 - CARS_WH) <= 1);
});

const renumbered = (files: Files): void => {
  for (const [i, line] of files.limits.entries()) line["line"] = i + 1;
};
const overloaded = (files: Files, from: number, steps: number): void => {
  for (const step of files.limits.slice(from, from + steps)) step["ma"] = both(150_000);
};

for (const [name, damage, ...findings] of [
  [
    "limits.jsonl missing",
    (f: Files) => delete (f as Partial<Files>).limits,
    /^trace: limits\.jsonl is not there$/,
  ],
  ["limits.jsonl empty", (f: Files) => (f.limits = []), /^trace: limits\.jsonl is empty$/, /has no step/],
  [
    "its head gone",
    (f: Files) => f.limits.shift(),
    /limits\.jsonl, line 1: it says that it is line 2/,
    /line 1: a step before any line that says which fuses/,
  ],
  [
    "100 steps gone",
    (f: Files) => f.limits.splice(100, 100),
    /line 101: it says that it is line 201, after line 100/,
    /line 101: nothing was written for 10\.1 s before it/,
  ],
  [
    "100 steps gone, and the rest numbered anew",
    (f: Files) => {
      f.limits.splice(100, 100);
      renumbered(f);
    },
    /line 101: nothing was written for 10\.1 s before it/,
  ],
  [
    "every other step gone",
    (f: Files) => (f.limits = f.limits.filter((_, i) => i % 2 === 0)),
    /line 2: it says that it is line 3/,
  ],
  [
    "300 steps twice",
    (f: Files) => f.limits.splice(350, 0, ...f.limits.slice(50, 350)),
    /line 351: it says that it is line 51, after line 350/,
    /line 351: its time is not after/,
  ],
  [
    "300 steps twice, numbered anew",
    (f: Files) => {
      f.limits.splice(350, 0, ...structuredClone(f.limits.slice(50, 350)));
      renumbered(f);
    },
    /line 351: its time is before/,
  ],
  [
    "a breach whose lines are gone",
    (f: Files) => {
      overloaded(f, 100, 130);
      f.limits.splice(100, 130);
    },
    /line 101: it says that it is line 231/,
    /nothing was written for 13\.1 s/,
  ],
  [
    "a breach whose lines end in a comma",
    (f: Files) => {
      overloaded(f, 100, 130);
      f.limits = f.limits.map((line, i) =>
        i >= 100 && i < 230 ? { text: `${JSON.stringify(line)},` } : line,
      );
    },
    /line 101: not a JSON object/,
  ],
  [
    "a line damaged in the middle",
    (f: Files) => (f.limits[200] = { text: '{"line":201,"atMs' }),
    /line 201: not a JSON object/,
  ],
  [
    "the beginning cut off",
    (f: Files) => {
      f.limits.splice(1, 100);
      renumbered(f);
    },
    /limits\.jsonl begins 10\.0 s after the first station spoke/,
  ],
  [
    "the end cut off",
    (f: Files) => f.limits.splice(300),
    /^trace: limits\.jsonl does not end as a run ends it/,
    /limits\.jsonl ends 10\.2 s before the last station spoke/,
  ],
  ["no amperes", (f: Files) => (f.limits[9]!["ma"] = null), /line 10: ma is null, not amperes by fuse/],
  [
    "amperes in words",
    (f: Files) => (f.limits[9]!["ma"] = { grid: ["5", 0, 0], hall: [0, 0, 0] }),
    /line 10: ma of fuse 'grid' is not three numbers/,
  ],
  [
    "amperes of a fuse missing",
    (f: Files) => (f.limits[9]!["mayMa"] = { grid: [0, 0, 0] }),
    /line 10: mayMa of fuse 'hall' is not three numbers/,
  ],
  [
    "amperes of two phases",
    (f: Files) => (f.limits[9]!["ma"] = { grid: [0, 0], hall: [0, 0, 0] }),
    /line 10: ma of fuse 'grid' is not three numbers/,
  ],
  [
    "amperes of a fuse that is none",
    (f: Files) => (f.limits[9]!["ma"] = { ...both(1), gird: [0, 0, 0] }),
    /line 10: ma has a fuse 'gird'/,
  ],
  [
    "a time in words",
    (f: Files) => (f.limits[9]!["atMs"] = "1000800"),
    /line 10: atMs is "1000800", which is no time/,
  ],
  [
    "no power of cars",
    (f: Files) => (f.limits[9]!["carsW"] = null),
    /line 10: carsW is null, which is no power/,
  ],
  [
    "a rating raised",
    (f: Files) => ((f.limits[0]!["fuses"] as Json[])[0]!["ratedMa"] = 9_999_999),
    /line 1: fuse 'grid' of 9999999 mA; site-energy\.json says of 100000 mA/,
  ],
  [
    "a fuse left out of the head",
    (f: Files) => (f.limits[0]!["fuses"] as Json[]).pop(),
    /line 1: fuse 'hall' is missing; site-energy\.json says/,
  ],
  [
    "a load that may take nothing",
    (f: Files) => ((f.limits[0]!["loads"] as Json[])[0]!["highestMa"] = [0, 0, 0]),
    /line 1: load 'building' below 'grid' of at most \[0,0,0\] mA; site-energy\.json says/,
  ],
  ["a head without fuses", (f: Files) => delete f.limits[0]!["fuses"], /line 1: it does not say which fuses/],
  [
    "no site-energy.json",
    (f: Files) => delete f["site-energy.json"],
    /site-energy\.json is not there, or is no document/,
  ],
  [
    "modbus.jsonl missing",
    (f: Files) => delete (f as Partial<Files>).modbus,
    /^trace: modbus\.jsonl is not there$/,
  ],
  ["modbus.jsonl empty", (f: Files) => (f.modbus = []), /^trace: modbus\.jsonl is empty$/],
  [
    "the end of modbus.jsonl cut off",
    (f: Files) => f.modbus.pop(),
    /^trace: modbus\.jsonl does not end as a run ends it/,
  ],
  [
    "modbus.jsonl damaged",
    (f: Files) => (f.modbus[0] = { text: "{" }),
    /modbus\.jsonl, line 1: not a JSON object/,
  ],
  ["meters.json missing", (f: Files) => delete f["meters.json"], /^run: meters\.json is not there$/],
  ["summary.json missing", (f: Files) => delete f["summary.json"], /^run: summary\.json is not there$/],
  ["faults.json missing", (f: Files) => delete f["faults.json"], /^run: faults\.json is not there$/],
  ["run.json missing", (f: Files) => delete f["run.json"], /^run: run\.json is not there$/],
  [
    "the attacks of a run with attackers missing",
    (f: Files) => ((f["run.json"] as Json)["attackers"] = true),
    /^run: attacks\.json is not there$/,
  ],
  [
    "a fault that is not told of",
    (f: Files) => ((f["run.json"] as Json)["faults"] = ["kill-ems"]),
    /^run: faults\.json does not tell of kill-ems/,
  ],
  [
    "frames that nobody wrote down",
    (f: Files) => (f["summary.json"] = { errors: 0, truth: [{ framesSent: 27, framesReceived: 6 }] }),
    /^run: sent\.jsonl has 7 frames; summary\.json counted 27$/,
  ],
  [
    "errors that the stations saw",
    (f: Files) => ((f["summary.json"] as Json)["errors"] = 3),
    /^run: the stations saw 3 errors/,
  ],
  [
    "meters that had more",
    (f: Files) => (f["meters.json"] = [{ deliveredWh: 550 }]),
    /^run: limits\.jsonl tells of 399 Wh into cars; meters\.json has 550 Wh$/,
  ],
  [
    "cars that had less",
    (f: Files) => {
      for (const step of f.limits.slice(1, -1)) step["carsW"] = 7_000;
    },
    /tells of 78 Wh into cars; what is stored has 398 Wh/,
  ],
] as const satisfies readonly (readonly [string, (files: Files) => unknown, ...RegExp[]])[]) {
  test(`energy evidence: ${name} is found`, async () => {
    const said = (await found(damage)).findings;
    for (const finding of findings)
      assert(
        said.some((sentence) => finding.test(sentence)),
        `${finding}, in ${said.slice(0, 5).join("\n")}`,
      );
  });
}

for (const name of ["run.json", "faults.json", "summary.json", "meters.json"]) {
  test(`energy evidence: a ${name} of another shape is refused in a sentence`, async () => {
    for (const value of [{}, 7, null, [{}], { truth: [{}] }])
      await assert.rejects(
        found((f) => (f[name] = value)).then(() => readFaults(join(root, String(runs)))),
        (error: Error) =>
          error instanceof EvidenceError && error.message.includes(`${name} is not as a demo`),
      );
  });
}

test("energy evidence: what cannot be counted does not make the count itself false", async () => {
  const { heatShareMax, limitBreaches } = await found((f) => {
    overloaded(f, 100, 130);
    f.limits[110]!["ma"] = null;
  });
  assert.equal(limitBreaches, 1);
  assert(Number.isFinite(heatShareMax));
});

test("energy evidence: a fault in which no car got anything is found, by whoever recounts", async () => {
  const faults = [{ what: "kill-ems", fromMs: START_MS + 10_000, toMs: START_MS + 20_000 }];
  const { findings } = await found(
    (f) => {
      for (const step of f.limits.slice(100, 203)) step["carsW"] = 0;
    },
    { faults },
  );
  assert(findings.includes("energy: during kill-ems no car got anything"), findings.join("\n"));
});

test("energy evidence: of a run that goes on, what comes last is not demanded", async () => {
  const { findings } = await found(
    (f) => {
      for (const name of ["faults.json", "summary.json", "meters.json"]) delete f[name];
      f.limits.splice(300);
    },
    { ended: false },
  );
  assert.deepEqual(findings, []);
});
