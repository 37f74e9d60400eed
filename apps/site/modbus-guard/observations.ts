/**
 * What the guard tells the CSMS, within bounds that no master and no device can break: of one kind about one party a few, of
 * all some; what was left out is counted, and said with the next of its kind. The log gets the same and no more.
 */
import type { ObservationKind as WatchedKind } from "@wattward/guard";
import { type Clock, type Log, shown, TokenBucket } from "@wattward/kernel";
import { DETAIL_CHARS_MAX, PARTIES_MAX, TOLD_ALL, TOLD_EACH } from "./limits.ts";

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
  /** A policy came into force, was refused, or is gone. */
  | "modbus.policy"
  /** A way in is closed that the policy wants open. */
  | "modbus.closed";

type Party = { readonly bucket: TokenBucket; leftOut: number };

export type Observe = (kind: ObservedKind, detail: string) => void;

export class Observations {
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly out: Observe;
  private readonly parties = new Map<string, Party>();
  private readonly all: TokenBucket;
  /** How many were not told, since the start. */
  leftOut = 0;

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }, out: Observe) {
    this.clock = clock;
    this.log = log;
    this.out = out;
    this.all = new TokenBucket(TOLD_ALL, clock.now().monotonicMs);
  }

  /**
   * `party`: whom it is about. `detail` is asked for only where it will be told: decoding costs time that masters wait for. `told` makes
   * of it what the central system gets, where that is more than the log's sentence.
   */
  tell(
    kind: ObservedKind,
    party: string,
    detail: () => string,
    told: (text: string) => string = (text) => text,
  ): void {
    const nowMs = this.clock.now().monotonicMs;
    const known = this.party(`${kind} ${party}`, nowMs);
    if (!known.bucket.take(nowMs) || !this.all.take(nowMs)) {
      known.leftOut++;
      this.leftOut++;
      return;
    }
    const more = known.leftOut > 0 ? ` (and ${known.leftOut} more of ${shown(party)} since the last)` : "";
    known.leftOut = 0;
    const text = `${shown(detail(), DETAIL_CHARS_MAX)}${more}`;
    this.log.warn(kind, { say: text });
    this.out(kind, told(text));
  }

  private party(key: string, nowMs: number): Party {
    const known = this.parties.get(key);
    if (known !== undefined) return known;
    // Strangers' addresses are theirs to choose: the oldest goes, and what it left out is counted above.
    if (this.parties.size >= PARTIES_MAX) {
      const [oldest] = this.parties.keys();
      if (oldest !== undefined) this.parties.delete(oldest);
    }
    const made = { bucket: new TokenBucket(TOLD_EACH, nowMs), leftOut: 0 };
    this.parties.set(key, made);
    return made;
  }
}
