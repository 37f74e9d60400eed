/**
 * Identifiers, one brand each. The parsers are the only way in from outside; they refuse, they never repair.
 */
import type { Brand } from "./brand.ts";
import { type Fault, failed, ok, type Result } from "./result.ts";

/** A charging station's identity on the wire: the last segment of its connection URL (OCPP 2.0.1 Part 4 §3.1.1). */
export type StationId = Brand<string, "StationId">;
/** A site: a DNS label, because it becomes the site's server name `<site>.lc.<domain>` (ADR 7). */
export type SiteId = Brand<string, "SiteId">;
/** OCPP message id, unique per sender and connection; at most 36 characters (Part 4 §4.1.4). */
export type MessageId = Brand<string, "MessageId">;
/** An EVSE's number within its station, from 1; 0 is the station itself. In 1.6: the connector. */
export type EvseId = Brand<number, "EvseId">;
/** One of our commands to a station, through the one door. */
export type CommandId = Brand<string, "CommandId">;
/** Follows one frame from socket to row: 16 hexadecimal digits, given at first reception. */
export type TraceId = Brand<string, "TraceId">;

export const STATION_ID_CHARS_MAX = 48;
export const SITE_ID_CHARS_MAX = 40;

// identifierString without ":", which would split a Basic user name (OCPP 2.0.1 Part 2 §1.3; Part 4 §3.1.1).
const stationIdPattern = /^[A-Za-z0-9*\-_=+|@.]{1,48}$/;
const siteIdPattern = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Reads a station id; the fault is the sender's. */
export function stationId(text: string): Result<StationId, Fault<"bad-station-id">> {
  if (stationIdPattern.test(text)) return ok(text as StationId);
  return failed({
    code: "bad-station-id",
    sentence: `A station id is 1 to ${STATION_ID_CHARS_MAX} of A-Z a-z 0-9 * - _ = + | @ . and '${shown(text)}' is not.`,
  });
}

/** Reads a site id; the fault is the caller's. */
export function siteId(text: string): Result<SiteId, Fault<"bad-site-id">> {
  if (siteIdPattern.test(text)) return ok(text as SiteId);
  return failed({
    code: "bad-site-id",
    sentence: `A site id is 1 to ${SITE_ID_CHARS_MAX} of a-z 0-9 and inner '-' (it becomes a host name); '${shown(text)}' is not.`,
  });
}

/** Untrusted text for a message of ours: bounded, and without characters that could move a terminal's cursor. */
export function shown(text: string, charsMax = 64): string {
  const safe = text.slice(0, charsMax).replace(/[^\x20-\x7e]/g, "·");
  return text.length > charsMax ? `${safe}…` : safe;
}
