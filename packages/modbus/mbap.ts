/**
 * Modbus/TCP framing: cuts a TCP byte stream into application data units (ADUs).
 *
 *     0      2      4      6      7            6+length
 *     +------+------+------+------+------------+
 *     | txn  | 0000 | len  | unit | PDU        |   big-endian; len counts unit and PDU
 *     +------+------+------+------+------------+
 *
 * Spec: Modbus Messaging on TCP/IP V1.0b §3.1.3 (header); Application Protocol V1.1b3 §4.1 (a PDU has at most 253 bytes).
 * The peer is untrusted, so bad input is a value, never an exception. It refuses to look for the next header after garbage:
 * whoever can place one broken length could otherwise choose where our next command begins.
 */
import assert from "node:assert/strict";

const HEADER_BYTES = 7;
const PDU_BYTES_MAX = 253;
export const ADU_BYTES_MAX = HEADER_BYTES + PDU_BYTES_MAX;
/** Bytes that wait to be cut; a connection that is not read can hold two socket reads. */
export const BACKLOG_BYTES_MAX = 256 * 1024;

export type Adu = {
  /** Echoed by the server, 0…65535; pairs a response with its request. */
  readonly transaction: number;
  /** Serial-line address behind a gateway, 0…255; 0 and 255 mean "this device". */
  readonly unit: number;
  /** Function code and data, 1…253 bytes; a view into the input, so copy it before keeping it. */
  readonly pdu: Uint8Array;
};

/** What is wrong with a stream; it cannot be read on after any of these, and its connection is to be closed. */
export type Malformed = { readonly kind: "malformed"; readonly reason: "protocol-id" | "length" | "backlog" };

export type Cut =
  | { readonly kind: "adu"; readonly adu: Adu; readonly rest: Uint8Array }
  | { readonly kind: "incomplete" }
  | Malformed;

/** Takes the first ADU off the front of `bytes`. Never reads past `6 + length`. */
export function cutAdu(bytes: Uint8Array): Cut {
  // Each field is judged as soon as it is there: garbage shorter than a header must not keep us waiting for more.
  if ((bytes[2] ?? 0) !== 0 || (bytes[3] ?? 0) !== 0) return { kind: "malformed", reason: "protocol-id" };
  const [lengthHigh, lengthLow] = [bytes[4], bytes[5]];
  if (lengthHigh === undefined || lengthLow === undefined) return { kind: "incomplete" };
  const length = lengthHigh * 256 + lengthLow;
  if (length < 2 || length > 1 + PDU_BYTES_MAX) return { kind: "malformed", reason: "length" };
  const end = 6 + length;
  if (bytes.length < end) return { kind: "incomplete" };

  const transaction = bytes[0]! * 256 + bytes[1]!;
  const adu = { transaction, unit: bytes[6]!, pdu: bytes.subarray(HEADER_BYTES, end) };
  return { kind: "adu", adu, rest: bytes.subarray(end) };
}

/** Inverse of {@link cutAdu}. A bad ADU here is our own fault, so it asserts. */
export function joinAdu({ transaction, unit, pdu }: Adu): Uint8Array {
  assert(isWord(transaction), "a transaction id has 16 bits");
  assert(Number.isInteger(unit) && unit >= 0 && unit <= 255, "a unit has 8 bits");
  assert(pdu.length >= 1 && pdu.length <= PDU_BYTES_MAX, "a PDU has 1 to 253 bytes");
  const bytes = new Uint8Array(HEADER_BYTES + pdu.length);
  bytes[0] = transaction >> 8;
  bytes[1] = transaction;
  bytes[5] = 1 + pdu.length;
  bytes[6] = unit;
  bytes.set(pdu, HEADER_BYTES);
  return bytes;
}

const isWord = (n: number) => Number.isInteger(n) && n >= 0 && n <= 0xffff;

/**
 * A stream of segments as TCP delivers them, split and merged anywhere. Once malformed it stays so: nothing that comes
 * later is looked at. Its ADUs own their bytes.
 */
export class AduStream {
  private waiting: Uint8Array = new Uint8Array(0);
  private broken: Malformed | undefined;

  /** Adds a segment; it may be reused by the caller afterwards. */
  push(segment: Uint8Array): void {
    if (this.broken !== undefined) return;
    if (this.waiting.length + segment.length > BACKLOG_BYTES_MAX) {
      this.breakOff({ kind: "malformed", reason: "backlog" });
      return;
    }
    if (this.waiting.length === 0) {
      this.waiting = segment.slice();
      return;
    }
    const bytes = new Uint8Array(this.waiting.length + segment.length);
    bytes.set(this.waiting);
    bytes.set(segment, this.waiting.length);
    this.waiting = bytes;
  }

  /** The next whole ADU, or why there is none. */
  next(): { readonly kind: "adu"; readonly adu: Adu } | { readonly kind: "incomplete" } | Malformed {
    if (this.broken !== undefined) return this.broken;
    const cut = cutAdu(this.waiting);
    if (cut.kind === "adu") this.waiting = cut.rest;
    if (cut.kind === "malformed") this.breakOff(cut);
    return cut;
  }

  /** Bytes that came and are not cut yet; above 0 after `incomplete`, an ADU has begun. */
  get pendingBytes(): number {
    return this.waiting.length;
  }

  private breakOff(malformed: Malformed): void {
    this.broken = malformed;
    this.waiting = new Uint8Array(0);
  }
}
