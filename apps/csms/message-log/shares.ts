/** What each station has left in the log on this day (UTC): a flood of one does not push out what the others said. */
import type { StationId } from "@wattward/kernel";
import { STATION_CHARS_PER_ROW, STATION_ROWS_ASSUMED, STATIONS_MAX } from "./limits.ts";

const DAY_MS = 86_400_000;

export class Shares {
  private rowsMax = STATION_ROWS_ASSUMED;
  private day = 0;
  private readonly taken = new Map<StationId, { rows: number; chars: number }>();

  /** Frames that one station may leave in a day. */
  allow(rows: number): void {
    this.rowsMax = rows;
  }

  /** False where its share of this day is used up, or too many others have come. */
  take(station: StationId, chars: number, atMs: number): boolean {
    const day = Math.floor(atMs / DAY_MS);
    if (day !== this.day) {
      this.day = day;
      this.taken.clear();
    }
    const taken = this.taken.get(station) ?? { rows: 0, chars: 0 };
    if (taken.rows >= this.rowsMax || taken.chars + chars > this.rowsMax * STATION_CHARS_PER_ROW)
      return false;
    if (!this.taken.has(station) && this.taken.size >= STATIONS_MAX) return false;
    this.taken.set(station, { rows: taken.rows + 1, chars: taken.chars + chars });
    return true;
  }
}
