/** The written site for looking and for tests: three fuses, eight outlets, a battery, sun, a building; and what a check says of its document. */
import type { EnergyCheck, EnergyConfig, Topology } from "../api/energy-shapes.ts";

export type PerPhase = readonly [number, number, number];
export const flat = (ma: number): PerPhase => [ma, ma, ma];
const rotations = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
] as const;

export const topology: Topology = {
  voltageV: 230,
  fuses: [
    { id: "main", ratedMa: 200_000, carriesPermille: 1_300 },
    { id: "deck-a", parent: "main", ratedMa: 100_000, carriesPermille: 1_300 },
    { id: "deck-b", parent: "main", ratedMa: 80_000, carriesPermille: 1_300 },
  ],
  outlets: Array.from({ length: 8 }, (_, i) => ({
    id: `LPD-0${i + 1}`,
    station: `LPD-0${i + 1}`,
    evse: 1,
    fuse: i < 4 ? "deck-a" : "deck-b",
    wiring: rotations[i % 3]!,
    ratedMa: 32_000,
    minMa: 6_000,
    steps: { kind: "every", stepMa: 1_000 },
    safeMa: i === 2 || i === 5 ? 0 : 6_000,
    limiting: "proven",
    ttlMs: 120_000,
    expiry: "proven",
    respondsMs: 5_000,
    switchesPhases: false,
  })),
  loads: [{ id: "building", fuse: "main", highestMa: flat(70_000) }],
  sources: [
    { kind: "solar", id: "roof", fuse: "main", wiring: rotations[0], feedWMax: 60_000 },
    {
      ...{ kind: "battery", id: "bess", fuse: "main", wiring: rotations[0], capacityWh: 120_000 },
      ...{ chargeWMax: 40_000, dischargeWMax: 40_000, reservePermille: 150, fullPermille: 950 },
      ...{ temperatureC: { min: 0, max: 45 }, rampWPerS: 5_000, deadbandW: 200 },
      revert: { kind: "proven", afterMs: 60_000 },
    },
  ],
  meters: [
    { id: "grid", fuse: "main", staleMs: 3_000, frozenMs: 10_000 },
    { id: "deck-a", fuse: "deck-a", staleMs: 3_000, frozenMs: 10_000 },
  ],
  peakW: 90_000,
};

export const config: EnergyConfig = {
  site: topology,
  devices: [],
  strategy: "cost",
  tariff: {
    currency: "EUR",
    energy: { kind: "flat", milliCentPerKwh: 24_000 },
    feedInMilliCentPerKwh: 7_000,
    demandMilliCentPerKw: 900_000,
    batteryWearMilliCentPerKwh: 4_000,
  },
  commands: { rampWPerS: 5_000, dwellMs: 10_000, reversalsPer10MinMax: 6, randomDelayMsMax: 30_000 },
  timeZone: "Europe/Paris",
};

/** As somebody wrote it; long enough to scroll. */
export const DOCUMENT = `# Lyon Part-Dieu: two parking decks, the roof, the battery room.
schema: 1
energy:
  timeZone: Europe/Paris
  strategy: cost        # fairness, cost, self-consumption or guaranteed-energy
  site:
    voltageV: 230
    peakW: 90000
    fuses:
      - { id: main, ratedMa: 200000, carriesPermille: 1300 }
      - { id: deck-a, parent: main, ratedMa: 100000, carriesPermille: 1300 }
      - { id: deck-b, parent: main, ratedMa: 80000, carriesPermille: 1300 }
    outlets:
${topology.outlets
  .map(
    ({ id, station, evse, fuse, wiring, safeMa }) =>
      `      - { id: ${id}, station: ${station}, evse: ${evse}, fuse: ${fuse}, wiring: [${wiring.join(", ")}], safeMa: ${safeMa} }`,
  )
  .join("\n")}
    loads:
      - { id: building, fuse: main, highestMa: [70000, 70000, 70000] }
    meters:
      - { id: grid, fuse: main, staleMs: 3000, frozenMs: 10000 }
  tariff:
    currency: EUR
    energy: { kind: flat, milliCentPerKwh: 24000 }
`;

/** Not the CSMS's own check: it knows the one fault that a person would try first. */
export function checkOf(text: string): EnergyCheck {
  const lines = text.split("\n");
  const at = (found: (line: string) => boolean) => lines.findIndex(found) + 1;
  const faults: EnergyCheck["faults"] = [];
  if (text.includes("ratedMa: 400000"))
    faults.push({
      path: "energy.site.fuses[1].ratedMa",
      sentence: "is above that of its parent 'main': it would never protect",
      line: at((line) => line.includes("ratedMa: 400000")),
    });
  if (lines.some((line) => line.includes("\t")))
    faults.push({
      path: "",
      sentence: "has a tab where YAML wants spaces",
      line: at((line) => line.includes("\t")),
    });
  if (faults.length > 0)
    return { faults, notes: [], safeSums: [], withoutPower: [], energy: null, guard: null };
  return {
    faults,
    notes: [
      {
        path: "energy.site.outlets[3]",
        sentence: "has told of no EVSE 1 yet",
        line: at((line) => line.includes("LPD-04")),
      },
    ],
    safeSums: [
      { fuse: "main", safeMa: [...flat(36_000)], roomMa: [...flat(130_000)] },
      { fuse: "deck-a", safeMa: [...flat(18_000)], roomMa: [...flat(100_000)] },
      { fuse: "deck-b", safeMa: [...flat(18_000)], roomMa: [...flat(80_000)] },
    ],
    withoutPower: [
      { outlet: "LPD-03", station: "LPD-03", evse: 1 },
      { outlet: "LPD-06", station: "LPD-06", evse: 1 },
    ],
    energy: { ...config },
    guard: null,
  };
}
