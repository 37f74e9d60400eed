/**
 * A station at a managed site, as cheap as can be: it charges one car that draws what it may at once, tells its meter every ten seconds, and
 * notes when its limit was told. OCPP 1.6 or 2.0.1; whatever else it is asked, it says yes to or has nothing of.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { SecureContext, TLSSocket } from "node:tls";
import { clientFrame, pong, ServerFrames } from "./frame.ts";
import { openSocket, type Target } from "./socket.ts";

export type Version = "1.6" | "2.0.1";
type Json = { readonly [key: string]: unknown };

const PROTOCOLS = { "1.6": "ocpp1.6", "2.0.1": "ocpp2.0.1" } as const;
const RETRY_MS = 250;
const ATTEMPTS_MAX = 120;
const METER_EVERY_MS = 10_000;
const VOLTAGE_V = 230;
const WATTS_PER_KW = 1_000;
const MS_PER_H = 3_600_000;
const PHASES = ["L1", "L2", "L3"] as const;
const FOREVER_S = 86_400;

type Period = { readonly startPeriod: number; readonly limit: number };

export type StationOptions = {
  readonly id: string;
  readonly version: Version;
  readonly context: SecureContext;
  readonly card: string;
  /** Amperes per phase that cable and car take. */
  readonly ratedA: number;
  /** It was told a grant; `heardMs` of `performance.now`. */
  told(station: ManagedStation, heardMs: number): void;
};

export class ManagedStation {
  readonly id: string;
  /** Amperes of its grant; its safe default before the first. */
  limitA = 0;
  granted = false;
  private readonly options: StationOptions;
  private socket: TLSSocket | undefined;
  private readonly waiting = new Map<string, (payload: Json) => void>();
  private periods: readonly Period[] = [];
  private count = 0;
  private transaction: string | number = 0;
  private seqNo = 0;
  private energyWh = 0;
  private meteredMs = 0;

  constructor(options: StationOptions) {
    this.options = options;
    this.id = options.id;
  }

  /** Amperes per phase. */
  get drawsA(): number {
    return Math.min(this.options.ratedA, this.limitA);
  }

  /** Connects, boots, begins a transaction; from then on it tells its meter by itself. */
  async charge(target: Target): Promise<void> {
    const { socket, first } = await this.open(target);
    this.socket = socket;
    const frames = new ServerFrames({
      message: (payload) => this.heard(payload.toString("utf8")),
      ping: () => socket.write(pong),
    });
    socket.on("data", (chunk: Buffer) => frames.take(chunk));
    socket.on("error", () => socket.destroy());
    if (first.length > 0) frames.take(first);
    await this.begin();
    this.meteredMs = performance.now();
    // Each at its own moment, as stations are.
    setTimeout(() => this.meters(), Math.random() * METER_EVERY_MS);
  }

