/** A managed site for looking and for tests: three fuses, eight outlets, a battery, sun, a building; a day behind it and a plan ahead. */
import type {
  EnergyQuarter,
  EnergySnapshot,
  Flows,
  OutletNow,
  PlanView,
  SiteEnergy,
  Topology,
} from "../api/energy-shapes.ts";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

const flat = (ma: number) => [ma, ma, ma];
const rotations = [
  ["L1", "L2", "L3"],
  ["L2", "L3", "L1"],
  ["L3", "L1", "L2"],
] as const;

export const topology: Topology = {
  voltageV: 230,
  fuses: [
    { id: "main", ratedMa: 200_000 },
    { id: "deck-a", parent: "main", ratedMa: 100_000 },
    { id: "deck-b", parent: "main", ratedMa: 80_000 },
  ],
  outlets: Array.from({ length: 8 }, (_, i) => ({
    id: `LPD-0${i + 1}`,
    station: `LPD-0${i + 1}`,
    evse: 1,
    fuse: i < 4 ? "deck-a" : "deck-b",
    ratedMa: 32_000,
    wiring: rotations[i % 3]!,
  })),
  loads: [{ id: "building", fuse: "main" }],
  sources: [
    { kind: "solar", id: "roof", fuse: "main" },
    { kind: "battery", id: "bess", fuse: "main", reservePermille: 150, capacityWh: 120_000 },
  ],
  meters: [
    { id: "grid", fuse: "main" },
    { id: "deck-a", fuse: "deck-a" },
  ],
  peakW: 90_000,
};

const outlet = (
  n: number,
  limitA: number,
  observedA: number | undefined,
  more: Partial<OutletNow> = {},
): OutletNow => ({
  id: `LPD-0${n}`,
  limitMa: limitA * 1000,
  mayMa: flat(limitA * 1000),
  standing: "obeys",
  ...(observedA === undefined ? {} : { observedMa: observedA * 1000 }),
  ...more,
});

export const flows: Flows = {
  gridW: 41_800,
  solarW: 18_600,
  batteryW: 12_400,
  buildingW: 22_300,
  carsW: 50_500,
};

export function energySnapshot(nowMs: number, more: Partial<EnergySnapshot> = {}): EnergySnapshot {
  return {
    atWallMs: nowMs - 600,
    mode: "planned",
    islanded: false,
    reason: "Everything is known.",
    modeSinceWallMs: nowMs - 5 * HOUR_MS,
    flows,
    externalLimit: { kind: "unlimited" },
    fuses: [
      fuse("main", [34_000, 29_000, 31_000], [78_000, 92_000, 84_000], 200_000),
      fuse("deck-a", [0, 0, 0], [62_000, 92_000, 71_000], 100_000),
      { ...fuse("deck-b", [6_000, 4_000, 5_000], [30_000, 18_000, 27_000], 80_000), known: "declared" },
    ],
    outlets: [
      outlet(1, 32, 31.6, { reason: "raised" }),
      outlet(2, 16, 15.8, { reason: "shared-anew" }),
      outlet(3, 0, 0, { reason: "waits-in-queue" }),
      outlet(4, 6, undefined, { standing: "empty" }),
      outlet(5, 10, 14.2, { standing: "disobeys", mayMa: flat(32_000), reason: "not-obeying" }),
      outlet(6, 6, undefined, { standing: "deaf", mayMa: flat(32_000) }),
      outlet(7, 13, 12.9, { reason: "lowered-for-limit", mayMa: [13_000, 0, 0] }),
      outlet(8, 6, undefined, { standing: "empty" }),
    ],
    batteries: [{ id: "bess", feedW: 12_400, chargePermille: 642, setW: 12_500, why: "as planned" }],
    meters: [{ id: "grid" }, { id: "deck-a" }],
    plan: planFrom(nowMs),
    forecastError: { loadW: 2_140, solarW: 3_480, departureMin: 34 },
    ...more,
  };
}

function fuse(id: string, baseMa: readonly number[], mayMa: readonly number[], capacity: number) {
  return { id, baseMa, mayMa, capacityMa: flat(capacity), known: "metered", beyondDeclaration: false };
}

