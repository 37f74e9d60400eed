/**
 * What is given up when the journal runs full, and the record of it. The order is fixed: samples outside transactions,
 * samples within, statuses, events; starts and ends never. Heartbeats are never journaled at all.
 */
import type { Instant, StationId, TraceId } from "@wattward/kernel";
import type { Journal, RecordDraft } from "./journal.ts";
import { PENDING_BYTES_SOFT } from "./limits.ts";

/** Classes of records by what they are worth; see the table of local answers. */
export type Worth = "sample-outside" | "sample-inside" | "status" | "event" | "billing";

/** Share of {@link PENDING_BYTES_SOFT} from which a class is given up. */
const givenUpFrom: Readonly<Record<Worth, number>> = {
  "sample-outside": 0.5,
  "sample-inside": 0.7,
  status: 0.85,
  event: 0.95,
  billing: Number.POSITIVE_INFINITY,
};

/** (station, action) pairs counted one by one; further ones are counted under the pair that is there first. */
const COUNTED_MAX = 4_096;

export class Pressure {
  private readonly journal: Pick<Journal, "pendingBytes" | "append">;
  private readonly softBytes: number;
  private readonly counts = new Map<string, { station: StationId; action: string; count: number }>();

  constructor(journal: Pick<Journal, "pendingBytes" | "append">, softBytes = PENDING_BYTES_SOFT) {
    this.journal = journal;
    this.softBytes = softBytes;
  }

  /** Is there room for a record of this worth? */
  admits(worth: Worth): boolean {
    return this.journal.pendingBytes < this.softBytes * givenUpFrom[worth];
  }

  /** One message was answered without being kept. */
  gaveUp(station: StationId, action: string): void {
    const key = `${station} ${action}`;
    const counted =
      this.counts.get(key) ?? (this.counts.size < COUNTED_MAX ? undefined : [...this.counts.values()][0]);
    if (counted === undefined) this.counts.set(key, { station, action, count: 1 });
    else counted.count++;
  }

  /** Writes down what was given up since the last time; what the disk has no room for is tried again. */
  async report(now: Instant, trace: () => TraceId): Promise<void> {
    for (const [key, { station, action, count }] of [...this.counts]) {
      this.counts.delete(key);
      const draft: RecordDraft = {
        kind: "gap",
        station,
        action,
        count,
        receivedAtMs: now.wallMs,
        clockQuality: now.quality,
        trace: trace(),
      };
      if ((await this.journal.append(draft)).kind === "kept") continue;
      const since = this.counts.get(key)?.count ?? 0;
      this.counts.set(key, { station, action, count: count + since });
      return;
    }
  }
}
