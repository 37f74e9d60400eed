/**
 * What single places of the console ask, beside what everybody asks (core/port.ts): filters in, whole pages out, as
 * plain data with the units in their names. Each is bounded by queries/limits.ts, whatever its caller asks for.
 */
import type { Json, SiteId, StationId } from "@wattward/kernel";
import type {
  DispensationView,
  OutboxEntry,
  SettlementRow,
  TransactionDetailsRow,
  TransactionRow,
} from "./views.ts";

/** Entries of {@link Queries} like the others. */
export type PlaceQueries = {
  /** Undefined for one that there is not. */
  "transaction.get": { input: { id: string }; output: TransactionDetail | undefined };
  /** Of one that is open it ends now. */
  "transaction.curve": {
    input: { id: string; nowMs: number; points: number };
    output: TransactionCurve | undefined;
  };
  /** Transaction messages of a station that could not be read, newest first. */
  "station.setAside": { input: { station: StationId }; output: readonly SetAsideRow[] };
  /** Newest first; go on with the last one's seq. Of the newest {@link queryLimits.observationsSearched} alone. */
  "observations.list": { input: ObservationsAsked; output: readonly OutboxEntry[] };
  /** Drivers' tokens, those changed last first. */
  "tokens.list": { input: TokensAsked; output: readonly TokenRow[] };
  /** Those in force, the first to end first. */
  "dispensations.list": { input: undefined; output: readonly DispensationRow[] };
  /** Everybody who may come in or did, by name; with invitations that are open. */
  "people.list": { input: { nowMs: number }; output: PeopleView };
  /** Of everybody who ever acted. */
  "people.names": { input: undefined; output: readonly PersonName[] };
  /** What needs somebody, and what is going on. `todayMs`: when today began for whoever asks. */
  /** `site`: of this one only. */
  "fleet.now": { input: { nowMs: number; todayMs: number; site?: string }; output: NowView };
};

export type NowView = {
  /** Outbox sequence that this includes. */
  readonly seq: number;
  /** By consequence, then by how much is concerned, then the oldest; of each kind the first 50. */
  readonly needs: readonly NeedRow[];
  /** How many there are of each kind that there is one of. */
  readonly counts: readonly { readonly kind: NeedKind; readonly count: number }[];
  readonly fleet: FleetNow;
  /** All sites, and last, where there are any, the stations without one. */
  readonly sites: readonly SiteNow[];
};
/** In order of consequence. */
export type NeedKind =
  /** The room for data is below its watermark: the message log is given up. */
  | "storage-low"
  /** One of several nodes was found dead, and has not come back. */
  | "node-lost"
  | "site-offline"
  /** Its energy is in mode fallback or default: cars charge by what is safe without anybody who knows. */
  | "site-fallback"
  /** Its energy is in mode conservative: no fresh meter. */
  | "site-conservative"
  /** Its link is up, and it has stopped telling of its energy. */
  | "site-silent"
  | "connector-faulted"
  /** Without link, although its site has one or needs none. */
  | "station-offline"
  /** Connected, and lets our calls time out. */
  | "station-deaf"
  /** Connected, and has said nothing for far longer than it should. */
  | "station-silent"
  /** Transaction messages that could not be read, of the last 30 days. */
  | "message-set-aside"
  /** Sessions that a person should look at before they are billed, of the last 7 days. */
  | "session-review"
  /** Of the last day, of each action the last on its station. */
  | "command-failed"
  | "dispensation-ending"
  /** Has not taken up the newest bundle. */
  | "site-behind"
  /** Does not know the time well enough. */
  | "site-clock"
  | "station-pending"
  /** In the inventory, and has never come. */
  | "site-waiting";
export type NeedRow = {
  readonly kind: NeedKind;
  /** danger: service or data is lost now. attention: somebody should look. waits: for a person's word, or for somebody to come. */
  readonly weight: "danger" | "attention" | "waits";
  readonly site: string | null;
  readonly station: string | null;
  readonly evse: number | null;
  readonly sinceMs: number | null;
  /** What is concerned by it: stations of a site, open sessions of a station, sessions to look at, commands that wait. */
  readonly concerned: number;
  /** An error code, an action, a state: in the words of whoever told it. */
  readonly words: string | null;
  /** Where the next step is. */
  readonly next: { readonly place: NeedPlace; readonly id: string | null };
};
export type NeedPlace = "site" | "station" | "sessions" | "command" | "dispensations" | "settings" | "nodes";
export type FleetNow = {
  readonly stations: number;
  readonly stationsConnected: number;
  readonly sessionsOpen: number;
  /** Begun today. */
  readonly sessionsToday: number;
  /** Of all sessions, since today began; null where no register is known. */
  readonly energyTodayWh: number | null;
  /** Of open sessions, as last told, by those that told it within the last 16 minutes; null where none did. */
  readonly powerW: number | null;
  /** When the newest of it was told. */
  readonly powerAtMs: number | null;
  /** Open sessions of which no power is in it. */
  readonly sessionsDark: number;
};
/** `id` null: stations that are at no site. */
export type SiteNow = FleetNow & {
  readonly id: string | null;
  readonly connected: boolean | null;
  readonly seenAtMs: number | null;
  /** Null: its energy is not managed. */
  readonly energy: EnergyModeNow | null;
};
/** The last word on a managed site's mode; both null where it has not told any. Without link it may be another by now. */
export type EnergyModeNow = { readonly mode: string | null; readonly sinceMs: number | null };

