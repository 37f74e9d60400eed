/**
 * What the outbox says: every kind of observation with the shape of its data. Live console, detection, exports and
 * ledger read these; a kind or a field, once released, keeps its meaning.
 *
 * Never in any data: a secret, a whole token (see {@link maskedToken}), a frame's text. `station` and `site` are
 * columns of the row, not repeated here.
 */
import type { JsonObject } from "@wattward/kernel";
import type { Claim } from "@wattward/ocpp";
import type { Tx } from "../store/writer.ts";

/** Fields of one transaction as they stand after the message. `transaction` is our id, `wireId` the station's. */
type TransactionFacts = {
  transaction: string;
  wireId: string;
  evse: number;
  state: string;
  meterWh: number | null;
  energyWh: number | null;
  powerW: number | null;
};

export type ObservationData = {
  "csms.started": Record<string, never>;
  /**
   * This database was made from a backup. What happened between the two times is here only as far as sites bring it
   * again; commands that were open are `unknown`, and the epoch voids leases and bundles of before (ADR 26).
   */
  "csms.restored": { epoch: number; backupAtMs: number; commands: number; sessions: number };
  /** The room for data fell below its watermark, or has come back: free, or used on a server; MiB. */
  "storage.low": { measure: string; mb: number; watermarkMb: number };
  "storage.recovered": { measure: string; mb: number; watermarkMb: number };
  "node.started": { node: string; incarnation: number };
  /** Stopped by its operator, its sockets closed. */
  "node.stopped": { node: string; incarnation: number };
  /** Found dead by another; so many stations and sites were at it, and are free: of each connected one an entry stands beside. */
  "node.lost": { node: string; incarnation: number; by: string; stations: number; sites: number };
  /** A station or site has come to the node `by`, and `holder` has it; `claim` is the newcomer's. */
  "holder.asked": { holder: string; by: string; ticket: string; claim: Claim };
  "holder.answered": { from: string; to: string; ticket: string; verdict: string; why: string };

  "station.added": { serial: string; route: string; actor: string };
  "station.changed": { serial: string; route: string; actor: string };
  /** A station with a certificate of ours that is not in the inventory: pending until a person accepts it. */
  "station.unknown": { serial: string };
  "station.refused": { reason: string; serial: string };
  /** The first time that a station broke this rule; how often, its count of deviations tells. */
  "station.deviates": { rule: string; example: string };
  "station.handling": {
    strict: boolean;
    pinned: string | null;
    assumed: string | null;
    pinged: boolean;
    closeDeaf?: boolean;
    actor: string;
  };
  /** A transaction message that could not be read: kept for a person, and acknowledged. */
  "station.set-aside": { action: string; code: string; reason: string };
  "station.connected": { version: string; address: string; route: string; securityProfile: number };
  "station.disconnected": { route: string };
  "station.booted": {
    vendor: string;
    model: string;
    firmware: string | null;
    reason: string | null;
    status: string;
  };
  /** It lets our calls time out while it is connected (QUIRKS 22); `action`: the last that it did not answer. */
  "station.deaf": { action: string };
  "station.hears": { sinceMs: number };
  /** What its answer to a command showed of what it does and takes. */
  "station.learned": { kind: string; about: string; most: number | null };
  /** So many boots within that time; told once per such time (QUIRKS 19). */
  "station.boot-loop": { boots: number; withinMs: number };
  "station.status": { evse: number; connector: number; status: string; errorCode: string | null };
  "station.event": { component: string; variable: string; value: string; trigger: string };
  "station.report": { requestId: number; part: number; more: boolean; variables: number };
  /** A part of a list of monitors that came. */
  "station.monitors": { requestId: number; part: number; more: boolean; monitors: number };
  "station.display-messages": { requestId: number; more: boolean; messages: number };
  /** That it came, and how long it was; what it says of a person is kept nowhere. */
  "station.customer-information": { requestId: number; part: number; more: boolean; chars: number };
  "station.charging-profiles": {
    requestId: number;
    evse: number;
    source: string;
    more: boolean;
    profiles: number;
  };
  /** What a station says of its hardware has changed since its last boot: these fields. */
  "station.identity-changed": { fields: string[] };
  /** How an update of its firmware, an upload of its log, or its publication of firmware to others goes on. */
  "station.progress": { of: string; requestId: number | null; status: string; info: string | null };
  /** A limit that somebody other than us has set at the station, or taken away. EVSE 0: the whole station. */
  "station.charging-limit": { evse: number; source: string; critical: boolean; cleared: boolean };
  "station.ev-needs": { evse: number; transfer: string; departureAtMs: number | null };
  "station.ev-schedule": { evse: number; periods: number };
  "station.priority-charging": { wireId: string; activated: boolean };
  /** A reservation has ended; `known`: it is one of this station's that we made. */
  "station.reservation": { reservation: number; state: string; known: boolean };
  /** It asked for a certificate (`sign`, `contract`), or what one is worth (`status`, `chain`), and got that answer. */
  "station.certificate-wanted": { what: string; type: string | null; answer: string };
  "station.schedule-wanted": { profile: number; answer: string };
  "station.vat-wanted": { evse: number | null; answer: string };
  "station.stream-opened": { stream: number; monitor: number; accepted: boolean };
  "station.stream-closed": { stream: number };
  /** The newest value of a stream, told once in a while. */
  "station.stream": { stream: number; component: string | null; variable: string | null; value: string };
  "station.der-alarm": { control: string; fault: string | null; ended: boolean };
  "station.der-control": { control: string; started: boolean; superseded: number };
  "station.der-controls": { requestId: number; more: boolean; controls: number };
  "station.battery-swap": { requestId: number; event: string; token: string; batteries: number };
  "station.data": { vendorId: string; messageId: string | null; chars: number };
  /** A station's power or register outside any transaction. */
  "station.meter": { evse: number; meterWh: number | null; powerW: number | null };

  "security.event": { type: string; atMs: number; info: string | null };
  /** A message named a transaction that is another station's, or nobody's. Nothing of it was changed. */
  "security.foreign-transaction": { action: string; wireId: string; of: "other-station" | "nobody" };
  /** A message named a reservation that is another station's. Nothing of it was changed. */
  "security.foreign-reservation": { action: string; reservation: number };
  /** A site spoke for a station that is not its own. Nothing was applied. */
  "security.foreign-station": { action: string; seq: number | null };

  "authorisation.decided": { token: string; status: string };
  "transaction.started": TransactionFacts & { token: string | null };
  "transaction.updated": TransactionFacts;
  "transaction.ended": TransactionFacts & { reason: string | null };
  /** New reasons to look at it before it is billed; codes of transactions/review.ts. */
  "transaction.review": { transaction: string; wireId: string; codes: string[] };

  /** Its station restarted while it was open: nobody knows whether it goes on (QUIRKS 42). */
  "transaction.uncertain": { transaction: string; wireId: string };
  /** Open for so long, and no meter value has come (QUIRKS 41). */
  "transaction.unmetered": { transaction: string; wireId: string; minutes: number };
  /** It charged at that power by its last word, and its values stopped coming (AT-O18). */
  "transaction.silent": { transaction: string; wireId: string; minutes: number; powerW: number | null };
  /** It says that it charges at that power, and its register stands still (AT-O18). */
  "transaction.frozen": { transaction: string; wireId: string; minutes: number; powerW: number | null };
  /** A stop with an id of 0 or less that fits no single open transaction (QUIRKS 11). */
  "transaction.unmatched-stop": { meterWh: number };

  /** What became of a payment at the station's own terminal; the amount as decimal text. */
  "payment.settled": { transaction: string | null; status: string; amount: string; receipt: boolean };

  "site.added": { actor: string };
  "site.connected": Record<string, never>;
  /** How far the site trusts its clock has changed (ADR 20). */
  "site.clock": { quality: string };
  "site.disconnected": Record<string, never>;
  "site.hello": { epoch: string; lastSeq: number; ackedSeq: number; software: string };
  "site.leased": { from: number; to: number };
  "site.bundle": { version: number; accepted: boolean; reason: string };
  /** Its energy is managed in another mode (ADR 16); alert: none, notice or alarm. */
  "site.mode": {
    mode: string;
    islanded: boolean;
    reason: string;
    before: string | null;
    alert: "none" | "notice" | "alarm";
  };
  /** What its Modbus guard refused or noticed, decoded; `what` is the guard's word for it. */
  "site.guard": { what: string; detail: JsonObject };
  /** A new version of what people wrote of its energy; `managed`: false where that is over. */
  "energy.set": { version: number; managed: boolean; actor: string; reason: string };
  /** Prices from then on, so many steps; of a site, or of all that have none of their own. */
  "energy.prices-set": { fromMs: number; stepMs: number; steps: number; actor: string };
  /** A site has none of its own any more. */
  "energy.prices-dropped": { actor: string };
  /** What everything controlled at a site may take together, for a time; both null: no such limit any more. */
  "energy.limit-set": { limitW: number | null; untilMs: number | null; actor: string; reason: string };
  /** Quarters of an hour that no site can have had: they are kept nowhere. */
  "energy.quarters-refused": { count: number; example: string };
  "bundle.issued": { version: number };
  /** The site gave up messages of this action, because its queue was full. */
  "journal.gap": { epoch: string; seq: number; action: string; count: number };
  /** A record that could not be applied: kept out of the tables, acknowledged, so that the rest goes on. */
  "journal.quarantined": { epoch: string; seq: number; code: string; description: string };
  /**
   * A site came with another journal than before: its disk is new, or we lacked more of the former than it still had.
   * What is beyond `formerAckedSeq` of the former came with the new one, or is lost.
   */
  "journal.begun": { epoch: string; lastSeq: number; formerEpoch: string; formerAckedSeq: number };
  /** A journal went back in time: a restored disk. */
  "journal.rewound": { epoch: string; lastSeq: number; ackedSeq: number };

  "command.requested": { command: string; action: string; actor: string; reason: string };
  "command.sent": { command: string; action: string; state: string };
  "command.ended": { command: string; action: string; state: string };

  /** May use security profile 1 or 2 until then; `replaced`: one it had before, and its password. */
  "dispensation.given": { securityProfile: number; untilMs: number; replaced: boolean; actor: string };
  /** Its day came, it was taken back, or the station came by security profile 3. */
  "dispensation.ended": {
    securityProfile: number;
    why: "expired" | "taken-back" | "profile-3";
    actor: string | null;
  };
  "token.set": { token: string; status: string; actor: string };
  "setting.set": { name: string; value: number; actor: string };
  "denial.added": { kind: string; issuer: string; value: string; reason: string; actor: string };
  /** `actor`: who at the console; left out by the command line. */
  "person.invited": { role: string; actor?: string };
  "invitation.withdrawn": { actor: string };
  "person.joined": { person: string; name: string };
  "session.opened": { person: string; kind: string };
  /** `actor`: whoever ended it for that person. */
  "session.closed": { person: string; actor?: string };
  "person.changed": { person: string; role: string; before: string; actor: string };
  "person.removed": { person: string; actor: string };
  "passkey.added": { person: string };
  "passkey.removed": { person: string; actor: string };

  /** Seen by gateway or site and named by them: `what` is their word for it. */
  observed: { what: string; detail: JsonObject };
};
export type ObservationKind = keyof ObservationData;

