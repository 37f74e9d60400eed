/**
 * What a battery is wanted to do: what the plan says, with its leeway; without a plan, solar first: what the site has to spare is stored, and
 * given back before anything is bought. Several batteries answer the same meter, so each takes its part of what it shows.
 */
import type { BatteryWish } from "./battery.ts";
import type { BatteryLeeway, Plan } from "./inputs.ts";
import type { Battery } from "./site.ts";

const NO_LEEWAY: BatteryLeeway = { covers: false, absorbs: false, exports: false };

/** What this battery sees of the site; `gridW` is absent where the meter is not trusted. */
export type Seen = { readonly gridW: number | undefined; readonly importMaxW: number };

export function wishOf(battery: Battery, plan: Plan | undefined, { gridW, importMaxW }: Seen): BatteryWish {
  const feedW = plan?.batteries.get(battery.id);
  if (feedW !== undefined)
    return { kind: "planned", feedW, gridW, importMaxW, leeway: plan?.leeway?.get(battery.id) ?? NO_LEEWAY };
  if (gridW === undefined) return { kind: "rest", why: "the grid meter is not trusted" };
  return { kind: "follow", gridW, importMinW: 0, importMaxW: Math.min(0, importMaxW) };
}

/** The part of each battery in what the site's meter shows, by power; they add up to 1. */
export function partOf(battery: Battery, all: readonly Battery[]): number {
  const powerW = all.reduce((sum, { chargeWMax, dischargeWMax }) => sum + chargeWMax + dischargeWMax, 0);
  return powerW > 0 ? (battery.chargeWMax + battery.dischargeWMax) / powerW : 1 / all.length;
}
