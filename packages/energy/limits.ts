/** Every bound and time of the package that a site does not set for itself, in one place. */

/** The control loop's period; a slower one breaks bound (b) of the overload rule. */
export const CONTROL_PERIOD_MS = 500;
/** What is told, forecast and billed is of quarters of an hour. */
export const QUARTER_MS = 900_000;

/** Sizes of a site: above them the bundle is refused. */
export const FUSES_MAX = 500;
/** A site's document as text: its length, and what its aliases may bring (outlets that are like another, and a little), both as YAML or JSON. */
export const DOCUMENT_CHARS_MAX = 512 * 1024;
export const DOCUMENT_ALIASES_MAX = 1_200;
export const OUTLETS_MAX = 1_000;
/** Rows that one fuse spares: each station on each phase. */
export const SPARED_ROWS_MAX = 600;
export const LOADS_MAX = 500;
export const SOURCES_MAX = 50;
export const METERS_MAX = 500;
/** One Modbus unit each; 248 to 255 are reserved. */
export const DEVICES_MAX = 247;
/** Of an id, or another short word. */
export const NAME_CHARS_MAX = 64;
/** A week of quarters of an hour, and more. */
export const PRICE_STEPS_MAX = 3_000;
/** A plan over two days in minutes; quarters of one message, two days of them. */
export const PLAN_STEPS_MAX = 2_880;
export const QUARTERS_TOLD_MAX = 192;
export const CURRENT_MA_MAX = 6_000_000;
export const POWER_W_MAX = 10_000_000;

/** IEC 61851-1: a pilot signal cannot tell a car less than 6 A. */
export const MINIMUM_MA = 6_000;

/** A reading of a local source older than this is none, … */
export const READING_STALE_MS = 10_000;
/** … and so is a feed beyond its nameplate by more. */
export const NAMEPLATE_TIMES = 1.2;
/** How far one reading may lag behind another of the same instant: what delay of 0 to 20 s and a device's answer need. */
export const LAG_MS_MAX = 25_000;
/** How long the highest base load seen is still believed: longer than stations wait between two meter values. */
export const BASE_HOLD_MS = 60_000;
/** Room that a raise leaves where capacity is measured, so that noise does not take it back at once; what is declared has no noise. */
export const DEADBAND_MA = 1_000;
/** A grant rises at most so fast: from the minimum to 32 A in one dwell … */
export const RISE_MA_PER_S = 5_200;
/** … not before so long after it was last changed, … */
export const RAISE_DWELL_MS = 5_000;
/** … and not before so long after it was lowered (with the dwell: a bound on reversals, AT-C6). */
export const RAISE_AFTER_LOWER_MS = 30_000;
/** To share anew, a grant is lowered by no less: what others gain must be worth two writes. */
export const REDISTRIBUTE_MA = 2_000;
/** Above its limit by more than this, and more than 5 %, a car does not obey: meters and cars are no finer. */
export const OBEYS_WITHIN_MA = 1_000;
export const OBEYS_WITHIN_PERMILLE = 50;
/** So long must a station that did not obey keep to its grant before it is believed again. */
export const PROBATION_MS = 300_000;
/** A station that answered nothing for so long is deaf. */
export const DEAF_AFTER_MS = 30_000;
/** Of its life, when a grant that nothing renewed is budgeted as ended: what is left is for lowering others. */
export const LAPSES_AT = 0.75;
/** Where it is not known what a session has, it is first waited for a reading: stations tell one every ten seconds. */
export const UNSEEN_MS = 15_000;
/** A station that was above its grant when it was last heard, and has told nothing for so long, is judged by that. */
export const UNHEARD_MS = 30_000;
/** A grant that was not heeded is said again after this. */
export const REJECTED_AGAIN_MS = 5_000;
/** Grants of one session that may be in force at the same time; one more means deaf. */
export const OUTSTANDING_GRANTS_MAX = 16;
/** A car that draws nothing of its grant for so long is idle: it may have to wake up first … */
export const IDLE_AFTER_MS = 90_000;
/** … but where it drew of this very grant before, it is full, or full enough, … */
export const IDLE_AFTER_DRAWING_MS = 30_000;
/** … and stands behind the others in the queue for so long, then is tried again, … */
export const IDLE_RETRY_MS = 900_000;
/** … each time twice as long after it was tried in vain, up to this. */
export const IDLE_RETRY_MS_MAX = 4 * IDLE_RETRY_MS;
/** What a car draws below its grant for so long is lent to others where power is short, but for this headroom. */
export const LEND_AFTER_MS = 10_000;
export const HEADROOM_MA = 2_000;
/** Solar that feeds no more of its nameplate has gone dark: silent then, it feeds nothing until the morning. */
export const DARK_PART = 0.02;
/** Less is no draw, but a station's own supply or a meter's offset. */
export const DRAWS_MA_MIN = 500;
/** A car that draws for so long on some phases alone is wired to those alone. */
export const PHASES_KNOWN_AFTER_MS = 10_000;
/** Who charges gives way to one who can spare less time than this: changing over costs power. */
export const GIVES_WAY_MS = 3_600_000;
/** What a session can spare of which nobody knows anything, beside others of which somebody does. */
export const UNKNOWN_LAXITY_MS = 3_600_000;
/** A car gives back only while it can spare this beside what it needs until it leaves (V2X); to begin, it must spare half as much more. */
export const DISCHARGE_LAXITY_MS = 3_600_000;
/** More is given back at most so often, less at once; a change below the other is not worth a write. */
export const DISCHARGE_DWELL_MS = 30_000;
export const DISCHARGE_STEP_MA = 1_000;
/** So soon an order to give less shows at the grid meter, where nothing is late. */
export const DISCHARGE_SHOWS_MS = 10_000;
/** Of what the site draws so much is left to the grid: a meter's noise is no export. */
export const DISCHARGE_SPARES_W = 500;
/** A car that was not seen for so long is told to give nothing. */
export const DISCHARGE_SEEN_MS = 90_000;
/**
 * Who is offered a start, and could not be granted it for so long, insists on the room that it takes: a base load that a change of
 * slots only seemed to show is forgotten by then.
 */
export const INSISTS_AFTER_MS = 2 * BASE_HOLD_MS;
/** A slot of the queue: how long a car may charge while others wait. */
export const SLOT_MS = 900_000;
/** One that waits for so long goes before those who have a slot. */
export const STARVES_AFTER_MS = 2 * SLOT_MS;
