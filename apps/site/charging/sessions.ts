/**
 * The sessions of one station, from the messages of its transactions (1.6 §4.8, §4.10; 2.x chapter E), the outlets being free
 * (StatusNotification) and what drivers want (2.x NotifyEVChargingNeeds). A transaction that was already under way when this site began
 * to listen is found by its next meter values. Offline transactions that are over when they are told leave nothing behind, and neither does
 * what is said of one after its end: a last meter value, or a queue in another order.
 */
import type { SessionId } from "@wattward/energy";
import type { EvseId, StationId } from "@wattward/kernel";
import type { Call, OcppVersion } from "@wattward/ocpp";
import { type Fields, fieldsOf, numberIn, objectIn, saidAt, textIn } from "./fields.ts";
import { FREE_MS, LATE_WORDS_MS, SESSIONS_MAX } from "./limits.ts";
import { readMeterValues, type Terminals } from "./meter-values.ts";
import { type Needs, readNeeds } from "./needs.ts";
import { ChargingSession, type KeptSession } from "./session.ts";
import type { StationTime } from "./station-time.ts";

/** transactionId is string[36] (TransactionType); events past repair are heard too, so it is looked at here. */
const TRANSACTION_CHARS_MAX = 36;

export type SessionsPorts = {
  readonly station: StationId;
  readonly time: StationTime;
  terminals(evse: EvseId): Terminals | undefined;
  nowMs(): number;
  wallMs(): number;
  /** One has begun or ended: to be kept at once, and told at once. */
  changed(): void;
  began(session: ChargingSession): void;
};

export class Sessions {
  private readonly ports: SessionsPorts;
  private readonly byEvse = new Map<EvseId, ChargingSession>();
  /** Needs that were told before their transaction was (K15: at plug-in). */
  private readonly early = new Map<EvseId, Needs>();
  /** Transactions that ended lately, and when, by their station's clock. */
  private readonly ended = new Map<number | string, number>();

  constructor(ports: SessionsPorts, kept: readonly KeptSession[]) {
    this.ports = ports;
    for (const one of kept.slice(0, SESSIONS_MAX)) this.open(one);
  }

  at(evse: EvseId): ChargingSession | undefined {
    return this.byEvse.get(evse);
  }
  all(): ChargingSession[] {
    return [...this.byEvse.values()];
  }
  of(transaction: number | string | undefined): ChargingSession | undefined {
    return transaction === undefined ? undefined : this.all().find((one) => one.transaction === transaction);
  }

  /** A CALL of the station, before it is answered. */
  heard(version: OcppVersion, { action, payload }: Call): void {
    const fields = fieldsOf(payload);
    if (version === "1.6") this.heard16(action, fields);
    else this.heard2x(action, fields);
    this.endFree();
  }

  /** 1.6: the transaction has its id, which is the site's. */
  started16(payload: object, transaction: number): void {
    const fields = fieldsOf(payload);
    const evse = numberIn(fields, "connectorId") as EvseId | undefined;
    if (evse === undefined) return;
    this.begin({ transaction, evse, sinceWallMs: this.ports.wallMs(), needs: {} });
    const meterStart = numberIn(fields, "meterStart");
    if (meterStart !== undefined) this.of(transaction)?.startsAt(meterStart);
  }

  private heard16(action: string, fields: Fields): void {
    const transaction = numberIn(fields, "transactionId");
    const evse = numberIn(fields, "connectorId") as EvseId | undefined;
    if (action === "StopTransaction") this.over(transaction, fields);
    if (evse === undefined || this.isOver(transaction, fields)) return;
    if (action === "StatusNotification") this.free(evse, textIn(fields, "status") === "Available");
    if (action !== "MeterValues") return;
    if (transaction !== undefined && transaction > 0)
      this.begin({ transaction, evse, sinceWallMs: this.ports.wallMs(), needs: {} });
    this.measured(evse, fields.get("meterValue"));
  }

  private heard2x(action: string, fields: Fields): void {
    if (action === "TransactionEvent") this.event(fields);
    const evse = numberIn(fields, "evseId") as EvseId | undefined;
    if (evse === undefined) return;
    if (action === "MeterValues") this.measured(evse, fields.get("meterValue"));
    if (action === "StatusNotification") this.free(evse, textIn(fields, "connectorStatus") === "Available");
    if (action === "NotifyEVChargingNeeds") this.needed(evse, objectIn(fields, "chargingNeeds"));
  }

