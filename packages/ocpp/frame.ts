/**
 * OCPP-J frames: the RPC layer of OCPP over WebSocket.
 *
 *     CALL        [2, "<messageId>", "<Action>", {payload}]
 *     CALLRESULT  [3, "<messageId>", {payload}]
 *     CALLERROR   [4, "<messageId>", "<code>", "<description>", {details}]
 *
 * Spec: OCPP-J 1.6 §4; OCPP 2.0.1 Part 4 §4. Pure: no socket, clock or log.
 */
import type { JsonObject, MessageId } from "@wattward/kernel";

/** The versions spoken so far; a socket has exactly one, agreed by its sub-protocol. */
export type OcppVersion = "1.6" | "2.0.1";

export type Call = {
  readonly kind: "call";
  readonly id: MessageId;
  readonly action: string;
  readonly payload: JsonObject;
};
export type CallResult = { readonly kind: "result"; readonly id: MessageId; readonly payload: JsonObject };
export type CallError = {
  readonly kind: "error";
  readonly id: MessageId;
  /** As the peer sent it; compare with {@link ErrorCode} only after both spellings are folded (QUIRKS 35). */
  readonly code: string;
  readonly description: string;
  readonly details: JsonObject;
};
export type Frame = Call | CallResult | CallError;
