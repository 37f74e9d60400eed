/**
 * Reads `plant.json` into a plan: what is missing has its usual value, what cannot be is refused with its path, so that no step of physics
 * has to ask whether there is a way to the grid.
 */
import { type EvseId, failed, ok, type Result, type StationId } from "@wattward/kernel";
import { faultsOf } from "../scenario/read-scenario.ts";
import type { Currents, Wiring } from "./phases.ts";
import type { PlannedDevice, PlantPlan } from "./plan.ts";
import { type DeviceWords, type PlantWords, plantShape } from "./shape.ts";

const VOLTAGE_V = 230;
const THREE_PHASES: Wiring = ["L1", "L2", "L3"];
const W_PER_KW = 1000;
const MA_PER_A = 1000;

/** The fault is a sentence with its path, its author's. */
export function readPlan(words: unknown): Result<PlantPlan, string> {
  const [fault] = faultsOf(words, plantShape);
  if (fault !== undefined) return failed(`${fault.path.join(".") || "plant"}: ${fault.sentence}`);
  const plant = words as PlantWords;
  const wrong = wrongIn(plant);
  if (wrong !== undefined) return failed(wrong);
  const { day } = plant;
  return ok({
    voltageV: plant.voltageV ?? VOLTAGE_V,
    fuses: plant.fuses.map(({ id, parent, ratedA }) => ({
      id,
      ratedMa: ratedA * MA_PER_A,
      ...(parent !== undefined && { parent }),
    })),
    outlets: plant.outlets.map(({ station, evse, fuse, wiring = THREE_PHASES }) => ({
      ...{ station: station as StationId, evse: evse as EvseId, fuse, wiring },
    })),
    loads: (plant.loads ?? []).map(({ id, fuse, highestA, leastA = [0, 0, 0], riseA, stepEveryS = 20 }) => ({
      ...{ id, fuse, highestMa: milli(highestA), leastMa: milli(leastA), stepEveryMs: stepEveryS * 1000 },
      ...(riseA !== undefined && { riseMa: milli(riseA) }),
    })),
    devices: (plant.devices ?? []).map(deviceOf),
    ...(day !== undefined && { day: { startsAtH: day.startsAtH, speed: day.speed ?? 1 } }),
  });
}

const milli = ([a = 0, b = 0, c = 0]: readonly number[]): Currents => [
  a * MA_PER_A,
  b * MA_PER_A,
  c * MA_PER_A,
];

function deviceOf(words: DeviceWords): PlannedDevice {
  const { fuse, id, kind, port, unit = 1, wiring = THREE_PHASES } = words;
  const place = { id, fuse, port, unit };
  const steered = {
    wiring,
    steering: words.steering ?? "124",
    reverting: words.reverting ?? "as-told",
  } as const;
  switch (kind) {
    case "meter":
      return { ...place, kind, layout: words.layout ?? "213", unsigned: words.unsigned ?? false };
    case "battery": {
      const chargeWMax = (words.chargeKw ?? 0) * W_PER_KW;
      const dischargeWMax = (words.dischargeKw ?? 0) * W_PER_KW;
      const facts = {
        ...{ chargeWMax, dischargeWMax, capacityWh: (words.kwh ?? 1) * W_PER_KW },
        ...{ chargePermille: (words.socPercent ?? 50) * 10, efficiency: words.efficiency ?? 0.96 },
        rampWPerS: (words.rampKwPerS ?? chargeWMax / W_PER_KW) * W_PER_KW,
        ...{ delayMs: (words.delayS ?? 0.3) * 1000, ambientC: words.ambientC ?? 20 },
      };
      return { ...place, kind, ...steered, facts, revertsToW: (words.revertsToKw ?? 0) * W_PER_KW };
    }
    case "solar": {
      const peakW = (words.peakKw ?? 0) * W_PER_KW;
      const rampWPerS = (words.rampKwPerS ?? peakW / W_PER_KW / 10) * W_PER_KW;
      return {
        ...place,
        kind,
        ...steered,
        facts: { peakW, rampWPerS, cloudyPermille: (words.cloudyPercent ?? 30) * 10 },
      };
    }
    case "limit-signal":
    case "contactor":
      return { ...place, kind };
  }
}

/** What the form cannot say: names twice, places that do not exist, fuses in a circle, a battery without power. */
function wrongIn({ devices = [], fuses, loads = [], outlets }: PlantWords): string | undefined {
  const ids = new Set(fuses.map(({ id }) => id));
  const hanging = [
    ...outlets.map((each, i) => [`outlets[${i}]`, each.fuse] as const),
    ...loads.map((each, i) => [`loads[${i}]`, each.fuse] as const),
    ...devices.map((each, i) => [`devices[${i}]`, each.fuse] as const),
  ];
  const lost = hanging.find(([, fuse]) => !ids.has(fuse));
  if (lost !== undefined) return `${lost[0]}.fuse: there is no fuse '${lost[1]}'.`;
  if (ids.size < fuses.length) return "fuses: an id is there twice.";
  const tops = fuses.filter(({ parent }) => parent === undefined).length;
  if (tops !== 1) return `fuses: ${tops} have no parent; one must, and it is the grid connection.`;
  for (const [i, fuse] of fuses.entries()) {
    let up: string | undefined = fuse.parent;
    for (let steps = 0; up !== undefined; steps++) {
      if (!ids.has(up)) return `fuses[${i}].parent: there is no fuse '${up}'.`;
      if (steps > fuses.length) return `fuses[${i}].parent: leads in a circle.`;
      up = fuses.find(({ id }) => id === up)?.parent;
    }
  }
  if (new Set(devices.map(({ id }) => id)).size < devices.length) return "devices: an id is there twice.";
  for (const [i, { chargeKw = 0, dischargeKw = 0, kind, kwh, peakKw }] of devices.entries()) {
    if (kind === "battery" && (kwh === undefined || chargeKw <= 0 || dischargeKw <= 0))
      return `devices[${i}]: a battery needs 'kwh', 'chargeKw' and 'dischargeKw' above 0.`;
    if (kind === "solar" && !(peakKw !== undefined && peakKw > 0))
      return `devices[${i}]: a solar inverter needs 'peakKw' above 0.`;
  }
  return undefined;
}