export type Observation<K extends ObservationKind = ObservationKind> = {
  readonly kind: K;
  readonly source: "station" | "site" | "csms" | "person";
  readonly atMs: number;
  readonly data: ObservationData[K];
  readonly station?: string;
  readonly site?: string | null;
  /** Message, command or request that caused it. */
  readonly cause?: string;
  readonly trace?: string;
  /** False for history that was replayed: it raises no live alarm. Default true. */
  readonly live?: boolean;
};

/** Adds it to the outbox, in the commit of the decision that saw it. */
export function observe<K extends ObservationKind>(tx: Tx, seen: Observation<K>): void {
  tx.observe({
    at_ms: seen.atMs,
    source: seen.source,
    kind: seen.kind,
    station_id: seen.station ?? null,
    site_id: seen.site ?? null,
    cause: seen.cause ?? null,
    trace: seen.trace ?? null,
    live: (seen.live ?? true) ? 1 : 0,
    data: JSON.stringify(seen.data),
  });
}

/** At most the last four characters, and never more than half of it: a log of tokens is a log of keys. */
export function maskedToken(token: string): string {
  const kept = Math.min(4, Math.floor(token.length / 2));
  return `…${kept === 0 ? "" : token.slice(-kept)}`;
}

/** Text of a peer, for an observation: bounded. */
export const clipped = (text: string, charsMax = 200): string =>
  text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
