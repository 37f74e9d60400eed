/** A managed site for looking and for tests: three fuses, eight outlets, a battery, sun, a building; a day behind it and a plan ahead. */
import type {
  EnergyCheck,
  EnergyConfig,
  EnergyQuarter,
  EnergySnapshot,
  Flows,
  FuseLoad,
  GuardRow,
  ModeChange,
  OutletNow,
  PlanView,
  Topology,
} from "../api/energy-shapes.ts";

const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

type PerPhase = readonly [number, number, number];
const flat = (ma: number): PerPhase => [ma, ma, ma];
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

/** A day with a meter that froze for half an hour. */
export function modesOf(nowMs: number): ModeChange[] {
  const rows = [
    [300, "planned", "Everything is known.", "reactive", "none"],
    [301, "reactive", "There is no plan, or it is out of date.", "conservative", "none"],
    [332, "conservative", "The grid meter is not trusted: frozen.", "planned", "notice"],
  ] as const;
  return rows.map(([minutesAgo, mode, reason, before, alert], i) => ({
    ...{ seq: 8_000 - i, atMs: nowMs - minutesAgo * 60_000, mode, reason, before, alert, islanded: false },
  }));
}

/** What a vendor's EMS and a stranger tried. */
export function refusalsOf(nowMs: number): GuardRow[] {
  const write = (register: string, value: number, unit: string, address: number, raw: readonly number[]) => ({
    ...{
      client: "vendor-ems",
      device: "bess",
      unit: 2,
      functionCode: 16,
      function: "write-multiple-registers",
    },
    ...{ address, quantity: raw.length, pdu: "109d6a000204fd44" },
    values: [{ register, value, unit, address, raw }],
  });
  const rows: (readonly [minutesAgo: number, what: string, detail: GuardRow["detail"]])[] = [
    [
      2,
      "modbus.denied",
      {
        exchange: write("OutWRte", -180, "%", 40_357, [0xfc, 0x18]),
        exception: 3,
        rule: "rules[3].writes[0]",
        why: "-180 % is below -100 %",
      },
    ],
    [
      2.1,
      "modbus.denied",
      {
        exchange: write("OutWRte", 90, "%", 40_357, [0x384]),
        exception: 6,
        rule: "rules[3].writes[0]",
        why: "4th change of direction in 10 minutes; 3 are allowed",
      },
    ],
    [24, "modbus.pattern", { text: "vendor-ems reads every unit from 1 to 32 in order: a scan" }],
    [
      31,
      "modbus.denied",
      {
        exchange: {
          client: "vendor-ems",
          device: "roof",
          unit: 3,
          functionCode: 6,
          function: "write-single-register",
          address: 40_183,
          quantity: 1,
          values: [{ register: "AntiIslEna", value: 0, address: 40_183, raw: [0] }],
          pdu: "069cf70000",
        },
        exception: 2,
        why: "no rule lets vendor-ems write this register",
      },
    ],
    [
      92,
      "modbus.unknown-master",
      { text: "10.20.4.77 (tcp): not a master of this site; the connection was closed" },
    ],
    [
      310,
      "modbus.device-answer",
      { text: "bess answered transaction 4711, which nobody waits for any more; the connection was reset" },
    ],
    [
      311,
      "modbus.denied",
      {
        exchange: { client: "vendor-ems", unit: 9, functionCode: 43, values: [], pdu: "2b0e0100" },
        exception: 1,
        why: "function 43 is allowed for nobody",
      },
    ],
  ];
  return rows.map(([minutesAgo, what, detail], i) => ({
    seq: 9_000 - i,
    atMs: nowMs - minutesAgo * 60_000,
    what,
    detail,
  }));
}

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
    devices: [
      { id: "grid-meter", kind: "meter", state: "well", sinceWallMs: nowMs - 5 * HOUR_MS },
      {
        id: "roof",
        kind: "solar",
        state: "lost",
        sinceWallMs: nowMs - 240_000,
        detail: "no answer in 1,000 ms",
      },
      { id: "bess", kind: "battery", state: "well", sinceWallMs: nowMs - 5 * HOUR_MS },
    ],
    plan: planFrom(nowMs),
    forecastError: { loadW: 2_140, solarW: 3_480, departureMin: 34 },
    ...more,
  };
}

function fuse(id: string, baseMa: PerPhase, mayMa: PerPhase, limitMa: number): FuseLoad {
  const capacityMa: PerPhase = [limitMa - baseMa[0], limitMa - baseMa[1], limitMa - baseMa[2]];
  return { id, baseMa, mayMa, capacityMa, known: "metered", beyondDeclaration: false };
}

/** The site's day by the hour: what the sun gives, what the building takes, what cars take. */
function course(atMs: number): { solarW: number; buildingW: number; carsW: number } {
  const date = new Date(atMs);
  const weekend = date.getDay() === 0 || date.getDay() === 6;
  const sky = 0.75 + 0.5 * Math.abs(Math.sin(date.getDate() * 1.7));
  const visitors = (weekend ? 0.55 : 1) * (0.85 + 0.3 * Math.abs(Math.sin(date.getDate() * 2.3)));
  const hour = date.getHours() + date.getMinutes() / 60;
  const bell = (middle: number, width: number) => Math.exp(-(((hour - middle) / width) ** 2));
  return {
    solarW: Math.max(0, sky * 58_000 * bell(13, 3.1) - 900),
    buildingW: 9_000 + (weekend ? 4_000 : 14_000) * bell(11, 4) + 6_000 * bell(18, 2),
    carsW: 3_000 + visitors * (44_000 * bell(9.5, 1.8) + 30_000 * bell(14, 2.4) + 38_000 * bell(19, 2.2)),
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
    fromMs: fromWallMs,
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
