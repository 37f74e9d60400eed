/** Limits of the site's end of the link; those that both ends share are in `@wattward/sitelink`. */

import { BEAT_INTERVAL_MS, LINK_SILENCE_MS_MAX } from "@wattward/sitelink";

/** Wait between attempts: a fleet cut at one instant does not return at one instant (kernel's backoffMs). */
export const REDIAL_MS = { firstMs: 500, maxMs: 15_000 } as const;
/** A link that lasted this long was a good one: the next attempt after it is a first one again. */
export const STABLE_MS = 10_000;
/** From the open socket to the CSMS's welcome. */
export const WELCOME_MS_MAX = 10_000;
/** Records sent and not acknowledged: the window of the replay. */
export const WINDOW_RECORDS = 512;
/** Bytes the CSMS has not taken yet, beyond which the replay waits. */
export const WINDOW_BYTES = 4 * 1024 * 1024;
/** Records read from the journal at once. */
export const READ_RECORDS = 64;
/** How often a replay that waits for the socket looks again. */
export const WINDOW_POLL_MS = 20;
/** More unsent records than this, and stations are answered by the site rather than kept waiting behind the replay. */
export const BEHIND_RECORDS_MAX = 1_000;
/** Records are out, and no acknowledgement moves: the link is dropped and begun again. */
export const ACK_STALL_MS = 15_000;
/** The slowest line that a long record is given the time for: 8 kB a second. */
export const SLOW_CHARS_PER_MS = 8;
/** Messages of the CSMS that wait for one before them to be durable; beyond, the wire is not read. */
export const INBOX_MAX = 256;
/** Bytes that the CSMS has not taken yet, above which frames that nobody answers are given up: they are worth the least. */
export const SENT_BUFFERED_BYTES_MAX = 256 * 1024;
/** CALLs relayed and not answered. */
export const RELAYS_MAX = 1_000;
/** Observations at once and in the long run; the CSMS takes no more of them. */
export const OBSERVED_RATE = { burst: 50, perSecond: 1 };
/** Of these, one other process of the site may have so many: what two of them leave is the local controller's own. */
export const WITNESS_RATE = { burst: 20, perSecond: 0.3 };
/** Changes of the mode, beside all those: nobody else may hold one back. */
export const MODES_RATE = { burst: 20, perSecond: 0.3 };
/** What was told so long before a link ended may be lost with it: a cut is noticed after the silence, a store that takes nothing later. */
export const RETOLD_MS = Math.max(LINK_SILENCE_MS_MAX, ACK_STALL_MS) + 2 * BEAT_INTERVAL_MS;
/** So often is one told again: a line that never lasts would carry nothing else. */
export const RETOLD_MAX = 3;
/** The site asks for a lease at most this often. */
export const LEASE_ASKED_EVERY_MS = 30_000;
