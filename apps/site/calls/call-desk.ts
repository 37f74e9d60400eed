/**
 * What becomes of a station's CALL (ARCHITECTURE, the life of a message, steps 2 to 7).
 *
 *     frame ─▶ row of the table ─┬─ relayed ─────────────▶ CSMS, or the local answer
 *                                └─ kept ─▶ journal ─┬─ link up ─▶ CSMS, within {@link ANSWER_MS_MAX}
 *                                     (durable)      └─ else the local answer, itself journaled first
 *
 * Always true:
 *   1. a kept message is answered only after its record is durable; a local answer only after the record that holds it;
 *   2. the CSMS's answer goes on verbatim, or not at all: nothing is edited;
 *   3. a start or end that cannot be kept, or a start without an id, is not answered: the station will send it again;
 *   4. everything else is answered even when it cannot be kept, and counted as given up.
 */
import { type Chance, type Clock, hex, type Log, type StationId, type TraceId } from "@wattward/kernel";
import {
  type Call,
  type CallAnswer,
  type Deviation,
  type Invalid,
  neverRefused,
  type OcppVersion,
  parseFrame,
  writeFrame,
} from "@wattward/ocpp";
import type { Bundle, JournalRecord } from "@wattward/sitelink";
import { type Question, type Row, tables } from "../answers/index.ts";
import { Allowances } from "../journal/allowances.ts";
import type { Journal, RecordDraft } from "../journal/journal.ts";
import type { Pressure, Worth } from "../journal/pressure.ts";
import type { Authorisations } from "../state/authorisations.ts";
import type { TransactionIds } from "../state/transaction-ids.ts";
import { learnFrom } from "./learn.ts";

/** The CSMS may take this long; then the site answers, well before a station gives up its call (30 s and more). */
export const ANSWER_MS_MAX = 10_000;
/** Granted at boot where no bundle says otherwise, s. */
export const HEARTBEAT_INTERVAL_S = 300;

/** The site link as this desk sees it. Both resolve with the CSMS's frame, or undefined once none will come. */
export type Uplink = {
  /** Is the CSMS there, and near enough to the journal's end to be waited for? */
  readonly answers: boolean;
  record(seq: number, deadlineMs: number): Promise<string | undefined>;
  relay(call: RelayedCall, deadlineMs: number): Promise<string | undefined>;
  /** Records were written that nobody waits for. */
  journaled(): void;
  /** Passes a frame up that nobody answers; false where it was given up: no link, or one that is behind. */
  sent(frame: RelayedCall): boolean;
};
export type RelayedCall = {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly trace: TraceId;
  readonly receivedAtMs: number;
  readonly frame: string;
};

export type DeskPorts = {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly log: Log;
  readonly journal: Journal;
  readonly pressure: Pressure;
  readonly uplink: Uplink;
  readonly ids: TransactionIds;
  readonly authorisations: Authorisations;
  bundle(): Bundle | undefined;
  /** So many frames of a station were given up before the one that has just gone up. */
  unsent(station: StationId, frames: number): void;
};

/** One CALL with what is known of it. */
type Matter = {
  readonly station: StationId;
  readonly version: OcppVersion;
  readonly call: Call;
  readonly raw: string;
  readonly row: Row;
  readonly valid: boolean;
  /** False for a transaction message that was repaired or breaks its schema: no refusal of its form reaches the station. */
  readonly asSent: boolean;
  readonly trace: TraceId;
  readonly transactionId?: number;
};

const silence: CallAnswer = { kind: "silence" };

export class CallDesk {
  private readonly ports: DeskPorts;
  private readonly allowances = new Allowances();
  /** SENDs given up since the last that went up; at most one entry for each station of the bundle. */
  private readonly givenUp = new Map<StationId, number>();

  constructor(ports: DeskPorts) {
    this.ports = ports;
  }

