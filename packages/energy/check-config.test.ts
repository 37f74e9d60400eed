/** The parser of a site's energy document: what is whole passes unchanged; each fault is told with its path. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEnergyConfig } from "./check-config.ts";
import { smallSite } from "./testing/index.ts";

const good = {
  site: smallSite({ outlets: 2, mainA: 100, baseA: 20, battery: {}, solarW: 10_000 }),
  devices: [
    { id: "m", unit: 1, pollMs: 500, is: { kind: "meter", meter: "grid" } },
    { id: "b", unit: 2, pollMs: 500, is: { kind: "battery", source: "battery" } },
    { id: "s", unit: 3, pollMs: 1_000, is: { kind: "solar", source: "solar", exportWMax: 5_000 } },
    { id: "l", unit: 4, pollMs: 1_000, is: { kind: "limit-signal", relay: { limitW: 4_200 } } },
    { id: "k", unit: 5, pollMs: 1_000, is: { kind: "contactor", fuse: "main" } },
  ],
  strategy: "cost",
  tariff: {
    currency: "EUR",
    energy: { kind: "hours", milliCentPerKwh: Array.from({ length: 24 }, (_, i) => i * 1_000 - 5_000) },
    feedInMilliCentPerKwh: -100,
    demandMilliCentPerKw: 10,
    batteryWearMilliCentPerKwh: 2_000,
  },
  external: { failsafeW: 4_200, failsafeMs: 7_200_000, devices: 3 },
  commands: { rampWPerS: 1_000, dwellMs: 0, reversalsPer10MinMax: 10, randomDelayMsMax: 60_000 },
  timeZone: "Europe/Berlin",
};

type Loose = { [name: string]: Loose } & Loose[];

const faultsOf = (change: (data: Loose) => void): string => {
  const data = structuredClone(good) as unknown as Loose;
  change(data);
  const read = checkEnergyConfig(data);
  return read.ok ? "" : read.fault.map(({ path, sentence }) => `${path}: ${sentence}`).join("\n");
};

test("a whole document passes unchanged, with each kind of price", () => {
  const read = checkEnergyConfig(structuredClone(good));
  assert(read.ok, read.ok ? "" : JSON.stringify(read.fault));
  assert.deepEqual(read.value, good);
  for (const energy of [
    { kind: "flat", milliCentPerKwh: -3 },
    { kind: "series", fromWallMs: 0, stepMs: 900_000, milliCentPerKwh: [1, 2, -3] },
  ])
    assert(checkEnergyConfig({ ...good, tariff: { ...good.tariff, energy } }).ok);
});

const set = (data: Loose, path: string, value: unknown): void => {
  const parts = path.split(".");
  const last = parts.pop()!;
  let node = data;
  for (const part of parts) node = node[part]!;
  node[last] = value as Loose;
};

for (const [path, value, expected] of [
  ["surplus", 1, /surplus: is not known here/],
  ["site.fuses.0.ratedMa", Number.NaN, /site\.fuses\[0\]\.ratedMa: is not a number/],
  ["site", undefined, /^site: is missing/],
  ["site", null, /^site: is not an object/],
  ["commands", undefined, /commands: is missing\n.*rampWPerS: is missing/],
  ["devices.0.id", "a\u001b[2J", /devices\[0\]\.id: is not a text of 1 to 64 characters/],
  ["devices.0.id", " ", /devices\[0\]\.id: is not a text of 1 to 64 characters/],
  ["devices", {}, /devices: is not a list/],
  ["devices.0.unit", 0, /devices\[0\]\.unit: is not a number from 1 to 247/],
  ["devices.0.unit", 1.5, /devices\[0\]\.unit: is not a whole number/],
  ["devices.1.unit", 1, /devices\[1\]\.unit: unit 1 is that of devices\[0\]/],
  ["devices.1.id", "m", /devices\[1\]\.id: the id 'm' is that of devices\[0\]/],
  ["devices.0.is.meter", "none", /devices\[0\]\.is\.meter: the site has no meter 'none'/],
  ["devices.1.is.source", "solar", /devices\[1\]\.is\.source: the site has no battery source 'solar'/],
  ["devices.2.is.exportWMax", -1, /devices\[2\]\.is\.exportWMax/],
  ["devices.3.is.relay", {}, /devices\[3\]\.is\.relay\.limitW/],
  ["devices.4.is.fuse", "none", /devices\[4\]\.is\.fuse: the site has no contactor of fuse 'none'/],
  ["devices.0.is", { kind: "toaster" }, /devices\[0\]\.is\.kind: is none of meter/],
  ["devices.0.pollMs", 2_000, /devices\[0\]\.pollMs: is more than half of its meter's staleMs/],
  ["devices.1.pollMs", 2_000, /devices\[1\]\.pollMs: .*heartbeat/],
  ["strategy", "greed", /strategy: is none of fairness/],
  ["tariff.currency", "euro", /tariff\.currency: is not the three letters/],
  ["tariff.energy.milliCentPerKwh", [1], /is not 24 prices/],
  [
    "tariff.energy",
    { kind: "series", fromWallMs: 0, stepMs: 1, milliCentPerKwh: [] },
    /has no price at all\n.*stepMs: is not a number/,
  ],
  ["external", undefined, /devices\[3\]\.is: is a limit-signal, and there is no 'external'/],
  ["commands.rampWPerS", 0, /commands\.rampWPerS/],
  ["commands.reversalsPer10MinMax", Infinity, /commands\.reversalsPer10MinMax/],
  ["timeZone", "Mars/Olympus", /timeZone: is no time zone/],
] as const)
  test(`refused: ${path} = ${JSON.stringify(value)}`, () => {
    const faults = faultsOf((data) => set(data, path, value));
    assert.match(faults, expected);
  });

test("refused: a limit from outside that no device tells; two control boxes; no object at all", () => {
  assert.match(
    faultsOf((data) => void data["devices"]!.splice(3, 1)),
    /external: is heard from no device/,
  );
  assert.match(
    faultsOf(
      (data) =>
        void data["devices"]!.push({ ...data["devices"]![3]!, id: "l2", unit: 9 } as unknown as Loose),
    ),
    /devices\[5\]\.is: limit-signal is that of devices\[3\]/,
  );
  for (const nothing of [undefined, null, 7, "text", [], () => 1]) assert(!checkEnergyConfig(nothing).ok);
});

test("refused: what only a prototype has, and members called as those that every object has", () => {
  assert.equal(checkEnergyConfig(Object.create(good)).ok, false);
  const named = (name: string) => JSON.parse(`${JSON.stringify(good).slice(0, -1)},"${name}":{}}`);
  for (const name of ["__proto__", "constructor", "toString"]) {
    const read = checkEnergyConfig(named(name));
    assert.deepEqual(read.ok ? [] : read.fault.map(({ path }) => path), [name]);
  }
});

test("every fault of a document is found in one pass", () => {
  const faults = faultsOf((data) => {
    set(data, "strategy", 1);
    set(data, "timeZone", 1);
    set(data, "site.voltageV", "x");
  });
  assert.equal(faults.split("\n").length, 3, faults);
});
