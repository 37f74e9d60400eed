/**
 * OCPP-J frames: the RPC layer of OCPP over WebSocket.
 *
 *     CALL        [2, "<messageId>", "<Action>", {payload}]
 *     CALLRESULT  [3, "<messageId>", {payload}]
 *     CALLERROR   [4, "<messageId>", "<code>", "<description>", {details}]
 *     CALLRESULTERROR [5, "<messageId>", "<code>", "<description>", {details}]      2.1: your CALLRESULT was wrong
 *     SEND        [6, "<messageId>", "<Action>", {payload}]                          2.1: nobody answers it
 *
 * Spec: OCPP-J 1.6 §4 with its errata; OCPP 2.0.1 Part 4 §4; OCPP 2.1 Part 4 §4. Pure: no socket, clock or log. The peer is untrusted, so
 * bad input is a value, never an exception; size and depth are bounded before anything is parsed. It does not repair
 * text that is no JSON: it only reads the message id off its front, so that the peer can be told (QUIRKS 8).
 */
import assert from "node:assert/strict";
import type { Json, JsonObject, MessageId } from "@wattward/kernel";
import { callError, type ErrorCode } from "./error-code.ts";
import { nestsDeeperThan } from "./nesting.ts";
import type { Deviation } from "./repairs/repair.ts";
import type { OcppVersion } from "./version.ts";

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
/** The peer could not process our CALLRESULT of this id (2.1 Part 4 §4.2.3). It settles nothing: a person should know. */
export type CallResultError = Omit<CallError, "kind"> & { readonly kind: "result-error" };
/** A message without an answer (2.1 Part 4 §4.2.4). */
export type Send = Omit<Call, "kind"> & { readonly kind: "send" };
export type Frame = Call | CallResult | CallError | CallResultError | Send;
export type ParsedFrame = {
  readonly kind: "frame";
  readonly frame: Frame;
  /** What was odd about the frame itself and read all the same: a CALLERROR of another shape (QUIRKS 35). */
  readonly deviations?: readonly Deviation[];
};

/**
 * What a frame could not be read as. `about` says whom it concerns: `reply` fails one of our calls at once; `send`
 * covers the other messages that are never answered, SEND and CALLRESULTERROR.
 */
export type FrameFault = {
  readonly kind: "fault";
  readonly about: "call" | "reply" | "send" | "unreadable";
  /** The message id, where one could be read. */
  readonly id: MessageId | undefined;
  readonly code: ErrorCode;
  readonly reason: string;
  /** The reply was a CALLRESULT: 2.1 tells its sender (CALLRESULTERROR). */
  readonly result?: true;
};

/** Characters of one frame; a socket counts bytes (`frameBytesMax`), which are never fewer. */
export const FRAME_CHARS_MAX = 1024 * 1024;
/** What a station may send before its boot is accepted: a boot notification needs 2 KiB at most. */
export const FRAME_CHARS_MAX_BEFORE_ACCEPTANCE = 64 * 1024;
/** Levels of arrays and objects, the frame's own array included. The deepest official message has 8. */
export const DEPTH_MAX = 16;
/** Message id is string[36] (Part 4 §4.1.4). */
export const MESSAGE_ID_CHARS_MAX = 36;
/** An over-long id of a 1.6 CALL is answered under itself up to here; beyond, the peer gets no echo. */
const ECHOED_ID_CHARS_MAX = 255;
/** Id of a CALLERROR to a message whose id cannot be read (Part 4 §4.2.3); 1.6 has no such answer. */
export const UNREADABLE_ID = "-1" as MessageId;

/** Reason of a wire's end (1002) whose peer compressed its frames though that was not agreed (QUIRKS 26). */
export const COMPRESSED_UNASKED = "permessage-deflate was not agreed";

const CALL = 2;
const CALLRESULT = 3;
const CALLERROR = 4;
const CALLRESULTERROR = 5;
const SEND = 6;

/** Reads one message. Never throws; time and memory are linear in the text, which is at most `charsMax` long. */
export function parseFrame(
  text: string,
  version: OcppVersion,
  charsMax: number = FRAME_CHARS_MAX,
): ParsedFrame | FrameFault {
  if (text.length > charsMax)
    return unparsed(text, version, `the message is longer than ${charsMax} characters`);
  if (nestsDeeperThan(text, DEPTH_MAX)) {
    return unparsed(text, version, `the message nests deeper than ${DEPTH_MAX} levels`);
  }
  const value = parsedJson(text);
  if (value === undefined) return unparsed(text, version, "the message is not JSON");
  if (!Array.isArray(value)) return unreadable(undefined, "the message is not a JSON array");
  // JSON.parse makes `__proto__` an own property, which is harmless until something copies the object by assignment.
  if (mayNameProto(text) && namesProto(value)) return unparsed(text, version, "a field is named __proto__");
  return readArray(value as readonly Json[], version);
}

