/**
 * The tables, as Kysely sees them: the same on SQLite and PostgreSQL (ADR 4). Instants are milliseconds since 1970
 * UTC, energy Wh, power W, all whole numbers; booleans are 0 or 1; JSON is text. Column names in snake_case.
 * The SQL that creates them is in `migrations/`; a test compares the two.
 */
import type {
  EnergyDocumentsTable,
  EnergyLimitsTable,
  EnergyPricesTable,
  EnergyQuartersTable,
} from "./energy-tables.ts";
import type {
  AvailabilityTable,
  ChargingProfilesTable,
  EventStreamsTable,
  LearnedTable,
  MonitorsTable,
  ReportsTable,
  ReservationsTable,
  SettlementsTable,
  ToldTable,
  TransactionDetailsTable,
  VariablesTable,
} from "./station-tables.ts";

export type Schema = {
  /** `schema_version`, `csms_epoch`, `cluster`, `operator` and `operator_rsa` (of nodes/start.ts), `next_transaction_id`, `tried_at_ms` (a write that only tried the store), and the settings named in core/settings.ts. */
  meta: { key: string; value: string };
  sites: SitesTable;
  /** `acked_trace`: trace of the record `acked_seq`; null before the first. */
  site_journals: {
    site_id: string;
    epoch: string;
    acked_seq: number;
    first_seen_ms: number;
    acked_trace: string | null;
  };
  /** Where a station was before it was moved, and until when. */
  former_sites: { station_id: string; site_id: string; left_at_ms: number };
  leases: LeasesTable;
  bundles: { site_id: string; version: number; csms_epoch: number; body: string; issued_at_ms: number };
  stations: StationsTable;
  connectors: ConnectorsTable;
  deviations: DeviationsTable;
  station_handling: StationHandlingTable;
  set_aside: SetAsideTable;
  /** Boots of a station since `from_ms`, to know a boot loop. */
  boot_windows: { station_id: string; from_ms: number; boots: number };
  /** `rebooted`: its station booted while it was open; `unmetered`, `silent`, `frozen`: told so of its meter; `quiet`: silent, not told yet. */
  transaction_doubts: { transaction_id: string; doubt: string; since_ms: number };
  transactions: TransactionsTable;
  transaction_events: TransactionEventsTable;
  meter_samples: MeterSamplesTable;
  tokens: {
    token: string;
    shown: string;
    status: string;
    expires_at_ms: number | null;
    changed_at_ms: number;
  };
  variables: VariablesTable;
  learned: LearnedTable;
  /** Connected, and lets our calls time out: since when, and what it did not answer last (QUIRKS 22). */
  deaf_stations: { station_id: string; since_ms: number; action: string };
  reports: ReportsTable;
  charging_profiles: ChargingProfilesTable;
  /** The version that the station's local list has, as far as we know; `source`: `sent` or `told`. */
  local_lists: { station_id: string; version: number; source: string; changed_at_ms: number };
  reservations: ReservationsTable;
  availability: AvailabilityTable;
  told: ToldTable;
  monitors: MonitorsTable;
  event_streams: EventStreamsTable;
  settlements: SettlementsTable;
  transaction_details: TransactionDetailsTable;
  commands: CommandsTable;
  denials: { kind: string; issuer: string; value: string; reason: string; added_at_ms: number };
  dispensations: DispensationsTable;
  /** By which security profile a station came last, and when it first proved that it can do without a dispensation. */
  station_ways: { station_id: string; security_profile: number; profile_3_at_ms: number | null };
  outbox: OutboxTable;
  messages: MessagesTable;
  nodes: NodesTable;
  energy_documents: EnergyDocumentsTable;
  energy_prices: EnergyPricesTable;
  energy_quarters: EnergyQuartersTable;
  energy_limits: EnergyLimitsTable;
  people: { id: string; name: string; role: string; added_at_ms: number };
  passkeys: {
    id: string;
    person_id: string;
    public_key: string;
    counter: number;
    transports: string;
    added_at_ms: number;
    used_at_ms: number | null;
  };
  sessions: {
    hash: string;
    person_id: string;
    kind: string;
    name: string;
    created_at_ms: number;
    expires_at_ms: number;
  };
  invitations: { hash: string; role: string; expires_at_ms: number; used_at_ms: number | null };
};

/** A station's dated leave to use security profile 1 or 2; gone when it has ended. */
type DispensationsTable = {
  station_id: string;
  security_profile: number;
  until_ms: number;
  /** Argon2id, as text in PHC's form. */
  password_hash: string;
  given_at_ms: number;
  given_by: string;
};

