/** PEM (RFC 7468): texts that hold certificates or requests, with whatever people write around them. */

export type PemLabel = "CERTIFICATE" | "CERTIFICATE REQUEST" | "ENCRYPTED PRIVATE KEY" | "PRIVATE KEY";

/** DER of every block with this label, in order; empty where the text has none. */
export function readPem(text: string, label: PemLabel): Uint8Array[] {
  const block = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]*)-----END ${label}-----`, "g");
  return Array.from(text.matchAll(block), ([, base64 = ""]) => new Uint8Array(Buffer.from(base64, "base64")));
}

export function writePem(der: Uint8Array, label: PemLabel): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
