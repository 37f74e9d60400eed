/** Every limit of the gateway, with its unit in its name. A test may tighten some through {@link GatewayLimits}. */
import { OBSERVED_WAITING_MAX } from "@wattward/sitelink";

/** Upgrades with one key: a peer in a hot loop of reconnects is told 429 and costs the store nothing. */
export const UPGRADE_RATE = { burst: 20, perSecond: 0.5 };
export const UPGRADE_KEYS_MAX = 20_000;
/** Upgrades that wait for a verdict at one time; beyond them 503, so that a reconnecting fleet queues in TCP. */
export const UPGRADES_WAITING_MAX = 2_000;

/** The server pings every socket this often (QUIRKS 28). */
export const PING_INTERVAL_MS = 30_000;
/** Intervals of silence after which a peer that answers pings is given up. */
export const SILENT_INTERVALS_MAX = 3;
/** Heartbeat interval assumed until a boot answer granted one, seconds. */
export const HEARTBEAT_ASSUMED_S = 300;
/** After a connect nothing is sent until the first CALL was answered, or for this long (QUIRKS 18). */
export const BOOT_QUIET_MS = 30_000;
/** Bytes that a peer may leave unread before its socket is ended. */
export const UNREAD_BYTES_MAX = 4 * 1024 * 1024;

/** A site says hello within this of its upgrade. */
export const HELLO_MS_MAX = 10_000;
/** Records after which the site is told at once how far it is durable, so that a replay does not wait for the timer. */
export const ACK_EVERY_RECORDS = 64;
/** Records of one site at the core at one time: enough to fill a group commit, small enough to stay fair. */
export const RECORDS_IN_FLIGHT_MAX = 256;
/** And their characters: 256 of the longest would be a gigabyte. */
export const RECORD_CHARS_IN_FLIGHT_MAX = 8 * 1024 * 1024;
/** Relayed CALLs of one site at the core at one time, and waiting per station. */
export const RELAYS_IN_FLIGHT_MAX = 64;
export const RELAYS_WAITING_PER_STATION_MAX = 16;
/** Stations that one site may hold connected; more are not listed and get no commands. */
export const STATIONS_PER_LINK_MAX = 2_000;
/** Messages a second that a site may send in the long run, and at once; past it the link is read more slowly. */
export const LINK_MESSAGES_PER_SECOND = 5_000;
/** Characters for which a message counts once more: in the long run a site is read at 5 MB a second. */
export const LINK_RATE_CHARS = 1_024;
/** What a site says of itself and leaves a row for each time counts for so many: 250 a second. */
export const LINK_NEWS_COST = 20;
/** Wishes for a lease, and observations, that one site may send; more are dropped and counted. All that waited for its link comes at once. */
export const LEASE_RATE = { burst: 4, perSecond: 0.1 };
export const LINK_OBSERVATION_RATE = { burst: OBSERVED_WAITING_MAX + 100, perSecond: 2 };

/** Snapshots of one site's energy; more are dropped, for the next is as good. */
export const SNAPSHOT_RATE = { burst: 5, perSecond: 2 };
/** Messages with quarters of an hour that wait for the core; beyond them the site is not read. */
export const QUARTERS_WAITING_MAX = 4;

/** The gateway's own observations (refused certificates, clones), per kind of refusal and address. */
export const OBSERVATION_RATE = { burst: 5, perSecond: 1 / 60 };
/** And in all, so that a flood from many addresses cannot fill the store. */
export const OBSERVATION_RATE_ALL = { burst: 100, perSecond: 1 };
/** Addresses whose observations are counted one by one; the oldest are forgotten first. */
export const OBSERVED_SOURCES_MAX = 10_000;

/** The denials are read again at least this often, whatever the outbox says. */
export const DENIALS_REFRESH_MS = 30_000;
/** Outbox entries fetched at once, and how long commits gather before the gateway looks. */
export const CURSOR_BATCH = 500;
export const CURSOR_GATHER_MS = 20;
/** A failed look into the store is tried again after this. */
export const CURSOR_RETRY_MS = 1_000;
/** Changes to bundles gather this long before one is compiled. */
export const BUNDLE_GATHER_MS = 100;
/** One that the site refused is offered again after this. */
export const BUNDLE_AGAIN_MS = 5 * 60_000;

/** A store that failed is tried with a small write this often; silent for this long, stations are sent away to queue. */
export const STORE_TRY_MS = 1_000;
export const STORE_PATIENCE_MS = 5_000;

/** Who is connected is told again after this where the store did not take it, and so often. */
export const PRESENCE_RETRY_MS = 1_000;
export const PRESENCE_ATTEMPTS_MAX = 30;

/** A node that holds a station or site answers within this whether it gives it away: a ping's time, and two commits. */
export const HOLDER_ANSWER_MS_MAX = 8_000;
/** Questions to other nodes under way at one time; beyond them a newcomer is told to come again. */
export const HOLDERS_ASKED_MAX = 1_000;

/** A command waits this long for its answer, or until it expires, whichever is sooner. */
export const COMMAND_ANSWER_MS_MAX = 60_000;
/** Wait before a station's commands are looked for again after the store failed. */
export const COMMAND_RETRY_MS = 5_000;

/** Calls in a row that time out before a station is held to be deaf, and how often one is tried then (QUIRKS 22). */
export const DEAF_AFTER_TIMEOUTS = 3;
export const DEAF_TRY_EVERY_MS = 5 * 60_000;

/** What stations do beside their CALLs gathers this long before it is counted. */
export const DEVIATIONS_GATHER_MS = 1_000;

/** How often transactions of which too little is heard are looked for. */
export const TEND_EVERY_MS = 60_000;

/** Messages that wait for no answer (2.1 SEND) of one station; more are dropped: each may cost a commit. */
export const SEND_RATE = { burst: 120, perSecond: 10 };
/** Answers of ours that one station disputes and that are observed; more are only counted. */
export const DISPUTED_RATE = { burst: 5, perSecond: 1 / 60 };

/** What one station's socket is watched for is counted over this (AT-O7, AT-O9). */
export const WATCH_WINDOW_MS = 120_000;
/** Heartbeats within it: five times what the shortest interval that we grant asks for. More are told to people. */
export const HEARTBEATS_MAX = 60;
/** CALLs within it that were refused for their form. */
export const INVALID_MAX = 20;
/** Message ids of one socket whose content is remembered (AT-O13). */
export const MESSAGE_IDS_KEPT_MAX = 256;
/** A station's clock is known once two messages this far apart agree on it, so closely; this much is a step (AT-O16). */
export const CLOCK_CONFIRM_MS = 30_000;
export const CLOCK_AGREES_MS_MAX = 10_000;
export const CLOCK_STEP_MS_MIN = 60_000;

/** While commands are open, the next that is due to end is looked for at least this often. */
export const COMMAND_LOOK_MS_MAX = 60_000;
/** A command that was sent this long ago, and whose outcome is not stored, is unknown: longer than all attempts take. */
export const COMMAND_UNTOLD_MS_MAX = 5 * 60_000;

/** What is open gets this long to finish when the CSMS stops. */
export const CLOSING_MS_MAX = 5_000;