type SitesTable = {
  id: string;
  added_at_ms: number;
  /** 1 while a site link is open, as far as this database knows; reset when a CSMS starts. */
  connected: number;
  seen_at_ms: number | null;
  clock_quality: string | null;
  /** Version the site said it has in force. */
  bundle_version: number;
  software: string | null;
  /** Epoch of the journal that the site last said hello with: leases are granted to it. */
  journal_epoch: string | null;
  /** The node that its link may be open at; null where nobody has it, or one process serves alone. */
  node: string | null;
};

/** Blocks of 1.6 transaction ids, from…to both included: disjoint for ever, whatever happens to who holds them. */
type LeasesTable = {
  site_id: string;
  csms_epoch: number;
  /** A site whose journal is new no longer knows which of its ids it gave out: it gets new blocks. */
  journal_epoch: string;
  from_id: number;
  to_id: number;
  granted_at_ms: number;
};

type StationsTable = {
  id: string;
  /** CN of its certificates; equal to the id unless told otherwise (ADR 7). */
  serial: string;
  /** `site`, `direct` or `either`. */
  route: string;
  site_id: string | null;
  /** `accepted`, `pending` (unknown until a person accepts it) or `blocked`. */
  admission: string;
  added_at_ms: number;
  connected: number;
  /** Registry generation of the live socket; cleanup of an older one changes nothing. */
  generation: number;
  ocpp_version: string | null;
  seen_at_ms: number | null;
  booted_at_ms: number | null;
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  /** notBefore of the newest certificate seen: older ones are never accepted again (QUIRKS, takeover). */
  certificate_from_ms: number | null;
  certificate_key: string | null;
  /** The node that may hold its socket; null where nobody does, or one process serves alone. */
  node: string | null;
};

/** How often a station broke a rule, and was understood all the same (QUIRKS). */
type DeviationsTable = {
  station_id: string;
  /** A name of the table of repairs, or of what is only noticed. */
  rule: string;
  /** Places, not messages. */
  count: number;
  first_at_ms: number;
  last_at_ms: number;
  /** Place and what stood there; bounded, masked where it may be a token. */
  last_example: string;
};

/** Where an operator wants a station handled otherwise than usual; no row: as usual. */
type StationHandlingTable = {
  station_id: string;
  /** 1: nothing is repaired. */
  strict: number;
  pinned_version: string | null;
  assumed_version: string | null;
  /** 0: never pinged. */
  pinged: number;
  /** 1: its socket is closed when it is found deaf, so that it connects anew. */
  close_deaf: number | null;
  changed_at_ms: number;
};

/** Transaction messages that could not be read and were acknowledged, for a person to look at. */
type SetAsideTable = {
  station_id: string;
  /** SHA-256 of the payload: the same message again is the same row. */
  digest: string;
  action: string;
  received_at_ms: number;
  code: string;
  reason: string;
  /** The payload as JSON, redacted, bounded. */
  message: string;
  /** The 1.6 id that a start was answered with. */
  wire_id: string | null;
};

/** 1.6 has connectors only: evse_id = connector number, connector_id = 1. Row (station, 0, 0) is the station itself. */
type ConnectorsTable = {
  station_id: string;
  evse_id: number;
  connector_id: number;
  /** In the words of 2.0.1 or 1.6, as sent: Available, Preparing, Charging, Occupied, Faulted, … */
  status: string;
  error_code: string | null;
  status_at_ms: number;
  power_w: number | null;
  power_at_ms: number | null;
};

type TransactionsTable = {
  /** Ours: 26 characters, sortable by creation. Never leaves as an OCPP transaction id. */
  id: string;
  station_id: string;
  evse_id: number;
  connector_id: number;
  /** The id on the wire: the number as text in 1.6, the station's own text in 2.0.1. Unique per station. */
  wire_id: string;
  ocpp_version: string;
  token: string | null;
  /** `open`, `ended`, or `partial` (updates or an end arrived without a start). */
  state: string;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  meter_start_wh: number | null;
  meter_last_wh: number | null;
  meter_stop_wh: number | null;
  /** meter_stop − meter_start when both are known; never clamped (QUIRKS 39). */
  energy_wh: number | null;
  power_w: number | null;
  power_at_ms: number | null;
  stop_reason: string | null;
  /** Lowest and highest 2.0.1 seqNo seen; null in 1.6. A transaction's first need not be 0 (Part 2 §1.3.2). */
  first_seq_no: number | null;
  seq_no: number | null;
  /** 2.0.1 seqNos below the highest that have not arrived, as ranges: `3,5-7`; empty where none is missing. */
  missing_seq: string;
  /** 1 where any part of it was answered by the site, or sent with `offline: true`. */
  offline: number;
  /** Why a person should look at it before it is billed: sorted codes of transactions/review.ts, comma between. */
  review: string | null;
  changed_at_ms: number;
};

