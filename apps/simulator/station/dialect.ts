/**
 * What a station says and hears, apart from how its OCPP version words it. The firmware in this folder is written in
 * these terms alone; `v16/` and `v201/` each translate them to one version's messages.
 *
 * Times are as the station's own clock has them, in ms since 1970; energy in whole Wh, power in W.
 */
import assert from "node:assert/strict";
import type { EvseId, JsonObject, WattHours } from "@wattward/kernel";
import { dateTimeMs, type ErrorCode, type OcppVersion, type RequestOf } from "@wattward/ocpp";
import type { Car } from "../car/car.ts";
import type { ShelfParts } from "../charging/profile-shelf.ts";
import type { Controls } from "./controls.ts";
import type { StreamWords } from "./event-streams.ts";

/** A CALL before it has an id. */
export type OutCall = { readonly action: string; readonly payload: JsonObject };

/** What identifies a driver: the card at the reader, or what a remote start named. 1.6 knows the id alone. */
export type Token = {
  /** At most 36 characters, in 1.6 at most 20. */
  readonly id: string;
  readonly type: RequestOf<"2.0.1", "RequestStartTransaction">["idToken"]["type"];
};

export type Sample = {
  readonly atMs: number;
  readonly registerWh: WattHours;
  /** What is given back has a register of its own. */
  readonly exportWh: WattHours;
  /** Below nothing: given back. */
  readonly powerW: number;
  readonly socPercent: number;
  /** At its terminals, in their order. */
  readonly currentsA: readonly number[];
  readonly voltsV: readonly number[];
  /** What of it is told while charging (MeterValuesSampledData, TxUpdatedMeasurands). */
  readonly measurands: readonly string[];
};

/** Why the firmware started, for BootNotification (1.6 does not say). */
export type BootReason = "power-up" | "remote-reset" | "watchdog";

/** In 1.6's finer words (§4.9); 2.0.1 folds them to Available, Occupied and Unavailable. */
export type ConnectorState =
  | "available"
  | "preparing"
  | "charging"
  | "suspended-ev"
  | "suspended-evse"
  | "finishing"
  | "reserved"
  | "unavailable";

export type ChargingState = "charging" | "suspended-ev" | "suspended-evse";

/** What completed the conditions for charging: the card, the cable, or the central system. */
export type StartCause = "card" | "cable" | "remote";

/** Why a transaction ended. */
export type StopCause =
  | "card"
  | "unplugged"
  | "remote"
  | "deauthorized"
  | "unlock"
  | "hard-reset"
  | "soft-reset"
  | "power-loss"
  | "reboot";

/** A transaction as the station's flash keeps it while it runs. */
export type Transaction = {
  /** Our own, unique for ever: in 2.0.1 also the transaction's id on the wire. */
  readonly reference: string;
  readonly evse: EvseId;
  readonly token: Token;
  /** By the station's clock. */
  readonly startedAtMs: number;
  readonly meterStartWh: WattHours;
  readonly remoteStartId: number | undefined;
  /** The reservation that it used up. */
  readonly reservationId?: number;
  /** Messages made so far: the sequence number of the next one (2.0.1 §"Sequence Number Generation": from 0). */
  readonly seqNo: number;
  readonly state: ChargingState;
};

export type TransactionMoment =
  | { readonly kind: "started"; readonly cause: StartCause; readonly sample: Sample }
  | { readonly kind: "sampled"; readonly why: "periodic" | "trigger"; readonly sample: Sample }
  | { readonly kind: "changed"; readonly sample: Sample }
  | { readonly kind: "resumed"; readonly sample: Sample }
  | { readonly kind: "ended"; readonly cause: StopCause; readonly sample: Sample };

/** A transaction-related message as it waits in flash; 1.6's may still lack the id that only an answer can give. */
export type QueuedCall = {
  readonly reference: string;
  readonly part: "start" | "update" | "end";
  readonly action: string;
  readonly payload: JsonObject;
  /** Counts from 0 within its transaction; 2.0.1 says it on the wire too. */
  readonly seqNo: number;
};

