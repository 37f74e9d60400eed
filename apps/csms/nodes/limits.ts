/**
 * The times of a lease, in the order that makes it safe: a node that cannot renew closes its sockets (FENCE) well before
 * anybody who watched its beats stand still may give them to another (DEAD). All on monotonic clocks, each on its own.
 */

/** A node raises its beats this often. */
export const BEAT_EVERY_MS = 1_000;
/** Beats that stand still for this long: it is not asked for anything any more. */
export const SUSPECT_AFTER_MS = 3_000;
/** From asking for the last renewal that succeeded: the node's own sockets are closed. A restart of the database fits in. */
export const FENCE_AFTER_MS = 6_000;
/** From first seeing the beat that stood still: the others bury it. */
export const DEAD_AFTER_MS = 10_000;
/** Between attempts to come in again. */
export const JOIN_RETRY_MS = 1_000;
/** Nodes that a starting one may have to wait out, one after the other. */
export const JOIN_ATTEMPTS_MAX = 10;

/** Commits gather this long before the others are woken once for all of them. */
export const WAKE_GATHER_MS = 5;
/** However many wakes come: the database is looked at no more often. */
export const LOOK_EVERY_MS_MIN = 10;
