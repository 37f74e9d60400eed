/**
 * The certificates a TLS peer showed, as DER, leaf first.
 *
 * TLS proves possession of the leaf's key, on resumption by the ticket. The rest of the chain is not reliably there: a
 * resumed session keeps the leaf alone, and Node 24 gives a server no intermediate at all. So the chain is completed
 * from the configured certificates: an issuing CA whose peers are expected belongs into `ca`.
 */
import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";

/** Longer chains are cut: ours have three. */
export const CHAIN_MAX = 8;

/** Certificates of PEM texts, each with any number of them. Malformed PEM is a fault of the configuration and throws. */
export function certificatesOf(pems: readonly string[]): X509Certificate[] {
  const blocks = pems.flatMap(
    (pem) => pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
  );
  return blocks.map((block) => new X509Certificate(block));
}

/** The peer's chain, completed from `known`; undefined where the peer showed no certificate. */
export function chainOf(
  socket: TLSSocket,
  known: readonly X509Certificate[],
): readonly Uint8Array[] | undefined {
  const chain: X509Certificate[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && chain.length < CHAIN_MAX) {
    chain.push(next);
    next = next.issuerCertificate ?? issuerOf(next, known);
  }
  return chain.length === 0 ? undefined : chain.map(({ raw }) => new Uint8Array(raw));
}

/**
 * By name: whether it did sign is for whoever judges the chain. Two CAs may bear one name after a renewal: then the
 * signature tells them apart here already.
 */
function issuerOf(
  certificate: X509Certificate,
  known: readonly X509Certificate[],
): X509Certificate | undefined {
  if (certificate.subject === certificate.issuer) return undefined;
  const named = known.filter((issuer) => certificate.checkIssued(issuer));
  return named.length < 2 ? named[0] : named.find((issuer) => certificate.verify(issuer.publicKey));
}
