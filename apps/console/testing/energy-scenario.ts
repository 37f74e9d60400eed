/** The written site at work, for looking and for tests: how it stands now, how its modes changed, what its guard refused. */
import type {
  EnergySnapshot,
  Flows,
  FuseLoad,
  GuardRow,
  ModeChange,
  OutletNow,
} from "../api/energy-shapes.ts";
import { planFrom } from "./energy-course.ts";
import { flat, type PerPhase } from "./energy-document.ts";

const HOUR_MS = 3_600_000;

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

const REPEATS = 90;

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
  // What is asked in vain every few seconds.
  const again = Array.from({ length: REPEATS }, (_, i): (typeof rows)[number] => [
    0.4 + (8 * i) / 60,
    "modbus.denied",
    {
      exchange: {
        client: "vendor-ems",
        device: "roof",
        unit: 3,
        functionCode: 3,
        address: 40_069,
        quantity: 52,
        values: [],
      },
      exception: 1,
      why: "no rule lets vendor-ems read registers 40069 to 40120 of this device",
    },
  ]);
  const all = [...again, ...rows].sort(([a], [b]) => a - b);
  return all.map(([minutesAgo, what, detail], i) => ({
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
      {
        ...fuse("main", [34_000, 29_000, 31_000], [78_000, 92_000, 84_000], 200_000),
        measuredMa: [61_400, 70_200, 52_800],
      },
      {
        ...fuse("deck-a", [0, 0, 0], [62_000, 92_000, 71_000], 100_000),
        measuredMa: [31_600, 47_400, 31_600],
      },
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
      { id: "bess", kind: "battery", state: "well", sinceWallMs: nowMs - 5 * HOUR_MS, writes: 18_412 },
    ],
    plan: planFrom(nowMs),
    forecastError: { loadW: 2_140, solarW: 3_480, departureMin: 34, takenWh: 4_250, arrivals: 0.84 },
    ...more,
  };
}

function fuse(id: string, baseMa: PerPhase, mayMa: PerPhase, limitMa: number): FuseLoad {
  const capacityMa: PerPhase = [limitMa - baseMa[0], limitMa - baseMa[1], limitMa - baseMa[2]];
  return { id, baseMa, mayMa, capacityMa, known: "metered", beyondDeclaration: false };
}
