/**
 * Is this the certificate of one of our stations, sites or servers? Our own verdict on what TLS was shown (A00.FR.403,
 * 404, 407; ADR 8, 20), because OpenSSL knows neither our clock's quality, nor our deny set, nor that a station is no
 * site. TLS itself has proven that the peer holds the leaf's key.
 *
 * Works from the top down: a key is used only after somebody trusted has signed it. Hostile bytes give a refusal; no
 * input throws. Reads no revocation lists: the deny set is ours and holds offline.
 */
import type { KeyObject } from "node:crypto";
import { type Instant, shown } from "@wattward/kernel";
import {
  type Certificate,
  keyUsageBits,
  publicKeyOf,
  readCertificate,
  same,
  sha256Hex,
  signedBy,
  tryReadCertificate,
} from "./certificate.ts";
import { DerFault } from "./der.ts";
import { readPem } from "./pem.ts";
import { type PeerRole, profiles, ROOT_CN } from "./profiles.ts";
import { ipAddressHex } from "./subject.ts";

/** Leaf, issuing CA, root, and one more that somebody added: longer chains are refused unread. */
export const CHAIN_MAX = 4;
/** Trusted CAs that are kept parsed; an operator has a handful. */
const PARSED_MAX = 256;
/** Leaves whose signature was proven: a fleet of so many comes back at the price of a digest each. */
const PROVEN_LEAVES_MAX = 20_000;

export type PeerQuestion = {
  /** As TLS was shown it: leaf first. */
  readonly chainDer: readonly Uint8Array[];
  /** PEM certificates: the operator's root, or issuing CAs that are trusted directly. Not a cross-section of strangers. */
  readonly anchors: readonly string[];
  readonly now: Instant;
  readonly deny?: DenySet | undefined;
} & (
  | { readonly role: "station" | "site" }
  /** `name`: the host name or IP address that was meant to be reached. */
  | { readonly role: "server"; readonly name: string }
);

export type PeerFacts = {
  /** Station: serial number. Site: site id. Server: host name. */
  readonly cn: string;
  readonly o: string;
  readonly subject: string;
  /** Lower-case hexadecimal of whole bytes, none of them a leading zero. */
  readonly serial: string;
  /** Distinguished name of the issuing CA, `O=Operator, CN=Station CA`. */
  readonly issuer: string;
  readonly spkiSha256: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
};

export type PeerVerdict =
  /** `unchecked`: our clock is of unknown quality, so nothing was decided by dates (ADR 20). */
  | { readonly kind: "trusted"; readonly facts: PeerFacts; readonly dated: "checked" | "unchecked" }
  /** `facts` where the chain was proven to be ours: for the log, and for A00.FR.429 when `expired`. Never for access. */
  | {
      readonly kind: "refused";
      readonly reason: PeerRefusal;
      readonly sentence: string;
      readonly facts?: PeerFacts | undefined;
    };

export type PeerRefusal =
  | "missing"
  | "malformed"
  | "unknown-issuer"
  | "wrong-role"
  | "wrong-name"
  | "denied"
  | "not-yet-valid"
  | "expired";

export function checkPeer(question: PeerQuestion): PeerVerdict {
  try {
    return decide(question);
  } catch (error) {
    if (error instanceof DerFault)
      return refused("malformed", `the certificate cannot be read: ${error.message}`);
    throw error;
  }
}

function decide(question: PeerQuestion): PeerVerdict {
  const { chainDer, role, now } = question;
  const [leafDer, ...others] = chainDer;
  if (leafDer === undefined) return refused("missing", "no certificate was shown");
  if (chainDer.length > CHAIN_MAX)
    return refused("malformed", `a chain of more than ${CHAIN_MAX} certificates`);
  const leaf = readCertificate(leafDer);
  const path = findPath({ leaf, der: leafDer }, others, question.anchors);
  if (path === undefined) {
    return refused(
      "unknown-issuer",
      `'${shown(leaf.issuer.text)}' is no CA that is trusted here, or did not sign this`,
    );
  }
  const fault = roleFault(leaf, path, role);
  if (fault !== undefined) return refused("wrong-role", fault);
  const facts = factsOf(leaf);
  if (facts === undefined) return refused("wrong-role", "the subject does not have one CN and one O");
  if (question.role === "server" && !names(leaf, question.name)) {
    return refused("wrong-name", `the certificate of ${facts.cn} is not for ${question.name}`, facts);
  }
  const whole = [leaf, ...path];
  if (whole.some((certificate) => question.deny?.denies(certificate))) {
    return refused("denied", `the certificate of ${facts.cn}, or its CA's, was withdrawn`, facts);
  }
  if (now.quality === "unknown") return { kind: "trusted", facts, dated: "unchecked" };
  return dateFault(whole, now.wallMs, facts) ?? { kind: "trusted", facts, dated: "checked" };
}