/** The text of a frame. An id that the protocol does not allow is our own fault and asserts. */
export function writeFrame(frame: Frame): string {
  assert(frame.id.length <= MESSAGE_ID_CHARS_MAX || frame.kind === "error", "message id too long");
  switch (frame.kind) {
    case "call":
      return JSON.stringify([CALL, frame.id, frame.action, frame.payload]);
    case "result":
      return JSON.stringify([CALLRESULT, frame.id, frame.payload]);
    case "error":
      return JSON.stringify([CALLERROR, frame.id, frame.code, frame.description, frame.details]);
    case "result-error":
      return JSON.stringify([CALLRESULTERROR, frame.id, frame.code, frame.description, frame.details]);
    case "send":
      return JSON.stringify([SEND, frame.id, frame.action, frame.payload]);
  }
}

/**
 * The CALLERROR that a fault asks for. None to a reply, ever: two peers would answer each other for ever. None to a SEND
 * (2.1 Part 4 §4.2.4). None in 1.6
 * where the id is unknown, nor to a message type it does not list, which it tells us to ignore (1.6 §4.1.3).
 */
export function faultReply(fault: FrameFault, version: OcppVersion): CallError | undefined {
  if (fault.about === "reply" || fault.about === "send") return undefined;
  if (version === "1.6") {
    if (fault.id === undefined || fault.code === "MessageTypeNotSupported") return undefined;
    return callError(fault.id, fault.code, fault.reason, version);
  }
  return callError(fault.id ?? UNREADABLE_ID, fault.code, fault.reason, version);
}

function readArray(items: readonly Json[], version: OcppVersion): ParsedFrame | FrameFault {
  const [type, rawId] = items;
  const id = messageId(rawId, MESSAGE_ID_CHARS_MAX);
  if (id === undefined) return badId(type, rawId, version);
  if (type === CALL) return readCall(id, items, version);
  if (type === CALLRESULT) return readResult(id, items);
  if (type === CALLERROR) return readError(id, items);
  if (version === "2.1" && type === SEND) return readSend(id, items);
  if (version === "2.1" && type === CALLRESULTERROR) return readResultError(id, items);
  return {
    kind: "fault",
    about: "unreadable",
    id,
    code: "MessageTypeNotSupported",
    reason: `the message type is none of ${version === "2.1" ? "2 to 6" : "2 (CALL), 3 (CALLRESULT) and 4 (CALLERROR)"}`,
  };
}

/** 1.6 §4.2.3 wants an over-long id answered under that very id; 2.0.1 has "-1" for what cannot be used. */
function badId(type: Json | undefined, rawId: Json | undefined, version: OcppVersion): FrameFault {
  const reason = `the message id is not a text of 1 to ${MESSAGE_ID_CHARS_MAX} printable characters`;
  if (type === CALLRESULT || type === CALLERROR) return replyFault(undefined, reason);
  if (isUnanswered(type, version)) return sendFault(undefined, reason);
  const echoed = version === "1.6" ? messageId(rawId, ECHOED_ID_CHARS_MAX) : undefined;
  return type === CALL && echoed !== undefined
    ? callFault(echoed, "RpcFrameworkError", reason)
    : unreadable(undefined, reason);
}

function readCall(id: MessageId, items: readonly Json[], version: OcppVersion): ParsedFrame | FrameFault {
  const [, , action, payload] = items;
  if (items.length !== 4 || typeof action !== "string") {
    const reason = `a CALL is [2, id, action, payload]; this has ${items.length} elements`;
    return callFault(
      id,
      "RpcFrameworkError",
      typeof action === "string" ? reason : "the action is not a text",
    );
  }
  // Part 4 §4.1.5 and 1.6 §4.2.1 allow null for an empty payload, though they advise against it.
  if (payload === null) return { kind: "frame", frame: { kind: "call", id, action, payload: {} } };
  if (!isObject(payload)) {
    // "Not conform the PDU structure": 1.6 calls it FormationViolation (§4.2.3), 2.0.1 ProtocolError (Part 4 §4.3).
    const code = version === "1.6" ? "FormatViolation" : "ProtocolError";
    return callFault(id, code, "the payload is not a JSON object");
  }
  return { kind: "frame", frame: { kind: "call", id, action, payload } };
}

