/**
 * What energy costs where that is told from outside: day-ahead prices, of one site or of all. They take the place of the prices in a
 * document whose tariff is a `series`; flat prices and prices by the hour stay as they were written.
 */
import type { EnergyConfig } from "@wattward/energy";
import type { Decision } from "../core/decision.ts";
import { observe } from "../core/observations.ts";
import { findSite } from "../sites/rows.ts";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import { PRICES_MAX, PRICES_PAST_MS_MAX } from "./limits.ts";
import { deletePrices, findPrices, putPrices } from "./rows.ts";

export type Series = {
  readonly fromMs: number;
  readonly stepMs: number;
  readonly milliCentPerKwh: readonly number[];
};
/** Where the fleet's stand. */
export const FLEET = "";

export const setPrices: Decision<"energy.prices"> = async (tx, input) => {
  const { site, actor, atMs } = input;
  if (site !== undefined && (await tx.first(findSite, { id: site })) === undefined)
    return { kind: "unknown-site" };
  const before = await tx.first(findPrices, { site: site ?? FLEET });
  const { fromMs, stepMs, milliCentPerKwh } = joined(before && seriesIn(before), input, atMs);
  await tx.run(putPrices, {
    site_id: site ?? FLEET,
    from_ms: fromMs,
    step_ms: stepMs,
    prices: JSON.stringify(milliCentPerKwh),
    told_at_ms: atMs,
    told_by: actor,
  });
  const data = { fromMs: input.fromMs, stepMs, steps: input.milliCentPerKwh.length, actor };
  observe(tx, { kind: "energy.prices-set", source: "person", atMs, ...(site && { site }), data });
  return { kind: "set", fromMs, steps: milliCentPerKwh.length };
};

/** A site's own prices end: it goes by the fleet's again, or by its document's where there are none. */
export const dropPrices: Decision<"energy.prices-drop"> = async (tx, { site, actor, atMs }) => {
  if ((await tx.first(findSite, { id: site })) === undefined) return { kind: "unknown-site" };
  if ((await tx.run(deletePrices, { site })) === 0) return { kind: "none" };
  observe(tx, { kind: "energy.prices-dropped", source: "person", atMs, site, data: { actor } });
  return { kind: "dropped" };
};

/**
 * New prices over those of before, which stay up to where the new begin if they reach there and their steps are the new ones, or whole
 * numbers of them: the day a market goes from hours to quarters has prices too. Pure.
 */
export function joined(known: Series | undefined, told: Series, nowMs: number): Series {
  const { fromMs, stepMs, milliCentPerKwh } = told;
  const before = known && inSteps(known, stepMs);
  const kept = before === undefined ? 0 : (fromMs - before.fromMs) / before.stepMs;
  if (before === undefined || !Number.isInteger(kept) || kept <= 0 || kept > before.milliCentPerKwh.length)
    return { fromMs, stepMs, milliCentPerKwh };
  const all = [...before.milliCentPerKwh.slice(0, kept), ...milliCentPerKwh];
  const past = Math.floor((nowMs - PRICES_PAST_MS_MAX - before.fromMs) / stepMs);
  // Never any of what was told now: that is at most PRICES_MAX by itself.
  const dropped = Math.min(kept, Math.max(0, past, all.length - PRICES_MAX));
  return { fromMs: before.fromMs + dropped * stepMs, stepMs, milliCentPerKwh: all.slice(dropped) };
}

function inSteps({ fromMs, stepMs, milliCentPerKwh }: Series, wantedMs: number): Series | undefined {
  const times = stepMs / wantedMs;
  if (!Number.isInteger(times)) return undefined;
  const each = milliCentPerKwh.flatMap((price) => Array<number>(times).fill(price));
  return { fromMs, stepMs: wantedMs, milliCentPerKwh: each };
}

/** The document's energy for the bundle, with the newest prices that were told for the site. */
export async function priced(tx: Tx, site: string, energy: string): Promise<string> {
  // Compiled for every site at every change of anybody's: most need not be read for it.
  if (!energy.includes('"kind":"series"')) return energy;
  // Written by this program alone, from a document that was checked.
  const config = JSON.parse(energy) as EnergyConfig;
  if (config.tariff.energy.kind !== "series") return energy;
  const told = (await tx.first(findPrices, { site })) ?? (await tx.first(findPrices, { site: FLEET }));
  if (told === undefined) return energy;
  const { fromMs: fromWallMs, stepMs, milliCentPerKwh } = seriesIn(told);
  const series: EnergyConfig["tariff"]["energy"] = { kind: "series", fromWallMs, stepMs, milliCentPerKwh };
  return JSON.stringify({ ...config, tariff: { ...config.tariff, energy: series } } satisfies EnergyConfig);
}

export const seriesIn = (row: Row<"energy_prices">): Series => ({
  fromMs: row.from_ms,
  stepMs: row.step_ms,
  milliCentPerKwh: JSON.parse(row.prices) as readonly number[],
});
