/**
 * TLS as both ends speak it here: 1.2 and 1.3, the suites of A00.FR.318 and their forward-secret RSA twins, no
 * renegotiation (it could swap the peer's certificate under a verdict already given).
 */
import { constants } from "node:crypto";
import type { SecureContextOptions } from "node:tls";

export type TlsIdentity = {
  /** PEM: leaf, then the CAs that issued it, without the root. */
  readonly cert: string;
  /** PEM: PKCS#8, encrypted where `passphrase` is given. */
  readonly key: string;
  readonly passphrase?: string;
};

export type PeerVerdict =
  | { readonly kind: "trusted" }
  | { readonly kind: "refused"; readonly reason: string };

/** Who may connect. */
export type TlsClients =
  /** No certificate is asked for: security profile 2. */
  | { readonly kind: "none" }
  /**
   * A certificate is required; a connection without one ends before a byte of HTTP is read. `judge: "openssl"` refuses
   * what OpenSSL refuses, by the machine's clock, and asks `verifyPeer` after that where there is one. `judge: "caller"`
   * leaves the verdict to `verifyPeer` alone, for those whose clock is their own (ADR 20); possession of the key is
   * proven by TLS either way. `ca`: PEM, roots and issuing CAs (see certificates.ts for why both).
   */
  | { readonly kind: "required"; readonly ca: readonly string[]; readonly judge: "openssl" | "caller" };

export type TlsServerOptions = {
  /** One for each kind of key, ECDSA and RSA: a client gets the one it can check. */
  readonly identities: readonly TlsIdentity[];
  readonly clients: TlsClients;
};

const forwardSecret = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES256-GCM-SHA384",
];
/**
 * TLS_RSA_WITH_AES_128_GCM_SHA256 and _256_GCM_SHA384: without forward secrecy, and a server must have them all the
 * same, for stations that speak nothing else (A00.FR.318, A00.FR.421, 1.6 security whitepaper too). Last in order.
 */
const staticRsa = ["AES128-GCM-SHA256", "AES256-GCM-SHA384"];

/**
 * What every context here has in common. TLS 1.0 and 1.1 are refused (A00.FR.313 to 315; the whitepaper's leave for
 * them is one that we do not give), so are CBC, RC4 and 3DES (A00.FR.320). Compression: this library has none
 * (A00.FR.321).
 */
const tlsBase = {
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  honorCipherOrder: true,
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
} as const satisfies SecureContextOptions;

/** A server's: every suite that a station may be limited to. */
export const serverTls = { ...tlsBase, ciphers: [...forwardSecret, ...staticRsa].join(":") } as const;

/** A client's: with forward secrecy alone. It has the choice (A00.FR.319), and every server that we call has it. */
export const clientTls = { ...tlsBase, ciphers: forwardSecret.join(":") } as const;

/** Node's form of several identities in one context. */
export const identityOptions = (identities: readonly TlsIdentity[]): SecureContextOptions => ({
  cert: identities.map(({ cert }) => cert),
  key: identities.map(({ key, passphrase }) => ({
    pem: key,
    ...(passphrase !== undefined && { passphrase }),
  })),
});
