/**
 * What one station may write into the journal: bytes in the long run and at once, those of its transactions and all
 * others apart. A station that floods, with the largest of messages that are never given up, fills its own allowance
 * and neither the disk nor its neighbours' time on it.
 *
 * Far above what stations send: twenty EVSEs that report 1 kB every second take a third of it.
 */
import { type BucketLimits, type StationId, TokenBucket } from "@wattward/kernel";
import type { Worth } from "./pressure.ts";

export const STATION_BYTES: BucketLimits = { burst: 32 * 1024 * 1024, perSecond: 64 * 1024 };
/** Stations that are counted; more than a bundle may hold. The longest unheard is forgotten first. */
const STATIONS_MAX = 2_000;

type Allowance = { readonly billing: TokenBucket; readonly other: TokenBucket };

export class Allowances {
  private readonly limits: BucketLimits;
  private readonly stations = new Map<StationId, Allowance>();

  constructor(limits = STATION_BYTES) {
    this.limits = limits;
  }

  /** Takes `bytes` of the station's allowance, if they are there. `nowMs`: monotonic. */
  take(station: StationId, { worth, bytes, nowMs }: { worth: Worth; bytes: number; nowMs: number }): boolean {
    const fresh = () => new TokenBucket(this.limits, nowMs);
    const allowance = this.stations.get(station) ?? { billing: fresh(), other: fresh() };
    this.stations.delete(station);
    this.stations.set(station, allowance);
    if (this.stations.size > STATIONS_MAX) {
      const oldest = this.stations.keys().next().value;
      if (oldest !== undefined) this.stations.delete(oldest);
    }
    return (worth === "billing" ? allowance.billing : allowance.other).take(nowMs, bytes);
  }
}
