/** Bounds and times of charging at a managed site, in one place. */

/** Profiles of ours in a station: ids that no CSMS of this site ever writes there, since none of its profiles gets there (ADR 13). */
export const SAFE_DEFAULT_ID = 1_700_000_000;
/** The same, where it is a limit of the whole station. */
export const SAFE_WHOLE_ID = 1_699_999_999;
/** Plus the EVSE's number, one for each: a grant replaces the one before it under the same id (K01.FR.05; 1.6 §5.16). */
export const GRANT_ID = 1_700_000_001;
/** Of GetChargingProfiles that the site itself asks; the CSMS's own are answered here and never reach a station. */
export const REPORT_REQUEST_ID = 1_700_000_000;

/** A CALL of the site to a station; a grant that is not answered by then may be in force all the same. */
export const CALL_MS_MAX = 10_000;
/** A grant that was not answered is written again after this, while it is the latest. */
export const AGAIN_MS = 5_000;
/** A station that could not be checked is checked again after this. */
export const CHECK_AGAIN_MS = 60_000;
/** The reports that a station announced must have come by then. */
export const REPORTS_MS_MAX = 15_000;
/** So much longer than a grant's life is looked into the future, to see what follows it. */
export const COMPOSITE_BEYOND_S = 60;
/** A composite schedule that did not come, or showed no end, is asked for again after this. */
export const PROVE_AGAIN_MS = 3_600_000;
/** A way is given up where the safe default shows in the place of less at so many looks, so far apart or more: with meter values each 10 s a clock is learnt anew between two of them. */
export const SAFE_LOOKS_MAX = 3;
export const SAFE_LOOKS_APART_MS = 15_000;
/** A limit reads as the same within this: stations round to a tenth of an ampere or to watts. */
export const SAME_WITHIN_MA = 150;
/** One way of limiting is given up after so many refusals in a row, of a transaction that went on. */
export const REFUSALS_MAX = 3;
/** A grant begins this much before now by the station's clock, so that it is in force at once. */
export const BEGINS_EARLIER_MS = 1_000;

/** Between two meter values of a transaction that a station is asked for. */
export const METER_EVERY_S = 10;
/** A session that is limited and was seen so long ago is asked for. */
export const SHOWS_EVERY_MS = 5_000;
/** What a station takes to say that it will show it; … */
export const SHOW_MS_MAX = 3_000;
/** … one that does not is asked again after this, and after twice as long each time that it does not again, … */
export const SHOWS_AGAIN_MS = 60_000;
/** … up to this. */
export const SHOWS_AGAIN_MS_MAX = 3_600_000;

/** Offsets of a station's clock that agree this well are the same. */
export const CLOCK_WITHIN_MS = 2_000;
/** Two frames that say the same of a clock must lie at least so far apart, or a queue that is sent at once would say it. */
export const CLOCK_APART_MS = 1_000;
/** Two that say themselves that they were queued: a queue may be sent slowly. */
export const CLOCK_QUEUED_APART_MS = 10_000;
/** A word on the clock that nothing confirms is forgotten after this. */
export const CLOCK_HEARSAY_MS = 300_000;
/** Grants are written anew for a clock that was set; for one that is set again and again, no oftener. */
export const CLOCK_STEPS_MS_MIN = 10_000;

/** No outlet of any site is granted more (CURRENT_MA_MAX of packages/energy). */
export const GRANT_MA_MAX = 6_000_000;
/** Sessions of one station that are remembered; more than it has outlets. */
export const SESSIONS_MAX = 16;
/** A station that says for so long that its outlet is free has none there any more, whatever it forgot to say. */
export const FREE_MS = 60_000;
/** What is said of a transaction so soon after its end, by its station's clock, was said late: it does not begin anew. */
export const LATE_WORDS_MS = 10_000;
/** From the register alone a current is told where its steps lie at least so far apart. */
export const REGISTER_STEP_MS_MIN = 5_000;
/** A register that counts in tens, or hundreds, of watt-hours tells nothing of less: so far apart for each that it counts at once, and no farther. */
export const REGISTER_MS_PER_WH = 5_000;
export const REGISTER_STEP_MS_MAX = 300_000;
/** Delivered energy is saved this often. */
export const SAVED_EVERY_MS = 60_000;

/** Of the CSMS, at one station. */
export const CSMS_PROFILES_MAX = 32;
export const CSMS_PERIODS_MAX = 100;
export const CSMS_STACK_LEVEL_MAX = 16;
/** Text of one profile. */
export const CSMS_PROFILE_CHARS_MAX = 32 * 1024;
/** In a composite schedule, and how far it looks. */
export const COMPOSITE_PERIODS_MAX = 100;
export const COMPOSITE_S_MAX = 7 * 86_400;
/** Profiles in one ReportChargingProfiles. */
export const REPORTED_MAX = 4;

/** A raise is at most what the site's ramp allows in this time; then it goes on. */
export const RAISE_STEP_MS = 10_000;
/** Reversals are counted over this. */
export const REVERSALS_OVER_MS = 600_000;
/** A CSMS that was away for so long has returned; a link that flaps has not. */
export const AWAY_MS = 300_000;
/** Stations that boot within so long of each other had no power: no two of a kind take longer to start. */
export const BOOT_TOGETHER_MS = 120_000;
/** Raises that are held back are looked at again this often. */
export const RAISES_EVERY_MS = 1_000;

/** Outcomes that wait to be told to the energy controller; its parser takes no more. */
export const OUTCOMES_MAX = 4_000;

/** The mode is looked at so often; with TURN_MS_MAX, a dead energy controller is noticed within 3 s (ADR 16). */
export const LOOK_EVERY_MS = 250;
/** A session that begins, or an outcome, is told within this: several at once in one message. */
export const NEWS_WITHIN_MS = 50;
/** Text of a snapshot, and of quarters, for the site link, whose limit is SNAPSHOT_CHARS_MAX. */
export const SNAPSHOT_CHARS = 256 * 1024;
export const QUARTERS_CHARS_MAX = 256 * 1024;
/** A draw that was seen within this says on which phases a car is. */
export const SEEN_LATELY_MS = 30_000;
/** A car that was offered enough for one phase, and has taken nothing for so long, does not charge on one. */
export const OFFERED_MS = 10_000;
