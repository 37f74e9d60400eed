/**
 * What a battery tells of itself, by whichever of its models tells it: what is optional in one may stand in another. The controller reads it
 * so, and commissioning looks by the same.
 */
import type { Battery } from "@wattward/energy";
import { ok, type Result } from "@wattward/kernel";
import { numberAt, type Seen, type SunSpecUnit } from "./sunspec-unit.ts";
import type { Trouble } from "./trouble.ts";

/** Models that tell its power; the first that it has does. */
export const POWER = [701, 103, 113, 102, 112, 101, 111, 802] as const;
const CHARGE = [713, 802, 124] as const;
const TEMPERATURE = [803, 714, 701, 103, 113, 102, 112, 101, 111] as const;
const NAMEPLATES = [802, 120] as const;

export type Known = { readonly value: number; readonly atMs: number };
/** `undefined`: it was read, and does not tell it. */
export type Told = Promise<Result<Known | undefined, Trouble>>;

/** State of charge in thousandths, of a reading that is so old at most. */
export const readCharge = (unit: SunSpecUnit, notOlderMs: number): Told =>
  told(unit, { ids: CHARGE, notOlderMs }, (seen) => {
    const percent = numberAt(seen, seen.found.id === 124 ? "ChaState" : "SoC");
    return percent === undefined ? undefined : percent * 10;
  });

/** The temperature that is nearest to what it may have, or furthest beyond. °C. */
export const readTemperature = (
  unit: SunSpecUnit,
  { min, max }: Battery["temperatureC"],
  notOlderMs: number,
): Told =>
  told(
    unit,
    { ids: TEMPERATURE, notOlderMs },
    (seen) => temperatures(seen).sort((a, b) => Math.min(a - min, max - a) - Math.min(b - min, max - b))[0],
  );

/** Its greatest discharging power in watts, which the per cents of 124 are of. */
export const readNameplate = (unit: SunSpecUnit, notOlderMs: number): Told =>
  told(unit, { ids: NAMEPLATES, notOlderMs }, (seen) => {
    const w = numberAt(seen, seen.found.id === 802 ? "WDisChaRteMax" : "MaxDisChaRte");
    return w !== undefined && w > 0 ? w : undefined;
  });

async function told(
  unit: SunSpecUnit,
  { ids, notOlderMs }: { readonly ids: readonly number[]; readonly notOlderMs: number },
  of: (seen: Seen) => number | undefined,
): Told {
  for (const id of ids) {
    const model = unit.first(id);
    if (model === undefined) continue;
    const seen = await unit.read(model, notOlderMs);
    if (!seen.ok) return seen;
    const value = of(seen.value);
    if (value !== undefined) return ok({ value, atMs: seen.value.atMs });
  }
  return ok(undefined);
}

function temperatures(seen: Seen): number[] {
  const all: number[] = [];
  const add = (path: string) => {
    const value = numberAt(seen, path);
    if (value !== undefined) all.push(value);
  };
  if (seen.found.id === 803) for (const path of ["ModTmpMax", "ModTmpMin"]) add(path);
  else if (seen.found.id === 714) {
    for (const path of seen.reading.values.keys()) if (path.endsWith(".Tmp")) add(path);
  } else for (const path of ["TmpAmb", "TmpCab", "TmpSnk", "TmpOt"]) if (all.length === 0) add(path);
  return all;
}
