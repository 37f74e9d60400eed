/**
 * What a station of security profile 1 or 2 shows: HTTP Basic with its identity and its password (OCPP 2.0.1 A00.FR.204
 * to 207; 1.6 Improved security, A00). Pure: whether a password is the right one is its verifier's to say.
 *
 * A password is bytes. Of a key that was given as hexadecimal, some stations send the bytes and some send the text
 * (QUIRKS 31): both are tried, the second only where the station is not held strictly, and it is told which one it was.
 */
import type { StationId } from "@wattward/kernel";
import { type Deviation, notice } from "./repairs/index.ts";

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

export type PasswordForm = { readonly password: Uint8Array; readonly deviations: readonly Deviation[] };

/** What the password may be, in the order in which a verifier tries: as sent, and as the bytes that its hex text names. */
export function passwordForms(sent: Uint8Array, tolerant: boolean): readonly PasswordForm[] {
  const asSent: PasswordForm = { password: sent, deviations: [] };
  const text = Buffer.from(sent).toString("latin1");
  if (!tolerant || !/^([0-9A-Fa-f]{2}){8,32}$/.test(text)) return [asSent];
  const decoded = new Uint8Array(Buffer.from(text, "hex"));
  return [
    asSent,
    { password: decoded, deviations: [notice("password-as-hex", `${text.length} hex digits`)] },
  ];
}
