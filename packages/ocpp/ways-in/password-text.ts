/**
 * How a station's password is kept: Argon2id, as text in the form of the PHC string format.
 *
 *     $argon2id$v=19$m=19456,t=2,p=1$<nonce>$<tag>      Base64 without padding; m in KiB (RFC 9106)
 *
 * The reader refuses what would cost more memory or time than we ever spend: the text may come from a bundle or a row.
 */

/** RFC 9106's names: memory in KiB, passes over it, lanes. The least that OWASP names for Argon2id with 19 MiB. */
export const passwordCost = { memoryKib: 19_456, passes: 2, lanes: 1 } as const;
export const NONCE_BYTES = 16;
export const TAG_BYTES = 32;
/** Characters of any text that we write. */
export const PASSWORD_TEXT_CHARS_MAX = 160;

const MEMORY_KIB_MAX = 65_536;
const PASSES_MAX = 8;

export type PasswordCost = {
  readonly memoryKib: number;
  readonly passes: number;
  readonly lanes: number;
};

export type KeptPassword = {
  readonly cost: PasswordCost;
  readonly nonce: Uint8Array;
  readonly tag: Uint8Array;
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

export const writePassword = ({ cost: { memoryKib, passes, lanes }, nonce, tag }: KeptPassword): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${lanes}$${base64(nonce)}$${base64(tag)}`;

const form =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,5}),t=([1-9]),p=([1-4])\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** Undefined where it is no such text, or one that costs too much. */
export function readPassword(text: string): KeptPassword | undefined {
  const [, memory, passes, lanes, nonce = "", tag = ""] = form.exec(text) ?? [];
  const cost = { memoryKib: Number(memory), passes: Number(passes), lanes: Number(lanes) };
  // Argon2 itself wants 8 KiB for each lane.
  if (!(cost.memoryKib <= MEMORY_KIB_MAX && cost.passes <= PASSES_MAX && cost.memoryKib >= 8 * cost.lanes))
    return undefined;
  return { cost, nonce: Buffer.from(nonce, "base64"), tag: Buffer.from(tag, "base64") };
}
