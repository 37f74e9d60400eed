/**
 * CALLs that a site relays without its journal: heartbeats, and authorisation while the link is up. Answered once the
 * core has decided, or forgotten; stations take turns, so that a loud one delays the others by one message.
 */
import type { StationId } from "@wattward/kernel";
import type { SiteMessage } from "@wattward/sitelink";
import { CoreError, type StationAnswer, type StationCall } from "../core/port.ts";
import { FairQueue } from "./fair-queue.ts";
import { answerFrame, notStored, readCall } from "./frames.ts";
import { RELAYS_IN_FLIGHT_MAX, RELAYS_WAITING_PER_STATION_MAX } from "./limits.ts";
import type { ConnectionPorts } from "./ports.ts";
import type { LinkHandle } from "./record-intake.ts";

type Relay = Extract<SiteMessage, { t: "relay" }>;

export class Relays {
  private readonly link: LinkHandle;
  private readonly ports: ConnectionPorts;
  private readonly queue = new FairQueue<StationId, Relay>(RELAYS_WAITING_PER_STATION_MAX);
  private inFlight = 0;
  private stopped = false;

  constructor(link: LinkHandle, ports: ConnectionPorts) {
    this.link = link;
    this.ports = ports;
  }

  /** The station is one of the site's own. Returns at once. */
  take(relay: Relay): void {
    if (!this.queue.add(relay.station, relay)) {
      this.ports.log.warn("relay-forgotten", { station: relay.station });
      return;
    }
    this.serve();
  }

  stop(): void {
    this.stopped = true;
  }

  private serve(): void {
    while (!this.stopped && this.inFlight < RELAYS_IN_FLIGHT_MAX) {
      const relay = this.queue.take();
      if (relay === undefined) return;
      this.inFlight += 1;
      void this.answer(relay).finally(() => {
        this.inFlight -= 1;
        this.serve();
      });
    }
  }

  private async answer({ relay, station, version, frame, ...received }: Relay): Promise<void> {
    const read = readCall(frame, version, this.link.tolerates(station));
    if (read.kind === "fault") return this.send(relay, read.reply);
    const { kind: _, ...said } = read;
    const { id, action } = said;
    const { trace, receivedAtMs, clockQuality } = received;
    const call = { ...said, trace, receivedAtMs, clockQuality };
    const route = { kind: "site", site: this.link.site } as const;
    const answer = await this.decided({ station, route, version, ...call });
    const outcome = answer === undefined || answer === notStored ? "refused" : answer.kind;
    this.ports.metrics.count("wattward_messages_total", { version, action, outcome });
    this.ports.log.debug("relay-answered", { station, action, trace, outcome });
    this.send(relay, answer && answerFrame(id, answer, version));
  }

  private async decided(call: StationCall): Promise<StationAnswer | undefined> {
    try {
      return await this.ports.core.decide("site.relay", call);
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      if (error.kind === "closed" || error.kind === "fenced") return undefined;
      this.ports.log.error("relay-not-stored", { kind: error.kind, error: error.message });
      return notStored;
    }
  }

  private send(relay: number, frame: string | undefined): void {
    if (!this.stopped && frame !== undefined) this.link.send({ t: "answer", relay, frame });
  }
}
