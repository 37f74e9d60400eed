/**
 * OCPP 1.6 (edition 2): the wording of a Charge Point. A connector is an EVSE here.
 *
 * A transaction's id comes with the answer to StartTransaction; messages made before it is known wait in the queue
 * without it and get it when they are sent (§3.7.1: in order, so the start has been answered by then).
 */
import { type EvseId, type JsonObject, rfc3339 } from "@wattward/kernel";
import type { RequestOf, ResponseOf } from "@wattward/ocpp";
import {
  type Completed,
  type ConnectorState,
  type Dialect,
  type OutCall,
  type QueuedCall,
  type Sample,
  type StopCause,
  type Transaction,
  type TransactionAnswer,
  type TransactionMoment,
  wireTimeMs,
} from "../station/dialect.ts";
import { calling } from "../station/typed.ts";
import { commands16 } from "./commands.ts";

type Context = "Sample.Periodic" | "Trigger";
type Status = RequestOf<"1.6", "StatusNotification">["status"];
type StopReason = NonNullable<RequestOf<"1.6", "StopTransaction">["reason"]>;

const statuses: Readonly<Record<ConnectorState, Status>> = {
  available: "Available",
  preparing: "Preparing",
  charging: "Charging",
  "suspended-ev": "SuspendedEV",
  "suspended-evse": "SuspendedEVSE",
  finishing: "Finishing",
  reserved: "Reserved",
  unavailable: "Unavailable",
};

const reasons: Readonly<Record<StopCause, StopReason>> = {
  card: "Local",
  unplugged: "EVDisconnected",
  remote: "Remote",
  deauthorized: "DeAuthorized",
  unlock: "UnlockCommand",
  "hard-reset": "HardReset",
  "soft-reset": "SoftReset",
  "power-loss": "PowerLoss",
  reboot: "Reboot",
};

const call = calling<"1.6">();

const phaseNames = ["L1", "L2", "L3"] as const;

/** A connector's meter: the register in whole Wh, the power in W, the car's charge in per cent. */
function meterValue(sample: Sample, context: Context) {
  const { atMs, currentsA, measurands, powerW, registerWh, socPercent, voltsV } = sample;
  const all = [
    { value: String(registerWh), context, measurand: "Energy.Active.Import.Register", unit: "Wh" },
    { value: String(powerW), context, measurand: "Power.Active.Import", unit: "W" },
    { value: String(socPercent), context, measurand: "SoC", unit: "Percent" },
    ...phaseNames.slice(0, currentsA.length).flatMap(
      (phase, i) =>
        [
          { value: String(currentsA[i]), context, measurand: "Current.Import", phase, unit: "A" },
          { value: String(voltsV[i]), context, measurand: "Voltage", phase: `${phase}-N`, unit: "V" },
        ] as const,
    ),
  ] as const;
  const sampledValue = all.filter(({ measurand }) => measurands.includes(measurand));
  return { timestamp: rfc3339(atMs), sampledValue };
}

function started({ evse, meterStartWh, reservationId, token }: Transaction, sample: Sample): OutCall {
  return call("StartTransaction", {
    connectorId: evse,
    idTag: token.id,
    meterStart: meterStartWh,
    ...(reservationId !== undefined && { reservationId }),
    timestamp: rfc3339(sample.atMs),
  });
}

/** Without its transactionId, which {@link complete} adds. */
function ended({ token }: Transaction, cause: StopCause, sample: Sample): OutCall {
  const payload: Omit<RequestOf<"1.6", "StopTransaction">, "transactionId"> = {
    ...(cause === "card" ? { idTag: token.id } : {}),
    meterStop: sample.registerWh,
    timestamp: rfc3339(sample.atMs),
    reason: reasons[cause],
  };
  return { action: "StopTransaction", payload };
}

function tell(transaction: Transaction, moment: TransactionMoment): QueuedCall[] {
  const { reference, seqNo } = transaction;
  switch (moment.kind) {
    case "started":
      return [{ reference, seqNo, part: "start", ...started(transaction, moment.sample) }];
    case "sampled": {
      const context = moment.why === "trigger" ? "Trigger" : "Sample.Periodic";
      const sampled = { connectorId: transaction.evse, meterValue: [meterValue(moment.sample, context)] };
      return [{ reference, seqNo, part: "update", ...call("MeterValues", sampled) }];
    }
    case "ended":
      return [{ reference, seqNo, part: "end", ...ended(transaction, moment.cause, moment.sample) }];
    case "changed":
    case "resumed":
      // 1.6 tells these by StatusNotification alone.
      return [];
  }
}

function complete({ part, payload }: QueuedCall, wireId: number | undefined): Completed {
  if (part === "start") return { kind: "ready", payload };
  if (wireId === undefined) {
    return { kind: "hopeless", reason: "its StartTransaction was given up, so it has no transactionId" };
  }
  return { kind: "ready", payload: { ...payload, transactionId: wireId } };
}

function readTransaction(action: string, payload: JsonObject): TransactionAnswer {
  if (action === "MeterValues") return { wireId: undefined, accepted: undefined };
  const { idTagInfo, transactionId } = payload as Partial<ResponseOf<"1.6", "StartTransaction">>;
  return {
    wireId: transactionId,
    accepted: idTagInfo === undefined ? undefined : idTagInfo.status === "Accepted",
  };
}

export const dialect16: Dialect = {
  version: "1.6",
  boot: ({ firmware, model, serialNumber, vendor }) =>
    call("BootNotification", {
      chargePointVendor: vendor,
      chargePointModel: model,
      chargePointSerialNumber: serialNumber.slice(0, SERIAL_CHARS_MAX),
      firmwareVersion: firmware,
    }),
  word: (state) => statuses[state],
  heartbeat: () => call("Heartbeat", {}),
  status: (evse: EvseId, state, atMs) =>
    call("StatusNotification", {
      connectorId: evse,
      errorCode: "NoError",
      status: statuses[state],
      timestamp: rfc3339(atMs),
    }),
  authorize: ({ id }) => call("Authorize", { idTag: id }),
  meterValues: (evse, sample) =>
    call("MeterValues", { connectorId: evse, meterValue: [meterValue(sample, "Trigger")] }),
  tell,
  complete,
  // 1.6 has no word for it: the timestamp alone tells (§3.7).
  markOffline: (queued) => queued,
  readBoot: (payload) => {
    const { currentTime, interval, status } = payload as ResponseOf<"1.6", "BootNotification">;
    return { status, atMs: wireTimeMs(currentTime), intervalS: interval };
  },
  readHeartbeat: (payload) => wireTimeMs((payload as ResponseOf<"1.6", "Heartbeat">).currentTime),
  readAuthorize: (payload) => (payload as ResponseOf<"1.6", "Authorize">).idTagInfo.status === "Accepted",
  readTransaction,
  // Nothing says that profiles survive a restart, and this station's do not; one of the same level is replaced (§5.16).
  profiles: { persistent: false, sameLevel: "replace" },
  // §4.2: a rejected Charge Point answers nothing.
  whileRejected: { kind: "silence" },
  commands: commands16,
};

/** chargePointSerialNumber is CiString25 (§6.3). */
const SERIAL_CHARS_MAX = 25;
