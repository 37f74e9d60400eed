/**
 * DER (X.690 §10), mostly reading: definite lengths in their shortest form, one-byte tags, nothing after the end.
 * Reading refuses everything else with {@link DerFault}, never goes past the bytes given, and never calls itself.
 *
 * ```
 *  tag   length             content
 *  30    82 01 0a           …            0x30 = SEQUENCE, 266 bytes
 * ```
 */
export type Tlv = {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content together: what a signature or a hash is made over. */
  readonly whole: Uint8Array;
};

/** The bytes are not DER of the expected shape: the fault of who sent them. */
export class DerFault extends Error {
  override readonly name = "DerFault";
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context0: 0xa0,
  context3: 0xa3,
} as const;

/** A list holds at most this many elements: no certificate of use has more, and a hostile one costs us little. */
const ELEMENTS_MAX = 200;

/** One element at `offset`. */
function readTlv(bytes: Uint8Array, offset: number): Tlv {
  const tag = byteAt(bytes, offset);
  if ((tag & 0x1f) === 0x1f) throw new DerFault("a tag of more than one byte");
  const first = byteAt(bytes, offset + 1);
  let from = offset + 2;
  let length = first;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new DerFault("a length that is indefinite or beyond 16 MiB");
    length = 0;
    for (; from < offset + 2 + count; from++) length = length * 256 + byteAt(bytes, from);
    const shortest = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
    if (shortest !== count) throw new DerFault("a length that is not in its shortest form");
  }
  if (from + length > bytes.length) throw new DerFault("cut off");
  return { tag, content: bytes.subarray(from, from + length), whole: bytes.subarray(offset, from + length) };
}

function byteAt(bytes: Uint8Array, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new DerFault("cut off");
  return byte;
}

/** One element of DER around the given contents, each of them DER already or the bytes of a primitive. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(contents);
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >> 8, length & 0xff];
  if (length > 0xffff) throw new RangeError(`${length} bytes are more than we ever encode`);
  return new Uint8Array(Buffer.concat([Buffer.from(head), content]));
}

/** The one element that these bytes are, with nothing after it. */
export function only(bytes: Uint8Array, tag: number): Tlv {
  const tlv = readTlv(bytes, 0);
  if (tlv.whole.length !== bytes.length) throw new DerFault("bytes after the end");
  return expect(tlv, tag);
}

/** All elements of a constructed one, in order. */
export function elements(content: Uint8Array): Tlv[] {
  const found: Tlv[] = [];
  for (let offset = 0; offset < content.length; ) {
    if (found.length === ELEMENTS_MAX) throw new DerFault(`more than ${ELEMENTS_MAX} elements`);
    const tlv = readTlv(content, offset);
    found.push(tlv);
    offset += tlv.whole.length;
  }
  return found;
}

/** The element if it has this tag; a fault if it is missing or another. */
export function expect(tlv: Tlv | undefined, tag: number): Tlv {
  if (tlv?.tag !== tag) {
    throw new DerFault(`expected tag ${tag.toString(16)}, found ${tlv?.tag.toString(16) ?? "the end"}`);
  }
  return tlv;
}

/** Dotted form of an OBJECT IDENTIFIER; each part below 2³¹. */
export function oid(tlv: Tlv | undefined): string {
  const { content } = expect(tlv, tags.oid);
  const parts: number[] = [];
  let value = 0;
  for (const [index, byte] of content.entries()) {
    if (value === 0 && byte === 0x80) throw new DerFault("an OID part with leading zeros");
    if (value >= 2 ** 24) throw new DerFault("an OID part beyond 31 bits");
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      parts.push(value);
      value = 0;
    } else if (index === content.length - 1) {
      throw new DerFault("an OID that is cut off");
    }
  }
  const [first, ...rest] = parts;
  if (first === undefined) throw new DerFault("an empty OID");
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join(".");
}

/** TRUE or FALSE; DER knows no other value than ff and 00. */
export function boolean(tlv: Tlv): boolean {
  const { content } = expect(tlv, tags.boolean);
  if (content.length !== 1 || (content[0] !== 0xff && content[0] !== 0)) throw new DerFault("no boolean");
  return content[0] === 0xff;
}

/** A non-negative INTEGER as lower-case hexadecimal without leading zero bytes. */
export function integerHex(tlv: Tlv | undefined): string {
  const { content } = expect(tlv, tags.integer);
  if (content.length === 0) throw new DerFault("an empty integer");
  if (content[0]! >= 0x80) throw new DerFault("a negative integer");
  if (content.length > 1 && content[0] === 0 && content[1]! < 0x80) throw new DerFault("a padded integer");
  const bytes = content.length > 1 && content[0] === 0 ? content.subarray(1) : content;
  return Buffer.from(bytes).toString("hex");
}

/** Bits of a BIT STRING as a number, bit 0 (the first) being 1 << 0; for named bit lists of at most 16 bits. */
export function namedBits(tlv: Tlv): number {
  const { content } = expect(tlv, tags.bitString);
  const [unused, ...bytes] = content;
  if (unused === undefined || unused > 7 || bytes.length > 2) throw new DerFault("no named bit list");
  let bits = 0;
  bytes.forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) bits |= 1 << (index * 8 + bit);
  });
  return bits;
}

/** Milliseconds since 1970 of a UTCTime or GeneralizedTime as RFC 5280 §4.1.2.5 allows them: whole seconds, Z. */
export function timeMs(tlv: Tlv | undefined): number {
  const text = Buffer.from(tlv?.content ?? []).toString("latin1");
  if (tlv?.tag === tags.utcTime && /^\d{12}Z$/.test(text)) {
    return calendarMs((Number(text.slice(0, 2)) < 50 ? "20" : "19") + text);
  }
  if (tlv?.tag === tags.generalizedTime && /^\d{14}Z$/.test(text)) return calendarMs(text);
  throw new DerFault("no time");
}

function calendarMs(digits: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(digits) ?? [];
  const iso = `${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`;
  const ms = Date.parse(iso);
  // Date.parse takes 31 February for 3 March; the way back shows it.
  if (Number.isNaN(ms) || new Date(ms).toISOString() !== iso) throw new DerFault("no date of the calendar");
  return ms;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Text of a UTF8String, PrintableString or IA5String without control characters. */
export function text(tlv: Tlv | undefined): string {
  if (tlv === undefined) throw new DerFault("no text");
  const read = textOf(tlv);
  // A NUL or a line end in a name is somebody's trick upon whoever prints or compares it.
  if (/\p{Cc}/u.test(read)) throw new DerFault("a control character in a name");
  return read;
}

function textOf({ tag, content }: Tlv): string {
  if (tag === tags.utf8String) {
    try {
      return utf8.decode(content);
    } catch {
      throw new DerFault("text that is not UTF-8");
    }
  }
  if (tag !== tags.printableString && tag !== tags.ia5String) throw new DerFault("a string type not in use");
  if (content.some((byte) => byte > 0x7e)) throw new DerFault("text that is not ASCII");
  return Buffer.from(content).toString("latin1");
}
