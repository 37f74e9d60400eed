/**
 * What the guard tells the CSMS, within bounds that no master and no device can break, and that are what the local controller hands on of a
 * guard's (`WITNESS_RATE`), so that none is lost behind it. The log gets the same and no more.
 *
 *     refused writes ─▶ a share ┐
 *     incidents      ─▶ a share ┼▶ CSMS     in each: next is the party that was told longest ago, and of it the kind that was
 *     all else       ─▶ a share ┘
 *
 * Of one thing about one party (a client's refused writes of one register) a few are told at once and then one in ten seconds. What finds no
 * room waits, one of each, and is told when its turn comes, with how long ago it was and how many more there were. So whoever makes much noise
 * delays what there is to say of himself; reads hide no write, and refusals no incident.
 */
import type { ObservationKind as WatchedKind } from "@wattward/guard";
import { type Clock, type Log, shown, TokenBucket } from "@wattward/kernel";
import { DETAIL_CHARS_MAX, PARTIES_MAX, TOLD_EACH, TOLD_SHARES } from "./limits.ts";

/** Names whose meaning stays, once released. */
export type ObservedKind =
  /** A request was answered with an exception by the guard: the exchange, decoded, and why. */
  | "modbus.denied"
  /** An incident of the watch, at its beginning and at its end: a stranger, a scan, a storm, a replay, what is no Modbus. */
  | `modbus.${WatchedKind}`
  /** A connection was ended for what a client did on it: a request never finished, answers never taken; or there were too many. */
  | "modbus.master-ended"
  /** An answer that is none, by its form; the connection to the device was reset. */
  | "modbus.device-answer"
  | "modbus.device-lost"
  | "modbus.device-back"
  /** What the guard leaves to its successor cannot be written, or can again. */
  | "modbus.memory"
  /** A policy came into force, was refused, or is gone. */
  | "modbus.policy"
  /** A way in is closed that the policy wants open. */
  | "modbus.closed";

export type Observe = (kind: ObservedKind, detail: string) => void;

/** What is told of whom. */
export type Subject = {
  readonly kind: ObservedKind;
  /** Whom it is about: as many as the policy has, never as many as a wire may carry. */
  readonly party: string;
  /** What is told apart of one party. */
  readonly what?: string;
  /** Absent: of all that has none of its own. */
  readonly share?: ShareName;
};
export type ShareName = keyof typeof TOLD_SHARES;
export type Words = {
  /** Asked for only where it will be told: decoding costs time that masters wait for. */
  readonly detail: () => string;
  /** Makes of it what the central system gets, where that is more than the log's sentence. */
  readonly told?: (text: string) => string;
};

type Waiting = { readonly text: string; readonly told: Words["told"]; readonly atMs: number };
type Kept = {
  readonly kind: ObservedKind;
  readonly party: string;
  readonly bucket: TokenBucket;
  toldAtMs: number;
  leftOut: number;
};

export class Observations {
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly out: Observe;
  private readonly shares: Readonly<Record<ShareName, Share>>;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }, out: Observe) {
    this.clock = clock;
    this.log = log;
    this.out = out;
    const share = (name: ShareName) => new Share(new TokenBucket(TOLD_SHARES[name], clock.now().monotonicMs));
    this.shares = { writes: share("writes"), incidents: share("incidents"), usual: share("usual") };
  }

  /** How many were not told one by one, since the start. */
  get leftOut(): number {
    return this.all.reduce((sum, { leftOut }) => sum + leftOut, 0);
  }

  tell(subject: Subject, words: Words): void {
    const nowMs = this.clock.now().monotonicMs;
    const share = this.shares[subject.share ?? "usual"];
    share.put(subject, words, nowMs);
    this.hand(share, nowMs);
  }

  /** About once a second: what waited, and has its turn now. */
  turn(): void {
    const nowMs = this.clock.now().monotonicMs;
    for (const share of this.all) this.hand(share, nowMs);
  }

  /** The guard ends: what still waits is for the log alone. */
  close(): void {
    for (const { kept, waiting } of this.all.flatMap(({ left }) => left))
      this.log.warn(kept.kind, { say: waiting.text, more: kept.leftOut });
  }

  private get all(): readonly Share[] {
    return Object.values(this.shares);
  }

  private hand(share: Share, nowMs: number): void {
    for (let next = share.next(nowMs); next !== undefined; next = share.next(nowMs)) {
      const { kept, waiting } = next;
      const { kind, party } = kept;
      const agoS = Math.round((nowMs - waiting.atMs) / 1000);
      const ago = agoS > 0 ? ` (${agoS} s ago)` : "";
      const more = kept.leftOut > 0 ? ` (and ${kept.leftOut} more of ${shown(party)} since the last)` : "";
      kept.leftOut = 0;
      const text = `${waiting.text}${ago}${more}`;
      this.log.warn(kind, { say: text });
      this.out(kind, waiting.told?.(text) ?? text);
    }
  }
}

