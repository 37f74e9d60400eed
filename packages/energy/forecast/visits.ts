/** A charging session as a forecast learns of it: what was said at plug-in, and, when it is over, what became of it. */
import type { SessionId } from "../inputs.ts";
import type { OutletId } from "../site.ts";

export type Arrival = {
  readonly id: SessionId;
  readonly outlet: OutletId;
  readonly arrivedWallMs: number;
  /** The driver's own word. */
  readonly energyWh?: number;
  readonly departureWallMs?: number;
  /** Whoever identified himself, as a name that the site may keep (a hash); absent: nobody known. */
  readonly driver?: string;
};

/** One that is over. `takenWh`: what it was given. */
export type Visit = Omit<Arrival, "id"> & {
  readonly leftWallMs: number;
  readonly takenWh: number;
};
