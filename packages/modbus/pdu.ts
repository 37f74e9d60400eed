/**
 * Protocol data units: every public function of the Application Protocol V1.1b3 §5.1, read and written by one table.
 *
 *     request, response   function:1 data…
 *     exception           function + 80:1 code:1
 *
 * Pure and strict: what is not exactly one whole, well-formed message is a fault, and says which exception answers it.
 */
import { ok, type Result } from "@wattward/kernel";
import { EXCEPTION_BIT } from "./exception.ts";
import { fault, type PduFault, wrongLength } from "./fault.ts";
import { type FunctionCodec, field } from "./function-codec.ts";
import { maskWriteRegister, readWriteMultipleRegisters } from "./functions/change-registers.ts";
import {
  canopenGeneralReference,
  MEI_CANOPEN,
  MEI_DEVICE_IDENTIFICATION,
  readDeviceIdentification,
} from "./functions/encapsulated-interface.ts";
import { readFileRecord, writeFileRecord } from "./functions/file-record.ts";
import { readCoils, readDiscreteInputs } from "./functions/read-bits.ts";
import { readFifoQueue } from "./functions/read-fifo-queue.ts";
import { readHoldingRegisters, readInputRegisters } from "./functions/read-registers.ts";
import {
  diagnosticsCodec,
  getCommEventCounter,
  getCommEventLog,
  readExceptionStatus,
  reportServerId,
} from "./functions/serial-line.ts";
import { writeMultipleCoils, writeMultipleRegisters } from "./functions/write-multiple.ts";
import { writeSingleCoil, writeSingleRegister } from "./functions/write-single.ts";

const codecs = {
  "read-coils": readCoils,
  "read-discrete-inputs": readDiscreteInputs,
  "read-holding-registers": readHoldingRegisters,
  "read-input-registers": readInputRegisters,
  "write-single-coil": writeSingleCoil,
  "write-single-register": writeSingleRegister,
  "read-exception-status": readExceptionStatus,
  diagnostics: diagnosticsCodec,
  "get-comm-event-counter": getCommEventCounter,
  "get-comm-event-log": getCommEventLog,
  "write-multiple-coils": writeMultipleCoils,
  "write-multiple-registers": writeMultipleRegisters,
  "report-server-id": reportServerId,
  "read-file-record": readFileRecord,
  "write-file-record": writeFileRecord,
  "mask-write-register": maskWriteRegister,
  "read-write-multiple-registers": readWriteMultipleRegisters,
  "read-fifo-queue": readFifoQueue,
  "read-device-identification": readDeviceIdentification,
  "canopen-general-reference": canopenGeneralReference,
} as const;

type Codecs = typeof codecs;
/** A public function's name: `read-holding-registers`. */
export type FunctionName = keyof Codecs;
type RequestTo<C> = C extends FunctionCodec<infer Request, infer _> ? Request : never;
type ResponseOf<C> = C extends FunctionCodec<infer _, infer Response> ? Response : never;

/** What a master asks; `kind` is the function's name. */
export type Request = { [N in FunctionName]: RequestTo<Codecs[N]> }[FunctionName];
/** What a device answers; its `kind` is its request's. */
export type Response = { [N in FunctionName]: ResponseOf<Codecs[N]> }[FunctionName];
/** The answer to a request of one kind. */
export type ResponseTo<Kind extends FunctionName> = Extract<Response, { readonly kind: Kind }>;
export type ExceptionReply = {
  readonly kind: "exception";
  /** 1…255; {@link exceptionName} has the names. */
  readonly code: number;
};
export type Reply = Response | ExceptionReply;

export const functionNames = Object.keys(codecs) as readonly FunctionName[];
/** The function code, 1…43. */
export const functionCode = (name: FunctionName): number => codecs[name].code;

/** Functions that can change something in a device, or in how it talks: whatever is not a plain read. */
export const changing: ReadonlySet<FunctionName> = new Set<FunctionName>([
  "write-single-coil",
  "write-single-register",
  "write-multiple-coils",
  "write-multiple-registers",
  "write-file-record",
  "mask-write-register",
  "read-write-multiple-registers",
  "diagnostics",
  "canopen-general-reference",
]);

// One codec for all kinds: the table guarantees that `kind` and codec belong together, which the compiler cannot see.
type AnyCodec = FunctionCodec<Request, Response>;
const codecOf = (kind: FunctionName): AnyCodec => codecs[kind] as unknown as AnyCodec;

const byCode = new Map(functionNames.map((name) => [codecs[name].code, codecOf(name)] as const));
const byMei = new Map([
  [MEI_DEVICE_IDENTIFICATION, codecOf("read-device-identification")],
  [MEI_CANOPEN, codecOf("canopen-general-reference")],
]);
const ENCAPSULATED = 43;

const dataOf = (pdu: Uint8Array) => new DataView(pdu.buffer, pdu.byteOffset + 1, pdu.byteLength - 1);

/** Reads a master's PDU; the fault is the master's, and says what to answer. */
export function readRequest(pdu: Uint8Array): Result<Request, PduFault> {
  const [code, first] = pdu;
  if (code === undefined) return fault("length", "an empty PDU");
  const codec = code === ENCAPSULATED ? byMei.get(first ?? 0) : byCode.get(code);
  if (codec !== undefined) return codec.readRequest(dataOf(pdu));
  return code === ENCAPSULATED
    ? fault("function", `function 43 with MEI type ${first ?? "none"}; 13 and 14 are public`)
    : fault("function", `${code} is no public function`);
}

/** Reads a device's PDU as the answer to `request`; a fault means that the device cannot be believed. */
export function readReply(pdu: Uint8Array, request: Request): Result<Reply, PduFault> {
  const codec = codecOf(request.kind);
  const [code, exception] = pdu;
  if (code === (codec.code | EXCEPTION_BIT)) {
    if (pdu.length !== 2) return wrongLength("an exception", pdu.length - 1, 1);
    return exception === 0
      ? fault("value", "exceptions are numbered from 1")
      : ok(exceptionReply(exception!));
  }
  if (code !== codec.code) return fault("echo", `function ${code} answers function ${codec.code}`);
  return codec.readResponse(dataOf(pdu), request);
}

/** A request that does not fit its form is our own fault, so it asserts. */
export const writeRequest = (request: Request): Uint8Array => {
  const codec = codecOf(request.kind);
  return withCode(codec.code, codec.writeRequest(request));
};

export const writeResponse = (response: Response): Uint8Array => {
  const codec = codecOf(response.kind);
  return withCode(codec.code, codec.writeResponse(response));
};

/** The exception `code` in answer to a PDU that began with the function code `to`. */
export const writeException = (to: number, code: number): Uint8Array =>
  Uint8Array.of(to | EXCEPTION_BIT, field(code, 255, "exception", 1));

export const exceptionReply = (code: number): ExceptionReply => ({ kind: "exception", code });

function withCode(code: number, data: Uint8Array): Uint8Array {
  const pdu = new Uint8Array(1 + data.length);
  pdu[0] = code;
  pdu.set(data, 1);
  return pdu;
}