  /** A CALL that is valid by its schema, or was repaired; `raw` is what the station sent, and what is kept. */
  answer(
    from: { station: StationId; version: OcppVersion },
    call: Call,
    raw: string,
    deviations: readonly Deviation[] = [],
  ): Promise<CallAnswer> {
    const row = tables[from.version].get(call.action);
    // The schema has passed it, so the table lacks a row that a test says it has.
    if (row === undefined) {
      return Promise.resolve({ kind: "error", code: "NotSupported", description: "no row for this action" });
    }
    const asSent = deviations.length === 0 || !neverRefused.has(call.action);
    return this.handle({ ...from, call, raw, row, valid: true, asSent, trace: this.trace() });
  }

  /** A CALL that breaks its schema past repair: undefined leaves it to its CALLERROR. */
  async answerInvalid(
    from: { station: StationId; version: OcppVersion },
    { call, raw, invalid }: { call: Call; raw: string; invalid: Invalid },
  ): Promise<CallAnswer | undefined> {
    const row = tables[from.version].get(call.action);
    if (row === undefined || !neverRefused.has(call.action)) return undefined;
    this.ports.log.warn("transaction-message-invalid", { ...from, action: call.action, say: invalid.reason });
    return this.handle({ ...from, call, raw, row, valid: false, asSent: false, trace: this.trace() });
  }

  /**
   * A frame that nobody answers, and that nothing keeps: a SEND, or a CALLRESULTERROR to an answer of the CSMS or of
   * this site. Goes up verbatim while the link has room; what is given up is counted, and told when there is room again.
   */
  passUp(from: { station: StationId; version: OcppVersion }, raw: string): void {
    const { clock, log, uplink, unsent } = this.ports;
    if (!uplink.sent({ ...from, trace: this.trace(), receivedAtMs: clock.now().wallMs, frame: raw })) {
      this.givenUp.set(from.station, (this.givenUp.get(from.station) ?? 0) + 1);
      return;
    }
    const frames = this.givenUp.get(from.station);
    if (frames === undefined) return;
    this.givenUp.delete(from.station);
    log.warn("sends-given-up", { station: from.station, frames });
    unsent(from.station, frames);
  }

  private async handle(matter: Matter): Promise<CallAnswer> {
    const keeping = matter.row.keeping(matter.call.payload);
    if (keeping === "relayed" || keeping === "kept-if-local") {
      const text = await this.relayed(matter);
      if (text !== undefined) return { kind: "verbatim", text };
      return keeping === "relayed"
        ? { kind: "verbatim", text: this.local(matter) }
        : this.keptAsAnswered(matter);
    }
    if (!this.admits(matter, keeping)) return this.notKept(matter, keeping);
    if (matter.version !== "1.6" || matter.call.action !== "StartTransaction")
      return this.kept(matter, keeping);

    const transactionId = this.ports.ids.assign(matter.station, matter.call.payload);
    if (transactionId === undefined) {
      this.ports.log.error("no-transaction-ids-left", {
        station: matter.station,
        say: "the start is not answered and the station will send it again; the CSMS must be reached for a new lease",
      });
      return silence;
    }
    return this.kept({ ...matter, transactionId }, keeping);
  }

  /** Has the journal room for it, and the station a right to that room? */
  private admits({ station, raw }: Matter, worth: Worth): boolean {
    const { pressure, clock } = this.ports;
    const nowMs = clock.now().monotonicMs;
    return pressure.admits(worth) && this.allowances.take(station, { worth, bytes: raw.length, nowMs });
  }

  private async relayed(matter: Matter): Promise<string | undefined> {
    const { uplink, clock } = this.ports;
    const { station, version, trace, raw: frame } = matter;
    if (!uplink.answers) return undefined;
    const call = { station, version, trace, receivedAtMs: clock.now().wallMs, frame };
    return this.checked(matter, await uplink.relay(call, ANSWER_MS_MAX));
  }

  /** History that is worth keeping only because the site itself has decided. */
  private async keptAsAnswered(matter: Matter): Promise<CallAnswer> {
    const { journal, uplink } = this.ports;
    if (!this.admits(matter, "status")) return this.unkept(matter);
    const text = this.local(matter);
    if ((await journal.append(this.draft(matter, text))).kind !== "kept") return this.unkept(matter);
    uplink.journaled();
    return { kind: "verbatim", text };
  }

