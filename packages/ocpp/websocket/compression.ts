/**
 * Which wires may compress their messages, and within what (permessage-deflate, RFC 7692): those of OCPP 2.x, because
 * OCPP 2.0.1 Part 4 §3.3 and OCPP 2.1 Part 4 §3.4 require it of a CSMS and of a local controller. Never 1.6 (QUIRKS 26).
 *
 * Always true: no context is taken over in either direction, so that a wire at rest keeps no window of what was said
 * and one message never tells about another by its length; an offer that cannot be met is no reason to refuse the
 * station: it goes on uncompressed, as both have it. Work is done in the thread pool, a message at a time for each wire
 * and {@link CONCURRENT_MAX} at a time for all, first come first served.
 */
import type { PerMessageDeflateOptions } from "ws";
import { versionOf } from "../version.ts";

/** Of the pool's four threads: others wait for files and passwords. The library keeps it for the whole process. */
const CONCURRENT_MAX = 2;
/** Shorter messages gain nothing. */
const THRESHOLD_BYTES = 1_024;
/** Window and memory of what we send: 4 KiB and 8 KiB a wire. */
const SENDING = { windowBits: 10, memLevel: 4, level: 6, chunkBytes: 4 * 1024 };
/** Window of what the peer sends, where it lets us choose: 4 KiB. Otherwise it may use 32 KiB. */
const RECEIVING = { windowBits: 12, chunkBytes: 16 * 1024 };

const shared = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  concurrencyLimit: CONCURRENT_MAX,
  threshold: THRESHOLD_BYTES,
  zlibDeflateOptions: { memLevel: SENDING.memLevel, level: SENDING.level, chunkSize: SENDING.chunkBytes },
  zlibInflateOptions: { chunkSize: RECEIVING.chunkBytes },
} as const satisfies PerMessageDeflateOptions;

/** How a server answers an offer, by what the offer leaves to it. */
export const serverCompression = {
  /** The peer lets us choose its window. */
  small: { ...shared, serverMaxWindowBits: SENDING.windowBits, clientMaxWindowBits: RECEIVING.windowBits },
  /** It does not. */
  large: { ...shared, serverMaxWindowBits: SENDING.windowBits },
} as const satisfies Record<string, PerMessageDeflateOptions>;

/** What a client offers. */
export const clientCompression: PerMessageDeflateOptions = {
  ...shared,
  serverMaxWindowBits: RECEIVING.windowBits,
};

/** A server's answer to what a client offered: none is the answer to what it cannot meet, or not even read. */
export type Compression = "none" | keyof typeof serverCompression;

/** `offered`: the header Sec-WebSocket-Extensions. */
export function compressionOf(protocol: string, offered: string | undefined): Compression {
  const version = versionOf(protocol);
  if (version === undefined || version === "1.6" || offered === undefined) return "none";
  const offers = offered.split(",").map((one) => one.split(";").map((part) => part.trim()));
  const ours = offers.filter(([name]) => name === "permessage-deflate");
  // The library refuses the whole handshake for one parameter that it does not know.
  const readable = offers.every((one) => one.every((part) => /^[\w-]+(=[\w-]+)?$/.test(part)));
  if (!readable || !ours.every(([, ...parameters]) => wellFormed(parameters))) return "none";
  const met = ours.filter(
    ([, ...parameters]) => bits(parameters, "server_max_window_bits", 15) >= SENDING.windowBits,
  );
  if (met.length === 0) return "none";
  const small = met.some(
    ([, ...parameters]) => bits(parameters, "client_max_window_bits", 0) >= RECEIVING.windowBits,
  );
  return small ? "small" : "large";
}

/** RFC 7692 §7.1: each parameter is known, has a value that it may have, and stands there once. */
function wellFormed(parameters: readonly string[]): boolean {
  const names = parameters.map((parameter) => parameter.split("=")[0]);
  return new Set(names).size === names.length && parameters.every((parameter) => known.test(parameter));
}
const known =
  /^((server|client)_no_context_takeover|client_max_window_bits|(server|client)_max_window_bits=(8|9|1[0-5]))$/;

/** A window that is asked for; a bare name leaves it to us, up to 15 bits. */
function bits(parameters: readonly string[], name: string, absent: number): number {
  const given = parameters.find((parameter) => parameter.split("=")[0] === name);
  return given === undefined ? absent : Number(given.split("=")[1] ?? 15);
}
