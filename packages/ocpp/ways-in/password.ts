/**
 * A station's password: made here, never chosen. Forty hexadecimal digits of twenty random bytes fit every version: the
 * longest `AuthorizationKey` of 1.6 (A00.FR.205 of Improved security), and within the 16 to 40 characters of the
 * `BasicAuthPassword` of 2.x (A00.FR.205, A00.FR.304).
 */
import { type Chance, hex } from "@wattward/kernel";
import type { PasswordHasher } from "./argon2.ts";
import { NONCE_BYTES, passwordCost, TAG_BYTES, writePassword } from "./password-text.ts";

export const PASSWORD_BYTES = 20;

/** `password` is for the operator's eyes, once; `passwordHash` is what is kept. */
export async function newPassword(
  hash: PasswordHasher,
  chance: Chance,
): Promise<{ readonly password: string; readonly passwordHash: string }> {
  const password = hex(chance, PASSWORD_BYTES);
  const nonce = chance.bytes(NONCE_BYTES);
  const secret = Buffer.from(password);
  const tag = await hash({ secret, nonce, tagBytes: TAG_BYTES, cost: passwordCost });
  return { password, passwordHash: writePassword({ cost: passwordCost, nonce, tag }) };
}
