/** Every bound and time of the energy controller that no site sets for itself. */
import { QUARTERS_MS_MIN } from "../energy-link/messages.ts";

/** A device's answer, and how soon a link that broke is tried again. */
export const ANSWER_MS_MAX = 1_000;
export const REDIAL_MS = { firstMs: 200, maxMs: 2_000 } as const;
/** Between two polls, however long one took. */
export const REST_MS = 20;
/** A device that fails is asked again after so long, or that refused so often in a row … */
export const RETRY_MS = 1_000;
export const REFUSALS_MAX = 3;
/** … and is said to be lost after so long without an answer. */
export const LOST_AFTER_MS = 3_000;
/** The models of one that lacks what its document says are looked for as often. */
export const LOOK_AGAIN_MS = 10_000;
/** One that sleeps at night is asked as often: soon enough for its feed to stay known. */
export const ASLEEP_EVERY_MS = 5_000;
/** It is believed to sleep where it was dark when it was last heard (`DARK_PART`), for so long at most: no night is longer where there is a day. */
export const ASLEEP_MS_MAX = 20 * 3_600_000;

/** A setpoint of the loop that is older is no longer renewed: the loop hangs, and the device shall fall back by itself. */
export const WISH_MS_MAX = 2_000;
/** Refreshed at this part of its revert time: below a half, with room for a poll. */
export const REFRESH_PART = 0.4;
/** Setpoints of one device follow each other no faster, but for those that lower its power. */
export const WRITE_EVERY_MS = 1_000;
/** A change below this, and below half a per cent of the nameplate, is not worth a write. */
export const WRITE_CHANGE_W = 50;
/** What a battery did not use of its ramp is kept so long: the guard keeps it as long. */
export const RAMP_KEPT_MS = 10_000;
/** After a write that was refused, nothing is written for so long. */
export const REFUSED_WAIT_MS = 5_000;
export const HEARTBEAT_EVERY_MS = 1_000;
/** Looks at a control model after a write that do not show it, until it is said. */
export const READ_BACKS_MAX = 3;
/** A device whose power is off its setpoint by more than a tenth of the nameplate for so long does not follow. */
export const FOLLOWS_WITHIN_MS = 20_000;
/** A power is believed no more whose counter of energy, and all beside it, stood still for so long, and for so much energy or so many of its steps. */
export const FROZEN_MS = 330_000;
export const FROZEN_WH = 200;
export const FROZEN_STEPS = 2;
/** How old a charge, a temperature, a control model may be before it is read again. */
export const CHARGE_EVERY_MS = 1_000;
export const TEMPERATURE_EVERY_MS = 5_000;
export const CONTROL_EVERY_MS = 2_000;
/** Older, a battery's charge or temperature is not known. */
export const CHARGE_MS_MAX = 10_000;
export const TEMPERATURE_MS_MAX = 60_000;
/** A curtailment falls away by itself after this. */
export const CURTAIL_REVERT_MS = 60_000;

/** The loop turns out of its time where the grid meter shows this much more on a phase, but no sooner after the last turn. */
export const STEP_MA = 1_000;
export const TURN_MS_MIN = 100;
/** A turn longer than this is an overrun; so many in a row, and the process ends. */
export const TURN_MS_LONG = 400;
export const OVERRUNS_MAX = 4;
/** The event loop stood still for so long: everything this process knows is old, so it begins anew. */
export const STALL_MS_MAX = 5_000;

export const SNAPSHOT_EVERY_MS = 1_000;
/** A reading that a page or a quarter counts with may be so old; stations tell theirs seldom. */
export const FLOW_MS_MAX = 10_000;
export const CAR_MS_MAX = 90_000;

/** The quarter under way is written down as often: what a kill costs. */
export const QUARTER_KEEP_EVERY_MS = 5_000;
/** What was told is told again, until it is acknowledged; and no message of quarters follows another sooner: the local controller would drop it. */
export const QUARTERS_TELL_EVERY_MS = 60_000;
export const QUARTERS_TELL_MS_MIN = QUARTERS_MS_MIN + 1_000;
/** Files of a day each. */
export const QUARTER_DAYS_MAX = 40;

export const PLAN_EVERY_MS = 120_000;
/** Sooner, where a session came or went. */
export const PLAN_AGAIN_MS_MIN = 15_000;
export const PLAN_DEADLINE_MS = 10_000;
/** After its deadline a planner is waited for so long. */
export const PLAN_LATE_MS = 5_000;
/** A plan that says it holds longer is absurd. */
export const PLAN_LIVES_MS_MAX = 3_600_000;
export const FORECAST_KEEP_EVERY_MS = 300_000;

/** Observations of one kind about one thing, no oftener; and what waits to be told. */
export const OBSERVE_AGAIN_MS = 60_000;
export const OBSERVATIONS_WAITING_MAX = 100;

/** Attempts to reach the local controller. */
export const LINK_RETRY_MS = 500;
