/** Limits of the transparent mode; those of a frame and of a rate are in `@wattward/ocpp`. */

/** Bytes that one end has not taken; beyond, the other end is not read. */
export const BUFFERED_BYTES_MAX = 1024 * 1024;
/** How often an end that is not read, because the other one is full, is looked at again. */
export const DRAIN_POLL_MS = 20;
/** An end that takes nothing at all for so long does not read, and the pair is ended. */
export const STALLED_MS_MAX = 60_000;

/** Pings towards the CSMS: more often than to a station, for its silence must not be a station's time-out long. */
export const UPSTREAM_PING_EVERY_MS = 20_000;
export const UPSTREAM_SILENT_MS_MAX = 50_000;
/** An end that never answered a ping lives by its messages alone (QUIRKS 28, 29); nobody here knows its heartbeats. */
export const UNANSWERED_SILENT_MS_MAX = 15 * 60_000;

/** One attempt to reach the CSMS in a station's name: TCP and TLS, then the upgrade. */
export const UPSTREAM_CONNECT_MS_MAX = 8_000;
export const UPSTREAM_UPGRADE_MS_MAX = 8_000;
/** Attempts at once; the next wait their turn, so many of them and so long. */
export const DIALS_MAX = 64;
export const DIALS_WAITING_MAX = 1_000;
export const DIAL_TURN_MS_MAX = 4_000;
/** All of it, with a takeover before: the stations' listener must be more patient than this. */
export const VERDICT_MS_MAX = 25_000;
/** From the verdict to the station's socket; then nobody comes, and the socket to the CSMS is closed. */
export const OPENED_MS_MAX = 5_000;
/** What an old socket to the CSMS may take to close before the new one is dialled. */
export const LEAVE_MS_MAX = 1_000;
/** Wait after a failed attempt: a station that dials faster gets the last refusal again. */
export const REDIAL_MS = { firstMs: 1_000, maxMs: 15_000 } as const;
/** A connection that lasted this long was a good one: what ends it is nothing to wait for. */
export const STABLE_MS = 10_000;

/** CALLs of ours that wait for one station. */
export const OWN_CALLS_MAX = 32;
/** CALLs of the CSMS that wait while the station has one of ours; at this many, the CSMS is not read. */
export const HELD_CALLS_MAX = 16;
/** A CALL of the CSMS that the station has not answered for so long is given up by whoever sent it. */
export const THEIR_CALL_MS_MAX = 60_000;
/** CALLs of the CSMS that are remembered as unanswered; it may send one at a time (Part 4 §4.1.1). */
export const THEIR_CALLS_MAX = 64;
/** Nothing of ours before the CSMS has answered the station once, or for so long (QUIRKS 18). */
export const QUIET_MS_MAX = 30_000;

/** Lines about unwelcome stations, at once and in the long run; the rest are counted. */
export const REFUSAL_LINES = { burst: 50, perSecond: 1 };
/** How often the supervisor hears what became of the stations. */
export const STATUS_EVERY_MS = 1_000;
