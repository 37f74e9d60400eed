/**
 * What each certificate is for, and for how long: the one table that issuing and checking both read (ADR 7).
 *
 * The role of an issuing CA is its CN. Only the root signs issuing CAs, so the name is as good as the signature.
 */
/** Who shows a certificate in a TLS handshake. */
export type PeerRole = "station" | "site" | "server";
/** The four keys that the (ECDSA) root certifies. */
export type AuthorityRole = PeerRole | "bundle";

const dayMs = 86_400_000;

/**
 * Validity in days. Stations and sites are hard to reach, the central system is not and renews its own; a CA outlives
 * what it signs, and no certificate is given an end later than its issuer's.
 */
export const validityDays = {
  root: 20 * 365,
  issuing: 10 * 365,
  bundle: 5 * 365,
  station: 2 * 365,
  stationMax: 5 * 365,
  site: 2 * 365,
  siteMax: 5 * 365,
  server: 365,
  serverMax: 5 * 365,
} as const;

/** notBefore lies this far in the past, for peers whose clock runs behind ours. */
export const BACKDATED_MS = 10 * 60_000;
/** A certificate of our own is issued anew once less than this part of its life is left. */
export const RENEW_BELOW = 1 / 3;

export const ROOT_CN = "Root CA";
export const BUNDLE_CN = "bundle";
/** Of the RSA tree (rsa-authorities.ts); no role of {@link profiles} may be certified by either. */
export const ROOT_R_CN = "Root R";
export const SERVER_CA_R_CN = "Server CA R";

/** Keys and files of the central system's own server certificates. */
export const SERVER_EC = "server-ec";
export const SERVER_RSA = "server-rsa";

/** Extended key usages (RFC 5280 §4.2.1.12; documentSigning: RFC 9336). */
export const usages = {
  clientAuth: "1.3.6.1.5.5.7.3.2",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  /** A bundle is a document, and this makes its signer's certificate useless for TLS. */
  documentSigning: "1.3.6.1.5.5.7.3.36",
} as const;

export type Profile = {
  /** CN of the only CA whose certificates we accept in this role. */
  readonly issuerCn: string;
  readonly usage: string;
  readonly days: number;
  readonly daysMax: number;
};

export const profiles: Record<PeerRole, Profile> = {
  station: {
    issuerCn: "Station CA",
    usage: usages.clientAuth,
    days: validityDays.station,
    daysMax: validityDays.stationMax,
  },
  site: {
    issuerCn: "Site CA",
    usage: usages.clientAuth,
    days: validityDays.site,
    daysMax: validityDays.siteMax,
  },
  server: {
    issuerCn: "Server CA",
    usage: usages.serverAuth,
    days: validityDays.server,
    daysMax: validityDays.serverMax,
  },
};

/** From a little before `atMs` for `days`, never past the issuer's own end. */
export function validity(atMs: number, days: number, issuerEndMs = Number.POSITIVE_INFINITY) {
  // X.509 counts whole seconds.
  const second = (ms: number) => Math.floor(ms / 1000) * 1000;
  return {
    notBeforeMs: second(atMs - BACKDATED_MS),
    notAfterMs: second(Math.min(atMs + days * dayMs, issuerEndMs)),
  };
}
