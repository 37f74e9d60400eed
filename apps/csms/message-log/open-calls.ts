/** The action of a CALL by its id, until its answer is seen: a CALLRESULT does not name what it answers. */
import type { MessageId, StationId } from "@wattward/kernel";
import { OPEN_CALLS_MAX, STATIONS_MAX } from "./limits.ts";

type Sender = "station" | "csms";

export class OpenCalls {
  /** By station, the least recently heard first. */
  private readonly stations = new Map<StationId, Map<string, string>>();

  asked(station: StationId, by: Sender, id: MessageId, action: string): void {
    const open = this.stations.get(station) ?? new Map<string, string>();
    this.stations.delete(station);
    this.stations.set(station, open);
    open.set(`${by} ${id}`, action);
    if (open.size > OPEN_CALLS_MAX) open.delete(open.keys().next().value ?? "");
    if (this.stations.size > STATIONS_MAX) {
      const [oldest] = this.stations.keys();
      if (oldest !== undefined) this.stations.delete(oldest);
    }
  }

  /** Undefined where the CALL was not seen, or so long ago that it is forgotten. */
  answered(station: StationId, by: Sender, id: MessageId): string | undefined {
    return this.stations.get(station)?.get(`${by === "station" ? "csms" : "station"} ${id}`);
  }
}
