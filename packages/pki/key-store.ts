/**
 * Private keys as a port. A key is asked to sign, never to show itself, so that the same callers work with encrypted
 * files today and with PKCS#11 later (ADR 19). Showing a key to TLS is a capability of its own: an HSM has none.
 */

/** `ec-p256`: ECDSA P-256 with SHA-256. `rsa-3072`: RSASSA-PKCS1-v1_5 with SHA-256, exponent 65537. */
export type KeyKind = "ec-p256" | "rsa-3072";

export interface KeyStore {
  /** Makes a key that is durable once this resolves. An existing name is never overwritten (PkiError `key-exists`). */
  generate(name: string, kind: KeyKind): Promise<StoredKey>;
  /** The key, or undefined where there is none. A key that is there but cannot be used is a PkiError. */
  load(name: string): Promise<StoredKey | undefined>;
}

export interface StoredKey extends SigningKey {
  readonly name: string;
  /** What `tls.createSecureContext` wants beside `cert`; undefined where the store never lets a key out. */
  readonly tls: TlsKey | undefined;
}

export interface SigningKey {
  readonly kind: KeyKind;
  /** SubjectPublicKeyInfo in DER (RFC 5280 §4.1.2.7). */
  readonly publicKey: Uint8Array;
  /** ECDSA signatures come as IEEE P1363 (r and s, 32 bytes each); RSA signatures as they are. */
  sign(data: Uint8Array): Promise<Uint8Array>;
}

/** Encrypted PKCS#8 in PEM and what opens it: spread it into TLS options. */
export type TlsKey = { readonly key: string; readonly passphrase: string };

/** All that TLS needs to prove who we are: `cert` is the chain, leaf first. Spread it into TLS options. */
export type TlsIdentity = { readonly cert: string; readonly key: string; readonly passphrase?: string };

/** A key name becomes a file name or a PKCS#11 label. */
export const keyNamePattern = /^[a-z0-9][a-z0-9-]{0,39}$/;
