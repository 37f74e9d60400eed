/** Both directions of `energy.sock`: what is whole passes unchanged, everything else is refused, and no bytes make it throw. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededChance } from "@wattward/testing";
import type { FromEnergy, FromLocal } from "./messages.ts";
import { parseFromEnergy, parseFromLocal } from "./parse.ts";

const local = {
  t: "state",
  bundleVersion: 3,
  linkUp: true,
  wallMs: 1_700_000_000_000,
  grantSeq: 17,
  sessions: [
    {
      ...{
        id: "s1",
        outlet: "o1",
        connectedAgoMs: 1_000,
        wantsMa: 32_000,
        inForceMa: 16_000,
        deliveredWh: 12.5,
      },
      observed: { agoMs: 300, terminalsMa: [15_900, 16_000, 16_100] },
      ...{ energyWh: 20_000, departureWallMs: 1_700_000_100_000, dischargeWMax: 5_000 },
    },
  ],
  outcomes: [{ session: "s1", seq: 17, outcome: "accepted", agoMs: 20 }],
  ...{ csmsEpoch: 1, quartersAckedWallMs: 0 },
} as unknown as FromLocal;

const perPhase = [1, 2, 3];
const energy = {
  t: "turn",
  turn: 5,
  mode: "reactive",
  reason: "There is no plan.",
  grants: [{ session: "s1", outlet: "o1", seq: 18, limitMa: 20_000, ttlMs: 120_000, reason: "raised" }],
  external: { kind: "limited", limitW: 4_200, forMs: 60_000 },
  snapshot: {
    ...{
      atWallMs: 1,
      mode: "reactive",
      islanded: false,
      reason: "",
      modeSinceWallMs: 0,
      flows: { gridW: -5 },
    },
    externalLimit: { kind: "limited", limitW: 4_200 },
    fuses: [
      {
        id: "main",
        baseMa: perPhase,
        mayMa: perPhase,
        capacityMa: perPhase,
        known: "metered",
        beyondDeclaration: false,
      },
    ],
    outlets: [
      { id: "o1", limitMa: 6_000, mayMa: perPhase, standing: "obeys", observedMa: 5_900, reason: "raised" },
    ],
    batteries: [{ id: "b", feedW: 0, chargePermille: 500, setW: 0, why: "rest" }],
    meters: [{ id: "grid", refused: "frozen" }],
    devices: [{ id: "d", kind: "meter", state: "lost", sinceWallMs: 3, detail: "no answer", writes: 7 }],
  },
  quarters: [
    {
      ...{
        fromWallMs: 0,
        importWh: 1,
        exportWh: 0,
        solarWh: 0,
        batteryInWh: 0,
        batteryOutWh: 0,
        buildingWh: 1,
      },
      ...{
        carsWh: 0,
        carsWhByMode: { reactive: 0 },
        costMilliCent: -3,
        measuredS: 899.5,
        chargePermille: 300,
      },
      planned: { gridWh: 1, carsWh: 0, batteryWh: -1 },
    },
  ],
  observations: [{ kind: "energy.device", detail: "{}" }],
} as unknown as FromEnergy;

const rows = [
  ["from local", local, parseFromLocal],
  ["from energy", energy, parseFromEnergy],
] as const;

type Node = { [name: string]: unknown };
/** Every object and list inside. */
function* inside(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  yield value as Node;
  for (const child of Object.values(value)) yield* inside(child);
}

for (const [name, message, parse] of rows) {
  test(`${name}: whole and unchanged`, () => {
    const read = parse(JSON.stringify(message));
    assert(read.ok, read.ok ? "" : read.fault.sentence);
    assert.deepEqual(read.value, message);
  });

  test(`${name}: a field more anywhere, or of another kind, is refused with its path`, () => {
    let refused = 0;
    for (let i = 0; ; i++) {
      const copy = structuredClone(message) as unknown;
      const node = [...inside(copy)][i];
      if (node === undefined) break;
      if (!Array.isArray(node)) {
        node["surplus"] = 1;
        assert(!parse(JSON.stringify(copy)).ok, JSON.stringify(node));
        delete node["surplus"];
      }
      for (const key of Object.keys(node)) {
        const before = node[key];
        node[key] = typeof before === "object" ? 7 : {};
        const read = parse(JSON.stringify(copy));
        // The quarters' energies by mode are told by name: anything may be one.
        if (!read.ok) refused++;
        else assert.fail(`${key} of ${JSON.stringify(node)}`);
        node[key] = before;
      }
    }
    assert(refused > 20);
  });

  test(`${name}: no truncation passes; seeded noise never throws`, () => {
    const text = JSON.stringify(message);
    for (let end = 0; end < text.length; end++) assert(!parse(text.slice(0, end)).ok);
    const chance = seededChance(5);
    for (let i = 0; i < 5_000; i++) {
      const at = chance.int(0, text.length - 1);
      parse(text.slice(0, at) + String.fromCharCode(chance.int(32, 126)) + text.slice(at + 1));
    }
  });
}

test("numbers that JSON cannot carry come as null, and are refused: no NaN passes", () => {
  const grants = [{ ...energy.grants[0]!, limitMa: Number.NaN }];
  assert(!parseFromEnergy(JSON.stringify({ ...energy, grants })).ok);
});

test("what is to be given back is a size; what is left to give is none below nothing", () => {
  const grantOf = (dischargeMa: unknown) =>
    parseFromEnergy(
      JSON.stringify({ ...energy, grants: [{ ...energy.grants[0]!, limitMa: 0, dischargeMa }] }),
    ).ok;
  assert.deepEqual([10_000, -10_000, "10"].map(grantOf), [true, false, false]);
  const leftOf = (dischargeLeftWh: number) =>
    parseFromLocal(
      JSON.stringify({
        ...local,
        sessions: [{ ...local.sessions[0]!, dischargeWMax: 11_000, dischargeLeftWh }],
      }),
    ).ok;
  assert.deepEqual([0, 5_000, -1].map(leftOf), [true, true, false]);
});
