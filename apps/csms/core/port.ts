/**
 * The core as its callers see it: the thread that owns the store. Sockets, HTTP and command line speak to it in named
 * decisions (which write, grouped into commits) and named queries (which read, on a connection of their own).
 * Everything that crosses is plain data, so that the core can live in a worker, or beside its caller in a test.
 *
 * An answer means durable: `decide` resolves in the callback of the commit that holds its effect (DESIGN, step 6).
 * It rejects only with {@link CoreError}; an expected refusal is part of the output.
 */
import type { ClockQuality, JsonObject, MessageId, SiteId, StationId, TraceId } from "@wattward/kernel";
import type { Claim, Deviation, Handling, OcppVersion } from "@wattward/ocpp";
import type { Dispensation, PasswordProfile, SecurityProfile } from "@wattward/ocpp/ways-in";
import type { JournalRecord } from "@wattward/sitelink";

import type {
  CommandRow,
  DenialRow,
  DeviationRow,
  GivenDispensation,
  MessageRow,
  MonitorRow,
  OutboxEntry,
  PowerPoint,
  SettlementRow,
  SiteRow,
  SiteSnapshot,
  StationDetail,
  StationHolds,
  StationRow,
  StreamRow,
  ToldRow,
  TransactionDetailsRow,
  TransactionRow,
  VariableRow,
} from "./views.ts";

export type * from "./views.ts";

export interface Core {
  decide<N extends keyof Decisions>(name: N, input: Decisions[N]["input"]): Promise<Decisions[N]["output"]>;
  query<N extends keyof Queries>(name: N, input: Queries[N]["input"]): Promise<Queries[N]["output"]>;
  /** Tells the highest outbox sequence after each commit, of this process or another; returns how to stop. */
  onCommitted(listener: (seq: number) => void): () => void;
  close(): Promise<void>;
}

/**
 * `full`: the disk; nothing was written, try later. `busy`: too much waits, or another process holds the lock; slow
 * down and try later. `storage`: the database failed or is not there; try later, and where it was lost in the middle of
 * a commit nobody knows whether that was written. `closed`: shutting down. `fenced`: this node has lost its lease, and
 * others may hold what it held; nothing was written. `broken`: our own fault, logged.
 */