const isUnanswered = (type: Json | undefined, version: OcppVersion): boolean =>
  version === "2.1" && (type === SEND || type === CALLRESULTERROR);

function readSend(id: MessageId, items: readonly Json[]): ParsedFrame | FrameFault {
  const [, , action, payload] = items;
  const body = payload === null ? {} : payload;
  if (items.length !== 4 || typeof action !== "string" || !isObject(body)) {
    return sendFault(id, "a SEND is [6, id, action, {payload}]");
  }
  return { kind: "frame", frame: { kind: "send", id, action, payload: body } };
}

function readResultError(id: MessageId, items: readonly Json[]): ParsedFrame | FrameFault {
  const read = readError(id, items);
  if (read.kind === "fault")
    return sendFault(id, "a CALLRESULTERROR is [5, id, code, description, {details}]");
  return { ...read, frame: { ...(read.frame as CallError), kind: "result-error" } };
}

function readResult(id: MessageId, items: readonly Json[]): ParsedFrame | FrameFault {
  const payload = items[2] === null ? {} : items[2];
  if (items.length !== 3 || !isObject(payload)) {
    return { ...replyFault(id, "a CALLRESULT is [3, id, {payload}]"), result: true };
  }
  return { kind: "frame", frame: { kind: "result", id, payload } };
}

/** Any CALLERROR whose id can be read fails its call, however damaged the rest (QUIRKS 35). */
function readError(id: MessageId, items: readonly Json[]): ParsedFrame | FrameFault {
  const [, , code, description, details] = items;
  if (typeof code !== "string") return replyFault(id, "a CALLERROR is [4, id, code, description, {details}]");
  const regular = items.length === 5 && typeof description === "string" && isObject(details);
  return {
    kind: "frame",
    frame: {
      kind: "error",
      id,
      code,
      description: typeof description === "string" ? description : "",
      details: isObject(details) ? details : {},
    },
    ...(!regular && { deviations: [errorForm(items.length)] }),
  };
}

const errorForm = (elements: number): Deviation => ({
  rule: "call-error-form",
  path: "",
  was: `a CALLERROR of ${elements} elements`,
  places: 1,
});

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// Control characters and NUL would reach logs and databases; no real station sends them.
const controls = /\p{Cc}/u;

function messageId(value: Json | undefined, charsMax: number): MessageId | undefined {
  if (typeof value !== "string" || value === "" || value.length > charsMax) return undefined;
  return controls.test(value) ? undefined : (value as MessageId);
}

const callFault = (id: MessageId, code: ErrorCode, reason: string): FrameFault => ({
  kind: "fault",
  about: "call",
  id,
  code,
  reason,
});
const replyFault = (id: MessageId | undefined, reason: string): FrameFault => ({
  kind: "fault",
  about: "reply",
  id,
  code: "FormatViolation",
  reason,
});
const sendFault = (id: MessageId | undefined, reason: string): FrameFault => ({
  kind: "fault",
  about: "send",
  id,
  code: "FormatViolation",
  reason,
});
const unreadable = (id: MessageId | undefined, reason: string): FrameFault => ({
  kind: "fault",
  about: "unreadable",
  id,
  code: "RpcFrameworkError",
  reason,
});

// Every repetition is bounded, so the match takes constant time; escapes end it, since decoding them is guessing.
const head = /^\s{0,16}\[\s{0,16}([2-6])\s{0,16},\s{0,16}"([^"\\\p{Cc}]{1,36})"/u;

/** A message that is not parsed at all: its type and id come off its front, or not. */
function unparsed(text: string, version: OcppVersion, reason: string): FrameFault {
  const found = head.exec(text.slice(0, 128));
  const id = messageId(found?.[2], MESSAGE_ID_CHARS_MAX);
  if (found === null || id === undefined) return unreadable(undefined, reason);
  const type = Number(found[1]);
  if (type === CALL) return callFault(id, "FormatViolation", reason);
  if (type === CALLRESULT) return { ...replyFault(id, reason), result: true };
  if (type === CALLERROR) return replyFault(id, reason);
  return isUnanswered(type, version) ? sendFault(id, reason) : unreadable(undefined, reason);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // The only cause is text that is not JSON; the caller reports it.
  }
}

const mayNameProto = (text: string): boolean => text.includes("__proto__") || text.includes("\\u");

/** Depth is bounded by {@link DEPTH_MAX} before this recurses. */
function namesProto(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(namesProto);
  return Object.entries(value).some(([key, inner]) => key === "__proto__" || namesProto(inner));
}
