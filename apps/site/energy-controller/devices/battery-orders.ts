/**
 * A battery's setpoint in the words of its models. Watts, discharge positive; each setpoint goes with the time after which it falls back.
 *
 *     124   InWRte  = −feed, per cent of the greatest charging power      both limits hold (StorCtl_Mod 3), and a negative one is a
 *           OutWRte =  feed, per cent of the greatest discharging power   demand: so the two together fix the power
 *           InOutWRte_RvrtTms, seconds
 *     704   WSet = feed, watts (WSetMod 1), WSetRvrt 0, WSetRvrtTms, WSetEna 1, WSetEnaRvrt 0
 *
 * In the order of writing: first the time, then the power, last what makes it hold, so that no half of an order is ever in force without
 * its end.
 */
import { numberAt, type Seen, unlike, type Values } from "./sunspec-unit.ts";

export type Words = {
  /** Model to steer by. */
  readonly id: 124 | 704;
  /** Writes, one after the other, that bring `feedW` into force; those left out that hold already, but for the power itself. */
  orders(seen: Seen, feedW: number, revertS: number): readonly Values[];
  /** Whether a write is of the power itself, not of what brings it into force. */
  isPower(values: Values): boolean;
  /** The setpoint that the registers show to be in force; `undefined`: none is. */
  shown(seen: Seen): number | undefined;
  /** What they show of `feedW` once it was written: whole steps of the device, within what it has. */
  held(seen: Seen, feedW: number): number;
  /** The device knows a revert time at all. */
  reverts(seen: Seen): boolean;
};

/** Greatest power either way, as the per cents of 124 mean it. */
export type Bases = { readonly chargeW: number; readonly dischargeW: number };

/** 124 names the charging power alone; the discharging one is the nameplate's, where any model tells it. */
export function basesOf(storage: Seen, nameplateW: number | undefined): Bases | undefined {
  const chargeW = numberAt(storage, "WChaMax");
  if (chargeW === undefined || chargeW <= 0) return undefined;
  return { chargeW, dischargeW: nameplateW ?? chargeW };
}

const BOTH_LIMITS = 3;
const WATTS = 1;
const ENABLED = 1;
const DISABLED = 0;

export function storageWords(bases: (seen: Seen) => Bases | undefined): Words {
  return {
    id: 124,
    orders(seen, feedW, revertS) {
      const base = bases(seen);
      if (base === undefined) return [];
      const differs = (path: string, value: number) => numberAt(seen, path) !== value;
      return [
        ...(differs("InOutWRte_RvrtTms", revertS) ? [{ InOutWRte_RvrtTms: revertS }] : []),
        { OutWRte: percent(feedW, base.dischargeW), InWRte: percent(-feedW, base.chargeW) },
        ...(differs("StorCtl_Mod", BOTH_LIMITS) ? [{ StorCtl_Mod: BOTH_LIMITS }] : []),
      ];
    },
    isPower: (values) => "OutWRte" in values,
    shown(seen) {
      const base = bases(seen);
      const [out, in_] = [numberAt(seen, "OutWRte"), numberAt(seen, "InWRte")];
      if (base === undefined || out === undefined || in_ === undefined) return undefined;
      return numberAt(seen, "StorCtl_Mod") === BOTH_LIMITS ? power(out, in_, base) : undefined;
    },
    held(seen, feedW) {
      const base = bases(seen);
      if (base === undefined) return feedW;
      const out = seen.reading.rounded("OutWRte", percent(feedW, base.dischargeW));
      return power(out, seen.reading.rounded("InWRte", percent(-feedW, base.chargeW)), base);
    },
    reverts: (seen) => numberAt(seen, "InOutWRte_RvrtTms") !== undefined,
  };
}

export const derWords: Words = {
  id: 704,
  orders(seen, feedW, revertS) {
    return [
      ...unlike(seen, { WSetRvrt: 0, WSetEnaRvrt: DISABLED, WSetRvrtTms: revertS, WSetMod: WATTS }),
      { WSet: Math.trunc(feedW) },
      ...unlike(seen, { WSetEna: ENABLED }),
    ];
  },
  isPower: (values) => "WSet" in values,
  shown: (seen) => (numberAt(seen, "WSetEna") === ENABLED ? numberAt(seen, "WSet") : undefined),
  held: ({ reading }, feedW) => reading.rounded("WSet", Math.trunc(feedW)),
  reverts: (seen) => numberAt(seen, "WSetRvrtTms") !== undefined,
};

/** Of per cents out and in. */
const power = (out: number, in_: number, { chargeW, dischargeW }: Bases): number =>
  out >= 0 ? (out * dischargeW) / 100 : (-in_ * chargeW) / 100;

const percent = (w: number, baseW: number): number => {
  const part = (w * 100) / baseW;
  return Math.max(-100, Math.min(100, Object.is(part, -0) ? 0 : part));
};
