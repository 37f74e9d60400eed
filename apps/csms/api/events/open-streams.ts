/** The streams that are open, whatever they carry: how many there may be, in all and of one person, and how to end them. */
import type { Readable } from "node:stream";
import type { Metrics } from "../../metrics/metrics.ts";
import { apiLimits } from "../limits.ts";
import type { Raw } from "../route.ts";

export class OpenStreams {
  private readonly open = new Map<Readable, string>();
  private readonly metrics: Metrics;

  constructor(metrics: Metrics) {
    this.metrics = metrics;
  }

  /** May this person open one more? */
  hasRoom(person: string): boolean {
    const own = [...this.open.values()].filter((owner) => owner === person).length;
    return this.open.size < apiLimits.streamsMax && own < apiLimits.streamsPerPersonMax;
  }

  /** The answer that carries it, counted until it closes. */
  carry(stream: Readable, person: string): Raw {
    this.open.set(stream, person);
    this.gauge();
    stream.once("close", () => {
      this.open.delete(stream);
      this.gauge();
    });
    return {
      kind: "raw",
      type: "text/event-stream",
      body: stream,
      headers: { "cache-control": "no-store", "x-accel-buffering": "no" },
    };
  }

  /** For a clean shutdown. */
  end(): void {
    for (const stream of this.open.keys()) stream.destroy();
  }

  private gauge(): void {
    this.metrics.set("wattward_event_streams_open", {}, this.open.size);
  }
}
