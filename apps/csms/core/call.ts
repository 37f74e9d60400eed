/** One CALL of a station on its way through the handlers of its version, and what a handler gives back. */
import type { ClockQuality, JsonObject, MessageId, TraceId } from "@wattward/kernel";
import type { ActionFrom, Deviation, OcppVersion, RequestOf, StationSend } from "@wattward/ocpp";
import type { Row } from "../store/schema.ts";
import type { Tx } from "../store/writer.ts";
import type { World } from "./decision.ts";
import type { MessageFault, SendTaken, StationAnswer } from "./port.ts";

export type Call<P = JsonObject> = {
  readonly station: Row<"stations">;
  readonly version: OcppVersion;
  readonly id: MessageId;
  readonly action: string;
  readonly payload: P;
  /** When it was first received, here or at the site, by that machine's clock. */
  readonly receivedAtMs: number;
  readonly clockQuality: ClockQuality;
  /** When it reached this process. */
  readonly arrivedAtMs: number;
  readonly trace: TraceId;
  /** Somebody waits for the answer. False for history out of a journal, which never changes live state. */
  readonly live: boolean;
  /** It was applied before, and more may have come since: it is only answered again. */
  readonly repeated?: true;
  readonly journal?: JournalPlace;
  /** What was repaired in the payload. */
  readonly deviations?: readonly Deviation[];
  /** The payload breaks its schema past repair: a transaction message that is set aside. */
  readonly fault?: MessageFault;
};

/** The journal record that carried the call. */
export type JournalPlace = {
  readonly epoch: string;
  readonly seq: number;
  /** The 1.6 id that the site gave this StartTransaction, from a leased block. */
  readonly transactionId?: number;
  /** What the site itself answered, where the link was down. */
  readonly localAnswer?: JsonObject;
};

/** One per message: reads, decides, stores, answers. The payload is valid by its schema. */
export type Handler<P = JsonObject> = (tx: Tx, call: Call<P>, world: World) => Promise<StationAnswer>;

/** A message that nobody answers (2.1 SEND): reads, decides, stores. */
export type SendHandler<P = JsonObject> = (tx: Tx, send: Call<P>, world: World) => Promise<SendTaken>;

/** The routing table of a version: one handler for each action that a station may send. */
export type Routes<V extends OcppVersion> = {
  readonly [A in ActionFrom<V, "station">]: Handler<RequestOf<V, A>>;
};
export type SendRoutes<V extends OcppVersion> = {
  readonly [A in StationSend<V>]: SendHandler<RequestOf<V, A>>;
};

/** The versions that think alike; a message of both is decided and stored in one place. */
export type Version2 = Exclude<OcppVersion, "1.6">;

export const result = <R extends object>(payload: R): StationAnswer => ({
  kind: "result",
  payload: payload as unknown as JsonObject,
});
/** `code` in the words of OCPP 2.0.1; the gateway spells it for the version. */
export const refusal = (code: string, description: string): StationAnswer => ({
  kind: "error",
  code,
  description,
});