/** A part of all that may be told, with its own memory of whom it was told of. */
class Share {
  leftOut = 0;
  private readonly bucket: TokenBucket;
  private readonly subjects = new Map<string, Kept>();
  private readonly waiting = new Map<Kept, Waiting>();
  /** When each party was told of last: clients and devices of policies, and strangers as one. */
  private readonly parties = new Map<string, number>();
  private readonly kinds = new Map<string, number>();

  constructor(bucket: TokenBucket) {
    this.bucket = bucket;
  }

  put(subject: Subject, { detail, told }: Words, nowMs: number): void {
    const kept = this.keptOf(subject, nowMs);
    if (this.waiting.has(kept)) {
      kept.leftOut++;
      this.leftOut++;
    } else this.waiting.set(kept, { text: shown(detail(), DETAIL_CHARS_MAX), told, atMs: nowMs });
  }

  get left(): { readonly kept: Kept; readonly waiting: Waiting }[] {
    return [...this.waiting].map(([kept, waiting]) => ({ kept, waiting }));
  }

  /** What is to be told now; it is taken for told. */
  next(nowMs: number): { readonly kept: Kept; readonly waiting: Waiting } | undefined {
    if (this.waiting.size === 0 || this.bucket.waitMs(nowMs) > 0) return undefined;
    let first: Kept | undefined;
    for (const kept of this.waiting.keys())
      if (kept.bucket.waitMs(nowMs) === 0 && (first === undefined || this.isBefore(kept, first)))
        first = kept;
    const waiting = first && this.waiting.get(first);
    if (first === undefined || waiting === undefined) return undefined;
    this.waiting.delete(first);
    this.bucket.take(nowMs);
    first.bucket.take(nowMs);
    first.toldAtMs = nowMs;
    this.parties.set(first.party, nowMs);
    this.kinds.set(kindOf(first), nowMs);
    return { kept: first, waiting };
  }

  private isBefore(a: Kept, b: Kept): boolean {
    const toldMs = (kept: Kept) => [
      this.parties.get(kept.party) ?? Number.NEGATIVE_INFINITY,
      this.kinds.get(kindOf(kept)) ?? Number.NEGATIVE_INFINITY,
      kept.toldAtMs,
    ];
    const [ours, theirs] = [toldMs(a), toldMs(b)];
    const at = ours.findIndex((ms, i) => ms !== theirs[i]);
    return at >= 0 && ours[at]! < theirs[at]!;
  }

  private keptOf({ kind, party, what = "" }: Subject, nowMs: number): Kept {
    const key = `${kind} ${party} ${what}`;
    const known = this.subjects.get(key);
    if (known !== undefined) return known;
    if (this.subjects.size >= PARTIES_MAX) this.forgetOne();
    const bucket = new TokenBucket(TOLD_EACH, nowMs);
    const made = { kind, party, bucket, toldAtMs: Number.NEGATIVE_INFINITY, leftOut: 0 };
    this.subjects.set(key, made);
    return made;
  }

  /** What does not wait goes first, else of the party that has most here the oldest; what it left out stays counted. */
  private forgetOne(): void {
    const many = new Map<string, number>();
    for (const { party } of this.subjects.values()) many.set(party, (many.get(party) ?? 0) + 1);
    const most = Math.max(...many.values());
    const entries = [...this.subjects];
    const idle = entries.find(([, kept]) => !this.waiting.has(kept));
    const [key, kept] = idle ?? entries.find(([, { party }]) => many.get(party) === most) ?? [];
    if (key === undefined || kept === undefined) return;
    this.subjects.delete(key);
    if (this.waiting.delete(kept)) this.leftOut++;
  }
}

const kindOf = ({ kind, party }: Kept): string => `${kind} ${party}`;