export type CoreFault = "full" | "busy" | "storage" | "closed" | "fenced" | "broken";
export class CoreError extends Error {
  override readonly name = "CoreError";
  readonly kind: CoreFault;
  constructor(kind: CoreFault, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Each entry of the table is served by one function in core/decisions.ts. */
export type Decisions = {
  /**
   * The process that serves has started: nobody is connected yet, and what became of commands that were sent before
   * is unknown. To be decided once, first; never by a tool that shares the database.
   */
  "service.start": { input: { atMs: number }; output: undefined };
  /**
   * The same for one of several processes: it joins, under its next incarnation. What its earlier one held is free, and
   * what that had sent is unknown. The one decision that a node without a lease may make.
   */
  "node.start": { input: NodeStart; output: NodeStarted };
  /** It leaves, having closed its sockets. */
  "node.stop": { input: NodeAt; output: undefined };
  /**
   * The death of another node, seen by its beats: they stand still. `false` where they moved meanwhile, or somebody
   * else was faster. What it held is free, what it had sent is unknown.
   */
  "node.bury": { input: NodeAt & { beats: number; by: string }; output: boolean };
  /**
   * May this node hold that station's or site's socket? `asked`: another has it, and is asked for it through the outbox
   * (`holder.asked`); its answer comes the same way (`holder.answered`, with the ticket). `silent`: one of those that
   * the claim says are not worth asking.
   */
  "holder.claim": {
    input: HolderClaim;
    output: { kind: "yours" } | { kind: "asked" | "silent"; holder: string };
  };
  /** What the holder answers: `given` has closed its socket first, and hands the row over in this commit. */
  "holder.answer": { input: HolderAnswer; output: undefined };
  /** Writes a little, to find out whether the store can: after a commit that failed. */
  "store.try": { input: { atMs: number }; output: undefined };
  /** May this certificate open a direct socket as this station? Remembers the newest certificate seen. */
  "station.admit": { input: AdmissionRequest; output: Admission };
  /** The same for a station that has shown the right password: is that dispensation still its own, and in force? */
  "station.admitByPassword": { input: PasswordAdmission; output: Admission };
  /** A dated leave to use security profile 1 or 2; one that the station has is replaced, and its password with it. */
  "dispensation.give": { input: DispensationGift; output: DispensationGiven };
  "dispensation.end": {
    input: { station: StationId; actor: string; atMs: number };
    output: { kind: "ended" | "none" | "unknown-station" };
  };
  /** Forgets those whose day has come, passwords and all. */
  "dispensations.expire": { input: { atMs: number }; output: undefined };
  /** A socket of a station opened or closed, here or at its site. `elsewhere`: another node holds it; nothing was done. */
  "station.presence": { input: PresenceChange; output: Elsewhere | undefined };
  /** How a station is to be handled otherwise than usual; what is not named stays, null takes a version back. */
  "station.handle": {
    input: {
      station: StationId;
      strict?: boolean;
      pinned?: OcppVersion | null;
      assumed?: OcppVersion | null;
      pinged?: boolean;
      closeDeaf?: boolean;
      actor: string;
      atMs: number;
    };
    output: { kind: "changed" | "unchanged"; handling: Handling } | { kind: "unknown-station" };
  };
  /** What a station did beside its CALLs that is to be counted: replies, frames, handshakes, silence. */
  "station.deviations": {
    input: { station: StationId; route: Route; deviations: readonly Deviation[]; atMs: number };
    output: undefined;
  };
  /** A validated CALL of a station on a direct socket. */
  "station.call": { input: StationCall; output: StationAnswer };
  /** A validated SEND of a station, over either route: nobody is answered. */
  "station.send": { input: StationCall; output: SendTaken };
  /** A site link opened: what it may know, and from where it goes on. */
  "site.hello": { input: SiteHello; output: SiteWelcome };
  "site.presence": {
    input: {
      site: SiteId;
      connected: boolean;
      atMs: number;
      clockQuality?: ClockQuality;
      /** Where several processes serve: which one has the link. */
      node?: string;
    };
    output: Elsewhere | undefined;
  };
  /** A journal record; applied at most once per (site, epoch, seq). */
  "site.record": { input: SiteRecord; output: SiteRecordDone };
  /** A CALL relayed by a site without its journal. */
  "site.relay": { input: StationCall; output: StationAnswer };
  /** A site said which bundle it lives on, or why it refused one. */
  "site.bundle": {
    input: { site: SiteId; version: number; accepted: boolean; reason: string; atMs: number };
    output: undefined;
  };
  "site.lease": { input: { site: SiteId; atMs: number }; output: Lease };
  /** The bundle's text for a site; a new version where its content has changed since the last. */
  "bundle.compile": { input: { site: SiteId; atMs: number }; output: { version: number; body: string } };
  /** Facts that are no station message: refused certificates, suspected clones, takeovers, what a site observed. */
  observe: { input: Observed; output: undefined };
  /** Now and then: ends transactions that were uncertain for too long, and tells those without meter values. */
  "transactions.tend": { input: { atMs: number }; output: undefined };
  "command.request": { input: CommandRequest; output: CommandAccepted };
  /** All of them or none: 2.x gets one command, 1.6 one for each key. */
  "settings.request": { input: SettingsRequest; output: SettingsAccepted };
  /** A connected station lets our calls time out, or answers again. Told again it changes nothing. */
  "station.hearing": {
    input: { station: StationId; deaf: boolean; action: string; atMs: number };
    output: undefined;
  };
  /** Marks commands of a station as sent and hands them out, oldest first; expires what is too old. */
  "command.take": {
    input: {
      station: StationId;
      atMs: number;
      most: number;
      /** Where several processes serve: none is handed out unless this is the socket that the store knows. */
      holder?: { node: string; generation: number };
    };
    output: DueCommand[];
  };
  "command.outcome": { input: CommandOutcome; output: undefined };
  /** Ends what is overdue: expired before it was sent, or sent at `sentBeforeMs` or earlier and never told of again. */
  "command.expire": { input: { atMs: number; sentBeforeMs: number }; output: undefined };
  "station.add": { input: StationAddition; output: StationAdded };
  "token.set": {
    input: { token: string; status: string; expiresAtMs?: number; atMs: number; actor: string };
    output: undefined;
  };
  /** A setting of core/settings.ts, within its limits. */
  "setting.set": {
    input: { name: string; value: number; atMs: number; actor: string };
    output: { kind: "set" } | { kind: "refused"; sentence: string };
  };
  /**
   * A certificate that is no longer accepted: by issuer and serial number, or by its public key (SHA-256), both in
   * lower-case hexadecimal; the issuer is empty for a key. `known`: it was denied before, nothing changed.
   */
  "denial.add": {
    input: {
      kind: "serial" | "key";
      issuer: string;
      value: string;
      reason: string;
      atMs: number;
      actor: string;
    };
    output: { kind: "added" } | { kind: "known" } | { kind: "refused"; sentence: string };
  };
  "person.invite": {
    input: { hash: string; role: string; expiresAtMs: number; atMs: number };
    output: undefined;
  };
  "person.join": {
    input: PersonJoin;
    output: { kind: "joined"; person: string } | { kind: "refused"; reason: "invitation" };
  };
  "session.open": {
    input: {
      hash: string;
      person: string;
      kind: "cookie" | "token";
      name: string;
      expiresAtMs: number;
      atMs: number;
      passkey?: { id: string; counter: number };
    };
    output: undefined;
  };
  /** A token for a program: finds or makes the service account of that name, and opens a session of kind `token`. */
  "service.token": {
    input: { name: string; role: string; hash: string; expiresAtMs: number; atMs: number };
    output: { person: string };
  };
  "session.close": { input: { hash: string; atMs: number }; output: undefined };
  /** Frames for the message log, already redacted. `off`: it is switched off, or given up because the disk is short. */
  "messages.write": {
    input: { messages: readonly LoggedMessage[]; atMs: number };
    output: { kind: "written"; perStationAndDay: number } | { kind: "off" };
  };
  /** How much room the store has; says whether that is too little (retention/storage.ts). */
  "storage.measured": { input: { measured: MeasuredStorage; atMs: number }; output: { low: boolean } };
  /** Removes a slice of what is kept no longer (retention/rules.ts). `more`: there is more of it. */
  "retention.trim": { input: { atMs: number }; output: { more: boolean } };
};

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

/** Each entry is served by one function in core/queries.ts. */
export type Queries = {
  /** `kinds`: only entries of these. In order of `seq`; fewer than `most` means that there are no more for now. */
  "outbox.after": {
    input: { seq: number; most: number; site?: SiteId; kinds?: readonly string[] };
    output: OutboxEntry[];
  };
  "outbox.head": { input: undefined; output: number };
  "denials.all": {
    input: undefined;
    output: readonly { kind: "serial" | "key"; issuer: string; value: string }[];
  };
  /** The same with why and when, newest first. */
  "dispensations.all": { input: undefined; output: readonly GivenDispensation[] };
  "denials.list": { input: undefined; output: readonly DenialRow[] };
  "sites.list": { input: undefined; output: readonly SiteRow[] };
  "site.snapshot": { input: { site: SiteId; nowMs: number }; output: SiteSnapshot | undefined };
  /** Undefined for a site that there is not. */
  "site.history": {
    input: { site: SiteId; fromMs: number; toMs: number; stepMs: number };
    output: readonly PowerPoint[] | undefined;
  };
  "transactions.list": {
    input: { site?: SiteId; station?: StationId; openOnly: boolean; beforeId?: string; most: number };
    output: readonly TransactionRow[];
  };
  /** How many transactions are open, everywhere. */
  "transactions.openCount": { input: undefined; output: number };
  "station.get": { input: { station: StationId }; output: StationDetail | undefined };
  /** In order of station and rule; go on with the last one's. */
  "deviations.list": {
    input: {
      site?: SiteId;
      station?: StationId;
      rule?: string;
      after?: { station: string; rule: string };
      most: number;
    };
    output: readonly DeviationRow[];
  };
  "stations.list": {
    input: { site?: SiteId; afterId?: string; most: number };
    output: readonly StationRow[];
  };
  /** What a station said of itself, the newest on each subject; of one subject where it is named. */
  "station.told": {
    input: { station: StationId; subject?: string };
    output: readonly ToldRow[];
  };
  /** Its monitors, and the event streams that carry their values. */
  "station.monitoring": {
    input: { station: StationId };
    output: { readonly monitors: readonly MonitorRow[]; readonly streams: readonly StreamRow[] };
  };
  /** Newest first. */
  "settlements.list": { input: { station?: StationId; most: number }; output: readonly SettlementRow[] };
  "transaction.details": { input: { id: string }; output: TransactionDetailsRow | undefined };
  /** Undefined for a station that there is not. */
  "station.holds": { input: { station: StationId }; output: StationHolds | undefined };
  /** In order of path; go on with the last one's. `search`: in any name or 1.6 key, without case. */
  "variables.list": {
    input: { station: StationId; search?: string; component?: string; after?: string; most: number };
    output: readonly VariableRow[];
  };
  "command.get": { input: { id: string }; output: CommandRow | undefined };
  /** When `command.expire` will next find something, for commands untold after `untoldMs`; undefined where none is open. */
  "commands.nextDue": { input: { untoldMs: number }; output: number | undefined };
  "commands.list": { input: { station?: StationId; most: number }; output: readonly CommandRow[] };
  /** Frames of a station, newest first; go on with the last one's id. */
  "messages.list": {
    input: {
      station: StationId;
      action?: string;
      sender?: "station" | "csms";
      sinceMs?: number;
      beforeId?: number;
      most: number;
    };
    output: readonly MessageRow[];
  };
  /** Every setting of core/settings.ts. */
  "settings.all": {
    input: undefined;
    output: readonly { name: string; value: number; byDefault: number; least: number; most: number }[];
  };
  /** Bytes of the database on its server; undefined for a file, whose folder tells more. */
  "store.usedBytes": { input: undefined; output: number | undefined };
  "invitation.get": { input: { hash: string; nowMs: number }; output: { role: string } | undefined };
  "people.count": { input: undefined; output: number };
  "passkey.get": {
    input: { id: string };
    output: { id: string; person: string; name: string; publicKey: string; counter: number } | undefined;
  };
  "session.get": {
    input: { hash: string; nowMs: number };
    output: { person: string; name: string; role: string; kind: string } | undefined;
  };
};
