/** How transactions, their events and samples are stored. */
import { sql } from "kysely";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

const columns = [
  "id",
  "station_id",
  "evse_id",
  "connector_id",
  "wire_id",
  "ocpp_version",
  "token",
  "state",
  "started_at_ms",
  "ended_at_ms",
  "meter_start_wh",
  "meter_last_wh",
  "meter_stop_wh",
  "energy_wh",
  "power_w",
  "power_at_ms",
  "stop_reason",
  "first_seq_no",
  "seq_no",
  "missing_seq",
  "offline",
  "review",
  "changed_at_ms",
] as const;

/** Open transactions of one station that are looked at together: far more than it has connectors. */
const OPEN_MAX = 100;

type Own = { station: string; version: string; wireId: string };

/**
 * Ids of 1.6 are numbers that we gave out, those of 2.x are the station's own texts: two kinds that never meet. A
 * station that comes back with 2.1 after it began with 2.0.1 goes on with the same transaction.
 */
const sameKind = (version: string) =>
  sql<boolean>`(transactions.ocpp_version = '1.6') = (cast(${version} as text) = '1.6')`;

/** By the id on the wire, of this station alone: the only way from a message to a transaction. */
export const findTransaction = statement((db, p: Own) =>
  db
    .selectFrom("transactions")
    .selectAll()
    .where("wire_id", "=", p.wireId)
    .where("station_id", "=", p.station)
    .where(sameKind(p.version)),
);

export const findTransactionById = statement((db, p: { id: string }) =>
  db.selectFrom("transactions").selectAll().where("id", "=", p.id),
);

/** Whether any other station has a transaction of that id: only to name what was seen, never to read or change it. */
export const isAnothersTransaction = statement((db, p: Own) =>
  db
    .selectFrom("transactions")
    .select("station_id")
    .where("wire_id", "=", p.wireId)
    .where("station_id", "!=", p.station)
    .where(sameKind(p.version))
    .limit(1),
);

/** Not ended, on one EVSE of one station; more than one only where no start was seen. */
export const findOpenOnEvse = statement((db, p: { station: string; evse: number }) =>
  db
    .selectFrom("transactions")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("ended_at_ms", "is", null)
    .where("evse_id", "=", p.evse),
);

export const findOpenOfStation = statement((db, p: { station: string }) =>
  db
    .selectFrom("transactions")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("ended_at_ms", "is", null)
    .limit(OPEN_MAX),
);

/** Open, and not yet held to be uncertain: a boot doubts as many, the next one the rest. */
export const findUndoubted = statement((db, p: { station: string; beganByMs: number }) =>
  db
    .selectFrom("transactions")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("ended_at_ms", "is", null)
    .where((e) => e.or([e("started_at_ms", "is", null), e("started_at_ms", "<=", p.beganByMs)]))
    .where((e) => e.or([e("review", "is", null), e("review", "not like", "%uncertain%")]))
    .orderBy("id")
    .limit(OPEN_MAX),
);

/** Open transactions, apart from one: as many as the question needs, and no more are looked at. */
export const openOfToken = statement((db, p: { token: string; except: string; most: number }) =>
  db
    .selectFrom("transactions")
    .select("id")
    // Tokens are compared without case, and kept as they were sent (QUIRKS 20).
    .where((e) => e.fn<string>("lower", ["token"]), "=", p.token)
    .where("ended_at_ms", "is", null)
    .where("id", "!=", p.except)
    .limit(p.most),
);

export const insertTransaction = statement((db, p: Schema["transactions"]) =>
  db.insertInto("transactions").values(each(p, columns)),
);

const { id: _, ...mutable } = Object.fromEntries(columns.map((name) => [name, name]));
export const updateTransaction = statement((db, p: Schema["transactions"]) =>
  db
    .updateTable("transactions")
    .set(each(p, Object.keys(mutable) as (keyof Schema["transactions"])[]))
    .where("id", "=", p.id),
);

const eventColumns = [
  "station_id",
  "transaction_id",
  "dedupe",
  "kind",
  "seq_no",
  "at_ms",
  "received_at_ms",
  "clock_quality",
  "meter_wh",
  "power_w",
  "path",
  "answered_locally",
  "message_id",
  "trace",
  "digest",
  "journal_epoch",
  "journal_seq",
  "signed_values",
] as const;

/** Changes no row where the same message has been stored before. */
export const insertEvent = statement((db, p: Schema["transaction_events"]) =>
  db
    .insertInto("transaction_events")
    .values(each(p, eventColumns))
    .onConflict((c) => c.columns(["station_id", "dedupe"]).doNothing()),
);

export const findEvent = statement((db, p: { station: string; dedupe: string }) =>
  db
    .selectFrom("transaction_events")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("dedupe", "=", p.dedupe),
);

/** Highest sequence number of this transaction's events that came with a register. */
export const findNewestMeter = statement((db, p: { transaction: string }) =>
  db
    .selectFrom("transaction_events")
    .select("seq_no")
    .where("transaction_id", "=", p.transaction)
    .where("meter_wh", "is not", null)
    .where("seq_no", "is not", null)
    .orderBy("seq_no", "desc")
    .limit(1),
);

/** The event that a journal record made, if it made one. */
export const findEventOfRecord = statement((db, p: { station: string; epoch: string; seq: number }) =>
  db
    .selectFrom("transaction_events")
    .selectAll()
    .where("station_id", "=", p.station)
    .where("journal_seq", "=", p.seq)
    .where("journal_epoch", "=", p.epoch),
);

export const markAnsweredLocally = statement((db, p: { station: string; dedupe: string }) =>
  db
    .updateTable("transaction_events")
    .set({ answered_locally: 1 })
    .where("station_id", "=", p.station)
    .where("dedupe", "=", p.dedupe),
);

const sampleColumns = [
  "station_id",
  "evse_id",
  "transaction_id",
  "at_ms",
  "meter_wh",
  "power_w",
  "soc_percent",
] as const;
export const insertSample = statement((db, p: Schema["meter_samples"]) =>
  db.insertInto("meter_samples").values(each(p, sampleColumns)),
);