  private event(fields: Fields): void {
    const info = objectIn(fields, "transactionInfo");
    const transaction = textIn(info, "transactionId");
    if (transaction === undefined || transaction.length > TRANSACTION_CHARS_MAX) return;
    if (textIn(fields, "eventType") === "Ended") {
      this.over(transaction, fields);
      return;
    }
    if (this.isOver(transaction, fields)) return;
    // Named in the first event only (E01.FR.16): one that was missed is at the only outlet, or nobody knows where.
    const told = numberIn(objectIn(fields, "evse"), "id") ?? this.of(transaction)?.evse;
    const evse = (told ?? (this.ports.terminals(2 as EvseId) === undefined ? 1 : undefined)) as
      | EvseId
      | undefined;
    if (evse === undefined) return;
    const remoteStartId = numberIn(info, "remoteStartId");
    this.begin({ transaction, evse, sinceWallMs: this.ports.wallMs(), needs: {}, remoteStartId });
    this.measured(evse, fields.get("meterValue"), numberIn(fields, "numberOfPhasesUsed"));
  }

  private begin(kept: KeptSession): void {
    const evse = kept.evse as EvseId;
    if (this.ports.terminals(evse) === undefined) return;
    const goesOn = this.byEvse.get(evse);
    if (goesOn?.transaction === kept.transaction) {
      // Free was another connector there, or it was said too soon.
      goesOn.freeSinceMs = undefined;
      return;
    }
    // The same transaction elsewhere: a station that names its EVSEs now one way, now another. The latest word counts.
    const elsewhere = this.of(kept.transaction);
    if (elsewhere !== undefined) this.byEvse.delete(elsewhere.evse);
    const session = this.open({ ...kept, needs: this.early.get(evse) ?? kept.needs });
    this.early.delete(evse);
    if (session === undefined) return;
    this.ports.began(session);
    this.ports.changed();
  }

  private open(kept: KeptSession): ChargingSession | undefined {
    const { station, nowMs, wallMs, terminals } = this.ports;
    const evse = kept.evse as EvseId;
    if (terminals(evse) === undefined) return undefined;
    const id = `${station}/${kept.transaction}` as SessionId;
    const agoMs = Math.max(0, wallMs() - kept.sinceWallMs);
    const session = new ChargingSession(id, kept, nowMs() - agoMs);
    this.byEvse.set(evse, session);
    return session;
  }

  /** Its station says so. */
  private over(transaction: number | string | undefined, fields: Fields): void {
    if (transaction === undefined) return;
    this.ended.delete(transaction);
    this.ended.set(transaction, saidAt(fields) ?? Number.POSITIVE_INFINITY);
    if (this.ended.size > SESSIONS_MAX) this.ended.delete(this.ended.keys().next().value!);
    this.end(transaction);
  }

  /** One that goes on all the same says so later than that. */
  private isOver(transaction: number | string | undefined, fields: Fields): boolean {
    const endedMs = transaction === undefined ? undefined : this.ended.get(transaction);
    return endedMs !== undefined && (saidAt(fields) ?? endedMs) <= endedMs + LATE_WORDS_MS;
  }

  /** Whose they were is not there any more. */
  endAll(): void {
    for (const { transaction } of this.all()) this.end(transaction);
  }

  private end(transaction: number | string | undefined): void {
    const session = this.of(transaction);
    if (session === undefined) return;
    this.byEvse.delete(session.evse);
    this.ports.changed();
  }

  private measured(evse: EvseId, meterValue: unknown, usedCount?: number): void {
    const terminals = this.ports.terminals(evse);
    const session = this.byEvse.get(evse);
    if (terminals === undefined || session === undefined) return;
    const readings = readMeterValues(meterValue, { ...terminals, usedCount });
    session.read(readings, this.ports.time, { ...terminals, usedCount }, this.ports.nowMs());
  }

  private free(evse: EvseId, isFree: boolean): void {
    const session = this.byEvse.get(evse);
    if (isFree) this.early.delete(evse);
    if (session !== undefined)
      session.freeSinceMs = isFree ? (session.freeSinceMs ?? this.ports.nowMs()) : undefined;
  }

  /** A stop that never came: the outlet has been free for long. */
  endFree(): void {
    const nowMs = this.ports.nowMs();
    for (const { freeSinceMs, transaction } of this.all())
      if (freeSinceMs !== undefined && nowMs - freeSinceMs > FREE_MS) this.end(transaction);
  }

  private needed(evse: EvseId, needs: Fields): void {
    const session = this.byEvse.get(evse);
    if (session === undefined) {
      if (this.ports.terminals(evse) !== undefined)
        this.early.set(evse, readNeeds(needs, { deliveredWh: 0, carWh: 0 }));
      return;
    }
    const { dischargeWMax: _, keepsWh: __, ...before } = session.needs;
    // What was agreed on giving back is agreed anew each time.
    session.needs = { ...before, ...readNeeds(needs, session) };
    this.ports.changed();
  }
}
