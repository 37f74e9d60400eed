/** Every limit of the message log before it reaches the store; the store's own are settings (core/settings.ts). */

/** Frames, and characters of frames, that wait to be written; what comes beyond is counted and dropped: it is a log. */
export const WAITING_FRAMES_MAX = 5_000;
export const WAITING_CHARS_MAX = 16 * 1024 * 1024;
/** Frames of one decision: a fraction of a commit, so that no station waits for the log. */
export const WRITTEN_AT_ONCE = 200;
/** A frame waits at least this long, so that what became of it is known when it is written. */
export const SETTLED_MS = 1_000;
/** Between two batches: with {@link WRITTEN_AT_ONCE} at most 2,000 frames a second are redacted and stored. */
export const WRITE_EVERY_MS = 100;
/** After the store refused, or the log is off: the next look. */
export const PAUSE_MS = 30_000;
/** Characters of one frame that are kept. */
export const KEPT_CHARS_MAX = 4_000;
/** Frames longer than this are not read again to be redacted: only their length is kept. */
export const READ_CHARS_MAX = 64 * 1024;
/** CALLs of one station whose answer is awaited, to know the answer's action; and stations for which they are known. */
export const OPEN_CALLS_MAX = 32;
export const STATIONS_MAX = 50_000;
/** Assumed until the store has told its setting. */
export const STATION_ROWS_ASSUMED = 20_000;
/** Characters that one station may leave in a day, for each frame that it may: its frames may be large. */
export const STATION_CHARS_PER_ROW = 1_000;