const refused = (reason: PeerRefusal, sentence: string, facts?: PeerFacts): PeerVerdict => ({
  kind: "refused",
  reason,
  sentence,
  facts,
});

/** Issuing CA, and root where that is the anchor; every signature checked. Undefined where there is no such path. */
function findPath(
  { leaf, der }: Shown,
  others: readonly Uint8Array[],
  anchors: readonly string[],
): readonly Certificate[] | undefined {
  const trusted = anchors.map(parsedAnchor);
  const direct = directIssuer({ leaf, der }, trusted);
  if (direct !== undefined) return [direct.certificate];
  for (const der of others) {
    const known = parsedIntermediate(der, trusted);
    if (known !== undefined && issued(known.ca, leaf)) return [known.ca.certificate, known.root.certificate];
  }
  return undefined;
}

type Shown = { readonly leaf: Certificate; readonly der: Uint8Array };

/** By the digest of a leaf: which anchor's key has signed it. A signature that held once holds for ever; nothing else is kept. */
const provenLeaves = new Map<string, TrustedCa>();

/** A fleet that comes back shows what it showed before: its signatures are reckoned once, its dates and denials each time. */
function directIssuer({ leaf, der }: Shown, trusted: readonly TrustedCa[]): TrustedCa | undefined {
  const fingerprint = sha256Hex(der);
  const known = provenLeaves.get(fingerprint);
  if (known !== undefined && trusted.includes(known)) return known;
  const found = trusted.find((anchor) => issued(anchor, leaf));
  if (found !== undefined) remember(provenLeaves, fingerprint, found, PROVEN_LEAVES_MAX);
  return found;
}

type TrustedCa = { readonly certificate: Certificate; readonly key: KeyObject };

const issued = ({ certificate, key }: TrustedCa, child: Certificate): boolean =>
  same(certificate.subject.der, child.issuer.der) && signedBy(child, key);

const parsedAnchors = new Map<string, TrustedCa>();

/** Anchors are our own configuration: one that cannot be read is our fault and throws. */
function parsedAnchor(pem: string): TrustedCa {
  const known = parsedAnchors.get(pem);
  if (known !== undefined) return known;
  const [der] = readPem(pem, "CERTIFICATE");
  if (der === undefined) throw new TypeError("a trust anchor is not a PEM certificate");
  const certificate = tryReadCertificate(der);
  if (certificate === undefined) throw new TypeError("a trust anchor cannot be read");
  const anchor = { certificate, key: publicKeyOf(certificate) };
  remember(parsedAnchors, pem, anchor);
  return anchor;
}

type Intermediate = { readonly ca: TrustedCa; readonly root: TrustedCa };
const provenIntermediates = new Map<string, Intermediate>();

/** A CA from the peer's chain that a trusted root has signed; only proven ones are kept, so strangers fill nothing. */
function parsedIntermediate(der: Uint8Array, roots: readonly TrustedCa[]): Intermediate | undefined {
  const fingerprint = sha256Hex(der);
  const known = provenIntermediates.get(fingerprint);
  if (known !== undefined && roots.includes(known.root)) return known;
  // A peer may send more than is needed; what cannot be read of that is none of our CAs.
  const certificate = tryReadCertificate(der);
  if (certificate === undefined) return undefined;
  const root = roots.find((anchor) => mayCertifyCas(anchor.certificate) && issued(anchor, certificate));
  if (root === undefined) return undefined;
  const proven = { ca: { certificate, key: publicKeyOf(certificate) }, root };
  remember(provenIntermediates, fingerprint, proven);
  return proven;
}

function remember<V>(map: Map<string, V>, key: string, value: V, most = PARSED_MAX): void {
  if (map.size >= most) map.delete(map.keys().next().value!);
  map.set(key, value);
}

const mayCertify = ({ extensions: { ca, keyUsage } }: Certificate): boolean =>
  ca && keyUsage !== undefined && (keyUsage & keyUsageBits.keyCertSign) !== 0;

