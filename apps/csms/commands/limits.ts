/** Every limit of commands, with its unit in its name. */

/** Commands of one station that may wait or be under way: a person's hands, not a program's. */
export const OPEN_PER_STATION_MAX = 32;
/** A command that was asked for this far ahead of now is stale: the clock was set back meanwhile. */
export const CLOCK_BACK_MS_MAX = 5 * 60_000;
/** Handed out at once. */
export const TAKE_MAX = 32;
/** Ended in one decision. */
export const OVERDUE_MAX = 200;

/** A station writes its whole list before it answers, or clears its cache. */
export const LIST_ANSWER_MS_MAX = 180_000;
export const CLEARING_ANSWER_MS_MAX = 120_000;

/** Any number in a command: far beyond what OCPP means (32 bits), and exact in the database. */
export const NUMBER_MAX = 1e15;

/** Messages that one command may become. */
export const PARTS_MAX = 64;
/** Characters of all that a station answered to one command; beyond it what is left is not asked for. */
export const ANSWERS_CHARS_MAX = 1024 * 1024;
/** A message below this is not taken for too large, whatever became of it. */
export const LARGE_BYTES = 4_096;
/** Facts that are learned of one station: as many as there are actions, and what is asked of some. */
export const LEARNED_MAX = 200;
/** Variables that one request may set. */
export const SETTINGS_MAX = 32;

/** Commands of one station within {@link RATE_WINDOW_MS}; beyond them only a person who insists (AT-O20). */
export const RATES: ReadonlyMap<string, number> = new Map([
  ["ChangeAvailability", 30],
  ["ReserveNow", 20],
  ["UnlockConnector", 10],
]);
export const RATE_WINDOW_MS = 3_600_000;
/** Reservations that one card holds, or has asked for, at all stations together. */
export const RESERVATIONS_PER_TOKEN_MAX = 3;
/** Open requests for reservations that are looked through for a card's own. */
export const OPEN_RESERVATIONS_READ_MAX = 1_000;
