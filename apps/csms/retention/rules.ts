/**
 * What is kept how long: the table of retention (docs/data.md has it in words). Each rule finds the rows of one table
 * that are older than its days, oldest first, and removes a slice of them: never so many that a message waits.
 *
 * What an auditor recounts, transactions and their events with the samples in between, is in no rule.
 */
import { type RawBuilder, sql } from "kysely";
import type { Setting } from "../core/settings.ts";
import type { Schema } from "../store/schema.ts";
import { type Statement, statement } from "../store/statement.ts";

/** Entries at the end of the outbox that stay whatever their age: for readers that were away, and so that it has a head. */
export const OUTBOX_TAIL = 10_000;
/** Bundles of a site that stay: what it may have in force is among them. */
export const BUNDLES_KEPT = 10;

type Before = { beforeMs: number; place: number };
type UpTo = { toMs: number };

export type Rule = {
  readonly table: keyof Schema;
  /** A setting in days, where 0 is for ever; or the days themselves. */
  readonly days: Setting | number;
  /** The time of the row that has `place` older ones before it, of those before `beforeMs`; no row where there are fewer. */
  readonly nth: Statement<Before, { at: number }>;
  readonly remove: Statement<UpTo, unknown>;
};

/** Rows older than these days by `column`, of those for which `also` holds. */
function olderThan(
  days: Rule["days"],
  table: keyof Schema,
  column: string,
  also: RawBuilder<boolean> = sql<boolean>`1 = 1`,
): Rule {
  const at = sql.ref<number>(column);
  return {
    table,
    days,
    nth: statement((db, p: Before) =>
      db
        .selectFrom(table)
        .select(at.as("at"))
        .where(at, "<", p.beforeMs)
        .where(also)
        .orderBy(at)
        .limit(1)
        .offset(p.place),
    ),
    remove: statement((db, p: UpTo) => db.deleteFrom(table).where(at, "<=", p.toMs).where(also)),
  };
}

const notTheTail = sql<boolean>`seq <= (SELECT max(seq) FROM outbox) - ${sql.lit(OUTBOX_TAIL)}`;
const notTheNewest = sql<boolean>`version <= (SELECT max(n.version) FROM bundles AS n WHERE n.site_id = bundles.site_id)
  - ${sql.lit(BUNDLES_KEPT)}`;

export const rules: readonly Rule[] = [
  olderThan("outbox_days", "outbox", "at_ms", notTheTail),
  olderThan("idle_samples_days", "meter_samples", "at_ms", sql<boolean>`transaction_id IS NULL`),
  olderThan("energy_quarters_days", "energy_quarters", "from_ms"),
  olderThan("commands_days", "commands", "ended_at_ms", sql<boolean>`ended_at_ms IS NOT NULL`),
  olderThan(30, "bundles", "issued_at_ms", notTheNewest),
  olderThan(30, "sessions", "expires_at_ms"),
  olderThan(30, "invitations", "expires_at_ms"),
  olderThan(400, "deviations", "last_at_ms"),
  olderThan(400, "reservations", "changed_at_ms", sql<boolean>`state <> 'active'`),
  olderThan(90, "reports", "changed_at_ms"),
  olderThan(7, "boot_windows", "from_ms"),
];

/** Tables that no rule trims, and why that is no fault: a test holds every table of the schema against both lists. */
export const keptForEver: Partial<Record<keyof Schema, string>> = {
  transactions: "what an auditor recounts",
  transaction_events: "what an auditor recounts",
  transaction_details: "what an auditor recounts",
  transaction_doubts: "ends with its transaction",
  settlements: "evidence of payments",
  set_aside: "what a person may have to bill by; at most 1,000 of a station",
  meta: "a row for each setting",
  former_sites:
    "a row for each site that a station left: by it billing of an outage is told from a stranger's, whatever the clock did",
  sites: "the inventory",
  stations: "the inventory",
  connectors: "a row for each connector",
  station_handling: "a row for each station",
  station_ways: "a row for each station",
  local_lists: "a row for each station",
  deaf_stations: "a row for each station",
  availability: "a row for each connector",
  learned: "a row for each action and setting of a station",
  told: "the newest on each subject, bounded: stations/told.ts",
  charging_profiles: "those that a station has",
  monitors: "those that a station has",
  event_streams: "those that a station has open",
  dispensations: "gone when they end",
  energy_documents: "every version of what people wrote of a site: who changed a limit, when and why",
  energy_limits: "a row for each site that ever had one",
  energy_prices: "a row for each site with prices of its own, and one for all others",
  nodes: "a row for each process that ever served",
  variables: "the device model: a row for each variable",
  tokens: "who may charge",
  denials: "certificates that are denied for ever",
  people: "who may sign in",
  passkeys: "by which they sign in",
  leases: "whose transaction ids are whose, for ever",
  site_journals: "a row for each journal: up to where it is durable here",
  messages: "trimmed by days, rows and characters: message-log/trim.ts",
};
