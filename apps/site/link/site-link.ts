/**
 * The site's end of the site link (ADR 10): keeps one connection to the CSMS open, for ever, with back-off and jitter,
 * and is what the rest of the site sees of the CSMS. Without a connection nothing here waits: who asks is told at once.
 */
import { backoffMs, type StationId, sleep } from "@wattward/kernel";
import { SITE_PROTOCOL, type SiteMessage } from "@wattward/sitelink";
import type { RelayedCall, Uplink } from "../calls/call-desk.ts";
import { Connection, type Ended } from "./connection.ts";
import {
  BEHIND_RECORDS_MAX,
  LEASE_ASKED_EVERY_MS,
  REDIAL_MS,
  RELAYS_MAX,
  SENT_BUFFERED_BYTES_MAX,
  STABLE_MS,
} from "./limits.ts";
import type { LinkDesk, LinkPorts } from "./ports.ts";
import { Sightings } from "./sightings.ts";

export class SiteLink implements Uplink {
  private readonly ports: LinkPorts;
  private connection: Connection | undefined;
  private stopped = false;
  private nextRelay = 1;
  private leaseAskedAtMs = Number.NEGATIVE_INFINITY;
  private readonly sightings: Sightings;

  constructor(ports: Omit<LinkPorts, "isOver" | "desk">, desk: LinkDesk) {
    this.sightings = new Sightings(ports.clock);
    const news = () => [...desk.news(), ...this.sightings.waiting()];
    this.ports = { ...ports, isOver: () => this.stopped, desk: { ...desk, news } };
  }

  start(): void {
    void this.run();
  }

  get isUp(): boolean {
    return this.connection?.up === true;
  }

  get answers(): boolean {
    return this.connection?.up === true && this.connection.behind <= BEHIND_RECORDS_MAX;
  }

  record(seq: number, deadlineMs: number): Promise<string | undefined> {
    const { connection } = this;
    if (connection?.up !== true) return Promise.resolve(undefined);
    const answer = connection.records.wait(seq, deadlineMs);
    connection.pump();
    return answer;
  }

  relay(call: RelayedCall, deadlineMs: number): Promise<string | undefined> {
    const { connection } = this;
    if (connection?.up !== true || connection.relays.size >= RELAYS_MAX) return Promise.resolve(undefined);
    const relay = this.nextRelay++;
    const clockQuality = this.ports.clock.now().quality;
    connection.send({ t: "relay", relay, clockQuality, ...call });
    return connection.relays.wait(relay, deadlineMs);
  }

  sent(frame: RelayedCall): boolean {
    const { connection } = this;
    if (!this.answers || connection === undefined || connection.bufferedBytes > SENT_BUFFERED_BYTES_MAX)
      return false;
    connection.send({ t: "sent", clockQuality: this.ports.clock.now().quality, ...frame });
    return true;
  }

  /** Records were written that nobody waits for. */
  journaled(): void {
    this.connection?.pump();
  }

  /** Told only while the link is up: the next welcome is followed by the whole truth. */
  tell(message: SiteMessage): void {
    if (this.connection?.up === true) this.connection.send(message);
  }

  /** What is worth telling only now, and only while nothing waits to be taken. */
  tellIfRoom(message: SiteMessage): void {
    const { connection } = this;
    if (connection?.up === true && connection.bufferedBytes <= SENT_BUFFERED_BYTES_MAX)
      connection.send(message);
  }

  /**
   * Something seen that is no frame; kept for the next link, the newest of them. False where there is too much of it:
   * then it is counted, and neither told nor worth a line in the log.
   */
  observe(kind: string, detail: string, station?: StationId): boolean {
    const message = this.sightings.see(kind, detail, station);
    if (message === undefined) return false;
    if (this.isUp) this.tell(this.sightings.tell(message));
    else this.sightings.keep(message);
    return true;
  }

  /** Asks for transaction ids, not more often than the CSMS likes to hear it. */
  wantLease(): void {
    const nowMs = this.ports.clock.now().monotonicMs;
    if (!this.isUp || nowMs - this.leaseAskedAtMs < LEASE_ASKED_EVERY_MS) return;
    this.leaseAskedAtMs = nowMs;
    this.tell({ t: "lease-wanted" });
  }

  /** For ever: the site is closing. */
  stop(): void {
    this.stopped = true;
    this.connection?.close("going away");
  }

  private async run(): Promise<void> {
    const { clock, chance, log } = this.ports;
    for (let attempt = 0; !this.stopped; ) {
      const fromMs = clock.now().monotonicMs;
      const ended = await this.once();
      if (this.stopped) return;
      const lastedMs = clock.now().monotonicMs - fromMs;
      const wasUp = lastedMs > STABLE_MS && ended.connected;
      const waitMs = ended.again && attempt === 0 ? 0 : backoffMs(chance, wasUp ? 0 : attempt, REDIAL_MS);
      attempt = wasUp ? 0 : attempt + 1;
      log.warn("link-down", { say: ended.why, redialMs: waitMs });
      await sleep(clock, waitMs);
    }
  }

  /** One connection from dialling to its end. */
  private async once(): Promise<Ended & { connected: boolean }> {
    const dialled = await this.ports.dialer.dial(`/site/${this.ports.site}`, [SITE_PROTOCOL]);
    if (!dialled.ok) {
      const { kind, sentence } = dialled.fault;
      return { why: `${advice[kind]}: ${sentence}`, again: false, connected: false };
    }
    if (this.stopped) {
      dialled.value.close(1000, "going away");
      return { why: "stopping", again: false, connected: false };
    }
    this.connection = new Connection(this.ports, dialled.value);
    this.leaseAskedAtMs = Number.NEGATIVE_INFINITY;
    const ended = await this.connection.ended;
    this.connection = undefined;
    this.sightings.cut();
    return { ...ended, connected: true };
  }
}

const advice = {
  unreachable: "the CSMS cannot be reached (is --csms right, is it running?)",
  untrusted:
    "the CSMS and this site do not trust each other (name, certificate or root; see 'wattward pki issue site')",
  refused: "the CSMS refused the connection (does it know this site?)",
} as const;
