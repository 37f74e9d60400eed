/**
 * A battery or inverter whose figures stand still: it tells a power, and nothing of its model moves, not even the counter of the energy
 * that this power is (AT-M10, false process data). Not believed until something moves again. One that keeps no such counter, or tells
 * no power, cannot be found out so: at night nothing moves either.
 */
import { FROZEN_MS, FROZEN_STEPS, FROZEN_WH } from "../limits.ts";
import { numberAt, type Seen } from "./sunspec-unit.ts";
import { type Trouble, trouble } from "./trouble.ts";

const WMS_PER_WH = 3_600_000;

export class Frozen {
  /** The first reading of those that are alike. */
  private first: Seen | undefined;

  /** What is wrong with its model of power, read again; `undefined`: nothing. */
  judge(seen: Seen): Trouble | undefined {
    if (this.first?.found.id !== seen.found.id || !this.first.reading.isSame(seen.reading)) this.first = seen;
    const w = numberAt(seen, "W") ?? 0;
    const ms = seen.atMs - this.first.atMs;
    const stepWh = stepOfCounter(seen, w);
    if (stepWh === undefined || ms < FROZEN_MS) return undefined;
    if (Math.abs(w) * ms < Math.max(FROZEN_WH, FROZEN_STEPS * stepWh) * WMS_PER_WH) return undefined;
    const told = `${Math.round(w)} W for ${Math.round(ms / 60_000)} min`;
    return trouble("disbelieved", `it tells ${told}, and its counter of energy stands still: frozen figures`);
  }
}

/** By how much the counter of what this power gives, or takes, moves at a time; 101 to 113 count what is given alone. */
function stepOfCounter(seen: Seen, w: number): number | undefined {
  const is701 = seen.found.id === 701;
  const counter = is701 ? (w < 0 ? "TotWhAbs" : "TotWhInj") : "WH";
  // Who fills in 0 keeps none.
  if ((w < 0 && !is701) || (numberAt(seen, counter) ?? 0) === 0) return undefined;
  return 10 ** (seen.reading.exponent(is701 ? "TotWh_SF" : "WH_SF") ?? 0);
}
