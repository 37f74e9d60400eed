/** Thresholds of the watch, and how much it remembers of a wire that anybody may write on. */

/** Distinct units that are not there, within so long. */
export const UNIT_SCAN = { distinct: 3, withinMs: 10_000 } as const;
/** Distinct functions of one master on one device; refusals of a function. */
export const FUNCTION_SCAN = { distinct: 5, refusals: 3, withinMs: 60_000 } as const;
/** Refusals of an address; requests that each begin where the last ended. */
export const REGISTER_SCAN = { refusals: 5, run: 24, withinMs: 60_000 } as const;
/** 05 and 06; everything else that is neither 01 nor 02. */
export const EXCEPTION_STORM = { busy: 3, others: 10, withinMs: 60_000 } as const;
/** Changes of direction of one register, whoever lets them pass: 0.1 Hz, where grids begin to swing, has twelve a minute. */
export const OSCILLATION = { reversals: 12, withinMs: 60_000 } as const;
/**
 * The same answers again: so many in a row equal those a fixed distance before, and so many of them differ. Whatever stands still, or
 * toggles, is no replay.
 */
export const REPLAY = { row: 24, distinct: 12, distanceMax: 96 } as const;
/** A master whose transaction ids have counted up so long does not go back to one, with the same request, by itself. */
export const COUNTED_TRANSACTIONS = 16;
/** Of a master that counts across its devices, one of them sees steps. */
export const TRANSACTION_STEP_MAX = 16;
export const TRANSACTIONS_REMEMBERED = 64;
/** Of one master. */
export const CONNECTIONS_MAX = 16;
/** Without a frame for so long an incident is over. */
export const QUIET_MS = 60_000;

export const INCIDENTS_MAX = 256;
export const MASTERS_MAX = 64;
/** Devices, or units, that are watched for each master. */
export const PAIRS_MAX = 64;
/** Registers whose writes, and blocks whose answers are followed, of all devices together. */
export const SERIES_MAX = 512;
/** Frames that an incident of a capture names. */
export const FRAMES_MAX = 100_000;
/** Units of a capture that are known to answer. */
export const SURVEYED_MAX = 65_536;