const mayCertifyCas = (certificate: Certificate): boolean =>
  mayCertify(certificate) && certificate.extensions.pathLength !== 0 && certificate.subject.cn === ROOT_CN;

/** What is wrong with this leaf, or the CA above it, for the role. */
function roleFault(leaf: Certificate, [issuer]: readonly Certificate[], role: PeerRole): string | undefined {
  const { issuerCn, usage } = profiles[role];
  const allowed = (certificate: Certificate) =>
    certificate.extensions.extendedKeyUsage?.includes(usage) === true;
  if (issuer === undefined || !mayCertify(issuer)) return "its issuer is no certificate authority";
  if (issuer.subject.cn !== issuerCn)
    return `a ${role} must be certified by the ${issuerCn}, not '${issuer.subject.text}'`;
  if (!allowed(issuer)) return `its issuer may not certify a ${role}`;
  if (leaf.extensions.ca) return "it is the certificate of an authority";
  if (((leaf.extensions.keyUsage ?? 0) & keyUsageBits.digitalSignature) === 0) return "its key may not sign";
  if (!allowed(leaf)) return `its key may not be used as a ${role}'s`;
  // What name constraints would say, which only the site CA can carry (A00.FR.404, 511).
  if (leaf.subject.o !== issuer.subject.o) return "its owner is not the operator";
  if (role !== "server" && leaf.extensions.dnsNames.length + leaf.extensions.ipAddresses.length > 0) {
    return `a ${role} has no host name`;
  }
  return undefined;
}

export function factsOf(leaf: Certificate): PeerFacts | undefined {
  const { cn, o } = leaf.subject;
  if (cn === undefined || o === undefined) return undefined;
  const { serial, spkiSha256, notBeforeMs, notAfterMs } = leaf;
  return {
    cn,
    o,
    subject: leaf.subject.text,
    serial,
    issuer: leaf.issuer.text,
    spkiSha256,
    notBeforeMs,
    notAfterMs,
  };
}

/** Subject alternative names alone: no wildcards, which we never issue, and no fallback to the CN (RFC 9525 §6). */
function names({ extensions: { dnsNames, ipAddresses } }: Certificate, wanted: string): boolean {
  const address = ipAddressHex(wanted);
  return address === undefined ? dnsNames.includes(wanted.toLowerCase()) : ipAddresses.includes(address);
}

function dateFault(path: readonly Certificate[], atMs: number, facts: PeerFacts): PeerVerdict | undefined {
  const at = (ms: number) => new Date(ms).toISOString();
  for (const { subject, notBeforeMs, notAfterMs } of path) {
    if (atMs < notBeforeMs) {
      return refused(
        "not-yet-valid",
        `'${subject.text}' is valid from ${at(notBeforeMs)}, it is ${at(atMs)}`,
        facts,
      );
    }
    if (atMs > notAfterMs) {
      return refused("expired", `'${subject.text}' expired at ${at(notAfterMs)}, it is ${at(atMs)}`, facts);
    }
  }
  return undefined;
}

/** One withdrawn certificate (as {@link PeerFacts} name it) or one withdrawn key. The shape of the signed bundle. */
export type Denial =
  | { readonly kind: "serial"; readonly issuer: string; readonly serial: string }
  | { readonly kind: "key"; readonly spkiSha256: string };

/** What is no longer accepted, made once from a list and then asked at every handshake. */
export type DenySet = {
  denies(certificate: {
    readonly issuer: string | { readonly text: string };
    readonly serial: string;
    readonly spkiSha256: string;
  }): boolean;
};

/** Takes hexadecimal in any case and with leading zeros. Takes {@link PeerFacts} too, for sweeping live sockets. */
export function denySet(denials: readonly Denial[]): DenySet {
  const serials = new Set<string>();
  const keys = new Set<string>();
  for (const denial of denials) {
    if (denial.kind === "key") keys.add(denial.spkiSha256.toLowerCase());
    else serials.add(serialKey(denial.issuer, denial.serial));
  }
  return {
    denies: ({ issuer, serial, spkiSha256 }) =>
      keys.has(spkiSha256) ||
      serials.has(serialKey(typeof issuer === "string" ? issuer : issuer.text, serial)),
  };
}

/** A serial is a number: leading zeros mean nothing. */
const serialKey = (issuer: string, serial: string): string =>
  `${serial.toLowerCase().replace(/^0+(?=.)/, "")} ${issuer}`;
