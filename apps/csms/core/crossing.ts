/**
 * What crosses between the core and its callers: plain data, that goes into decisions and comes out of them (port.ts).
 */
import type { ClockQuality, JsonObject, MessageId, SiteId, StationId, TraceId } from "@wattward/kernel";
import type { Claim, Deviation, Handling, OcppVersion } from "@wattward/ocpp";
import type { Dispensation, PasswordProfile, SecurityProfile } from "@wattward/ocpp/ways-in";
import type { JournalRecord } from "@wattward/sitelink";

export type Route = { readonly kind: "direct" } | { readonly kind: "site"; readonly site: SiteId };

export type AdmissionRequest = {
  readonly station: StationId;
  readonly route: Route;
  readonly certificate: CertificateFacts;
  readonly atMs: number;
};

/** What the gateway knows of a verified certificate (chain, time and deny set are checked before). */
export type CertificateFacts = {
  /** CN of the subject. */
  readonly serial: string;
  /** SHA-256 of its public key, hex. */
  readonly key: string;
  readonly notBeforeMs: number;
};

export type Admission =
  | { readonly kind: "admitted"; readonly pending: boolean; readonly handling?: Handling }
  | {
      readonly kind: "refused";
      readonly reason:
        | "unknown-station"
        | "wrong-certificate"
        | "older-certificate"
        | "wrong-route"
        | "no-dispensation"
        | "blocked";
    };

export type PasswordAdmission = {
  readonly station: StationId;
  readonly securityProfile: PasswordProfile;
  /** The text against which its password was right. */
  readonly passwordHash: string;
  readonly atMs: number;
};

export type DispensationGift = Dispensation & { readonly actor: string; readonly atMs: number };
export type DispensationGiven =
  | { readonly kind: "given"; readonly replaced: boolean }
  | {
      readonly kind: "refused";
      readonly reason: "unknown-station" | "seen-on-profile-3" | "bad-date";
      readonly sentence: string;
    };

export type PresenceChange = {
  readonly station: StationId;
  readonly route: Route;
  readonly connected: boolean;
  readonly generation: number;
  readonly version: OcppVersion;
  readonly address: string;
  /** 3 where nothing is said: a site of an earlier version knows no other. */
  readonly securityProfile?: SecurityProfile;
  readonly atMs: number;
  /** Where several processes serve: which one has the socket. */
  readonly node?: string;
};

/** One of several processes that serve a database; names are 1 to 40 of a-z, 0-9 and '-'. */
export type NodeAt = { readonly id: string; readonly incarnation: number; readonly atMs: number };
export type NodeStart = {
  readonly id: string;
  /** Of its data folder: a name that another folder's node uses is refused. */
  readonly folder: string;
  /** How it hears of the others' commits: without a bus only one node serves. */
  readonly bus: "none" | "nats";
  /** SHA-256 of the root's certificate, hex: all nodes are of one operator. */
  readonly operator: string;
  /** It comes back, and this was its last incarnation: a later one that lives is a copy of its folder. */
  readonly after?: number;
  /** The same of Root R: a station that trusts it must find it behind every node. */
  readonly rsaRoot: string;
  readonly atMs: number;
};
export type NodeStarted =
  /** `cluster`: random, of this database, for names that its nodes share. */
  | { readonly kind: "started"; readonly incarnation: number; readonly cluster: string }
  | { readonly kind: "other-operator" }
  /** By one that is not known to be dead. */
  | {
      readonly kind: "occupied";
      readonly why: "name-taken" | "no-bus";
      readonly by: { id: string; incarnation: number; beats: number };
    };

export type Elsewhere = { readonly kind: "elsewhere"; readonly node: string };

/** What one node at a time holds. */
export type Held =
  | { readonly kind: "station"; readonly station: StationId }
  | { readonly kind: "site"; readonly site: SiteId };
export type HolderClaim = {
  readonly held: Held;
  readonly node: string;
  /** The newcomer's, for the holder to decide by (QUIRKS, takeover). */
  readonly claim: Claim;
  /** Nodes that have not been heard of for a while: what they hold is theirs until they are buried. */
  readonly silent: readonly string[];
  /** Chosen by who asks, to know the answer by. */
  readonly ticket: string;
  readonly atMs: number;
};
export type HolderAnswer = {
  readonly held: Held;
  readonly from: string;
  readonly to: string;
  readonly ticket: string;
  readonly verdict: "given" | "hold" | "refuse";
  readonly why: string;
  readonly atMs: number;
};

export type StationCall = {
  readonly station: StationId;
  readonly route: Route;
  readonly version: OcppVersion;
  readonly trace: TraceId;
  readonly id: MessageId;
  readonly action: string;
  /** Valid by the schema of its action and version, unless `fault` says what is wrong with it. */
  readonly payload: JsonObject;
  /** What was repaired in it. */
  readonly deviations?: readonly Deviation[];
  /** A transaction message that breaks its schema past repair: it is set aside, and acknowledged. */
  readonly fault?: MessageFault;
  readonly receivedAtMs: number;
  readonly clockQuality: ClockQuality;
};

/** `dropped`: it has no meaning here, because of its sender or because nothing opened what it goes on with. */
export type SendTaken = { readonly kind: "taken" } | { readonly kind: "dropped"; readonly why: string };

export type MessageFault = { readonly code: string; readonly description: string };

/** The body of the CALLRESULT, or the code of the CALLERROR. */
export type StationAnswer =
  | { readonly kind: "result"; readonly payload: JsonObject }
  | { readonly kind: "error"; readonly code: string; readonly description: string };

