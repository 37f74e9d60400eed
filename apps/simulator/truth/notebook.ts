/**
 * The experimenter's notebook: what truly happened, kept outside of the stations, so that no fault of theirs changes
 * it. The audit compares it with what a central system stored.
 *
 * Times are the world's, in ms since 1970 (`…AtMs`), not the station's: after a clock jump they differ from the
 * timestamps in the messages, which is the point. Energy in Wh. A transaction is entered when it is in the station's
 * flash: before that instant it has not happened, after it no fault can undo it.
 */
import type { EvseId, WattHours } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { StopCause } from "../station/dialect.ts";

/** Errors kept in full; beyond it they are only counted. */
const ERRORS_KEPT_MAX = 1_000;

export type MessageFate = "pending" | "answered" | "given-up" | "dropped";

/** One transaction message: `key` is the same in every line of `sent.jsonl` that carries it. */
export type MessageTruth = {
  readonly key: string;
  readonly part: "start" | "update" | "end";
  readonly action: string;
  readonly seqNo: number;
  readonly offline: boolean;
  /** Times it was handed to a socket. */
  attempts: number;
  fate: MessageFate;
  reason?: string;
};

export type TransactionTruth = {
  readonly reference: string;
  readonly station: string;
  readonly version: OcppVersion;
  readonly evse: EvseId;
  /** The card's id. */
  readonly token: string;
  readonly startedAtMs: number;
  readonly meterStartWh: WattHours;
  endedAtMs?: number;
  meterStopWh?: WattHours;
  stopCause?: StopCause;
  /** What the central system calls it: 1.6's number once answered, 2.0.1's own id from the start. */
  wireId?: string | number;
  /** It, or messages of it, came from a flash that an earlier run left; then its times may be those of this run. */
  inherited?: true;
  readonly messages: MessageTruth[];
};

/** What a central system or a station did that it must not do. */
export type Complaint = { readonly atMs: number; readonly what: string; readonly detail: string };

export type EndFacts = { endedAtMs: number; meterStopWh: WattHours; stopCause: StopCause };
export type StartFacts = Omit<TransactionTruth, "station" | "version" | "messages" | keyof EndFacts>;

/** One station's pages. */
export class Notebook {
  readonly station: string;
  readonly version: OcppVersion;
  readonly complaints: Complaint[] = [];
  complaintCount = 0;
  framesSent = 0;
  framesReceived = 0;
  lateAnswers = 0;
  timeouts = 0;
  connections = 0;
  dialFaults = 0;
  /** Why the last dial failed, and the last boot was not accepted; undefined where the last one was. */
  obstacle: string | undefined;
  /** Messages that were answered and are not kept, see `keeps`. */
  answered = 0;
  private readonly keeps: "all" | "open";
  private readonly byReference = new Map<string, TransactionTruth>();
  private readonly byKey = new Map<string, MessageTruth>();
  /** Of a message that is to be forgotten: the list it stands in. */
  private readonly among = new Map<string, MessageTruth[]>();
  private readonly intended = new Map<string, () => void>();

  /** `keeps`: every message for the audit, or those alone that wait or failed, for worlds that run for months. */
  constructor(station: string, version: OcppVersion, keeps: "all" | "open" = "all") {
    this.station = station;
    this.version = version;
    this.keeps = keeps;
  }

  get transactions(): TransactionTruth[] {
    return [...this.byReference.values()];
  }

  /**
   * What will have happened if the message `key` gets into flash. Told before the commit, because a power cut may
   * come after the flash has it and before anybody here is told.
   */
  intend(key: string, facts: () => void): void {
    this.intended.set(key, facts);
  }

  /** The message is in flash, and so what was intended with it. Once per message; more changes nothing. */
  happened(reference: string, message: Omit<MessageTruth, "attempts" | "fate">): void {
    if (this.byKey.has(message.key)) return;
    this.intended.get(message.key)?.();
    this.intended.delete(message.key);
    const entry: MessageTruth = { ...message, attempts: 0, fate: "pending" };
    this.byKey.set(message.key, entry);
    const { messages } = this.byReference.get(reference) ?? {};
    messages?.push(entry);
    if (messages !== undefined && this.keeps === "open") this.among.set(message.key, messages);
  }

  /** Found in flash at boot; unless this run knows of it, an earlier run left it there. */
  inherited(facts: StartFacts, key: string): void {
    if (!this.intended.has(key)) this.began({ ...facts, inherited: true });
  }

  /** Enters a transaction once; what is known already stays. */
  began(facts: StartFacts): void {
    if (this.byReference.has(facts.reference)) return;
    const { station, version } = this;
    const named = version !== "1.6" ? { wireId: facts.reference } : {};
    this.byReference.set(facts.reference, { ...facts, ...named, station, version, messages: [] });
  }

  ended(reference: string, facts: EndFacts): void {
    const transaction = this.byReference.get(reference);
    if (transaction?.endedAtMs === undefined && transaction !== undefined) Object.assign(transaction, facts);
  }

  /** The central system's id for it; a repeated start that gets another one would be billed twice. */
  named(reference: string, wireId: string | number, atMs: number): void {
    const transaction = this.byReference.get(reference);
    if (transaction === undefined) return;
    if (transaction.wireId !== undefined && transaction.wireId !== wireId) {
      const detail = `${reference}: first ${transaction.wireId}, then ${wireId}`;
      this.complain(atMs, "two ids for one transaction", detail);
    }
    transaction.wireId = wireId;
  }

  /** Says which attempt this is, from 1. */
  attempted(key: string): number {
    const entry = this.byKey.get(key);
    return entry === undefined ? 1 : ++entry.attempts;
  }

  settled(key: string, fate: MessageFate, reason?: string): void {
    const entry = this.byKey.get(key);
    if (entry === undefined) return;
    entry.fate = fate;
    if (reason !== undefined) entry.reason = reason;
    const messages = this.among.get(key);
    if (messages === undefined) return;
    this.among.delete(key);
    if (fate !== "answered") return;
    this.answered++;
    this.byKey.delete(key);
    messages.splice(messages.indexOf(entry), 1);
  }

  complain(atMs: number, what: string, detail: string): void {
    this.complaintCount++;
    if (this.complaints.length < ERRORS_KEPT_MAX) this.complaints.push({ atMs, what, detail });
  }
}
