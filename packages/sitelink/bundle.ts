/**
 * The signed bundle: everything a site needs to know to serve its stations without a CSMS (ADR 12). Versioned; a site
 * never takes one older than its last. Signed over the exact text of `body`, so no canonical form is needed.
 */
import type { SiteId, StationId } from "@wattward/kernel";
import type { Handling } from "@wattward/ocpp";
import type { Dispensation } from "@wattward/ocpp/ways-in";

export type SignedBundle = {
  /** JSON text of a {@link Bundle}; the signature is over its UTF-8 bytes. */
  readonly body: string;
  /** ECDSA P-256 with SHA-256, IEEE P1363, base64. */
  readonly signature: string;
  /** PEM of the bundle signer's certificate, issued by the operator's root with CN "bundle". */
  readonly signer: string;
};

export type Bundle = {
  readonly schema: 1;
  readonly site: SiteId;
  /** Counts up with every change; compared as (csmsEpoch, version). */
  readonly version: number;
  readonly csmsEpoch: number;
  readonly issuedAtMs: number;
  /** Oldest site software that may live on this bundle. */
  readonly softwareFloor: string;
  readonly stations: readonly BundleStation[];
  readonly localList: readonly LocalListEntry[];
  /** PEM certificates of the issuing CAs whose stations may connect. */
  readonly stationAnchors: readonly string[];
  readonly deny: readonly DenyEntry[];
  /** Of stations that may use security profile 1 or 2 for a time, one of each at most; absent where there is none. */
  readonly dispensations?: readonly Dispensation[];
  /** Of a managed site: JSON text of energy's EnergyConfig. Absent: nobody manages its energy, and charging profiles pass. */
  readonly energy?: string;
  /** JSON text of the Modbus guard's Policy; absent: nothing passes the guard. */
  readonly guard?: string;
  /** What everything controlled there may take together, W, for a time (wall clock); absent: no such limit. */
  readonly energyLimit?: EnergyLimit;
  readonly policy: {
    /** What a token gets that is in neither list nor cache while the link is down. */
    readonly unknownTokenOffline: "accept" | "refuse";
    /** How long an answer of the CSMS about a token may be reused offline. */
    readonly cacheMsMax: number;
    /** Granted in boot answers of the site. */
    readonly heartbeatIntervalS: number;
  };
};

export type EnergyLimit = { readonly limitW: number; readonly untilMs: number };

export type BundleStation = {
  readonly id: StationId;
  /** Serial number: the CN of the certificates that may speak for this station (A00.FR.405). */
  readonly serial: string;
  /** Where an operator wants it handled otherwise than usual. */
  readonly handling?: Handling;
};

/** `token` is compared without case (CiString). Status in the words of 2.0.1 (1.6 has a subset of them). */
export type LocalListEntry = {
  readonly token: string;
  readonly status: "Accepted" | "Blocked" | "Expired";
  readonly expiresAtMs?: number;
};

/** A certificate that is no longer accepted: by issuer and serial number, or by SHA-256 of its public key (hex). */
export type DenyEntry =
  | { readonly kind: "serial"; readonly issuer: string; readonly serial: string }
  | { readonly kind: "key"; readonly spkiSha256: string };
