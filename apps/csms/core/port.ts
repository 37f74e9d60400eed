/**
 * The core as its callers see it: the thread that owns the store. Sockets, HTTP and command line speak to it in named
 * decisions (which write, grouped into commits) and named queries (which read, on a connection of their own).
 * Everything that crosses is plain data, so that the core can live in a worker, or beside its caller in a test.
 *
 * An answer means durable: `decide` resolves in the callback of the commit that holds its effect (DESIGN, step 6).
 * It rejects only with {@link CoreError}; an expected refusal is part of the output.
 */
import type { ClockQuality, SiteId, StationId } from "@wattward/kernel";
import type { Deviation, Handling, OcppVersion } from "@wattward/ocpp";
import type { AccessDecisions } from "./access-decisions.ts";
import type {
  Admission,
  AdmissionRequest,
  CommandAccepted,
  CommandOutcome,
  CommandRequest,
  DispensationGift,
  DispensationGiven,
  DueCommand,
  Elsewhere,
  HolderAnswer,
  HolderClaim,
  Lease,
  LoggedMessage,
  MeasuredStorage,
  NodeAt,
  NodeStart,
  NodeStarted,
  Observed,
  PasswordAdmission,
  PresenceChange,
  Route,
  SendTaken,
  SettingsAccepted,
  SettingsRequest,
  SiteHello,
  SiteRecord,
  SiteRecordDone,
  SiteWelcome,
  StationAdded,
  StationAddition,
  StationAnswer,
  StationCall,
} from "./crossing.ts";
import type { EnergyDecisions, EnergyQueries } from "./energy-port.ts";
import type { CommandsAsked, PlaceQueries, SettingRow, TransactionsAsked } from "./place-queries.ts";
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

export type * from "./access-decisions.ts";
export type * from "./crossing.ts";
export type * from "./energy-port.ts";
export type * from "./place-queries.ts";
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

type DecisionsElsewhere = AccessDecisions & EnergyDecisions;
/** Each is served by one function in core/decisions.ts; who may come in: access-decisions.ts, sites' energy: energy-port.ts. */
export type Decisions = DecisionsElsewhere & {
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

type QueriesElsewhere = PlaceQueries & EnergyQueries;
/** Each is served by one function in core/queries.ts; those of one place in the console: place-queries.ts, energy: energy-port.ts. */
export type Queries = QueriesElsewhere & {
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
  /** Newest first; go on with the last one's id. */
  "transactions.list": { input: TransactionsAsked; output: readonly TransactionRow[] };
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
  /** In order of id; go on with the last one's. `text`: in id, serial, vendor, model or firmware, without case. */
  "stations.list": {
    input: {
      site?: SiteId | undefined;
      connected?: boolean | undefined;
      admission?: string | undefined;
      text?: string | undefined;
      afterId?: string | undefined;
      most: number;
    };
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
  /** Newest first; go on with the last one's id. */
  "commands.list": { input: CommandsAsked; output: readonly CommandRow[] };
  /** Frames of a station, newest first; go on with the last one's id. */
  "messages.list": {
    input: {
      station: StationId;
      action?: string;
      sender?: "station" | "csms";
      verdict?: string;
      /** Anywhere in what is kept of the frame, without case. */
      text?: string;
      sinceMs?: number;
      beforeId?: number;
      most: number;
    };
    output: readonly MessageRow[];
  };
  /** Every setting of core/settings.ts. */
  "settings.all": {
    input: undefined;
    output: readonly SettingRow[];
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
