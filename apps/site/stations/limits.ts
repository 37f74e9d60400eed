/** Limits of the site towards its stations; those of a session and a socket are in `@wattward/ocpp`. */

/** Pings, and the silence after which a socket is given up (QUIRKS 28). */
export const PING_EVERY_MS = 30_000;
export const SILENT_MS_MAX = 90_000;
/** One that never answered a ping may be silent for this many of the heartbeats it was granted (QUIRKS 29). */
export const SILENT_HEARTBEATS_MAX = 3;
/** A CALL of the CSMS to a station; the CSMS has its own, shorter patience. */
export const DOWN_MS_MAX = 60_000;
/** The same at a station whose charging the site manages: no limit of the site waits longer behind it. */
export const MANAGED_DOWN_MS_MAX = 15_000;
/** CALLs of the CSMS that wait behind the one a station has (one at a time, Part 4 §4.1.1). */
export const DOWN_WAITING_MAX = 32;
/** Stations whose takeovers are remembered; more than a bundle may hold. */
export const REMEMBERED_STATIONS_MAX = 2_000;