export type SiteHello = {
  readonly site: SiteId;
  readonly epoch: string;
  readonly lastSeq: number;
  readonly bundleVersion: number;
  readonly software: string;
  readonly atMs: number;
};

export type SiteWelcome =
  | { readonly kind: "unknown-site" }
  /** `ackedSeq` -1: this journal went back in time (restored disk), the site must begin a new epoch. */
  | {
      readonly kind: "welcome";
      readonly csmsEpoch: number;
      readonly ackedSeq: number;
      /** Of the record `ackedSeq`; absent where there is none. */
      readonly ackedTrace?: TraceId;
      readonly leases: readonly Lease[];
    };

export type Lease = { readonly csmsEpoch: number; readonly from: number; readonly to: number };

export type SiteRecord = {
  readonly site: SiteId;
  readonly live: boolean;
  readonly record: JournalRecord;
  /** The record's frame, parsed and valid; absent for records that hold none, or whose frame is not valid (why: `fault`). */
  readonly call?: Pick<StationCall, "id" | "action" | "payload" | "deviations" | "fault">;
  readonly fault?: MessageFault;
  readonly atMs: number;
};

export type SiteRecordDone = {
  /** `applied`; `duplicate` of one applied before; `gap`: an earlier sequence is missing, nothing was done. */
  readonly kind: "applied" | "duplicate" | "gap";
  /** Highest sequence of this epoch durable here. */
  readonly ackedSeq: number;
  /** For live frame records, also when they are duplicates. */
  readonly answer?: StationAnswer;
};

export type Observed = {
  readonly kind: string;
  readonly station?: StationId;
  readonly site?: SiteId;
  readonly detail: JsonObject;
  readonly atMs: number;
};

export type CommandRequest = {
  readonly station: StationId;
  /** An action of {@link CommandAction}; the payload is in the words of the station's own version. */
  readonly action: string;
  readonly payload: JsonObject;
  readonly actor: string;
  readonly reason: string;
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** Send it although what we know of the station speaks against it; never against another's ids, or for a secret. */
  readonly force?: boolean;
};
/** Settings of a station in the words of the device model, whatever version it speaks: each becomes a command. */
export type SettingsRequest = Omit<CommandRequest, "action" | "payload"> & {
  readonly variables: readonly SettingAsked[];
};
export type SettingAsked = {
  readonly component: string;
  readonly componentInstance?: string;
  readonly evse?: number;
  readonly connector?: number;
  readonly variable: string;
  readonly variableInstance?: string;
  readonly attribute?: "Actual" | "Target" | "MinSet" | "MaxSet";
  readonly value: string;
};
export type SettingsAccepted =
  | { readonly kind: "requested"; readonly ids: readonly string[] }
  | Extract<CommandAccepted, { kind: "refused" }>;
export type CommandAccepted =
  | { readonly kind: "requested"; readonly id: string }
  | {
      readonly kind: "refused";
      /** `never-connected`: its version is not known yet, so the payload cannot be checked. */
      readonly reason:
        | "unknown-station"
        | "never-connected"
        | "unsupported-action"
        | "invalid-payload"
        /** The payload is valid, and what is known of the station speaks against it; `force` may help. */
        | "objection"
        | "expired"
        | "too-many";
      readonly sentence: string;
    };
export type DueCommand = {
  readonly id: string;
  readonly action: string;
  readonly payload: JsonObject;
  readonly expiresAtMs: number;
  /** How much of it one message may hold; it goes in parts where it is more. */
  readonly room?: Room;
};
/** Items and bytes that a station takes in one message; what is left out is not known. */
export type Room = { readonly items?: number; readonly bytes?: number };
/** `about`: an action, or an action and what is asked of it: `TriggerMessage Heartbeat`. */
export type LearnedFact =
  | { readonly kind: "unsupported"; readonly about: string }
  | { readonly kind: "items" | "bytes"; readonly about: string; readonly most: number };
export type CommandOutcome = {
  readonly id: string;
  readonly state: "accepted" | "refused" | "failed" | "unknown";
  /** The station's own result or error. */
  readonly outcome: JsonObject;
  readonly atMs: number;
  /** It answered, whatever: then it is not deaf. */
  readonly answered?: boolean;
  /** What its answer, or its silence, showed of what it does and takes. */
  readonly learned?: readonly LearnedFact[];
};

export type StationAddition = {
  readonly station: StationId;
  readonly serial: string;
  readonly route: "site" | "direct" | "either";
  readonly site?: SiteId;
  readonly actor: string;
  readonly atMs: number;
};
export type StationAdded = {
  readonly kind: "added" | "changed" | "unchanged";
  readonly siteCreated: boolean;
};

/** What a person did to what has that id, and when. */
export type Handled = { readonly id: string; readonly actor: string; readonly atMs: number };

export type PersonJoin = {
  readonly invitation: string;
  readonly name: string;
  readonly passkey: { id: string; publicKey: string; counter: number; transports: string };
  readonly atMs: number;
};

/** A frame as the message log keeps it; the meaning of each field is with its column, MessagesTable in store/schema.ts. */
export type LoggedMessage = {
  readonly station: StationId;
  readonly receivedAtMs: number;
  readonly sender: "station" | "csms";
  readonly route: string;
  readonly version: OcppVersion;
  readonly kind: "call" | "result" | "error" | "result-error" | "send" | "unreadable";
  readonly action: string | null;
  readonly messageId: string | null;
  readonly trace: string | null;
  readonly verdict: "valid" | "repaired" | "refused" | "sent" | "local";
  readonly chars: number;
  readonly frame: string;
};

/** MiB that are free where the data folder is, or used by a database on a server. */
export type MeasuredStorage = { readonly kind: "free" | "used"; readonly mb: number };
