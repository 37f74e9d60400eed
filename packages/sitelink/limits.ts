/** Limits of the site link, the same on both sides; a peer that passes one has its link closed. */

/** A whole message as UTF-8: holds the largest frame twice over (JSON inside JSON escapes its quotes). */
export const SITE_MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** A station's frame inside a message or record, in UTF-16 units (QUIRKS 33: well above what stations send). */
export const FRAME_CHARS_MAX = 1024 * 1024;
/** Text of the bundle, in UTF-16 units. */
export const BUNDLE_CHARS_MAX = 3 * 1024 * 1024;
export const BUNDLE_STATIONS_MAX = 2_000;
export const BUNDLE_TOKENS_MAX = 20_000;
export const BUNDLE_DENIALS_MAX = 5_000;
/** Each of the two documents of a managed site inside its bundle, and what it tells of its energy. */
export const ENERGY_CHARS_MAX = 512 * 1024;
export const SNAPSHOT_CHARS_MAX = 256 * 1024;
/** More than any site has is no limit. */
export const ENERGY_LIMIT_W_MAX = 10_000_000;
/** Free text of one party for the other's log or console. */
export const LINK_TEXT_CHARS_MAX = 1_024;
/** Names: actions, kinds, software versions, codes, addresses. */
export const LINK_NAME_CHARS_MAX = 128;
/** What a site has seen while there was no link, and tells at once when there is one: so many of them, the newest. */
export const OBSERVED_WAITING_MAX = 256;
/** The CSMS acknowledges what became durable at the latest after this. */
export const ACK_DELAY_MS_MAX = 200;
/** Both sides send a beat after this long without another message, and give up a peer silent for three of them: a cut
 * without FIN must be noticed before a station gives up its own call (ADR 10). */
export const BEAT_INTERVAL_MS = 2_000;
export const LINK_SILENCE_MS_MAX = 3 * BEAT_INTERVAL_MS;
/** One message may take this long to come, while its bytes do: a megabyte at 9 kB a second. */
export const LINK_MESSAGE_MS_MAX = 120_000;
