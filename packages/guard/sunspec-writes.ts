/**
 * What the default policy lets the energy controller write: setpoints within the envelope, their revert times, heartbeats; model by model,
 * and of each only the points that the device has.
 */
import { type Envelope, isStorage } from "./commissioned-device.ts";
import type { WriteBound } from "./policy.ts";
import type { Placed } from "./sunspec-registers.ts";

const REVERT_S_MAX = 3_600;
/** Shorter is no safeguard but a switch: it would turn the device off and on, for whoever writes the same again and again. */
const REVERT_S_MIN = 10;
/** Heartbeats go once a second. */
const HEARTBEATS_PER_MINUTE = 150;

export const writesWithin = (placed: Placed, envelope: Envelope | undefined): readonly Written[] => [
  ...storage124(placed, envelope),
  ...controls704(placed, envelope),
  ...inverter123(placed, envelope),
  ...heartbeats(placed),
];

/** Points of one model, each with its bounds. */
export type Written = { readonly model: number; readonly writes: readonly WriteBound[] };
/** What one point may be. */
export type Limits = Omit<WriteBound, "register">;

/** Bounds of the points that the device has; none, and the model is not written. */
function written(placed: Placed, model: number, bounds: { readonly [point: string]: Limits }): Written[] {
  if (!placed.has(model)) return [];
  const writes = Object.entries(bounds).flatMap(([point, limits]) => {
    const register = placed.point(model, point);
    return register === undefined ? [] : [{ register, ...limits }];
  });
  return writes.length === 0 ? [] : [{ model, writes }];
}

const curtailed = ({ revertProven = true }: Envelope): Limits => ({ min: revertProven ? 0 : 100, max: 100 });
const reverting = ({ revertMs = REVERT_S_MIN * 1_000 }: Envelope): Limits => ({
  min: Math.max(1, Math.min(REVERT_S_MIN, Math.floor(revertMs / 1_000))),
  max: REVERT_S_MAX,
});
/** What it falls back to is what is safe for ever, and nothing that somebody wrote. */
const off: Limits = { min: 0, max: 0 };
const whole: Limits = { min: 100, max: 100 };

/** How often it may change, where the envelope says so. */
const pace = ({ dwellMs, reversalsPer10MinMax }: Envelope) => ({
  ...(dwellMs !== undefined && { dwellMs }),
  ...(reversalsPer10MinMax !== undefined && { reversalsPer10MinMax }),
});

/** Per cents of 124: a negative limit is a demand the other way (model 124, InWRte and OutWRte). */
function perCents(envelope: Envelope) {
  const { chargeWMax, dischargeWMax } = envelope;
  const { ratedChargeW = chargeWMax, ratedDischargeW = dischargeWMax } = envelope;
  const may = envelope.revertProven !== false;
  const part = (w: number, ratedW: number) => (may && ratedW > 0 ? Math.min(100, (100 * w) / ratedW) : 0);
  const limits = (min: number, max: number, ratedW: number): Limits => ({
    min,
    max,
    ...(ratedW > 0 && envelope.rampWPerS > 0 && { rampPerS: (100 * envelope.rampWPerS) / ratedW }),
    ...pace(envelope),
  });
  return {
    out: limits(0 - part(chargeWMax, ratedDischargeW), part(dischargeWMax, ratedDischargeW), ratedDischargeW),
    in: limits(0 - part(dischargeWMax, ratedChargeW), part(chargeWMax, ratedChargeW), ratedChargeW),
  };
}

function storage124(placed: Placed, envelope: Envelope | undefined): Written[] {
  if (envelope === undefined || !isStorage(envelope)) return [];
  const { in: inWRte, out: outWRte } = perCents(envelope);
  return written(placed, 124, {
    // Both limits hold, or none of them means what it says; what lets go of it is its revert time.
    StorCtl_Mod: { min: 3, max: 3 },
    MinRsvPct: { min: envelope.reservePermille / 10, max: 100 },
    OutWRte: outWRte,
    InWRte: inWRte,
    InOutWRte_RvrtTms: reverting(envelope),
  });
}

/** 704 steers solar by WMaxLimPct, falling back to all of it, storage by WSet, watts alone (WSetMod 1), falling back to 0. */
function controls704(placed: Placed, envelope: Envelope | undefined): Written[] {
  if (envelope === undefined) return [];
  const { chargeWMax, dischargeWMax, rampWPerS, revertProven = true } = envelope;
  const [min, max] = revertProven ? [-chargeWMax, dischargeWMax] : [0, 0];
  const set = {
    WSetEna: { min: 0, max: 1 },
    WSetMod: { min: 1, max: 1 },
    WSet: {
      min,
      max,
      ...(rampWPerS > 0 && { rampPerS: rampWPerS }),
      ...pace(envelope),
    },
    WSetRvrt: off,
    WSetEnaRvrt: off,
    WSetRvrtTms: reverting(envelope),
  };
  return written(placed, 704, {
    WMaxLimPctEna: { min: 0, max: 1 },
    WMaxLimPct: curtailed(envelope),
    WMaxLimPctRvrt: whole,
    WMaxLimPctEnaRvrt: off,
    WMaxLimPctRvrtTms: reverting(envelope),
    ...(isStorage(envelope) && set),
  });
}

const inverter123 = (placed: Placed, envelope: Envelope | undefined): Written[] =>
  envelope === undefined
    ? []
    : written(placed, 123, {
        WMaxLimPct: curtailed(envelope),
        WMaxLimPct_RvrtTms: reverting(envelope),
        WMaxLim_Ena: { min: 0, max: 1 },
      });

const heartbeats = (placed: Placed): Written[] => [
  ...written(placed, 802, { CtrlHb: { min: 0, max: 0xfffe, perMinuteMax: HEARTBEATS_PER_MINUTE } }),
  ...written(placed, 715, {
    ControllerHb: { min: 0, max: 0xffff_fffe, perMinuteMax: HEARTBEATS_PER_MINUTE },
  }),
];
