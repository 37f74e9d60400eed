/**
 * Modbus/TCP Security (V36, 2021): Modbus in TLS, both sides with a certificate, the client's role in its own.
 *
 * Always true: TLS 1.2 or later with forward secrecy and authenticated encryption, both chains verified against the CAs given and
 * no others; no renegotiation (Node refuses it in 1.3, and a server here does not start it).
 */
import type { ConnectionOptions, TLSSocket, TlsOptions } from "node:tls";
import type { LinkPeer } from "../link.ts";
import { roleOf } from "./role.ts";

/** PEM texts. */
export type TlsIdentity = {
  readonly cert: string;
  readonly key: string;
  /** Whoever may have issued the peer's certificate. */
  readonly ca: readonly string[];
  /** What has been revoked; checked as OpenSSL does: a CRL that is given must be fresh. */
  readonly crl?: readonly string[];
};

const suites = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_256_GCM_SHA384",
    "TLS_AES_128_GCM_SHA256",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
  ].join(":"),
} as const;

const identityOf = ({ cert, key, ca, crl }: TlsIdentity) => ({
  cert,
  key,
  ca: [...ca],
  ...(crl && { crl: [...crl] }),
});

export const serverTls = (identity: TlsIdentity, handshakeMsMax: number): TlsOptions => ({
  ...suites,
  ...identityOf(identity),
  requestCert: true,
  rejectUnauthorized: true,
  handshakeTimeout: handshakeMsMax,
});

/** `serverName` has to be in the device's certificate; by default the host that is dialled. */
export const clientTls = (identity: TlsIdentity, serverName: string | undefined): ConnectionOptions => ({
  ...suites,
  ...identityOf(identity),
  rejectUnauthorized: true,
  ...(serverName !== undefined && { servername: serverName }),
});

/** Who a verified peer is; undefined where its role cannot be read, which is no peer to talk to. */
export function securedPeer(socket: TLSSocket, address: string): LinkPeer | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const der = new Uint8Array(certificate.raw);
  const role = roleOf(der);
  if (role.kind === "malformed") return undefined;
  const port = socket.remotePort;
  return {
    address,
    ...(port !== undefined && { port }),
    certificate: der,
    untilMs: certificate.validToDate.getTime(),
    ...(role.kind === "role" && { role: role.role }),
  };
}