/** Every transaction message ever accepted, once: what an auditor recounts. */
type TransactionEventsTable = {
  station_id: string;
  /** Ours; empty where the message named no transaction of this station. */
  transaction_id: string;
  /** What makes it the same message again: see transactions/dedupe.ts. Unique per station. */
  dedupe: string;
  kind: string;
  seq_no: number | null;
  at_ms: number;
  received_at_ms: number;
  clock_quality: string;
  meter_wh: number | null;
  power_w: number | null;
  /** `live`, `replayed` (through the site's journal) or `offline` (the station's own queue). */
  path: string;
  answered_locally: number;
  message_id: string;
  trace: string;
  /** SHA-256 of the frame's payload text, hex. */
  digest: string;
  /** Where the site wrote it down; null for a direct station. */
  journal_epoch: string | null;
  journal_seq: number | null;
  /** Signed meter values, raw, as JSON: evidence that only their own algorithm can read. */
  signed_values: string | null;
};

type MeterSamplesTable = {
  station_id: string;
  evse_id: number;
  transaction_id: string | null;
  at_ms: number;
  /** `Energy.Active.Import.Register` in Wh and `Power.Active.Import` in W where the message had them. */
  meter_wh: number | null;
  power_w: number | null;
  soc_percent: number | null;
};

type CommandsTable = {
  id: string;
  station_id: string;
  action: string;
  payload: string;
  actor: string;
  reason: string;
  /** SHA-256 over station, action and payload: what an approver would sign. */
  hash: string;
  requested_at_ms: number;
  expires_at_ms: number;
  /** `requested`, `sent`, `accepted`, `refused`, `failed`, `expired`, `unknown` (sent, and the process died). */
  state: string;
  sent_at_ms: number | null;
  ended_at_ms: number | null;
  /** The station's own words: JSON of its result, or the error. */
  outcome: string | null;
  /** The node that sent it; null before, or where one process serves alone. */
  node: string | null;
};

/** Processes that serve this database together, or did (ADR 5). */
type NodesTable = {
  /** Its name, chosen by its operator. */
  id: string;
  /** Random, of its data folder: two folders under one name are two processes. */
  folder: string;
  /** Raised at every start: whatever an earlier one still wants to write is refused. */
  incarnation: number;
  /** Raised while it lives; whoever sees no change for long enough may bury it. */
  beats: number;
  /** 0 once it was stopped or buried. */
  alive: number;
  /** `none` or `nats`: how it hears of the others' commits. */
  bus: string;
  changed_at_ms: number;
};

type OutboxTable = {
  /** Gap-free from 1, in order of commit. */
  seq: number;
  at_ms: number;
  /** `station`, `site`, `csms`, `person`. */
  source: string;
  /** `transaction.started`, `station.status`, `security.event`, …: the list is in core/observations.ts. */
  kind: string;
  station_id: string | null;
  site_id: string | null;
  /** Message, command or request that caused it. */
  cause: string | null;
  trace: string | null;
  /** 0 for what was replayed: history, which raises no live alarm. */
  live: number;
  data: string;
};

/** Every frame of every station, redacted: a log for people, the first thing given up when the disk fills (DESIGN 25). */
type MessagesTable = {
  /** Counts up, and is never used again: `messages_next_id` in meta. */
  id: number;
  station_id: string;
  /** When it was written down here; grows with the id. */
  at_ms: number;
  /** When it was first received, or sent, here or at its site. */
  received_at_ms: number;
  /** `station` or `csms`: who wrote the frame. */
  sender: string;
  /** `direct`, or `site` and its name. */
  route: string;
  version: string;
  /** `call`, `result`, `error`, `send`, `result-error`, `unreadable`. */
  kind: string;
  /** Of the frame, or of the CALL that it answers. */
  action: string | null;
  message_id: string | null;
  trace: string | null;
  /** `valid`, `repaired` or `refused`; of our own frames `sent`, and of what a site answered by itself `local`. */
  verdict: string;
  /** Of the frame as it was; what is kept of it is shorter. */
  chars: number;
  frame: string;
};

export type Row<T extends keyof Schema> = { [K in keyof Schema[T]]: Schema[T][K] };
