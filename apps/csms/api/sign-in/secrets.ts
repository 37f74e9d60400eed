/**
 * Secrets that prove someone: 256 bits of chance, shown once, kept only as SHA-256. A plain hash is enough, because
 * nobody can guess 256 bits; the database alone signs nobody in.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Chance } from "@wattward/kernel";

/** 43 characters of base64url. */
export const newSecret = (chance: Chance): string => Buffer.from(chance.bytes(32)).toString("base64url");

/** What the database keeps: hex of SHA-256. */
export const secretHash = (secret: string): string => createHash("sha256").update(secret).digest("hex");

/** The CSRF token of a session: derived from its secret by a one-way function, so that nothing more is stored. */
export const csrfOf = (secret: string): string =>
  createHash("sha256").update("wattward csrf\0").update(secret).digest("base64url");

/** Equality that takes the same time wherever the texts differ. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(secretHash(a), "hex");
  const right = Buffer.from(secretHash(b), "hex");
  return timingSafeEqual(left, right);
}
