/** For tests of the queries: a migrated database of its own, and rows with everything filled in that a test leaves out. */
import type { Kysely } from "kysely";
import type { Schema } from "../store/schema.ts";
import { openTestStore } from "../store/testing/test-store.ts";
import { unseen } from "../transactions/transaction.ts";

export type QueryWorld = {
  readonly db: Kysely<Schema>;
  add<T extends keyof typeof blanks>(table: T, row: Partial<Schema[T]>): Promise<void>;
  close(): void;
};

const blanks = {
  sites: {
    id: "",
    added_at_ms: 0,
    connected: 0,
    seen_at_ms: null,
    clock_quality: null,
    bundle_version: 0,
    software: null,
    journal_epoch: null,
    node: null,
  },
  stations: {
    id: "",
    serial: "",
    route: "site",
    site_id: null,
    admission: "accepted",
    added_at_ms: 0,
    connected: 0,
    generation: 0,
    ocpp_version: null,
    seen_at_ms: null,
    booted_at_ms: null,
    vendor: null,
    model: null,
    firmware: null,
    certificate_from_ms: null,
    certificate_key: null,
    node: null,
  },
  connectors: {
    station_id: "",
    evse_id: 1,
    connector_id: 1,
    status: "Available",
    error_code: null,
    status_at_ms: 0,
    power_w: null,
    power_at_ms: null,
  },
  transactions: {
    ...unseen({ id: "", station_id: "", wire_id: "", ocpp_version: "2.0.1" }, 0),
    evse_id: 1,
    connector_id: 1,
    state: "open",
  },
  meter_samples: {
    station_id: "",
    evse_id: 1,
    transaction_id: null,
    at_ms: 0,
    meter_wh: null,
    power_w: null,
    soc_percent: null,
  },
  transaction_events: {
    station_id: "",
    transaction_id: "",
    dedupe: "",
    kind: "meter",
    seq_no: null,
    at_ms: 0,
    received_at_ms: 0,
    clock_quality: "synced",
    meter_wh: null,
    power_w: null,
    path: "live",
    answered_locally: 0,
    message_id: "m",
    trace: "t",
    digest: "d",
    journal_epoch: null,
    journal_seq: null,
    signed_values: null,
  },
  commands: {
    id: "",
    station_id: "",
    action: "Reset",
    payload: "{}",
    actor: "p",
    reason: "r",
    hash: "h",
    requested_at_ms: 0,
    expires_at_ms: 1,
    state: "requested",
    sent_at_ms: null,
    ended_at_ms: null,
    outcome: null,
    node: null,
  },
  outbox: {
    seq: 0,
    at_ms: 0,
    source: "csms",
    kind: "observed",
    station_id: null,
    site_id: null,
    cause: null,
    trace: null,
    live: 1,
    data: "{}",
  },
  tokens: { token: "", shown: "", status: "Accepted", expires_at_ms: null, changed_at_ms: 0 },
  nodes: { id: "", folder: "f", incarnation: 1, beats: 1, alive: 1, bus: "nats", changed_at_ms: 0 },
  bundles: { site_id: "", version: 1, csms_epoch: 1, body: "", issued_at_ms: 0 },
  deaf_stations: { station_id: "", since_ms: 0, action: "Reset" },
  set_aside: {
    station_id: "",
    digest: "d",
    action: "StopTransaction",
    received_at_ms: 0,
    code: "TypeConstraintViolation",
    reason: "",
    message: "{}",
    wire_id: null,
  },
  dispensations: {
    station_id: "",
    security_profile: 2,
    until_ms: 0,
    password_hash: "h",
    given_at_ms: 0,
    given_by: "p",
  },
  people: { id: "", name: "", role: "administrator", added_at_ms: 0 },
  passkeys: {
    id: "",
    person_id: "",
    public_key: "",
    counter: 0,
    transports: "[]",
    added_at_ms: 0,
    used_at_ms: null,
  },
  sessions: { hash: "", person_id: "", kind: "cookie", name: "", created_at_ms: 0, expires_at_ms: 0 },
  invitations: { hash: "", role: "administrator", expires_at_ms: 0, used_at_ms: null },
  denials: { kind: "key", issuer: "", value: "", reason: "", added_at_ms: 0 },
} satisfies { [T in keyof Schema]?: Schema[T] };

export async function queryWorld(): Promise<QueryWorld> {
  const engine = await openTestStore();
  return { db: engine.db, add: rowsOf(engine.db), close: () => void engine.close() };
}

/** Adds rows to any database of ours. */
export const rowsOf =
  (db: Kysely<Schema>): QueryWorld["add"] =>
  async (table, row) => {
    // The blanks make it a whole row; Kysely cannot see that for a table it does not know yet.
    await db
      .insertInto(table as keyof Schema)
      .values({ ...blanks[table], ...row } as Schema[keyof Schema])
      .execute();
  };