  private async kept(matter: Matter, keeping: string): Promise<CallAnswer> {
    const { uplink, journal } = this.ports;
    const localAnswer = uplink.answers ? undefined : this.local(matter);
    let answer: Promise<string | undefined> | undefined;
    // Waits before the link can send the record, so that it goes out as one that somebody waits for.
    const appended = await journal.append(this.draft(matter, localAnswer), (seq) => {
      if (localAnswer === undefined) answer = uplink.record(seq, ANSWER_MS_MAX);
    });
    if (appended.kind !== "kept") return this.notKept(matter, keeping);
    if (localAnswer !== undefined) {
      uplink.journaled();
      return { kind: "verbatim", text: localAnswer };
    }
    const text = this.checked(matter, await answer);
    if (text !== undefined) return { kind: "verbatim", text };
    return this.answeredAfterAll(matter, keeping, appended.record);
  }

  /** The link died, or the CSMS was too slow: the site answers, and writes down that it did before it does. */
  private async answeredAfterAll(
    matter: Matter,
    keeping: string,
    { seq }: JournalRecord,
  ): Promise<CallAnswer> {
    const text = this.local(matter);
    const appended = await this.ports.journal.append({
      ...this.head(matter),
      kind: "answer",
      ofSeq: seq,
      localAnswer: text,
    });
    if (appended.kind !== "kept" && keeping === "billing") return silence;
    this.ports.uplink.journaled();
    return appended.kind === "closed" ? silence : { kind: "verbatim", text };
  }

  private notKept(matter: Matter, keeping: string): CallAnswer {
    if (keeping !== "billing") return this.unkept(matter);
    const { station, call } = matter;
    const say = "not answered, so that the station sends it again";
    this.ports.log.error("transaction-message-not-kept", { station, action: call.action, say });
    return silence;
  }

  private unkept(matter: Matter): CallAnswer {
    this.ports.pressure.gaveUp(matter.station, matter.call.action);
    return { kind: "verbatim", text: this.local(matter) };
  }

  /** The CSMS's answer, if it is one to this call; what it says of tokens is remembered. */
  private checked(matter: Matter, text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    const { call, version, station, transactionId } = matter;
    const parsed = parseFrame(text, version);
    const wrong = (say: string) => {
      this.ports.log.error("answer-refused", { station, action: call.action, say });
      return undefined;
    };
    if (parsed.kind === "fault" || (parsed.frame.kind !== "result" && parsed.frame.kind !== "error"))
      return wrong("it is no answer");
    if (parsed.frame.id !== call.id) return wrong("it has another message id");
    // What breaks its schema and was kept all the same is not refused for its form after that (QUIRKS, principle 2).
    if (parsed.frame.kind === "error")
      return matter.asSent ? text : wrong("it refuses a message for its form");
    if (transactionId !== undefined && parsed.frame.payload.transactionId !== transactionId) {
      return wrong(`it has another transaction id than ${transactionId}, which the site assigned`);
    }
    learnFrom(call, parsed.frame.payload, this.ports.authorisations, this.ports.clock.now());
    return text;
  }

  private local(matter: Matter): string {
    const { authorisations, clock, bundle } = this.ports;
    const now = clock.now();
    const { station, call, row, valid, transactionId } = matter;
    const question: Question = {
      station,
      payload: call.payload,
      now,
      heartbeatIntervalS: bundle()?.policy.heartbeatIntervalS ?? HEARTBEAT_INTERVAL_S,
      authorise: (token) => authorisations.verdict(token, bundle(), now),
      ...(transactionId !== undefined && { start: { transactionId, valid } }),
    };
    return writeFrame({ kind: "result", id: call.id, payload: row.answer(question) });
  }

  private draft(matter: Matter, localAnswer: string | undefined): RecordDraft {
    const { version, raw: frame, transactionId } = matter;
    return {
      ...this.head(matter),
      kind: "frame",
      version,
      frame,
      ...(transactionId !== undefined && { transactionId }),
      ...(localAnswer !== undefined && { localAnswer }),
    };
  }

  private head({ station, trace }: Matter) {
    const { wallMs, quality } = this.ports.clock.now();
    return { station, trace, receivedAtMs: wallMs, clockQuality: quality };
  }

  private trace(): TraceId {
    return hex(this.ports.chance, 8) as TraceId;
  }
}
