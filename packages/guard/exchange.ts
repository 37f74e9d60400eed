/** An exchange as a person reads it: who asked which device for what, in engineering values. Data, fit for JSON. */
import { functionCode, type Request, writeRequest } from "@wattward/modbus";
import type { CapturedExchange } from "@wattward/modbus/capture";
import { readSpan, writeSpan } from "./functions.ts";
import { DECODED_VALUES_MAX, QUOTED_BYTES_MAX } from "./limits.ts";
import type { ClientName, DeviceName } from "./policy.ts";

export type DecodedExchange = {
  /** A client of the policy, or the address of a master that is none. */
  readonly client: ClientName | string;
  readonly device?: DeviceName;
  /** As the master addressed it. */
  readonly unit: number;
  readonly functionCode: number;
  /** `write-multiple-registers`; absent where it is no public function, or not readable as one. */
  readonly function?: string;
  /** Of what is written where there is a write, else of what is read. */
  readonly address?: number;
  readonly quantity?: number;
  /** What was to be written, by typed register; at most 16. */
  readonly values: readonly DecodedValue[];
  /** From the function code on, hexadecimal, at most 64 bytes of it. */
  readonly pdu: string;
};

export type DecodedValue = {
  /** The typed register's name; absent where the policy has none. */
  readonly register?: string;
  readonly address: number;
  /** As on the wire; coils are 0 and 1. */
  readonly raw: readonly number[];
  /** Absent where it cannot be known: no type, no scale factor, not a number. */
  readonly value?: number;
  readonly unit?: string;
};

/** Addresses that a request speaks of: what it writes, else what it reads; none for functions without. */
export function spanOf(
  request: Request,
): { readonly address: number; readonly quantity: number } | undefined {
  const span = writeSpan(request) ?? readSpan(request);
  return span && { address: span.from, quantity: span.to - span.from + 1 };
}

type Parties = { readonly client: string; readonly device?: DeviceName; readonly unit: number };

export const decodedRequest = (
  parties: Parties,
  request: Request,
  values: readonly DecodedValue[],
): DecodedExchange => ({
  ...parties,
  functionCode: functionCode(request.kind),
  function: request.kind,
  ...spanOf(request),
  values: values.slice(0, DECODED_VALUES_MAX),
  pdu: quoted(writeRequest(request)),
});

/** Of a PDU that is no request. */
export const undecoded = (parties: Parties, pdu: Uint8Array): DecodedExchange => ({
  ...parties,
  functionCode: pdu[0] ?? 0,
  values: [],
  pdu: quoted(pdu),
});

/** One of a capture, whose values nobody has types for. */
export function exchangeOf({ unit, request, pdu }: CapturedExchange, client: string): DecodedExchange {
  const parties = { client, unit };
  return request.ok ? decodedRequest(parties, request.value, []) : undecoded(parties, pdu);
}

const quoted = (pdu: Uint8Array): string =>
  Array.from(pdu.subarray(0, QUOTED_BYTES_MAX), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** `vendor, write-multiple-registers 40355…40356 of battery: OutWRte = 120 %`. */
export function exchangeText(exchange: DecodedExchange): string {
  const { client, device, unit, functionCode: code, function: name, address, quantity = 1 } = exchange;
  const what = name ?? `function ${code}`;
  const where = address === undefined ? "" : ` ${address}${quantity > 1 ? `…${address + quantity - 1}` : ""}`;
  const written = exchange.values.map((one) => `${one.register ?? one.address} = ${valueText(one)}`);
  const values = written.length === 0 ? "" : `: ${written.join(", ")}`;
  return `${client}, ${what}${where} of ${device ?? `unit ${unit}`}${values}`;
}

const valueText = ({ raw, value, unit }: DecodedValue): string =>
  value === undefined
    ? raw.map((word) => `0x${word.toString(16)}`).join(" ")
    : `${value}${unit === undefined ? "" : ` ${unit}`}`;
