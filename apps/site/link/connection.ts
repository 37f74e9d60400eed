/**
 * One connection of the site link, from its open socket to its end:
 *
 *     hello ─▶ ◀─ welcome ─▶ presences, then records in order from the one after `ackedSeq`, live ones as they come
 *
 * Strict: what is no message of the protocol, or out of turn, ends it. Messages are handled one after the other, so a
 * lease is durable before the next message is looked at. Silence for LINK_SILENCE_MS_MAX ends it too: a cut without FIN.
 */
import { type Cancel, DiskError, every, type TraceId, type Wire } from "@wattward/kernel";
import {
  BEAT_INTERVAL_MS,
  type CsmsMessage,
  Hearing,
  type JournalRecord,
  parseCsmsMessage,
  type SiteMessage,
} from "@wattward/sitelink";
import { Answers } from "./answers.ts";
import {
  ACK_STALL_MS,
  INBOX_MAX,
  READ_RECORDS,
  SLOW_CHARS_PER_MS,
  WELCOME_MS_MAX,
  WINDOW_BYTES,
  WINDOW_POLL_MS,
  WINDOW_RECORDS,
} from "./limits.ts";
import type { LinkPorts } from "./ports.ts";

/** `again`: redial at once, after a new epoch was begun. */
export type Ended = { readonly why: string; readonly again: boolean };

export class Connection {
  readonly ended: Promise<Ended>;
  readonly records: Answers;
  readonly relays: Answers;
  private readonly ports: LinkPorts;
  private readonly wire: Wire;
  private readonly timers: Cancel[] = [];
  private state: "greeting" | "up" | "over" = "greeting";
  private end: (ended: Ended) => void = () => {};
  private inbox: Promise<void> = Promise.resolve();
  private inboxLength = 0;
  private readonly hearing: Hearing;
  private beatAtMs = 0;
  private progressAtMs: number;
  /** Next sequence to send. */
  private cursor = 1;
  private pumping = false;
  /** Records sent and not acknowledged, at most WINDOW_RECORDS: a long one takes its time on a slow line. */
  private readonly out: { readonly seq: number; readonly chars: number }[] = [];

  constructor(ports: LinkPorts, wire: Wire) {
    this.ports = ports;
    this.wire = wire;
    this.records = new Answers(ports.clock);
    this.relays = new Answers(ports.clock);
    this.progressAtMs = this.nowMs;
    this.hearing = new Hearing(this.nowMs);
    this.ended = new Promise((resolve) => (this.end = resolve));
    wire.listen({
      message: (text) => this.arrived(text),
      closed: (code, reason) => this.over(`closed by the CSMS (${code} ${reason})`),
    });
    this.timers.push(every(ports.clock, BEAT_INTERVAL_MS / 2, () => this.tick()));
    this.timers.push(
      ports.clock.after(WELCOME_MS_MAX, () => this.state === "greeting" && this.drop("no welcome in time")),
    );
    this.send(ports.hello());
  }

  get up(): boolean {
    return this.state === "up";
  }

  /** Records written that were not sent yet. */
  get behind(): number {
    return this.ports.journal.lastSeq - (this.cursor - 1);
  }

  /** What the CSMS has not taken yet. */
  get bufferedBytes(): number {
    return this.wire.bufferedBytes;
  }

  send(message: SiteMessage): void {
    if (this.state === "over") return;
    this.wire.send(JSON.stringify(message));
  }

  /** The journal has grown, or somebody waits for a record. */
  pump(): void {
    if (this.pumping || this.state !== "up") return;
    this.pumping = true;
    this.sendRecords()
      .catch((error: unknown) => this.ports.fatal(error))
      .finally(() => (this.pumping = false));
  }

  close(why: string): void {
    this.wire.close(1000, why);
    this.over(why);
  }

  private async sendRecords(): Promise<void> {
    const { journal, clock } = this.ports;
    while (this.state === "up" && this.cursor <= journal.lastSeq) {
      const room = WINDOW_RECORDS - (this.cursor - 1 - journal.ackedSeq);
      if (room <= 0) return; // The next acknowledgement goes on.
      if (this.wire.bufferedBytes > WINDOW_BYTES) {
        this.timers.push(clock.after(WINDOW_POLL_MS, () => this.pump()));
        return;
      }
      if (this.cursor - 1 === journal.ackedSeq) this.progressAtMs = this.nowMs;
      for (const record of await journal.read(this.cursor, Math.min(room, READ_RECORDS))) {
        if (!this.up) return;
        this.send({ t: "record", live: this.records.has(record.seq), record });
        this.cursor = record.seq + 1;
        this.out.push({ seq: record.seq, chars: record.kind === "gap" ? 0 : charsOf(record) });
      }
    }
  }

  private arrived(text: string): void {
    if (this.state === "over") return;
    this.hearing.heard(this.nowMs);
    const message = parseCsmsMessage(text);
    if (!message.ok) {
      this.drop(`not understood: ${message.fault.sentence}`);
      return;
    }
    if (++this.inboxLength >= INBOX_MAX) this.wire.pause();
    this.inbox = this.inbox.then(async () => {
      await this.handleSafely(message.value);
      if (--this.inboxLength === INBOX_MAX - 1) this.wire.resume();
    });
  }

  /** A full disk ends the connection, and the next one tries again; anything else is our own fault. */
  private async handleSafely(message: CsmsMessage): Promise<void> {
    if (this.state === "over") return;
    try {
      await this.handle(message);
    } catch (error) {
      if (!(error instanceof DiskError && error.kind === "full")) return this.ports.fatal(error);
      this.ports.log.error("link-disk-full", { message: message.t, say: error.message });
      this.drop("the site's disk is full");
    }
  }

