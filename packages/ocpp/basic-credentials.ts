/**
 * What a station of security profile 1 or 2 shows: HTTP Basic with its identity and its password (OCPP 2.0.1 A00.FR.204
 * to 207; 1.6 Improved security, A00). Pure: whether a password is the right one is its verifier's to say.
 *
 * A password is bytes. Of a key that was given as hexadecimal, some stations send the bytes and some send the text
 * (QUIRKS 31): both become the one form that is kept, so that each attempt costs one hash, and it is told which it was.
 */
import type { StationId } from "@wattward/kernel";
import { type Deviation, notice } from "./repairs/index.ts";
import type { OcppVersion } from "./version.ts";

/** User name, colon and password, decoded: a password has 40 characters at most (64 in 2.1). */
export const CREDENTIAL_BYTES_MAX = 256;

export type BasicCredentials = {
  /** As sent: decoded from Base64, and nothing else. */
  readonly user: string;
  readonly password: Uint8Array;
};

/** Reads an `Authorization` header; undefined where it is none of Basic, or too long. Everything in it is the peer's. */
export function basicCredentials(header: string): BasicCredentials | undefined {
  const found = /^Basic ([A-Za-z0-9+/]{4,344}={0,2})$/i.exec(header);
  const bytes = Buffer.from(found?.[1] ?? "", "base64");
  const colon = bytes.indexOf(0x3a);
  if (colon <= 0 || bytes.length > CREDENTIAL_BYTES_MAX) return undefined;
  return {
    user: bytes.subarray(0, colon).toString("utf8"),
    password: new Uint8Array(bytes.subarray(colon + 1)),
  };
}

/** The user name is the identity of the URL, decoded (TC_A_02): nothing is folded, nothing repaired. */
export const isUser = ({ user }: BasicCredentials, station: StationId): boolean => user === station;

/**
 * How a key of hexadecimal digits was sent: as those digits, which 2.x wants (A00.FR.205), or as the bytes they name,
 * which 1.6 wants (Improved security A00.FR.205; OCTT TC_085).
 */
export type PasswordForm = "text" | "bytes";

const digits = /^([0-9A-Fa-f]{2}){16,20}$/;
/** Fewer is no key of 1.6 (A00.FR.205), and more is none of ours. */
const isKey = ({ length }: Uint8Array): boolean => length >= 16 && length <= 20;

/** The password in the one form that is kept, its lower-case digits; what can be none of ours stays as it is. */
export function passwordForm(sent: Uint8Array): { readonly secret: Uint8Array; readonly form: PasswordForm } {
  const text = Buffer.from(sent).toString("latin1");
  if (digits.test(text)) return { secret: Buffer.from(text.toLowerCase()), form: "text" };
  if (isKey(sent)) return { secret: Buffer.from(Buffer.from(sent).toString("hex")), form: "bytes" };
  return { secret: sent, form: "text" };
}

/** The right password in the other version's form: counted, and refused where the station is held strictly (QUIRKS 31). */
export function formDeviation(form: PasswordForm, version: OcppVersion): Deviation | undefined {
  if (version === "1.6")
    return form === "bytes" ? undefined : notice("password-as-hex", "sent as its digits");
  return form === "text" ? undefined : notice("password-as-hex", "sent as the bytes of its digits");
}
