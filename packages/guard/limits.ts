/** Every bound of the guard in one place: what a policy may hold, and what is remembered of a wire that anybody may write on. */

/** Of a policy. */
export const POLICY_CHARS_MAX = 512 * 1024;
export const NAME_CHARS_MAX = 64;
export const SENTENCE_CHARS_MAX = 200;
export const CLIENTS_MAX = 64;
export const DEVICES_MAX = 247;
/** Of one device. */
export const REGISTERS_MAX = 512;
export const RULES_MAX = 1_024;
/** Of one rule. */
export const WRITES_MAX = 64;
export const CROSS_RULES_MAX = 512;
/** Of a rate per minute: each passage is remembered for a minute. */
export const PER_MINUTE_MAX = 6_000;
export const REVERSALS_MAX = 600;
/** Of engineering values: 1 GW in milliwatts, and room. */
export const VALUE_MAX = 1e15;
export const ADDRESS_MAX = 0xffff;
/** Learning ends: 2100 is for ever. */
export const LEARNING_UNTIL_MS_MAX = Date.UTC(2100, 0);
/** Of a scale: nearer to 0 no value is left. */
export const SCALE_MIN = 1e-10;
export const HOUR_MS = 3_600_000;

/** What was not used of a ramp is kept so long, and no longer: whoever waits an hour may not jump for it. */
export const RAMP_CREDIT_MS_MAX = 10_000;
/** A mask write needs the register's content, not older than this. */
export const MASK_CONTENT_MS_MAX = 5_000;
/** A register shows what it acknowledged after so long; what it shows then is what it has. */
export const SHOWN_WITHIN_MS = 5_000;
/** Nearer than this part of its bounds, a device shows what was written, as it rounds. */
export const NEAR_PART = 0.01;
/** What was read, and by whom it was written nobody knows, stands for so long where it falls back by itself. */
export const STANDS_MS = 5_000;
/** A scale factor that was read longer ago is not known. */
export const SCALE_FRESH_MS = 60_000;
export const MINUTE_MS = 60_000;
export const TEN_MINUTES_MS = 600_000;

/** Values of a decoded exchange; a request may write 1,968 coils. */
export const DECODED_VALUES_MAX = 16;
/** Bytes of a PDU that an observation quotes. */
export const QUOTED_BYTES_MAX = 64;
