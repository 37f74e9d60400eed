/**
 * The default policy's rules across registers: a setpoint passes only while its revert time is known to run (RvrtTms > 0, read or
 * acknowledged), else only what is safe for ever; a battery at its reserve, or of unknown charge, is not discharged, one that is full, or
 * unknown, not charged.
 */
import { type Envelope, isStorage } from "./commissioned-device.ts";
import type { CrossRule } from "./policy.ts";
import type { Placed } from "./sunspec-registers.ts";
import type { Limits } from "./sunspec-writes.ts";

/** A charge that was read longer ago is not known. */
const CHARGE_FRESH_MS = 15_000;
/** A revert time is a setting: it is known for longer. */
const REVERT_FRESH_MS = 60_000;

/** Of one device. */
export type Across = Omit<CrossRule, "device">;

export function acrossOf(placed: Placed, envelope: Envelope | undefined): Across[] {
  if (envelope === undefined) return [];
  return [...whileItReverts(placed, envelope), ...(isStorage(envelope) ? chargeRules(placed, envelope) : [])];
}

/** While no revert time is known to run, a setpoint stays for ever: only those that may. */
function whileItReverts(placed: Placed, envelope: Envelope): Across[] {
  const rules = (model: number, timer: string, limits: { readonly [point: string]: Limits }): Across[] => {
    const when = placed.point(model, timer);
    if (when === undefined) return [];
    return Object.entries(limits).flatMap(([point, { min, max }]) => {
      const register = placed.point(model, point);
      if (register === undefined) return [];
      const why = `without a revert time (${when}) a setpoint stays for ever`;
      return [
        { when: { register: when, below: 1 }, freshMs: REVERT_FRESH_MS, limit: { register, min, max }, why },
      ];
    });
  };
  const rest = { min: 0, max: 0 };
  const storage = isStorage(envelope)
    ? [
        ...rules(124, "InOutWRte_RvrtTms", { OutWRte: rest, InWRte: rest }),
        ...rules(704, "WSetRvrtTms", { WSet: rest }),
      ]
    : [];
  const whole = { min: 100, max: 100 };
  return [
    ...storage,
    ...rules(123, "WMaxLimPct_RvrtTms", { WMaxLimPct: whole }),
    ...rules(704, "WMaxLimPctRvrtTms", { WMaxLimPct: whole }),
  ];
}

/** Where the charge is read: as the energy controller chooses it. */
const charges = [
  [713, "SoC"],
  [802, "SoC"],
  [124, "ChaState"],
] as const;

function chargeRules(placed: Placed, envelope: Envelope): Across[] {
  const found = charges.find(([model]) => placed.has(model));
  const charge = found && placed.point(found[0], found[1]);
  if (charge === undefined) return [];
  const { reservePermille, fullPermille = 1_000, chargeWMax, dischargeWMax } = envelope;
  const low = { register: charge, below: reservePermille / 10 };
  const high = { register: charge, above: fullPermille / 10 };
  const rule = (when: Across["when"], model: number, point: string, span: Limits): Across[] => {
    const register = placed.point(model, point);
    if (register === undefined) return [];
    const why =
      when === low
        ? "at its reserve, or of unknown charge, it is not discharged"
        : "full, or of unknown charge, it is not charged";
    return [{ when, freshMs: CHARGE_FRESH_MS, limit: { register, min: span.min, max: span.max }, why }];
  };
  return [
    ...rule(low, 124, "OutWRte", { min: -100, max: 0 }),
    ...rule(low, 124, "InWRte", { min: 0, max: 100 }),
    ...rule(high, 124, "InWRte", { min: -100, max: 0 }),
    ...rule(high, 124, "OutWRte", { min: 0, max: 100 }),
    ...rule(low, 704, "WSet", { min: -chargeWMax, max: 0 }),
    ...rule(high, 704, "WSet", { min: 0, max: dischargeWMax }),
  ];
}
