/**
 * A site's journal records on their way to the core and their acknowledgement back.
 *
 *     record 7 ─┐                         ┌─ answer 7 (live: a station waits)
 *     record 8 ─┼─▶ core, in this order ──┼─ answer 8
 *     record 9 ─┘   many at one time      └─ ack 9, at the latest after ACK_DELAY_MS_MAX
 *
 * Always true: records are given to the core in the order of the journal and none is skipped; what is acknowledged is
 * durable; up to {@link RECORDS_IN_FLIGHT_MAX} are at the core at one time, so that they share commits, and beyond
 * that the site is not read. When one cannot be stored the link ends: what follows would leave a gap, and the site
 * sends it all again from what was acknowledged. A record that our own fault keeps from being applied is set aside
 * (observed, acknowledged): the site would send it again for ever, and all that its stations said behind it would wait.
 */
import type { Cancel, SiteId, StationId } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import { ACK_DELAY_MS_MAX, type CsmsMessage, type JournalRecord } from "@wattward/sitelink";
import { CoreError, type SiteRecord, type SiteRecordDone } from "../core/port.ts";
import { verdictOf } from "../message-log/verdict.ts";
import { answerFrame, type ReadCall, readCall } from "./frames.ts";
import { ACK_EVERY_RECORDS, RECORD_CHARS_IN_FLIGHT_MAX, RECORDS_IN_FLIGHT_MAX } from "./limits.ts";
import type { LinkFailure } from "./link-wire.ts";
import type { ConnectionPorts } from "./ports.ts";

/** Half of what is promised leaves the other half to the network and a busy turn. */
const ACK_AFTER_MS = ACK_DELAY_MS_MAX / 2;

/** What the parts of a link may do to it. */
export interface LinkHandle {
  readonly site: SiteId;
  send(message: CsmsMessage): void;
  /** Ends the link. */
  fail(failure: LinkFailure): void;
  /** Stops reading what the site sends, until {@link release}. */
  hold(): void;
  release(): void;
  /** May what this station sends be repaired? */
  tolerates(station: StationId): boolean;
}

export class RecordIntake {
  private readonly link: LinkHandle;
  private readonly ports: ConnectionPorts;
  private readonly epoch: string;
  private inFlight = 0;
  private charsInFlight = 0;
  private durableSeq: number;
  private toldSeq: number;
  private ackTimer: Cancel | undefined;
  private stopped = false;

  /** @param from the journal's epoch, and up to where the site was told in the welcome that it is durable */
  constructor(link: LinkHandle, from: { epoch: string; ackedSeq: number }, ports: ConnectionPorts) {
    this.link = link;
    this.ports = ports;
    this.epoch = from.epoch;
    this.durableSeq = this.toldSeq = from.ackedSeq;
  }

  /** Hands a record on; returns at once. */
  take(live: boolean, record: JournalRecord): void {
    if (this.stopped) return;
    if (record.epoch !== this.epoch) {
      const sentence = "A record of another epoch than the hello's: say hello with the epoch in use.";
      this.link.fail({ whose: "peer", code: "wrong-epoch", sentence });
      return;
    }
    this.inFlight += 1;
    this.charsInFlight += charsOf(record);
    if (this.inFlight >= RECORDS_IN_FLIGHT_MAX || this.charsInFlight >= RECORD_CHARS_IN_FLIGHT_MAX)
      this.link.hold();
    void this.apply(live, record);
  }

  /** Nothing is sent any more; records at the core become durable all the same, and are duplicates next time. */
  stop(): void {
    this.stopped = true;
    this.ackTimer?.();
  }

  private async apply(live: boolean, record: JournalRecord): Promise<void> {
    try {
      const tolerant = this.link.tolerates(record.station);
      const read = record.kind === "frame" ? readCall(record.frame, record.version, tolerant) : undefined;
      const done = await this.decided(live, record, called(read));
      if (!this.stopped) this.done(done, { live, record, read });
    } catch (error) {
      if (!this.stopped) this.notStored(error);
    } finally {
      this.inFlight -= 1;
      this.charsInFlight -= charsOf(record);
      const few = this.inFlight < RECORDS_IN_FLIGHT_MAX / 2;
      if (few && this.charsInFlight < RECORD_CHARS_IN_FLIGHT_MAX / 2) this.link.release();
    }
  }

  private async decided(live: boolean, record: JournalRecord, read: ReadFrame): Promise<SiteRecordDone> {
    const { core, clock, log } = this.ports;
    const decide = (what: ReadFrame) =>
      core.decide("site.record", { site: this.link.site, live, record, ...what, atMs: clock.now().wallMs });
    try {
      return await decide(read);
    } catch (error) {
      if (!(error instanceof CoreError) || error.kind !== "broken" || read.call === undefined) throw error;
      const { epoch, seq, station, trace } = record;
      log.error("record-set-aside", { epoch, seq, station, trace, error: error.message });
      return decide({
        fault: { code: "InternalError", description: "it could not be applied; see the log" },
      });
    }
  }

