/** The tables of what stations hold, told and were asked: a part of schema.ts. */

/** The device model (2.0.1 Part 1 §4): one row for each attribute of a variable; 1.6 keys are among them. */
export type VariablesTable = {
  station_id: string;
  /** What makes it one: component, variable and attribute in lower case, as pathOf in stations/variables.ts writes it. */
  path: string;
  /** As the station spells it. */
  component: string;
  component_instance: string | null;
  evse_id: number | null;
  connector_id: number | null;
  variable: string;
  variable_instance: string | null;
  /** `Actual`, `Target`, `MinSet` or `MaxSet`. */
  attribute: string;
  value: string | null;
  /** `ReadOnly`, `WriteOnly`, `ReadWrite`; null where the station has not said. */
  mutability: string | null;
  persistent: number | null;
  constant: number | null;
  /** The characteristics; limits are decimal text, as they may be fractions. */
  data_type: string | null;
  unit: string | null;
  min_limit: string | null;
  max_limit: string | null;
  values_list: string | null;
  supports_monitoring: number | null;
  /** The 1.6 configuration key that it is, as the station spells it. */
  key16: string | null;
  /** `report`, `get`, `set`, `event`: where the value is from. */
  source: string;
  read_at_ms: number;
};

/** What a station showed of what it does and takes; holds for the firmware that it had then. */
export type LearnedTable = {
  station_id: string;
  /** Empty where it is not known. */
  firmware: string;
  /** `unsupported`, `items` or `bytes`. */
  kind: string;
  /** The action, and where it matters what was asked of it: `TriggerMessage Heartbeat`. */
  about: string;
  /** Items, or bytes of a message, at most; null for what is not supported. */
  most: number | null;
  /** The answer that showed it. */
  because: string;
  learned_at_ms: number;
};

/** Reports that come in parts. Complete: none of its parts is missing, and its last has come. */
export type ReportsTable = {
  station_id: string;
  request_id: number;
  /** `FullInventory`, `ConfigurationInventory`, `SummaryInventory`, `GetReport`, or `unasked`. */
  kind: string;
  command_id: string | null;
  /** `open`, `complete` or `refused`. */
  state: string;
  first_seq_no: number | null;
  /** The highest that has come. */
  seq_no: number | null;
  /** That of the part which says that no more come. */
  last_seq_no: number | null;
  /** As in transactions. */
  missing_seq: string;
  begun_at_ms: number;
  changed_at_ms: number;
};

/** Charging profiles that a station has, as far as we know: set by command and accepted, or told by the station. */
export type ChargingProfilesTable = {
  station_id: string;
  profile_id: number;
  evse_id: number;
  purpose: string;
  stack_level: number;
  kind: string;
  /** Of the transaction that it is for. */
  wire_id: string | null;
  /** The profile as JSON, in the words of the station's version. */
  body: string;
  /** `set` or `told`. */
  source: string;
  command_id: string | null;
  changed_at_ms: number;
};

export type ReservationsTable = {
  station_id: string;
  reservation_id: number;
  /** 0: any. */
  evse_id: number;
  /** Masked. */
  token_shown: string;
  expires_at_ms: number;
  /** `active`, `cancelled`, `removed`, `expired`, `used`, `no-transaction`. */
  state: string;
  command_id: string | null;
  changed_at_ms: number;
};

/** What was asked for and accepted; (station, 0, 0) is the whole station. What it is now, its connectors' status says. */
export type AvailabilityTable = {
  station_id: string;
  evse_id: number;
  connector_id: number;
  operative: number;
  /** 1: when the transaction there has ended. */
  scheduled: number;
  command_id: string | null;
  changed_at_ms: number;
};

/** The newest that a station has said on a subject: stations/told.ts has the subjects and their bounds. */
export type ToldTable = {
  station_id: string;
  subject: string;
  /** What of it, in the station's own numbers: an EVSE, a request, a control; empty for the station itself. */
  about: string;
  ocpp_version: string;
  /** JSON, in the words of that version. */
  body: string;
  /** 1: told to be over, and kept so that nothing older brings it back. */
  ended: number;
  /** By the clock of whoever received it first. */
  told_at_ms: number;
};

/** Variable monitors that a station has told of (2.0.1 N02 to N08). */
export type MonitorsTable = {
  station_id: string;
  monitor_id: number;
  component: string;
  component_instance: string | null;
  evse_id: number | null;
  connector_id: number | null;
  variable: string;
  variable_instance: string | null;
  /** `UpperThreshold`, `Delta`, `Periodic`, … */
  kind: string;
  /** Threshold, step or seconds: decimal text. */
  value: string;
  severity: number;
  in_transaction: number;
  told_at_ms: number;
};

/** Periodic event streams that a station has open (2.1 N11 to N15), with the newest value that came. */
export type EventStreamsTable = {
  station_id: string;
  stream_id: number;
  /** The monitor whose values it carries; which variable that is, `monitors` may know. */
  monitor_id: number;
  every_s: number | null;
  every_values: number | null;
  opened_at_ms: number;
  /** Values that the station had not sent yet, last time. */
  pending: number;
  value: string | null;
  value_at_ms: number | null;
  /** When an observation was last made of it. */
  observed_at_ms: number | null;
};

/** What became of payments at a station's terminal (2.1 C19 to C22): each once. */
export type SettlementsTable = {
  station_id: string;
  /** SHA-256 of the message: the same again is the same row. */
  dedupe: string;
  psp_ref: string;
  /** Ours; null where it names none, or one that is not this station's. */
  transaction_id: string | null;
  wire_id: string | null;
  status: string;
  /** Decimal text, in the currency of the terminal. */
  amount: string;
  settled_at_ms: number;
  receipt_id: string | null;
  received_at_ms: number;
};

/** What 2.x says of a transaction beyond time and meter: the newest of each by sequence number. */
export type TransactionDetailsTable = {
  transaction_id: string;
  seq_no: number;
  charging_state: string | null;
  charging_s: number | null;
  remote_start_id: number | null;
  reservation_id: number | null;
  phases_used: number | null;
  cable_max_a: number | null;
  operation_mode: string | null;
  tariff: string | null;
  /** JSON of the limits that hold, as the station has them. */
  limits: string | null;
  /** JSON of the cost that the station reckoned. */
  cost: string | null;
  preconditioning: string | null;
  evse_sleeps: number | null;
};
