/**
 * The opening handshake as a server reads it (RFC 6455 §4.2.1), before anyone is asked for a verdict: everything in it
 * comes from the peer. It does not decode the path: what is an id in it, the caller decides (QUIRKS 27).
 */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Peer, UpgradeRequest } from "@wattward/kernel";
import type { ServerLimits } from "./limits.ts";

export type Handshake =
  | { readonly kind: "asked"; readonly request: UpgradeRequest }
  | { readonly kind: "bad"; readonly status: number; readonly reason: string };

const key = /^[+/0-9A-Za-z]{22}==$/;
/** RFC 7230 §3.2.6: what a sub-protocol's name may consist of. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;
const controlsAndSpace = /[\p{Cc}\s]/u;

export function readHandshake(message: IncomingMessage, peer: Peer, limits: ServerLimits): Handshake {
  const { method, headers, url = "" } = message;
  if (method !== "GET") return bad(400, "not a GET");
  if (headers.upgrade?.toLowerCase() !== "websocket") return bad(426, "upgrade to something else");
  if (headers["sec-websocket-version"] !== "13") return bad(426, "not version 13 of the protocol");
  if (!key.test(headers["sec-websocket-key"] ?? "")) return bad(400, "no key of 16 bytes");

  const path = url.split("?", 1)[0] ?? "";
  if (!path.startsWith("/") || path.length > limits.pathCharsMax || controlsAndSpace.test(path)) {
    return bad(404, "no path, or too long a path");
  }
  const protocols = offered(headers["sec-websocket-protocol"], limits.protocolsMax);
  if (protocols === undefined) return bad(400, "malformed list of sub-protocols");
  const { authorization } = headers;
  const shows = authorization === undefined ? {} : { authorization };
  return { kind: "asked", request: { peer, path, protocols, ...shows } };
}

const bad = (status: number, reason: string): Handshake => ({ kind: "bad", status, reason });

/** None offered is an empty list; a name that is offered twice or is no token makes the list malformed. */
function offered(header: string | undefined, most: number): readonly string[] | undefined {
  if (header === undefined) return [];
  const names = header.split(",", most + 1).map((name) => name.trim());
  const wellFormed = names.length <= most && names.every((name) => token.test(name));
  return wellFormed && new Set(names).size === names.length ? names : undefined;
}

/** How long a refused peer may take to read its few bytes. */
const FAREWELL_MS_MAX = 1_000;

/** Answers with a status and its name alone, and ends the connection. */
export function refuse(socket: Duplex, status: number): void {
  if (socket.destroyed || socket.writableEnded) return;
  const name = STATUS_CODES[status] ?? "Refused";
  const extra =
    status === 426
      ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      : status === 401
        ? 'WWW-Authenticate: Basic realm="ocpp"\r\n'
        : "";
  socket.end(
    `HTTP/1.1 ${status} ${name}\r\nConnection: close\r\n${extra}Content-Type: text/plain\r\nContent-Length: ${name.length}\r\n\r\n${name}`,
  );
  const timer = setTimeout(() => socket.destroy(), FAREWELL_MS_MAX);
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}