  /** As stations do, it comes again where it was turned away: a site knows them when its bundle has come. */
  private async open(target: Target): ReturnType<typeof openSocket> {
    const { context, version } = this.options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await openSocket(target, { id: this.id, context, protocol: PROTOCOLS[version] });
      } catch (error) {
        if (attempt === ATTEMPTS_MAX) throw error;
        await wait(RETRY_MS);
      }
    }
  }

  private async begin(): Promise<void> {
    const { version, card } = this.options;
    if (version === "2.0.1") {
      const chargingStation = { vendorName: "Bench", model: "B1" };
      await this.ask("BootNotification", { reason: "PowerUp", chargingStation });
      this.transaction = `${this.id}-${process.pid.toString(36)}`;
      await this.ask("TransactionEvent", this.event("Started", "CablePluggedIn"));
      return;
    }
    await this.ask("BootNotification", { chargePointVendor: "Bench", chargePointModel: "B1" });
    const started = { connectorId: 1, idTag: card, meterStart: 0, timestamp: new Date().toISOString() };
    const { transactionId } = await this.ask("StartTransaction", started);
    this.transaction = Number(transactionId);
  }

  private meters(): void {
    this.show("MeterValuePeriodic");
    setTimeout(() => this.meters(), METER_EVERY_MS);
  }

  private show(reason: "MeterValuePeriodic" | "Trigger"): void {
    const nowMs = performance.now();
    const w = this.drawsA * VOLTAGE_V * PHASES.length;
    this.energyWh += (w * (nowMs - this.meteredMs)) / MS_PER_H;
    this.meteredMs = nowMs;
    if (this.options.version === "2.0.1") void this.ask("TransactionEvent", this.event("Updated", reason));
    else
      void this.ask("MeterValues", {
        connectorId: 1,
        transactionId: this.transaction,
        meterValue: [this.measured(String)],
      });
  }

  private event(eventType: string, triggerReason: string): Json {
    return {
      ...{ eventType, triggerReason, timestamp: new Date().toISOString(), seqNo: this.seqNo++ },
      transactionInfo: { transactionId: this.transaction, chargingState: "Charging" },
      evse: { id: 1, connectorId: 1 },
      meterValue: [this.measured(Number)],
    };
  }

  /** A value is a text in 1.6, a number in 2.x. */
  private measured(as: (value: number) => string | number): Json {
    const is16 = this.options.version === "1.6";
    const in_ = (unit: string) => (is16 ? { unit } : { unitOfMeasure: { unit } });
    const currents = PHASES.map((phase) => ({
      ...{ value: as(this.drawsA), measurand: "Current.Import", phase },
      ...in_("A"),
    }));
    const energy = {
      ...{ value: as(Math.round(this.energyWh)), measurand: "Energy.Active.Import.Register" },
      ...in_("Wh"),
    };
    const kw = (this.drawsA * VOLTAGE_V * PHASES.length) / WATTS_PER_KW;
    const power = { value: as(kw), measurand: "Power.Active.Import", ...in_("kW") };
    return { timestamp: new Date().toISOString(), sampledValue: [...currents, energy, power] };
  }

  private ask(action: string, payload: Json): Promise<Json> {
    const id = `${this.id}-${this.count++}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket?.write(clientFrame(JSON.stringify([2, id, action, payload])));
    });
  }

  private heard(text: string): void {
    const heardMs = performance.now();
    const [type, id, action, payload] = JSON.parse(text) as [number, string, string | Json, Json];
    if (type === 2) {
      this.socket?.write(clientFrame(JSON.stringify([3, id, this.answer(String(action), payload, heardMs)])));
      return;
    }
    const settle = this.waiting.get(id);
    this.waiting.delete(id);
    if (type !== 3) throw new Error(`${this.id}: was answered ${text.slice(0, 200)}`);
    settle?.(action as Json);
  }

  private answer(action: string, payload: Json, heardMs: number): Json {
    const is16 = this.options.version === "1.6";
    switch (action) {
      case "SetChargingProfile":
        this.limited((payload["chargingProfile"] ?? payload["csChargingProfiles"]) as Json, heardMs);
        return { status: "Accepted" };
      case "TriggerMessage":
        setImmediate(() => this.show("Trigger"));
        return { status: "Accepted" };
      case "GetCompositeSchedule":
        return this.composite(Number(payload["duration"]), is16);
      case "GetChargingProfiles":
        return { status: "NoProfiles" };
      case "GetBaseReport":
      case "SendLocalList":
        return { status: "NotSupported" };
      case "GetLocalListVersion":
        return is16 ? { listVersion: 0 } : { versionNumber: 0 };
      case "GetConfiguration":
        return { configurationKey: [], unknownKey: [] };
      case "SetVariables":
        return { setVariableResult: results(payload["setVariableData"], "Accepted") };
      case "GetVariables":
        return { getVariableResult: results(payload["getVariableData"], "UnknownVariable") };
      default:
        return { status: "Accepted" };
    }
  }

  private limited(profile: Json, heardMs: number): void {
    const schedule = [profile["chargingSchedule"]].flat()[0] as Json;
    const periods = schedule["chargingSchedulePeriod"] as readonly Period[];
    const limit = periods[0]?.limit ?? 0;
    const isDefault = profile["chargingProfilePurpose"] === "TxDefaultProfile" && periods.length === 1;
    if (isDefault && this.granted) return;
    if (schedule["chargingRateUnit"] !== "A") throw new Error(`${this.id}: amperes were expected`);
    this.periods = periods;
    this.limitA = limit;
    if (isDefault) return;
    this.granted = true;
    this.options.told(this, heardMs);
  }

  private composite(durationS: number, is16: boolean): Json {
    const scheduleStart = new Date().toISOString();
    const chargingSchedulePeriod = this.periods.filter(({ startPeriod }) => startPeriod < durationS);
    const schedule = {
      chargingRateUnit: "A",
      chargingSchedulePeriod,
      duration: Math.min(durationS, FOREVER_S),
    };
    return is16
      ? { status: "Accepted", connectorId: 1, scheduleStart, chargingSchedule: schedule }
      : { status: "Accepted", schedule: { ...schedule, evseId: 1, scheduleStart } };
  }
}

const results = (asked: unknown, attributeStatus: string): Json[] =>
  (asked as readonly Json[]).map(({ component, variable }) => ({ attributeStatus, component, variable }));