/** The site's day by the hour: what the sun gives, what the building takes, what cars take. */
function course(atMs: number): { solarW: number; buildingW: number; carsW: number } {
  const date = new Date(atMs);
  const hour = date.getHours() + date.getMinutes() / 60;
  const bell = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2));
  return {
    solarW: Math.max(0, 46_000 * bell(13, 3.1) - 900),
    buildingW: 9_000 + 14_000 * bell(11, 4) + 6_000 * bell(18, 2),
    carsW: 3_000 + 44_000 * bell(9.5, 1.8) + 30_000 * bell(14, 2.4) + 38_000 * bell(19, 2.2),
  };
}

function batteryW(atMs: number): number {
  const hour = new Date(atMs).getHours() + new Date(atMs).getMinutes() / 60;
  return hour > 10.5 && hour < 15.5 ? -14_000 : hour > 17 && hour < 22 ? 16_000 : hour < 5 ? -3_000 : 0;
}

const chargeAt = (atMs: number): number => {
  const hour = new Date(atMs).getHours() + new Date(atMs).getMinutes() / 60;
  return Math.round(520 + 260 * Math.sin(((hour - 9.5) / 24) * 2 * Math.PI) ** 3 + 60 * Math.sin(hour));
};

/** What chance adds, the same each time. */
const wobble = (atMs: number, seed: number): number =>
  1 + 0.16 * Math.sin(atMs / 1_900_000 + seed) + 0.08 * Math.sin(atMs / 700_000 + 2 * seed);

export function planFrom(nowMs: number): PlanView {
  const fromWallMs = Math.floor(nowMs / QUARTER_MS) * QUARTER_MS;
  const steps = Array.from({ length: 96 }, (_, i) => fromWallMs + i * QUARTER_MS);
  const at = steps.map((ms) => ({ ...course(ms), batteryW: batteryW(ms) }));
  return {
    madeAtWallMs: nowMs - 100_000,
    fromWallMs,
    stepMs: QUARTER_MS,
    gridW: at.map((it) => Math.round(it.buildingW + it.carsW - it.solarW - it.batteryW)),
    carsW: at.map(({ carsW }) => Math.round(carsW)),
    batteryW: at.map((it) => it.batteryW),
    solarW: at.map(({ solarW }) => Math.round(solarW)),
    buildingW: at.map(({ buildingW }) => Math.round(buildingW)),
    chargePermille: steps.map((ms) => chargeAt(ms + QUARTER_MS)),
  };
}

export function quarterAt(fromWallMs: number): EnergyQuarter {
  const plan = course(fromWallMs);
  const solarW = plan.solarW * wobble(fromWallMs, 1);
  const carsW = plan.carsW * wobble(fromWallMs, 4);
  const buildingW = plan.buildingW * wobble(fromWallMs, 7);
  const feedW = batteryW(fromWallMs);
  const gridW = buildingW + carsW - solarW - feedW;
  const wh = (w: number) => Math.round(Math.max(0, w) / 4);
  const plannedW = plan.buildingW + plan.carsW - plan.solarW - feedW;
  return {
    fromWallMs,
    importWh: wh(gridW),
    exportWh: wh(-gridW),
    solarWh: wh(solarW),
    batteryInWh: wh(-feedW),
    batteryOutWh: wh(feedW),
    buildingWh: wh(buildingW),
    carsWh: wh(carsW),
    carsWhByMode: { planned: wh(carsW) },
    costMilliCent: Math.round((wh(gridW) / 1000) * 24_000 - (wh(-gridW) / 1000) * 7_000),
    planned: { gridWh: Math.round(plannedW / 4), carsWh: wh(plan.carsW), batteryWh: Math.round(feedW / 4) },
    measuredS: 900,
    chargePermille: chargeAt(fromWallMs + QUARTER_MS),
  };
}

export function quartersOf(
  nowMs: number,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): EnergyQuarter[] {
  const quarters: EnergyQuarter[] = [];
  const first = Math.ceil(fromMs / QUARTER_MS) * QUARTER_MS;
  for (let at = first; at < toMs && at + QUARTER_MS <= nowMs; at += QUARTER_MS) {
    const hour = new Date(at).getHours() + new Date(at).getMinutes() / 60;
    // The grid meter was away for half an hour.
    const measured = hour >= 6 && hour < 6.5 ? { measuredS: 0 } : {};
    quarters.push({ ...quarterAt(at), ...measured });
  }
  return quarters;
}

export function siteEnergy(nowMs: number, more: Partial<EnergySnapshot> = {}): SiteEnergy {
  return {
    managed: true,
    snapshot: energySnapshot(nowMs, more),
    site: topology,
    timeZone: "Europe/Paris",
    currency: "EUR",
    strategy: "cost",
  };
}
