/**
 * OCPP 2.0.1 (edition 3): the wording of a Charging Station. Each EVSE has one connector.
 *
 * A transaction is told by TransactionEvent messages alone, numbered from 0 without a gap (E01 and following); its id
 * is our own reference. The EVSE is named in the first of them only (E01.FR.16).
 */
import { type JsonObject, rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import {
  type BootReason,
  type ChargingState,
  type ConnectorState,
  type Dialect,
  type QueuedCall,
  type Sample,
  type StartCause,
  type StopCause,
  type Transaction,
  type TransactionMoment,
  wireTimeMs,
} from "../station/dialect.ts";
import { calling } from "../station/typed.ts";
import { commands201 } from "./commands.ts";

type Event = RequestOf<"2.0.1", "TransactionEvent">;
type Context = "Transaction.Begin" | "Transaction.End" | "Sample.Periodic" | "Trigger";

const call = calling<"2.0.1">();

const bootReasons: Readonly<Record<BootReason, RequestOf<"2.0.1", "BootNotification">["reason"]>> = {
  "power-up": "PowerUp",
  "remote-reset": "RemoteReset",
  watchdog: "Watchdog",
};

/** 2.0.1 tells the finer states by TransactionEvent. */
const statuses: Readonly<
  Record<ConnectorState, RequestOf<"2.0.1", "StatusNotification">["connectorStatus"]>
> = {
  available: "Available",
  preparing: "Occupied",
  charging: "Occupied",
  "suspended-ev": "Occupied",
  "suspended-evse": "Occupied",
  finishing: "Occupied",
  reserved: "Reserved",
  unavailable: "Unavailable",
};

const chargingStates: Readonly<Record<ChargingState, Event["transactionInfo"]["chargingState"]>> = {
  charging: "Charging",
  "suspended-ev": "SuspendedEV",
  "suspended-evse": "SuspendedEVSE",
};

const startTriggers: Readonly<Record<StartCause, Event["triggerReason"]>> = {
  card: "Authorized",
  cable: "CablePluggedIn",
  remote: "RemoteStart",
};

type Stop = {
  readonly triggerReason: Event["triggerReason"];
  readonly stoppedReason: Event["transactionInfo"]["stoppedReason"];
};
const stops: Readonly<Record<StopCause, Stop>> = {
  card: { triggerReason: "StopAuthorized", stoppedReason: "Local" },
  unplugged: { triggerReason: "EVCommunicationLost", stoppedReason: "EVDisconnected" },
  remote: { triggerReason: "RemoteStop", stoppedReason: "Remote" },
  deauthorized: { triggerReason: "Deauthorized", stoppedReason: "DeAuthorized" },
  unlock: { triggerReason: "UnlockCommand", stoppedReason: "Other" },
  "hard-reset": { triggerReason: "ResetCommand", stoppedReason: "ImmediateReset" },
  "soft-reset": { triggerReason: "ResetCommand", stoppedReason: "ImmediateReset" },
  "power-loss": { triggerReason: "AbnormalCondition", stoppedReason: "PowerLoss" },
  reboot: { triggerReason: "AbnormalCondition", stoppedReason: "Reboot" },
};

const phaseNames = ["L1", "L2", "L3"] as const;
const amperes = { unit: "A" } as const;
const volts = { unit: "V" } as const;

/** The EVSE's meter: the register in whole Wh, the power in W, the car's charge in per cent. */
function meterValue(sample: Sample, context: Context) {
  const { atMs, currentsA, exportWh, measurands, powerW, registerWh, socPercent, voltsV } = sample;
  const all = [
    { value: registerWh, context, measurand: "Energy.Active.Import.Register", unitOfMeasure: { unit: "Wh" } },
    { value: Math.max(0, powerW), context, measurand: "Power.Active.Import", unitOfMeasure: { unit: "W" } },
    { value: socPercent, context, measurand: "SoC", unitOfMeasure: { unit: "Percent" } },
    { value: exportWh, context, measurand: "Energy.Active.Export.Register", unitOfMeasure: { unit: "Wh" } },
    { value: Math.max(0, -powerW), context, measurand: "Power.Active.Export", unitOfMeasure: { unit: "W" } },
    ...phaseNames.slice(0, currentsA.length).flatMap((phase, i) => {
      const [drawnA, givenA] = [Math.max(0, currentsA[i]!), Math.max(0, -currentsA[i]!)];
      return [
        { value: drawnA, context, measurand: "Current.Import", phase, unitOfMeasure: amperes },
        { value: givenA, context, measurand: "Current.Export", phase, unitOfMeasure: amperes },
        { value: voltsV[i]!, context, measurand: "Voltage", phase: `${phase}-N`, unitOfMeasure: volts },
      ] as const;
    }),
  ] as const;
  // What begins and ends a transaction has settings of its own, and here it has everything (TxStarted-, TxEndedMeasurands).
  const whole = context === "Transaction.Begin" || context === "Transaction.End";
  const [first = all[0], ...rest] = all.filter(
    (sampled) =>
      measurands.includes(sampled.measurand) ||
      (whole && !("phase" in sampled) && !sampled.measurand.includes("Export")),
  );
  return { timestamp: rfc3339(atMs), sampledValue: [first, ...rest] } as const;
}

/** What the moment adds to the event that tells it. */
function toldBy(
  transaction: Transaction,
  moment: TransactionMoment,
): Pick<Event, "eventType" | "triggerReason"> & Partial<Event> {
  const { evse, remoteStartId, reference, reservationId, state, token } = transaction;
  const idToken = { idToken: token.id, type: token.type };
  switch (moment.kind) {
    case "started":
      return {
        eventType: "Started",
        triggerReason: startTriggers[moment.cause],
        transactionInfo: {
          ...info(reference, state),
          ...(remoteStartId === undefined ? {} : { remoteStartId }),
        },
        evse: { id: evse, connectorId: 1 },
        ...(reservationId !== undefined && { reservationId }),
        idToken,
        meterValue: [meterValue(moment.sample, "Transaction.Begin")],
      };
    case "sampled": {
      const [triggerReason, context] =
        moment.why === "trigger"
          ? (["Trigger", "Trigger"] as const)
          : (["MeterValuePeriodic", "Sample.Periodic"] as const);
      return { eventType: "Updated", triggerReason, meterValue: [meterValue(moment.sample, context)] };
    }
    case "changed":
    case "resumed":
      return { eventType: "Updated", triggerReason: "ChargingStateChanged" };
    case "ended": {
      const { stoppedReason, triggerReason } = stops[moment.cause];
      return {
        eventType: "Ended",
        triggerReason,
        transactionInfo: {
          transactionId: reference,
          ...(stoppedReason === undefined ? {} : { stoppedReason }),
        },
        ...(moment.cause === "card" ? { idToken } : {}),
        meterValue: [meterValue(moment.sample, "Transaction.End")],
      };
    }
  }
}

const info = (transactionId: string, state: ChargingState) =>
  ({ transactionId, chargingState: chargingStates[state] ?? "Charging" }) as const;

const parts = { Started: "start", Updated: "update", Ended: "end" } as const;

function tell(transaction: Transaction, moment: TransactionMoment, offline: boolean): QueuedCall[] {
  const { reference, seqNo, state } = transaction;
  const told = toldBy(transaction, moment);
  const event: Event = {
    timestamp: rfc3339(moment.sample.atMs),
    seqNo,
    ...(offline ? { offline } : {}),
    transactionInfo: info(reference, state),
    ...told,
  };
  return [{ reference, seqNo, part: parts[told.eventType], ...call("TransactionEvent", event) }];
}

export const dialect201: Dialect = {
  version: "2.0.1",
  boot: ({ firmware, model, serialNumber, vendor }, reason) =>
    call("BootNotification", {
      reason: bootReasons[reason],
      chargingStation: {
        vendorName: vendor,
        model,
        serialNumber: serialNumber.slice(0, SERIAL_CHARS_MAX),
        firmwareVersion: firmware,
      },
    }),
  word: (state) => statuses[state],
  heartbeat: () => call("Heartbeat", {}),
  status: (evse, state, atMs) =>
    call("StatusNotification", {
      timestamp: rfc3339(atMs),
      connectorStatus: statuses[state],
      evseId: evse,
      connectorId: 1,
    }),
  authorize: ({ id, type }) => call("Authorize", { idToken: { idToken: id, type } }),
  meterValues: (evse, sample) =>
    call("MeterValues", { evseId: evse, meterValue: [meterValue(sample, "Trigger")] }),
  tell,
  complete: ({ payload }) => ({ kind: "ready", payload }),
  markOffline: (queued) => ({ ...queued, payload: { ...queued.payload, offline: true } }),
  readBoot: (payload) => {
    const { currentTime, interval, status } = payload as ResponseOf<"2.0.1", "BootNotification">;
    return { status, atMs: wireTimeMs(currentTime), intervalS: interval };
  },
  readHeartbeat: (payload) => wireTimeMs((payload as ResponseOf<"2.0.1", "Heartbeat">).currentTime),
  readAuthorize: (payload) => (payload as ResponseOf<"2.0.1", "Authorize">).idTokenInfo.status === "Accepted",
  readTransaction: (_action, payload: JsonObject) => {
    const { idTokenInfo } = payload as ResponseOf<"2.0.1", "TransactionEvent">;
    return {
      wireId: undefined,
      accepted: idTokenInfo === undefined ? undefined : idTokenInfo.status === "Accepted",
    };
  },
  reservationEnded: (reservationId, why) =>
    call("ReservationStatusUpdate", {
      reservationId,
      reservationUpdateStatus: why === "expired" ? "Expired" : "Removed",
    }),
  // K01.FR.27: kept through reboots; FR.06, .39, .52, .53: one of the same level is another's, and is not replaced.
  profiles: { persistent: true, sameLevel: "refuse" },
  whileRejected: {
    kind: "error",
    code: "SecurityError",
    description: "this station was rejected (B03.FR.08)",
  },
  commands: commands201,
};

/** serialNumber is string[25] (ChargingStationType). */
const SERIAL_CHARS_MAX = 25;