/** A queued message, ready for the wire, or never to be: its StartTransaction was given up, so it has no id (1.6). */
export type Completed =
  | { readonly kind: "ready"; readonly payload: JsonObject }
  | { readonly kind: "hopeless"; readonly reason: string };

export type BootAnswer = {
  readonly status: "Accepted" | "Pending" | "Rejected";
  readonly atMs: number;
  readonly intervalS: number;
};

/** What the answer to a transaction message told. `accepted` is undefined where it said nothing about the card. */
export type TransactionAnswer = {
  readonly wireId: number | undefined;
  readonly accepted: boolean | undefined;
};

export type CommandReply =
  | { readonly kind: "result"; readonly payload: JsonObject; after?(): void }
  | { readonly kind: "error"; readonly code: ErrorCode; readonly description: string };

/** Answers one command. The payload has passed its schema; the reply must pass its own. */
export type Command = (payload: JsonObject, station: Controls) => CommandReply | Promise<CommandReply>;

export type StationFacts = {
  readonly id: string;
  readonly serialNumber: string;
  readonly vendor: string;
  readonly model: string;
  readonly firmware: string;
};

/** One OCPP version's wording. Pure: every payload read here has passed its schema. */
export interface Dialect {
  readonly version: OcppVersion;
  boot(facts: StationFacts, reason: BootReason): OutCall;
  heartbeat(): OutCall;
  /** How this version writes a connector's state: the same word for states it does not tell apart. */
  word(state: ConnectorState): string;
  status(evse: EvseId, state: ConnectorState, atMs: number): OutCall;
  /** The same as an event of the device model, where the version can say it so (2.1 G01). */
  statusEvent?(evse: EvseId, state: ConnectorState, event: EventAt): OutCall;
  authorize(token: Token): OutCall;
  /** Meter values outside of any transaction, on demand. */
  meterValues(evse: EvseId, sample: Sample): OutCall;
  /** The messages that tell this moment, in order; `transaction.seqNo` is the number of the first. May be none. */
  tell(transaction: Transaction, moment: TransactionMoment, offline: boolean): QueuedCall[];
  complete(queued: QueuedCall, wireId: number | undefined): Completed;
  /** The same message, marked as one that waited while the station was offline (2.0.1 E11.FR.07). */
  markOffline(queued: QueuedCall): QueuedCall;
  readBoot(payload: JsonObject): BootAnswer;
  readHeartbeat(payload: JsonObject): number;
  readAuthorize(payload: JsonObject): boolean;
  readTransaction(action: string, payload: JsonObject): TransactionAnswer;
  /** That a reservation is over, where the version tells it. */
  reservationEnded?(id: number, why: "expired" | "removed"): OutCall;
  /** That the driver has begun or ended charging with priority (2.1 K22). */
  priorityCharging?(reference: string, active: boolean): OutCall;
  /** What the car wants, and what it would give back, where the version can say that (2.1 Q01.FR.03). */
  evNeeds?(evse: EvseId, car: Car): OutCall;
  readonly streams?: StreamWords;
  /** Charging profiles as this version has them. */
  readonly profiles: Pick<ShelfParts, "persistent" | "sameLevel" | "purposes">;
  /** What every command gets while the central system has rejected this station. */
  readonly whileRejected: { readonly kind: "silence" } | Extract<CommandReply, { kind: "error" }>;
  /** By action; what is absent here is answered NotSupported or NotImplemented. */
  readonly commands: ReadonlyMap<string, Command>;
}

/** When an event was, and its number, which no other of this boot has (N07). */
export type EventAt = { readonly atMs: number; readonly eventId: number };

/** Reads a wire time; the schema has checked its form, so what is none is our own fault. A leap second is one. */
export function wireTimeMs(text: string): number {
  const atMs = dateTimeMs(text);
  assert(atMs !== undefined, `'${text}' passed the schema and is no time`);
  return atMs;
}