export type TokensAsked = {
  /** In any part of it, without case; of `masked` tokens only at the end, as far as it is shown. */
  readonly text?: string | undefined;
  readonly status?: string | undefined;
  readonly masked: boolean;
  /** As many are passed over. */
  readonly skip: number;
  readonly most: number;
};
export type TokenRow = {
  readonly token: string;
  /** Accepted, Blocked or Expired, as a person set it; it has expired by `expiresAtMs` too. */
  readonly status: string;
  readonly expiresAtMs: number | null;
  readonly changedAtMs: number;
  /** Transactions with it that are open, and when the newest began. */
  readonly open: number;
  readonly usedAtMs: number | null;
};
export type DispensationRow = DispensationView & { readonly station: string; readonly site: string | null };
/** Of core/settings.ts and core/setting-words.ts; every value is a whole number. */
export type SettingRow = {
  readonly name: string;
  readonly value: number;
  readonly byDefault: number;
  readonly least: number;
  readonly most: number;
  /** `switch` (0 is off, 1 is on), `count`, or the unit of the number. */
  readonly unit: string;
  readonly meaning: string;
  /** By whom and when it was changed last; null where nobody did, or before this was kept. */
  readonly changedAtMs: number | null;
  readonly changedBy: string | null;
};

export type PersonName = { readonly id: string; readonly name: string };
export type PeopleView = {
  readonly people: readonly PersonRow[];
  readonly invitations: readonly InvitationRow[];
};
export type PersonRow = PersonName & {
  readonly role: string;
  /** person: signs in with passkeys. service: a program, with tokens alone. */
  readonly kind: string;
  readonly addedAtMs: number;
  readonly passkeys: readonly PasskeyRow[];
  /** Of browsers and programs, in force, newest first; of very many the newest. */
  readonly sessions: readonly SessionRow[];
};
export type PasskeyRow = {
  readonly id: string;
  readonly addedAtMs: number;
  readonly usedAtMs: number | null;
};
export type SessionRow = {
  /** To end it by. It opens nothing. */
  readonly id: string;
  /** cookie: a browser. token: a program. */
  readonly kind: string;
  readonly name: string;
  readonly openedAtMs: number;
  readonly expiresAtMs: number;
};
export type InvitationRow = { readonly id: string; readonly role: string; readonly expiresAtMs: number };

export type CommandsAsked = {
  readonly site?: SiteId | undefined;
  readonly station?: StationId | undefined;
  readonly states?: readonly string[] | undefined;
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  /** In the id of its station, its action or its reason; without regard to case. */
  readonly text?: string | undefined;
  readonly beforeId?: string | undefined;
  readonly most: number;
};

/** A message that was acknowledged and applied nowhere: for a person. */
export type SetAsideRow = {
  readonly action: string;
  readonly receivedAtMs: number;
  readonly code: string;
  readonly reason: string;
  /** JSON, redacted, bounded. */
  readonly message: string;
  /** The 1.6 transaction id that it was answered with. */
  readonly wireId: string | null;
};
export type ObservationsAsked = {
  readonly site?: SiteId | undefined;
  readonly station?: StationId | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly beforeSeq?: number | undefined;
  readonly most: number;
};

/** What is not named does not matter; all that is named must hold. */
export type TransactionsAsked = {
  readonly site?: SiteId | undefined;
  readonly station?: StationId | undefined;
  readonly openOnly: boolean;
  /** open, ended or partial. */
  readonly state?: string | undefined;
  /** A whole token, or the end of one as far as it is shown; without regard to case. */
  readonly token?: string | undefined;
  /** Begun at this instant or later, and before that one. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** true: only those that a person should look at. */
  readonly review?: boolean | undefined;
  /** In the id of its station, its own or the one on the wire; without regard to case. */
  readonly text?: string | undefined;
  readonly beforeId?: string | undefined;
  readonly most: number;
};

/** One transaction with all that is known of it. */
export type TransactionDetail = TransactionRow & {
  readonly connector: number;
  readonly version: string;
  readonly meterStartWh: number | null;
  readonly meterLastWh: number | null;
  readonly meterStopWh: number | null;
  /** Of 2.x: lowest and highest sequence number that came; null in 1.6. */
  readonly firstSeqNo: number | null;
  readonly lastSeqNo: number | null;
  /** Sequence numbers between them that have not come, as ranges: `3,5-7`. */
  readonly missingSeqNos: string;
  readonly changedAtMs: number;
  readonly reviews: readonly ReviewReason[];
  /** What 2.x says of it beyond time and meter; null where it has said nothing. */
  readonly details: TransactionDetailsRow | null;
  readonly settlements: readonly SettlementRow[];
  /** In order of their time; of very many the newest, see `eventCount`. */
  readonly events: readonly TransactionEventRow[];
  readonly eventCount: number;
};
export type ReviewReason = {
  readonly code: string;
  /** What it means. */
  readonly sentence: string;
};
/** A message about a transaction, once, however often it came. */
export type TransactionEventRow = {
  readonly kind: string;
  readonly seqNo: number | null;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly clockQuality: string;
  readonly meterWh: number | null;
  readonly powerW: number | null;
  /** live, replayed (its site's journal) or offline (the station's own queue). */
  readonly path: string;
  readonly answeredLocally: boolean;
  readonly messageId: string;
  readonly trace: string;
  /** Raw, as the meter signed them; null where it signed none. */
  readonly signedValues: readonly Json[] | null;
};
export type TransactionCurve = {
  readonly fromMs: number;
  readonly toMs: number;
  /** As many as were stored. */
  readonly samples: number;
  /** Where there were more than asked for: each point is one step, with its mean power and what stood at its end. */
  readonly stepMs: number | null;
  readonly points: readonly CurvePoint[];
};
export type CurvePoint = {
  readonly atMs: number;
  /** Since the start; null where the register or the start is not known. */
  readonly energyWh: number | null;
  readonly powerW: number | null;
  readonly socPercent: number | null;
};
