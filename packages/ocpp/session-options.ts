/** What a session is made of: its ports, its limits, and what it asks of its owner. */
import type { Clock, JsonObject, Log, MessageId, Wire } from "@wattward/kernel";
import type { CallsLimits } from "./calls-in-flight.ts";
import type { ErrorCode } from "./error-code.ts";
import {
  type Call,
  type CallResultError,
  FRAME_CHARS_MAX,
  FRAME_CHARS_MAX_BEFORE_ACCEPTANCE,
  type FrameFault,
  type Send,
} from "./frame.ts";
import type { IntakeLimits } from "./intake.ts";
import type { Deviation } from "./repairs/repair.ts";
import type { Invalid } from "./validation.ts";
import type { OcppVersion, Side } from "./version.ts";

/** What becomes of a CALL. */
export type CallAnswer =
  | { readonly kind: "result"; readonly payload: JsonObject }
  | { readonly kind: "error"; readonly code: ErrorCode | (string & {}); readonly description: string }
  /** An answer that another wrote, passed on as it stands: a whole CALLRESULT or CALLERROR. */
  | { readonly kind: "verbatim"; readonly text: string }
  /** No answer: the peer will time out. For what must not be acknowledged, and for simulated faults. */
  | { readonly kind: "silence" };

export type SessionLimits = IntakeLimits & {
  /** Characters of one frame; a longer one closes with 1009. */
  readonly frameCharsMax: number;
  readonly frameCharsMaxBeforeAcceptance: number;
  /** CALLs that wait for their answer; at this many, reading pauses. */
  readonly backlogMax: number;
  /** Bytes the peer has not taken; beyond, it does not read and is cut. */
  readonly bufferedBytesMax: number;
  /** Faults that are logged one by one; a peer with more gets one last line. */
  readonly faultLinesMax: number;
  /** With `quietUntilFirstCall`: how long at most (QUIRKS 18). */
  readonly quietMsMax: number;
};
export const sessionLimits: SessionLimits = {
  frameCharsMax: FRAME_CHARS_MAX,
  frameCharsMaxBeforeAcceptance: FRAME_CHARS_MAX_BEFORE_ACCEPTANCE,
  framesPerSecond: 50,
  framesBurst: 200,
  backlogMax: 16,
  deferredCharsMax: 2 * FRAME_CHARS_MAX,
  bufferedBytesMax: 4 * FRAME_CHARS_MAX,
  faultLinesMax: 20,
  quietMsMax: 30_000,
};

/** So many frames a second of one peer in the long run, and at once what four seconds bring. */
export const framesPerSecond = (
  perSecond: number,
): Pick<SessionLimits, "framesPerSecond" | "framesBurst"> => ({
  framesPerSecond: perSecond,
  framesBurst: 4 * perSecond,
});

export type SessionOptions = {
  readonly wire: Wire;
  readonly version: OcppVersion;
  /** Which side we are. */
  readonly role: Side;
  readonly clock: Clock;
  readonly log: Log;
  newId(): MessageId;
  /**
   * A CALL, valid by its schema, with its text as received, and what was repaired in it (QUIRKS). Rejecting is our own
   * fault: the peer gets InternalError.
   */
  onCall(call: Call, raw: string, deviations: readonly Deviation[]): Promise<CallAnswer>;
  /** Asked for each message that breaks its schema: may this peer's be repaired? Not, where absent. */
  tolerant?(): boolean;
  /** A CALL that breaks its schema past repair: undefined lets the CALLERROR of `invalid` go out; otherwise the answer. */
  onInvalidCall?(call: Call, raw: string, invalid: Invalid): Promise<CallAnswer | undefined>;
  /**
   * A SEND, valid by its schema, in the order in which it stood among the CALLs (2.1). Nobody is answered; one that
   * nobody takes, or that breaks its schema, is logged and dropped.
   */
  onSend?(send: Send, raw: string): Promise<void>;
  /** The peer could not process a CALLRESULT of ours (2.1): our own fault, or its. Nothing is sent again. */
  onResultError?(error: CallResultError, raw: string): void;
  /** A frame that could not be read; the session has answered it already, where that is due. */
  onFault?(fault: FrameFault, raw: string): void;
  onPong?(): void;
  /** Our calls wait until the peer's first CALL is answered, or `quietMsMax` have passed (QUIRKS 18). */
  readonly quietUntilFirstCall?: boolean;
  /** Pings, and ends a wire on which nothing at all was heard for `silentMsMax`. Off where absent. */
  readonly keepAlive?: KeepAlive;
  readonly limits?: Partial<SessionLimits & CallsLimits>;
};

export type KeepAlive = {
  readonly pingEveryMs: number;
  /** Silence that a peer which has answered a ping may keep. */
  readonly silentMsMax: number;
  /** Silence that one which never did may keep, where that is longer: its messages alone show its life (QUIRKS 28, 29). */
  unansweredMsMax?(): number;
  /** Asked before each ping; always, where absent. */
  pinged?(): boolean;
};
