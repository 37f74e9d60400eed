/** Every limit of what is written, told and kept of sites' energy. */
import { ENERGY_LIMIT_W_MAX } from "@wattward/sitelink";

/** Of a document as it is written, the same where a site is commissioned; what it means must fit into the bundle besides. */
export { DEVICES_MAX, DOCUMENT_ALIASES_MAX, DOCUMENT_CHARS_MAX, QUARTER_MS } from "@wattward/energy";

/** Faults and notes of one check; more are not told. */
export const FAULTS_TOLD_MAX = 100;
/** A site's clock may be ahead of ours by so much; beyond it a quarter is not of this time. */
export const QUARTER_AHEAD_MS_MAX = 3_600_000;
/** A site may have been away for so long; older quarters are given up. */
export const QUARTER_AGE_MS_MAX = 400 * 86_400_000;
/** No site can have had more in a quarter: 100 MW, and money likewise (10,000 a kWh). */
export const QUARTER_WH_MAX = 25_000_000;
export const QUARTER_COST_MAX = 250_000_000_000_000;
/** Prices kept of a site or the fleet, their characters as JSON at the longest, and how long those of the past are kept. */
export const PRICES_MAX = 2_000;
export const PRICES_CHARS_MAX = 12 * PRICES_MAX;
export const PRICES_PAST_MS_MAX = 2 * 86_400_000;
/** Of a price, either way: 1,000 a kWh. And how long one holds. */
export const PRICE_MILLI_CENT_MAX = 100_000_000;
export const PRICE_STEP_MS_MIN = 60_000;
export const PRICE_STEP_MS_MAX = 86_400_000;
/** A limit that a person sets is for a time: whoever wants it for ever writes it into the document. */
export const LIMIT_MS_MAX = 31 * 86_400_000;
export const LIMIT_W_MAX = ENERGY_LIMIT_W_MAX;
/** Why somebody did something, as it is kept with it. */
export const WHY_CHARS_MAX = 200;
