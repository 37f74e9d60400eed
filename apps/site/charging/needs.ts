/**
 * What driver and car want, as their station passes it on (2.x NotifyEVChargingNeeds; 2.0.1 K15, 2.1 Q01.FR.03). Energies count from the
 * moment at which they were told, so they are turned into what the session's own counters will show.
 *
 * A car gives back (V2X) where it was agreed that energy goes both ways, and where it says what it and its driver keep (ISO 15118-20: energy
 * up to the minimum of charge, and to that of cycling; below nothing where it has more than that now). Without that word nothing is given.
 */
import { type Fields, numberIn, objectIn, textIn, timeIn } from "./fields.ts";

export type Needs = {
  /** By the session's `deliveredWh`. */
  readonly energyWh?: number;
  readonly departureWallMs?: number;
  readonly carMa?: number;
  readonly dischargeWMax?: number;
  /** By the session's `carWh`; may lie below 0, where it had more than it keeps when it came. */
  readonly keepsWh?: number;
};

/** Beyond these a need is none: of a car, and of this century. */
export const NEED_MAX = 10_000_000;

const bothWays = new Set(["AC_BPT", "AC_BPT_DER", "AC_BPTDER", "DC_BPT", "DC_ACDP_BPT"]);

/** `so far`: the session's counters when this was told. */
export function readNeeds(
  needs: Fields,
  soFar: { readonly deliveredWh: number; readonly carWh: number },
): Needs {
  const ac = objectIn(needs, "acChargingParameters");
  const dc = objectIn(needs, "dcChargingParameters");
  const v2x = objectIn(needs, "v2xChargingParameters");
  // One that has more than it wants already says so below nothing: it wants no less than it got.
  const targetWh = numberIn(v2x, "evTargetEnergyRequest");
  const wantedWh = possible(
    numberIn(ac, "energyAmount") ??
      numberIn(dc, "energyAmount") ??
      (targetWh === undefined ? undefined : Math.max(0, targetWh)),
  );
  const departureWallMs = timeIn(needs, "departureTime");
  const carA = numberIn(ac, "evMaxCurrent");
  const gives = givesBack(needs, v2x);
  return {
    ...(wantedWh !== undefined && wantedWh >= 0 && { energyWh: Math.max(0, wantedWh + soFar.deliveredWh) }),
    ...(departureWallMs !== undefined &&
      departureWallMs >= 0 && { departureWallMs: Math.round(departureWallMs) }),
    ...(carA !== undefined && carA > 0 && { carMa: carA * 1_000 }),
    ...(gives !== undefined && {
      dischargeWMax: gives.wMax,
      keepsWh: Math.round(soFar.carWh + gives.toMinimumWh),
    }),
  };
}

function givesBack(needs: Fields, v2x: Fields): { wMax: number; toMinimumWh: number } | undefined {
  if (!bothWays.has(textIn(needs, "requestedEnergyTransfer") ?? "")) return undefined;
  // On one phase, or as the sum of all; else phase by phase.
  const wMax = ["maxDischargePower", "maxDischargePower_L2", "maxDischargePower_L3"].reduce(
    (sum, name) => sum + (numberIn(v2x, name) ?? 0),
    0,
  );
  const minimums = [numberIn(v2x, "evMinEnergyRequest"), numberIn(v2x, "evMinV2XEnergyRequest")]
    .map(possible)
    .filter((wh) => wh !== undefined);
  if (minimums.length === 0 || !(wMax > 0 && wMax <= NEED_MAX)) return undefined;
  return { wMax, toMinimumWh: Math.max(...minimums) };
}

const possible = (wh: number | undefined): number | undefined =>
  wh !== undefined && Math.abs(wh) <= NEED_MAX ? wh : undefined;
