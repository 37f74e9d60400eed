/**
 * Functions of a serial line that gateways pass on: 07 Read Exception Status, 08 Diagnostics, 11 Get Comm Event Counter,
 * 12 Get Comm Event Log, 17 Report Server ID (Application Protocol V1.1b3 §6.7 to §6.10, §6.13).
 *
 *     07  -                      status:1
 *     08  sub:2 data:2…          the same; data may be longer for sub-function 0, which is an echo
 *     11  -                      status:2 events:2
 *     12  -                      bytes:1 status:2 events:2 messages:2 event:1 …      0…64 events
 *     17  -                      bytes:1 whatever the device likes to say
 */
import assert from "node:assert/strict";
import { ok } from "@wattward/kernel";
import { fault, notEchoed, wrongLength } from "../fault.ts";
import { bytesAt, type FunctionCodec, field, WORD_MAX, words } from "../function-codec.ts";

const DIAGNOSTIC_DATA_BYTES_MAX = 250;
const COMM_EVENTS_MAX = 64;
const SERVER_ID_BYTES_MAX = 251;

export type Bare<Kind extends string> = { readonly kind: Kind };

/** A request that is its function code and nothing else. */
const bare = <Kind extends string>(kind: Kind) => ({
  kind,
  readRequest: (data: DataView) =>
    data.byteLength === 0 ? ok<Bare<Kind>>({ kind }) : wrongLength(kind, data.byteLength, 0),
  writeRequest: () => new Uint8Array(0),
});

export type ExceptionStatus = {
  readonly kind: "read-exception-status";
  /** Eight outputs, one a bit. */
  readonly status: number;
};

export const readExceptionStatus: FunctionCodec<Bare<"read-exception-status">, ExceptionStatus> = {
  code: 7,
  ...bare("read-exception-status"),
  readResponse(data, { kind }) {
    if (data.byteLength !== 1) return wrongLength(`the answer to ${kind}`, data.byteLength, 1);
    return ok({ kind, status: data.getUint8(0) });
  },
  writeResponse: ({ status }) => Uint8Array.of(field(status, 255, "status")),
};

/** Sub-functions that change what a device does, or wipe what it remembers (§6.8.1). */
export const diagnostics = {
  returnQueryData: 0,
  restartCommunications: 1,
  forceListenOnly: 4,
  clearCounters: 10,
} as const;

export type Diagnostics = {
  readonly kind: "diagnostics";
  readonly subFunction: number;
  /** Two bytes; 2…250, always even, for sub-function 0. */
  readonly data: Uint8Array;
};

function diagnosticsOf(data: DataView) {
  const bytes = data.byteLength - 2;
  if (bytes < 2) return wrongLength("diagnostics", data.byteLength, 4);
  const subFunction = data.getUint16(0);
  if (subFunction !== diagnostics.returnQueryData && bytes !== 2) {
    return wrongLength(`diagnostics/${subFunction}`, data.byteLength, 4);
  }
  if (bytes % 2 !== 0) return fault("length", `diagnostics carry words, not ${bytes} bytes`);
  return ok<Diagnostics>({ kind: "diagnostics", subFunction, data: bytesAt(data, 2, bytes) });
}

function diagnosticsBytes({ subFunction, data }: Diagnostics): Uint8Array {
  assert(data.length % 2 === 0 && (subFunction === 0 || data.length === 2), `${data.length} bytes of data`);
  field(data.length, DIAGNOSTIC_DATA_BYTES_MAX, "bytes of data", 2);
  return Uint8Array.of(...words(subFunction), ...data);
}

export const diagnosticsCodec: FunctionCodec<Diagnostics, Diagnostics> = {
  code: 8,
  kind: "diagnostics",
  readRequest: diagnosticsOf,
  writeRequest: diagnosticsBytes,
  readResponse(data, request) {
    const read = diagnosticsOf(data);
    if (!read.ok) return read;
    const { subFunction } = read.value;
    if (subFunction !== request.subFunction) {
      return notEchoed("sub-function", subFunction, request.subFunction);
    }
    if (subFunction === diagnostics.returnQueryData && !sameBytes(read.value.data, request.data)) {
      return fault("echo", "the query data came back changed");
    }
    return read;
  },
  writeResponse: diagnosticsBytes,
};

const sameBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

export type CommEventCounter = {
  readonly kind: "get-comm-event-counter";
  /** Still busy with an earlier program command. */
  readonly busy: boolean;
  readonly events: number;
};

export const getCommEventCounter: FunctionCodec<Bare<"get-comm-event-counter">, CommEventCounter> = {
  code: 11,
  ...bare("get-comm-event-counter"),
  readResponse(data, { kind }) {
    if (data.byteLength !== 4) return wrongLength(`the answer to ${kind}`, data.byteLength, 4);
    const status = data.getUint16(0);
    if (status !== 0 && status !== WORD_MAX) return fault("value", `a status is 0000 or ffff, not ${status}`);
    return ok({ kind, busy: status !== 0, events: data.getUint16(2) });
  },
  writeResponse: ({ busy, events }) => words(busy ? WORD_MAX : 0, events),
};

export type CommEventLog = {
  readonly kind: "get-comm-event-log";
  readonly busy: boolean;
  readonly events: number;
  readonly messages: number;
  /** One byte an event, the latest first; 0…64. */
  readonly log: Uint8Array;
};

export const getCommEventLog: FunctionCodec<Bare<"get-comm-event-log">, CommEventLog> = {
  code: 12,
  ...bare("get-comm-event-log"),
  readResponse(data, { kind }) {
    if (data.byteLength < 7) return wrongLength(`the answer to ${kind}`, data.byteLength, 7);
    const bytes = data.getUint8(0);
    if (data.byteLength !== 1 + bytes) {
      return wrongLength(`the answer to ${kind}`, data.byteLength, 1 + bytes);
    }
    if (bytes > 6 + COMM_EVENTS_MAX)
      return fault("length", `${bytes - 6} events; at most ${COMM_EVENTS_MAX}`);
    const status = data.getUint16(1);
    if (status !== 0 && status !== WORD_MAX) return fault("value", `a status is 0000 or ffff, not ${status}`);
    const [events, messages] = [data.getUint16(3), data.getUint16(5)];
    return ok({ kind, busy: status !== 0, events, messages, log: bytesAt(data, 7, bytes - 6) });
  },
  writeResponse({ busy, events, messages, log }) {
    field(log.length, COMM_EVENTS_MAX, "events");
    return Uint8Array.of(6 + log.length, ...words(busy ? WORD_MAX : 0, events, messages), ...log);
  },
};

export type ServerId = {
  readonly kind: "report-server-id";
  /** Id, run indicator and more, as the device has them; 0…251 bytes. */
  readonly data: Uint8Array;
};

export const reportServerId: FunctionCodec<Bare<"report-server-id">, ServerId> = {
  code: 17,
  ...bare("report-server-id"),
  readResponse(data, { kind }) {
    if (data.byteLength < 1) return wrongLength(`the answer to ${kind}`, 0, 1);
    const bytes = data.getUint8(0);
    if (data.byteLength !== 1 + bytes) {
      return wrongLength(`the answer to ${kind}`, data.byteLength, 1 + bytes);
    }
    return ok({ kind, data: bytesAt(data, 1, bytes) });
  },
  writeResponse: ({ data }) => Uint8Array.of(field(data.length, SERVER_ID_BYTES_MAX, "bytes"), ...data),
};
