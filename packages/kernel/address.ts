/**
 * IP addresses as text: one spelling for each, ranges of them, and the key under which an unknown peer is counted.
 *
 * Always true: what is no address never equals one that is; nothing here throws on what a peer or an operator wrote.
 * IPv6 is written as RFC 5952 has it; an IPv4 address that came over an IPv6 socket (`::ffff:192.0.2.1`, RFC 4291
 * §2.5.5.2) is the IPv4 address. A zone (`%eth0`) names an interface of this machine and no peer: it is dropped.
 */

/** 4 bytes of IPv4 or 16 of IPv6. */
export type AddressBytes = Uint8Array;

/** Bits of an IPv6 address that belong to one subscriber (RFC 6177): whoever has one has the whole network behind it. */
export const IPV6_SOURCE_BITS = 64;

/** The longest text of an address: eight groups, or six and a dotted quad. */
const ADDRESS_CHARS_MAX = 45;

/** Undefined where the text is no address. */
export function readAddress(text: string): AddressBytes | undefined {
  const [address = "", ...zones] = text.split("%", 3);
  if (address.length > ADDRESS_CHARS_MAX || zones.length > 1) return undefined;
  if (!address.includes(":")) return zones.length === 0 ? readIpv4(address) : undefined;
  const bytes = readIpv6(address);
  return bytes !== undefined && isMapped(bytes) ? bytes.slice(12) : bytes;
}

/** The one spelling of these bytes; those of a mapped IPv4 address are written as IPv4. */
export function showAddress(bytes: AddressBytes): string {
  if (bytes.length === 4) return bytes.join(".");
  if (isMapped(bytes)) return bytes.slice(12).join(".");
  const groups = Array.from({ length: 8 }, (_, at) => ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0));
  const { from, length } = longestZeros(groups);
  const hex = (some: readonly number[]) => some.map((group) => group.toString(16)).join(":");
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, from))}::${hex(groups.slice(from + length))}`;
}

/** One spelling for each address; what is none stays as it is. */
export function plainAddress(text: string): string {
  const bytes = readAddress(text);
  return bytes === undefined ? text : showAddress(bytes);
}

/**
 * Under which name an unknown peer is counted: an IPv4 address by itself, an IPv6 address by its /64
 * (`2001:db8:1:2::/64`). What is no address is its own key.
 */
export function sourceKey(address: string): string {
  const bytes = readAddress(address);
  if (bytes === undefined) return address;
  if (bytes.length === 4) return showAddress(bytes);
  const network = new Uint8Array(16);
  network.set(bytes.subarray(0, IPV6_SOURCE_BITS / 8));
  return `${showAddress(network)}/${IPV6_SOURCE_BITS}`;
}

/** A name has so many characters at most, and each of its labels (RFC 1035 §2.3.4). */
const HOST_CHARS_MAX = 253;

/**
 * Is it where something can be reached: an address, or a name (RFC 1123 §2.1, with letters of any script)? No scheme, no port, and no
 * `192.168.40.999`: what ends in a number is an address or nothing.
 */
export function isHost(text: string): boolean {
  if (readAddress(text) !== undefined) return true;
  const labels = text.replace(/\.$/, "").split(".");
  return (
    text.length <= HOST_CHARS_MAX &&
    labels.every((label) => /^(?!-)[\p{L}\p{M}\p{N}_-]{1,63}(?<!-)$/u.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

/** Addresses that share their first `bits`. */
export type AddressRange = { readonly network: AddressBytes; readonly bits: number };

/** `192.0.2.0/24`, `2001:db8::/32`, or one address. Undefined where it is neither, or has bits beyond its prefix. */
export function readRange(text: string): AddressRange | undefined {
  const [address = "", prefix, ...rest] = text.split("/", 3);
  const network = readAddress(address);
  if (network === undefined || rest.length > 0 || address.includes("%")) return undefined;
  if (prefix === undefined) return { network, bits: network.length * 8 };
  const bits = /^(0|[1-9]\d{0,2})$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (!(bits <= network.length * 8)) return undefined;
  const range = { network, bits };
  const beyond = network.some((byte, at) => (byte & ~maskOf(bits, at) & 0xff) !== 0);
  return beyond ? undefined : range;
}

/** Is this address, as text, in one of the ranges? */
export function inRanges(address: string, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0) return false;
  const bytes = readAddress(address);
  return bytes !== undefined && ranges.some((range) => inRange(bytes, range));
}

const inRange = (bytes: AddressBytes, { network, bits }: AddressRange): boolean =>
  bytes.length === network.length &&
  bytes.every((byte, at) => ((byte ^ (network[at] ?? 0)) & maskOf(bits, at)) === 0);

/** Which bits of the byte at this place a prefix covers. */
const maskOf = (bits: number, at: number): number => {
  const covered = Math.min(8, Math.max(0, bits - 8 * at));
  return (0xff << (8 - covered)) & 0xff;
};

const isMapped = (bytes: AddressBytes): boolean =>
  bytes.length === 16 &&
  bytes.subarray(0, 10).every((byte) => byte === 0) &&
  bytes[10] === 0xff &&
  bytes[11] === 0xff;

function readIpv4(text: string): AddressBytes | undefined {
  const parts = text.split(".", 5);
  // A leading zero is octal to some readers and decimal to others: no address to any.
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}

function readIpv6(text: string): AddressBytes | undefined {
  const halves = text.split("::", 3);
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map((half, at) => readGroups(half, at === halves.length - 1));
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  const length = front.length + (back?.length ?? 0);
  // "::" stands for at least one group of zeros (RFC 4291 §2.2).
  if (halves.length === 2 ? length > 14 : length !== 16) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(front);
  if (back !== undefined) bytes.set(back, 16 - back.length);
  return bytes;
}

/** Groups between colons, as bytes; the last of an address may be a dotted quad. */
function readGroups(text: string, last: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":", 9);
  for (const [at, group] of groups.entries()) {
    const quad = last && at === groups.length - 1 && group.includes(".") ? readIpv4(group) : undefined;
    if (quad !== undefined) bytes.push(...quad);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes;
}

/** The longest run of zeros, the first of equals (RFC 5952 §4.2). */
function longestZeros(groups: readonly number[]): { readonly from: number; readonly length: number } {
  let longest = { from: 0, length: 0 };
  for (let from = 0; from < groups.length; from++) {
    let to = from;
    while (groups[to] === 0) to++;
    if (to - from > longest.length) longest = { from, length: to - from };
    from = Math.max(from, to - 1);
  }
  return longest;
}
