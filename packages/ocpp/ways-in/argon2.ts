/**
 * Argon2id by Node's own OpenSSL, in libuv's threads. Its memory is bounded by whoever queues for it: password-check.ts.
 * Node has it from 24.7 on; the Node that npm has for macOS may be older.
 */
// Not by its name: a Node without it would refuse to load this file, and with it every program.
import * as crypto from "node:crypto";
import type { PasswordCost } from "./password-text.ts";

export type Hashing = {
  readonly secret: Uint8Array;
  readonly nonce: Uint8Array;
  readonly tagBytes: number;
  readonly cost: PasswordCost;
};

/** Resolves with the tag; a port, so that simulated time need not wait for real work. */
export type PasswordHasher = (hashing: Hashing) => Promise<Uint8Array>;

/** Undefined where this Node has no Argon2; {@link NO_ARGON2} says what to do. */
export function argon2Hasher(): PasswordHasher | undefined {
  if (typeof crypto.argon2 !== "function") return undefined;
  return ({ secret, nonce, tagBytes, cost }) =>
    new Promise((resolve, reject) => {
      const { memoryKib: memory, passes, lanes: parallelism } = cost;
      const given = { message: secret, nonce, parallelism, tagLength: tagBytes, memory, passes };
      crypto.argon2("argon2id", given, (error, tag) => (error === null ? resolve(tag) : reject(error)));
    });
}

export const NO_ARGON2 = `this Node (${process.version}) has no Argon2, which keeps stations' passwords: security profiles 1 and 2 need Node 24.7 or later`;
