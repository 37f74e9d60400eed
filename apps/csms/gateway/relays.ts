/**
 * What a site relays without its journal: CALLs (heartbeats, and authorisation while the link is up), and what nobody
 * answers (2.1 SEND and CALLRESULTERROR). A CALL is answered once the core has decided, or forgotten. The messages of one
 * station keep their order; stations take turns, so that a loud one delays the others by one message.
 */
import type { StationId } from "@wattward/kernel";
import type { SiteMessage } from "@wattward/sitelink";
import { CoreError, type LoggedMessage, type StationAnswer, type StationCall } from "../core/port.ts";
import { verdictOf } from "../message-log/verdict.ts";
import { FairQueue } from "./fair-queue.ts";
import { answerFrame, notStored, readCall, readSent } from "./frames.ts";
import { RELAYS_IN_FLIGHT_MAX, RELAYS_WAITING_PER_STATION_MAX, STATIONS_PER_LINK_MAX } from "./limits.ts";
import type { ConnectionPorts } from "./ports.ts";
import type { LinkHandle } from "./record-intake.ts";
import { Sends } from "./sends.ts";

type Relay = Extract<SiteMessage, { t: "relay" }>;
type Sent = Extract<SiteMessage, { t: "sent" }>;

export class Relays {
  private readonly link: LinkHandle;
  private readonly ports: ConnectionPorts;
  private readonly queue = new FairQueue<StationId, Relay | Sent>(RELAYS_WAITING_PER_STATION_MAX);
  private readonly sends: Sends;
  private inFlight = 0;
  private stopped = false;

  constructor(link: LinkHandle, ports: ConnectionPorts) {
    this.link = link;
    this.ports = ports;
    this.sends = new Sends({ kind: "site", site: link.site }, STATIONS_PER_LINK_MAX, ports);
  }

  /** The station is one of the site's own. Returns at once. */
  take(told: Relay | Sent): void {
    if (!this.queue.add(told.station, told)) {
      this.ports.log.warn("relay-forgotten", { station: told.station });
      return;
    }
    this.serve();
  }

  stop(): void {
    this.stopped = true;
  }

  private serve(): void {
    while (!this.stopped && this.inFlight < RELAYS_IN_FLIGHT_MAX) {
      const told = this.queue.take();
      if (told === undefined) return;
      this.inFlight += 1;
      void (told.t === "relay" ? this.answer(told) : this.hear(told)).finally(() => {
        this.inFlight -= 1;
        this.serve();
      });
    }
  }

  private async answer(asked: Relay): Promise<void> {
    const { relay, station, version, frame, ...received } = asked;
    const read = readCall(frame, version, this.link.tolerates(station));
    if (read.kind === "fault") {
      this.show(asked, "refused", read.reply);
      return this.send(relay, read.reply);
    }
    const { kind: _, ...said } = read;
    const { id, action } = said;
    const { trace, receivedAtMs, clockQuality } = received;
    const call = { ...said, trace, receivedAtMs, clockQuality };
    const route = { kind: "site", site: this.link.site } as const;
    const answer = await this.decided({ station, route, version, ...call });
    const outcome = answer === undefined || answer === notStored ? "refused" : answer.kind;
    this.ports.metrics.count("wattward_messages_total", { version, action, outcome });
    this.ports.log.debug("relay-answered", { station, action, trace, outcome });
    const reply = answer && answerFrame(id, answer, version);
    this.show(asked, verdictOf(said, answer?.kind), reply);
    this.send(relay, reply);
  }

  /** What breaks its schema is dropped: nobody waits to be told. */
  private async hear(told: Sent): Promise<void> {
    const { station, version, trace, receivedAtMs, clockQuality } = told;
    const read = readSent(told.frame, version);
    if (read.kind === "result-error") this.sends.disputed(station, version, read);
    else if (read.kind === "fault")
      this.ports.log.warn("send-unreadable", { station, say: read.description });
    const { kind } = read;
    const taken =
      kind === "send" &&
      (await this.sends.take({
        ...{ station, version, trace, receivedAtMs, clockQuality },
        ...{ id: read.id, action: read.action, payload: read.payload },
      })) === "taken";
    this.show(told, taken || kind === "result-error" ? "valid" : "refused", undefined);
  }

  /** To the message log. */
  private show(asked: Relay | Sent, verdict: LoggedMessage["verdict"], reply: string | undefined): void {
    const { station, version, trace, receivedAtMs, frame } = asked;
    const head = { station, version, route: `site ${this.link.site}`, receivedAtMs };
    const { messages } = this.ports;
    messages.seen({ ...head, sender: "station", text: frame }).become({ trace, verdict });
    if (reply !== undefined) messages.seen({ ...head, sender: "csms", text: reply }).become({ trace });
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
