/**
 * Is this the station's password? Whoever asks has proven nothing yet, so the answer is bounded in memory and tells
 * nothing by its time: a wrong password, a station nobody knows, one without a dispensation, all cost one hash.
 *
 *     remembered as right? ─▶ right
 *           │ no
 *     queue (CHECKS_WAITING_MAX) ─▶ Argon2id, HASHES_MAX at once ─▶ right │ wrong
 *
 * What was right is remembered as a keyed hash, under a key that this process makes and never writes, together with the
 * kept text it was right for: a fleet that returns after a cut costs microseconds each instead of 50 ms, and a new
 * password forgets the old one by itself. There is no age limit, because a station connects once in weeks, and what is
 * remembered gives nothing away: it is the hash of 160 random bits.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { StationId } from "@wattward/kernel";
import type { PasswordHasher } from "./argon2.ts";
import { NONCE_BYTES, passwordCost, readPassword, TAG_BYTES, writePassword } from "./password-text.ts";

/** Each holds 19 MiB, and one of libuv's four threads, which files need too. */
export const HASHES_MAX = 2;
/** Beyond them "busy": at about 20 ms of two threads each, the last still gets its verdict in time. */
export const CHECKS_WAITING_MAX = 200;
/** Stations whose password was right; the one seen longest ago is forgotten first. */
export const REMEMBERED_MAX = 20_000;

export type Checked = "right" | "wrong" | "busy";

export type Asking = {
  readonly station: StationId;
  /** What it sent, in the form in which a password is kept. */
  readonly secret: Uint8Array;
  /** Undefined where the station has none that is in force. */
  readonly passwordHash: string | undefined;
  /** Has come from there before: it goes before strangers. */
  readonly known: boolean;
};

const nobody = writePassword({
  cost: passwordCost,
  nonce: new Uint8Array(NONCE_BYTES),
  tag: new Uint8Array(TAG_BYTES),
});

export class PasswordCheck {
  private readonly hash: PasswordHasher;
  private readonly key: Uint8Array;
  private readonly remembered = new Map<StationId, Uint8Array>();
  private readonly known: (() => void)[] = [];
  private readonly strangers: (() => void)[] = [];
  private hashing = 0;

  /** @param key 32 bytes of chance, of this process alone */
  constructor(hash: PasswordHasher, key: Uint8Array) {
    this.hash = hash;
    this.key = key;
  }

  async check(asking: Asking): Promise<Checked> {
    const { station, secret, passwordHash } = asking;
    const mark = this.markOf(passwordHash ?? nobody, secret);
    const remembered = this.remembered.get(station);
    if (passwordHash !== undefined && remembered !== undefined && timingSafeEqual(remembered, mark)) {
      this.remember(station, mark);
      return "right";
    }
    if (!(await this.turn(asking.known))) return "busy";
    try {
      const right = await this.isRight(passwordHash, secret);
      if (right) this.remember(station, mark);
      return right ? "right" : "wrong";
    } finally {
      this.passOn();
    }
  }

  private async isRight(passwordHash: string | undefined, secret: Uint8Array): Promise<boolean> {
    const kept = readPassword(passwordHash ?? nobody);
    const { cost, nonce, tag } = kept ?? readPassword(nobody)!;
    const made = await this.hash({ secret, nonce, tagBytes: TAG_BYTES, cost });
    return timingSafeEqual(made, tag) && kept !== undefined && passwordHash !== undefined;
  }

  /** Waits for a place among those that hash; false where too many wait already. */
  private async turn(known: boolean): Promise<boolean> {
    if (this.hashing < HASHES_MAX) {
      this.hashing += 1;
      return true;
    }
    const line = known ? this.known : this.strangers;
    if (line.length >= CHECKS_WAITING_MAX) return false;
    await new Promise<void>((resolve) => line.push(resolve));
    return true;
  }

  /** The place goes to whoever waits, without being free in between. */
  private passOn(): void {
    const next = this.known.shift() ?? this.strangers.shift();
    if (next === undefined) this.hashing -= 1;
    else next();
  }

  private markOf(kept: string, secret: Uint8Array): Uint8Array {
    return createHmac("sha256", this.key).update(kept).update("\0").update(secret).digest();
  }

  private remember(station: StationId, mark: Uint8Array): void {
    this.remembered.delete(station);
    this.remembered.set(station, mark);
    if (this.remembered.size <= REMEMBERED_MAX) return;
    const oldest = this.remembered.keys().next().value;
    if (oldest !== undefined) this.remembered.delete(oldest);
  }
}