  private done(done: SiteRecordDone, { live, record, read }: Taken): void {
    if (done.kind === "gap") {
      const sentence = `A record after ${done.ackedSeq} is missing: send from there.`;
      this.link.fail({ whose: "peer", code: "gap", sentence });
      return;
    }
    this.durableSeq = Math.max(this.durableSeq, done.ackedSeq);
    const { seq, station, trace } = record;
    this.ports.log.debug("record-stored", { seq, station, trace, what: record.kind, live, done: done.kind });
    if (record.kind === "frame" && read !== undefined) this.count(record.version, read, done.answer?.kind);
    const reply = replyTo(done, record, read);
    if (done.kind === "applied") this.show(record, read, { reply, answered: done.answer?.kind });
    if (live && reply !== undefined) this.link.send({ t: "answer", seq: record.seq, frame: reply });
    if (this.durableSeq - this.toldSeq >= ACK_EVERY_RECORDS) this.ack();
    else this.ackTimer ??= this.ports.clock.after(ACK_AFTER_MS, () => this.ack());
  }

  /** To the message log; the answer that a site gave by itself is in the record. */
  private show(record: JournalRecord, read: ReadCall | undefined, { reply, answered }: Replied): void {
    if (record.kind !== "frame" || read === undefined) return;
    const { station, version, receivedAtMs, trace, frame, localAnswer } = record;
    const head = { station, version, route: `site ${this.link.site}`, receivedAtMs };
    const { messages } = this.ports;
    const verdict = read.kind === "fault" ? "refused" : verdictOf(read, answered);
    messages.seen({ ...head, sender: "station", text: frame }).become({ trace, verdict });
    const answer = localAnswer ?? reply;
    if (answer === undefined) return;
    const action = read.kind === "call" ? { action: read.action } : {};
    const given = localAnswer === undefined ? "sent" : "local";
    messages.seen({ ...head, ...action, sender: "csms", text: answer }).become({ trace, verdict: given });
  }

  private count(version: OcppVersion, read: ReadCall, answered: "result" | "error" = "result"): void {
    const { action, outcome } =
      read.kind === "call"
        ? { action: read.action, outcome: answered }
        : { action: "invalid", outcome: "error" };
    this.ports.metrics.count("wattward_messages_total", { version, action, outcome });
  }

  private ack(): void {
    this.ackTimer?.();
    this.ackTimer = undefined;
    this.toldSeq = this.durableSeq;
    this.link.send({ t: "ack", epoch: this.epoch, seq: this.durableSeq });
  }

  /** Our own fault, at worst of what this site sent: its link ends for it, not the process and everybody in it. */
  private broken(error: unknown): void {
    const where = error instanceof Error ? (error.stack ?? error.name) : typeof error;
    this.ports.log.error("record-intake-broken", { error: where });
    const sentence = "A record could not be taken, by our own fault; see the log of the CSMS.";
    this.link.fail({ whose: "ours", code: "broken", sentence });
  }

  private notStored(error: unknown): void {
    if (!(error instanceof CoreError)) {
      this.broken(error);
      return;
    }
    // Shutting down: the gateway closes every link by itself.
    if (error.kind === "closed" || error.kind === "fenced") return;
    this.ports.log.error("record-not-stored", { kind: error.kind, error: error.message });
    const sentence = "A record could not be stored: come again and send from what was acknowledged.";
    this.link.fail({ whose: "ours", code: error.kind, sentence });
  }
}

type Replied = { readonly reply: string | undefined; readonly answered: "result" | "error" | undefined };

/** The frame for the station, where the record holds a CALL of one. */
function replyTo(
  done: SiteRecordDone,
  record: JournalRecord,
  read: ReadCall | undefined,
): string | undefined {
  if (record.kind !== "frame" || read === undefined) return undefined;
  if (read.kind === "fault") return read.reply;
  return done.answer && answerFrame(read.id, done.answer, record.version);
}

type Taken = { readonly live: boolean; readonly record: JournalRecord; readonly read: ReadCall | undefined };

type ReadFrame = Pick<SiteRecord, "call" | "fault">;

function called(read: ReadCall | undefined): ReadFrame {
  if (read === undefined) return {};
  if (read.kind === "fault") return { fault: { code: read.code, description: read.description } };
  const { kind: _, ...call } = read;
  return { call };
}

const charsOf = (record: JournalRecord): number => (record.kind === "frame" ? record.frame.length : 0);
