/** What the queries of core/port.ts give back: rows and views as plain data, with the units in their names. */
import type { JsonObject } from "@wattward/kernel";
import type { Dispensation } from "@wattward/ocpp/ways-in";

export type OutboxEntry = {
  readonly seq: number;
  readonly atMs: number;
  readonly source: string;
  readonly kind: string;
  readonly station?: string;
  readonly site?: string;
  readonly cause?: string;
  readonly trace?: string;
  readonly live: boolean;
  readonly data: JsonObject;
};

export type SiteRow = {
  readonly id: string;
  readonly connected: boolean;
  readonly seenAtMs: number | null;
  readonly stations: number;
  readonly stationsConnected: number;
  readonly charging: number;
  /** Sum over stations of the power last reported in open transactions; null where none was reported. */
  readonly powerW: number | null;
};
export type ConnectorRow = {
  readonly evse: number;
  readonly connector: number;
  readonly status: string;
  readonly errorCode: string | null;
  readonly statusAtMs: number;
};
/** A dispensation as gateways hold it: with the route by which its station may come. */
export type GivenDispensation = Dispensation & { readonly route: string };
/** A dispensation as people see it. */
export type DispensationView = {
  readonly securityProfile: number;
  readonly untilMs: number;
  readonly givenAtMs: number;
  readonly givenBy: string;
};
export type StationRow = {
  readonly id: string;
  readonly serial: string;
  readonly site: string | null;
  readonly route: string;
  readonly admission: string;
  readonly connected: boolean;
  readonly version: string | null;
  /** By which it came last: 1, 2 or 3; null where it never came. */
  readonly securityProfile: number | null;
  readonly dispensation: DispensationView | null;
  readonly seenAtMs: number | null;
  readonly bootedAtMs: number | null;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly powerW: number | null;
  readonly powerAtMs: number | null;
  readonly connectors: readonly ConnectorRow[];
};
/** One rule that a station broke, and how often. */
export type DeviationRow = {
  readonly station: string;
  readonly rule: string;
  /** Row of the list of deviations that the rule is about; null for a rule that this program no longer has. */
  readonly row: number | null;
  /** What is made of it, in a sentence; null likewise. */
  readonly does: string | null;
  /** Places, not messages. */
  readonly count: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  readonly lastExample: string;
};
/** A frame of the message log, redacted; what each field means stands with its column, MessagesTable in store/schema.ts. */
export type MessageRow = {
  readonly id: number;
  readonly station: string;
  readonly atMs: number;
  readonly receivedAtMs: number;
  readonly sender: "station" | "csms";
  readonly route: string;
  readonly version: string;
  readonly kind: string;
  readonly action: string | null;
  readonly messageId: string | null;
  readonly trace: string | null;
  readonly verdict: string;
  readonly chars: number;
  readonly frame: string;
};
/** One attribute of a variable in the device model; a 1.6 key stands where 2.x has the same, and keeps its name. */
export type VariableRow = {
  /** What makes it one, in lower case: go on with the last one's. */
  readonly path: string;
  readonly component: string;
  readonly componentInstance: string | null;
  readonly evse: number | null;
  readonly connector: number | null;
  readonly variable: string;
  readonly variableInstance: string | null;
  readonly attribute: string;
  readonly value: string | null;
  /** ReadOnly, WriteOnly or ReadWrite. */
  readonly mutability: string | null;
  readonly dataType: string | null;
  readonly unit: string | null;
  readonly minLimit: string | null;
  readonly maxLimit: string | null;
  readonly valuesList: string | null;
  readonly persistent: boolean | null;
  readonly constant: boolean | null;
  readonly supportsMonitoring: boolean | null;
  readonly key16: string | null;
  /** report, get, set or event. */
  readonly source: string;
  readonly readAtMs: number;
};
/** What a station holds by our commands, or has told of them, as far as we know. */
export type StationHolds = {
  /** Version of its local list of tokens; 0 is none. Null where it is not known. */
  readonly localListVersion: number | null;
  readonly profiles: readonly HeldProfile[];
  readonly reservations: readonly HeldReservation[];
  /** What was asked for and accepted; EVSE 0 is the whole station. */
  readonly availability: readonly HeldAvailability[];
  /** The newest first. */
  readonly reports: readonly HeldReport[];
};
export type HeldProfile = {
  readonly id: number;
  readonly evse: number;
  readonly purpose: string;
  readonly stackLevel: number;
  readonly kind: string;
  readonly transaction: string | null;
  /** In the words of the station's version. */
  readonly profile: JsonObject;
  /** set: accepted from us. told: the station's own word. */
  readonly source: string;
  readonly changedAtMs: number;
};
export type HeldReservation = {
  readonly id: number;
  readonly evse: number;
  /** Masked. */
  readonly token: string;
  readonly expiresAtMs: number;
  readonly state: string;
  readonly changedAtMs: number;
};
export type HeldAvailability = {
  readonly evse: number;
  readonly connector: number;
  readonly operative: boolean;
  readonly scheduled: boolean;
  readonly changedAtMs: number;
};
export type HeldReport = {
  readonly requestId: number;
  readonly kind: string;
  /** open, complete or refused: only a complete one has come whole. */
  readonly state: string;
  readonly changedAtMs: number;
};
/** What a station showed of what it does and takes, with the firmware that it has. */
export type LearnedRow = {
  /** unsupported, items or bytes. */
  readonly kind: string;
  /** An action, and what is asked of it where that matters. */
  readonly about: string;
  readonly most: number | null;
  readonly because: string;
  readonly learnedAtMs: number;
};
/** A station with what is known of its manner. */
export type StationDetail = StationRow & {
  readonly handling: {
    readonly strict: boolean;
    readonly pinned: string | null;
    readonly assumed: string | null;
    readonly pinged: boolean;
    readonly closeDeaf: boolean;
  };
  /** Connected, and lets our calls time out since then; null for one that answers. */
  readonly deafSinceMs: number | null;
  readonly learned: readonly LearnedRow[];
  /** The newest first. */
  readonly deviations: readonly DeviationRow[];
};
export type TransactionRow = {
  readonly id: string;
  readonly wireId: string;
  /** Where its station is now. */
  readonly site: string | null;
  readonly station: string;
  readonly evse: number;
  /** Masked. */
  readonly token: string | null;
  readonly state: string;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  /** So far while open (last − start), final when ended. */
  readonly energyWh: number | null;
  readonly powerW: number | null;
  readonly powerAtMs: number | null;
  readonly stopReason: string | null;
  readonly offline: boolean;
  readonly review: string | null;
};
/** The newest that a station said on a subject, in the words of its version. */
export type ToldRow = {
  readonly subject: string;
  readonly about: string;
  readonly version: string;
  readonly body: JsonObject;
  /** Told to be over. */
  readonly ended: boolean;
  readonly toldAtMs: number;
};
export type MonitorRow = {
  readonly id: number;
  readonly component: string;
  readonly variable: string;
  readonly kind: string;
  /** Decimal text. */
  readonly value: string;
  readonly severity: number;
  readonly toldAtMs: number;
};
export type StreamRow = {
  readonly id: number;
  readonly monitor: number;
  readonly pending: number;
  readonly value: string | null;
  readonly valueAtMs: number | null;
};
export type SettlementRow = {
  readonly station: string;
  /** Ours; null where it named none of this station's. */
  readonly transaction: string | null;
  readonly pspRef: string;
  readonly status: string;
  /** Decimal text, in the currency of the terminal. */
  readonly amount: string;
  readonly settledAtMs: number;
  readonly receiptId: string | null;
};
/** What 2.x says of a transaction beyond time and meter; null where it has not. */
export type TransactionDetailsRow = {
  readonly chargingState: string | null;
  readonly chargingS: number | null;
  readonly remoteStartId: number | null;
  readonly reservationId: number | null;
  readonly operationMode: string | null;
  readonly tariff: string | null;
  readonly limits: JsonObject | null;
  readonly cost: JsonObject | null;
};
export type SiteSnapshot = {
  /** Outbox sequence that this snapshot includes: events after it bring it up to date. */
  readonly seq: number;
  readonly site: SiteRow & { readonly clockQuality: string | null; readonly bundleVersion: number };
  readonly stations: readonly StationRow[];
  /** Open ones, and those that ended in the last hour, newest first, at most 200. */
  readonly transactions: readonly TransactionRow[];
  /** The newest 50 observations of this site, newest first. */
  readonly recent: readonly OutboxEntry[];
};
/** Mean power of the site in the step that begins at `atMs`; null where nothing was reported. */
export type PowerPoint = { readonly atMs: number; readonly powerW: number | null };
export type CommandRow = {
  readonly id: string;
  /** Where its station is now. */
  readonly site: string | null;
  readonly station: string;
  readonly action: string;
  /** Redacted: without secrets, and cards but for their end. */
  readonly payload: JsonObject;
  readonly actor: string;
  readonly reason: string;
  readonly state: string;
  readonly requestedAtMs: number;
  readonly expiresAtMs: number;
  readonly sentAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly outcome: JsonObject | null;
};
/** A certificate that is no longer accepted. `value`: the serial number or the key's SHA-256, lower-case hexadecimal. */
export type DenialRow = {
  readonly kind: "serial" | "key";
  /** Empty for a key. */
  readonly issuer: string;
  readonly value: string;
  readonly reason: string;
  readonly addedAtMs: number;
};
