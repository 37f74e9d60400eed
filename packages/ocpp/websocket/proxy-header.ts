/**
 * The header with which a proxy says whose connection it passes on: PROXY protocol version 2, the binary one
 * (HAProxy's proxy-protocol.txt §2.2). Pure: bytes in, verdict out.
 *
 *     0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a │ 2 + command │ family │ length, 2 bytes │ addresses │ TLVs
 *
 * Always true: it never asks for a byte beyond the header, so what follows is still in the socket for TLS; it answers
 * at the first byte that cannot be right. TLVs are skipped unread: nothing here depends on what they claim. Version 1,
 * the text, is refused: its end must be searched for, and one protocol is enough.
 */
import { showAddress } from "@wattward/kernel";

export type ProxyHeader =
  /** So many bytes more can be read before anything else is known; never beyond the header. */
  | { readonly kind: "more"; readonly bytes: number }
  /** LOCAL: the proxy speaks for itself, as in a health check; the connection's own address holds. */
  | { readonly kind: "local" }
  | { readonly kind: "proxied"; readonly address: string }
  | { readonly kind: "bad"; readonly reason: string };

/** All of it, TLVs included. Addresses need 52 bytes; the rest is what proxies add about TLS and their own networks. */
export const PROXY_HEADER_BYTES_MAX = 2_048;

const SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const VERSION_1 = Buffer.from("PROXY ");
/** Signature, version and command, family, length. */
const PREFIX_BYTES = 16;
const LOCAL = 0;
const PROXY = 1;
/** By family and transport (a stream over IPv4, one over IPv6): bytes of each address; both have two ports of 2 bytes. */
const addressBytes: Readonly<Record<number, number>> = { 17: 4, 33: 16 };

/** What is known from the first `bytes` of a connection. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  const signed = bytes.subarray(0, SIGNATURE.length);
  if (!signed.every((byte, at) => byte === SIGNATURE[at])) return unsigned(bytes);
  const command = bytes[12];
  if (command !== undefined && command >> 4 !== 2)
    return bad(`version ${command >> 4} of the PROXY protocol`);
  if (command !== undefined && (command & 0xf) > PROXY) return bad("neither LOCAL nor PROXY");
  const local = command !== undefined && (command & 0xf) === LOCAL;
  const family = bytes[13];
  const size = family === undefined ? undefined : addressBytes[family];
  if (family !== undefined && !local && size === undefined) {
    return bad(
      `family and transport 0x${family.toString(16).padStart(2, "0")}: neither TCP over IPv4 nor over IPv6`,
    );
  }
  if (bytes.length < PREFIX_BYTES) return { kind: "more", bytes: PREFIX_BYTES - bytes.length };
  const length = bytes.readUInt16BE(14);
  if (PREFIX_BYTES + length > PROXY_HEADER_BYTES_MAX)
    return bad(`a header of ${PREFIX_BYTES + length} bytes`);
  if (!local && length < 2 * (size ?? 0) + 4) return bad(`${length} bytes are too few for its addresses`);
  const missing = PREFIX_BYTES + length - bytes.length;
  if (missing > 0) return { kind: "more", bytes: missing };
  if (local) return { kind: "local" };
  return { kind: "proxied", address: showAddress(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + (size ?? 0))) };
}

function unsigned(bytes: Buffer): ProxyHeader {
  const start = bytes.subarray(0, VERSION_1.length);
  if (!start.equals(VERSION_1.subarray(0, start.length))) return bad("no PROXY header");
  if (start.length < VERSION_1.length) return { kind: "more", bytes: VERSION_1.length - start.length };
  return bad("version 1 (text) of the PROXY protocol: let the proxy send version 2, as by send-proxy-v2");
}

const bad = (reason: string): ProxyHeader => ({ kind: "bad", reason });
