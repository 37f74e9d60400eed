/** Every bound of the guard's process in one place. */

/** Requests of one connection that wait or are outstanding; beyond it the connection is not read. */
export const OUTSTANDING_MAX = 16;
/** Requests of one client that wait for one device; beyond it exception 06. */
export const WAITING_MAX = 32;
/** A request that waited so long for its turn is answered 06 and never sent: what it asks for is of the past. */
export const WAITED_MS_MAX = 1_000;
/** Of a device's time a client may spend on requests that are not answered: one part of so many, where others ask too … */
export const SILENCE_COSTS = 5;
/** … that is, did within this. */
export const OTHERS_WITHIN_MS = 10_000;
/** Refusals of one client in a window; then its connections are not read until the window is over. */
export const DENIALS_PER_WINDOW = 32;
export const DENIAL_WINDOW_MS = 20;
/** Connections of one client; one that comes by the socket has besides one to each device, so that none that hangs cuts off another. */
export const CLIENT_LINKS_MAX = 8;
/** Of all that come by the socket, who are of this machine. */
export const SOCKET_LINKS_MAX = 512;
/** A request that has begun has to be whole by then. */
export const UNFINISHED_MS_MAX = 5_000;
/** A connection without a request is ended. */
export const IDLE_MS_MAX = 120_000;
/** Answers that a master does not take. */
export const UNSENT_BYTES_MAX = 64 * 1024;
/** How often connections are looked at for the three above. */
export const SWEEP_EVERY_MS = 500;
/** A connection on which an answer is overdue is listened to for so long, where nobody asks the device before. */
export const LATE_MS_MAX = 10_000;
/** Between attempts to reach a device. */
export const REDIAL_MS = { firstMs: 100, maxMs: 2_000 } as const;
/** Between attempts to open a way in. */
export const LISTEN_AGAIN_MS = { firstMs: 200, maxMs: 5_000 } as const;
/**
 * Observations told: of one thing about one party; of all refused writes, of incidents, of all else. Together no more than the local controller hands on
 * of a guard (`WITNESS_RATE`). What is more waits, or is counted, and the next one says how many.
 */
export const TOLD_EACH = { burst: 3, perSecond: 0.1 } as const;
export const TOLD_SHARES = {
  writes: { burst: 4, perSecond: 0.1 },
  /** A rogue that tries everything there is begins a dozen of them. */
  incidents: { burst: 11, perSecond: 0.12 },
  usual: { burst: 5, perSecond: 0.08 },
} as const;
/** Things that are told apart, in each of them. */
export const PARTIES_MAX = 256;
export const DETAIL_CHARS_MAX = 900;
