/**
 * Whom the gateway believes: our own verdict on each certificate chain (ADR 7, 8), with the deny set in memory, so that
 * it can be asked at every upgrade, also where TLS resumed a session and looked at nothing again.
 *
 * The role is decided by what the peer asks for: a site's certificate opens no station's socket, nor the reverse.
 */
import type { Instant } from "@wattward/kernel";
import { checkPeer, type Denial, denySet, type PeerFacts, type PeerVerdict } from "@wattward/pki";
import type { CertificateFacts } from "../core/port.ts";

/** PEM certificates of the CAs that may certify each role. */
export type Anchors = { readonly station: readonly string[]; readonly site: readonly string[] };

/** A row of the store's denials: `value` is the serial number or the SHA-256 of the key, hex. */
export type DenialRow = { readonly kind: "serial" | "key"; readonly issuer: string; readonly value: string };

export class Trust {
  private readonly anchors: Anchors;
  private denied = denySet([]);
  private rows = "";

  constructor(anchors: Anchors) {
    this.anchors = anchors;
  }

  check(role: keyof Anchors, chainDer: readonly Uint8Array[], now: Instant): PeerVerdict {
    return checkPeer({ chainDer, anchors: this.anchors[role], role, now, deny: this.denied });
  }

  /** Is it the certificate of any of ours? Which of the two it must be is decided when it says what it wants to be. */
  checkAny(chainDer: readonly Uint8Array[], now: Instant): PeerVerdict {
    const asStation = this.check("station", chainDer, now);
    return asStation.kind === "trusted" ? asStation : this.check("site", chainDer, now);
  }

  /** From now on exactly these are denied; true where that is a change, and live sockets are to be looked at. */
  deny(rows: readonly DenialRow[]): boolean {
    const text = JSON.stringify(rows);
    if (text === this.rows) return false;
    this.rows = text;
    this.denied = denySet(rows.map(denialOf));
    return true;
  }

  /** For a peer that was trusted when it came: is it still? */
  denies(facts: PeerFacts): boolean {
    return this.denied.denies(facts);
  }
}

const denialOf = ({ kind, issuer, value }: DenialRow): Denial =>
  kind === "key" ? { kind, spkiSha256: value } : { kind, issuer, serial: value };

/** What the store remembers of a certificate. */
export const certificateFacts = ({ cn, spkiSha256, notBeforeMs }: PeerFacts): CertificateFacts => ({
  serial: cn,
  key: spkiSha256,
  notBeforeMs,
});
