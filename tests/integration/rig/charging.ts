/**
 * The messages of one charging session, in the words of the three versions, so that a test says what it does once. The meter
 * starts at `meterWh` and moves by {@link STEP_WH} with each message.
 */
import type { OcppVersion } from "@wattward/ocpp";
import { CARD } from "./operator.ts";

export type Message = { readonly action: string; readonly payload: object };
export const STEP_WH = 100;

const now = (ms = Date.now()) => new Date(ms).toISOString();

export const boot = (version: OcppVersion): Message => ({
  action: "BootNotification",
  payload:
    version === "1.6"
      ? { chargePointVendor: "Test", chargePointModel: "Hand" }
      : { reason: "PowerUp", chargingStation: { model: "Hand", vendorName: "Test" } },
});

export const available = (version: OcppVersion): Message => ({
  action: "StatusNotification",
  payload:
    version === "1.6"
      ? { connectorId: 1, errorCode: "NoError", status: "Available" }
      : { timestamp: now(), connectorStatus: "Available", evseId: 1, connectorId: 1 },
});

export const authorize = (version: OcppVersion, card = CARD): Message => ({
  action: "Authorize",
  payload: version === "1.6" ? { idTag: card } : { idToken: { idToken: card, type: "ISO14443" } },
});

/** One session's messages in the order in which a station sends them. */
export class Session {
  private readonly version: OcppVersion;
  private readonly reference: string;
  private readonly startWh: number;
  private readonly clock: () => number;
  private steps = 0;

  /** @param reference 2.x's transaction id, chosen by the station; 1.6 takes the one that its start is given
   *  @param clock the station's own */
  constructor(version: OcppVersion, reference: string, startWh: number, clock = Date.now) {
    this.version = version;
    this.reference = reference;
    this.startWh = startWh;
    this.clock = clock;
  }

  get meterWh(): number {
    return this.startWh + this.steps * STEP_WH;
  }
  get energyWh(): number {
    return this.meterWh - this.startWh;
  }

  start(): Message {
    if (this.version !== "1.6") return this.event("Started", "CablePluggedIn");
    const payload = { connectorId: 1, idTag: CARD, meterStart: this.startWh, timestamp: this.now() };
    return { action: "StartTransaction", payload };
  }

  sample(transactionId?: number): Message {
    this.steps++;
    if (this.version !== "1.6") return this.event("Updated", "MeterValuePeriodic");
    const sampledValue = [
      { value: String(this.meterWh), measurand: "Energy.Active.Import.Register", unit: "Wh" },
    ];
    const payload = { connectorId: 1, transactionId, meterValue: [{ timestamp: this.now(), sampledValue }] };
    return { action: "MeterValues", payload };
  }

  stop(transactionId?: number): Message {
    this.steps++;
    if (this.version !== "1.6") return this.event("Ended", "EVCommunicationLost");
    const payload = {
      transactionId,
      meterStop: this.meterWh,
      timestamp: this.now(),
      idTag: CARD,
      reason: "Local",
    };
    return { action: "StopTransaction", payload };
  }

  private now(): string {
    return now(this.clock());
  }

  private event(eventType: "Started" | "Updated" | "Ended", triggerReason: string): Message {
    const measured = { value: this.meterWh, measurand: "Energy.Active.Import.Register" };
    const sampledValue = [{ ...measured, unitOfMeasure: { unit: "Wh" } }];
    const state = eventType === "Ended" ? { stoppedReason: "EVDisconnected" } : { chargingState: "Charging" };
    const payload = {
      eventType,
      timestamp: this.now(),
      triggerReason,
      seqNo: this.steps,
      transactionInfo: { transactionId: this.reference, ...state },
      evse: { id: 1, connectorId: 1 },
      meterValue: [{ timestamp: this.now(), sampledValue }],
      ...(eventType === "Started" && { idToken: { idToken: CARD, type: "ISO14443" } }),
    };
    return { action: "TransactionEvent", payload };
  }
}