  private async handle(message: CsmsMessage): Promise<void> {
    const { clock, log, desk } = this.ports;
    if (message.t === "refused") {
      log.error("link-refused", { code: message.code, say: message.sentence });
      return this.drop(`refused by the CSMS: ${message.code}`);
    }
    if (message.t === "welcome") return this.welcomed(message);
    if (this.state === "greeting") return this.drop(`'${message.t}' before the welcome`);
    switch (message.t) {
      case "beat":
        return clock.tell(message.wallMs);
      case "ack":
        return this.acknowledged(message);
      case "answer":
        return this.answered(message);
      case "lease":
        return desk.lease(message);
      case "energy-acked":
        return desk.quartersAcked(message.untilWallMs);
      case "bundle":
        return this.send(await desk.bundle(message.bundle));
      case "down":
        return desk.down(message.station, message.frame, (frame) => {
          if (this.up) this.send({ t: "up", station: message.station, frame });
        });
    }
  }

  private async welcomed({
    csmsEpoch,
    ackedSeq,
    ackedTrace,
    wallMs,
  }: Extract<CsmsMessage, { t: "welcome" }>): Promise<void> {
    if (this.state !== "greeting") return this.drop("a second welcome");
    const { journal, clock, desk, log } = this.ports;
    if ((await desk.fence(csmsEpoch)) === "older") {
      const say = `the CSMS says epoch ${csmsEpoch}, older than one seen before: restore it with 'restore', which raises the epoch`;
      log.error("link-refused", { say });
      return this.drop("a CSMS of an older epoch");
    }
    clock.tell(wallMs);
    const forked =
      ackedSeq < 0 || ackedSeq > journal.lastSeq || (await this.hasAnother(ackedSeq, ackedTrace));
    if (forked || ackedSeq + 1 < journal.oldestSeq) {
      // A CSMS that lost more than is kept here gets all that is: the new epoch begins with it.
      const lost = forked ? undefined : { from: ackedSeq + 1, to: journal.oldestSeq - 1 };
      if (lost !== undefined) await journal.owe(lost.to);
      await desk.newEpoch(lost);
      return this.drop("a new epoch of the journal begins", true);
    }
    if (ackedSeq < journal.ackedSeq) await journal.owe(ackedSeq);
    else journal.acknowledge(ackedSeq);
    if (this.ports.isOver() || this.state !== "greeting") return;
    this.state = "up";
    this.cursor = ackedSeq + 1;
    this.progressAtMs = this.nowMs;
    log.info("link-up", { ackedSeq, owed: journal.lastSeq - ackedSeq });
    for (const message of desk.news()) this.send(message);
    this.pump();
  }

  /** Is our record of this number another than the one that the CSMS has? Then one of two disks is a copy. */
  private async hasAnother(seq: number, trace: TraceId | undefined): Promise<boolean> {
    const { journal } = this.ports;
    if (trace === undefined || seq < journal.oldestSeq) return false;
    const [ours] = await journal.read(seq, 1);
    return ours !== undefined && ours.trace !== trace;
  }

  private acknowledged({ epoch, seq }: Extract<CsmsMessage, { t: "ack" }>): void {
    const { journal } = this.ports;
    if (epoch !== journal.epoch) {
      this.drop("an acknowledgement of another epoch");
      return;
    }
    if (seq >= this.cursor) {
      this.drop(`an acknowledgement of ${seq}, which was never sent`);
      return;
    }
    if (seq > journal.ackedSeq) this.progressAtMs = this.nowMs;
    while (this.out[0] !== undefined && this.out[0].seq <= seq) this.out.shift();
    journal.acknowledge(seq);
    this.pump();
  }

  private answered({ seq, relay, frame }: Extract<CsmsMessage, { t: "answer" }>): void {
    const inTime =
      seq === undefined ? this.relays.settle(relay ?? -1, frame) : this.records.settle(seq, frame);
    if (!inTime) this.ports.log.debug("link-answer-late", { seq, relay });
  }

  private tick(): void {
    const { clock, journal } = this.ports;
    const nowMs = this.nowMs;
    if (this.hearing.isSilent(nowMs, this.wire.receivedBytes)) {
      this.drop("the CSMS is silent");
      return;
    }
    const out = this.up && this.cursor - 1 > journal.ackedSeq;
    const patienceMs = ACK_STALL_MS + (this.out[0]?.chars ?? 0) / SLOW_CHARS_PER_MS;
    if (out && nowMs - this.progressAtMs > patienceMs) {
      this.drop("acknowledgements have stopped");
      return;
    }
    if (nowMs - this.beatAtMs < BEAT_INTERVAL_MS) return;
    // However much else is said: a beat is also how the CSMS learns of this clock, and this clock of its time.
    this.beatAtMs = nowMs;
    const { wallMs, quality } = clock.now();
    this.send({ t: "beat", wallMs, clockQuality: quality });
  }

  private drop(why: string, again = false): void {
    if (this.state === "over") return;
    this.wire.terminate();
    this.over(why, again);
  }

  private over(why: string, again = false): void {
    if (this.state === "over") return;
    this.state = "over";
    for (const cancel of this.timers) cancel();
    this.records.giveUp();
    this.relays.giveUp();
    this.end({ why, again });
  }

  private get nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}

const charsOf = (record: Exclude<JournalRecord, { kind: "gap" }>): number =>
  (record.kind === "frame" ? record.frame.length : 0) + (record.localAnswer?.length ?? 0);
