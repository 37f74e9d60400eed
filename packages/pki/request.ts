/**
 * Answers a PKCS#10 request (RFC 2986): from a station or site that made its key itself, which is how it should be
 * (ADR 19). Of the request only the public key is taken, after its signature proved possession; subject, uses, names
 * and dates are ours, so whatever else it asks for is ignored.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { type Fault, failed, ok, type Result, shown } from "@wattward/kernel";
import type { Authorities } from "./authorities.ts";
import { bitStringBytes, type Name, readName, type Signed, same, signatureHolds } from "./certificate.ts";
import { DerFault, elements, expect, integerHex, oid, only, tags } from "./der.ts";
import {
  type Issued,
  type IssueFault,
  type IssuePorts,
  issueServer,
  issueSite,
  issueStation,
} from "./issue.ts";
import { readPem } from "./pem.ts";

/** An RSA-8192 request takes about 3 kB. */
export const REQUEST_BYTES_MAX = 16 * 1024;
/** Larger RSA keys make every handshake slow; a key of a megabit would stop us. */
const RSA_BITS_MAX = 8192;
/** Requests in one file. */
export const REQUESTS_MAX = 100;

export type RequestFault = Fault<
  "unreadable" | "too-many" | "bad-signature" | "weak-key" | "foreign-key" | "wrong-subject"
>;

/** `id`: the serial or site id that the inventory expects as CN; left out, the request's own CN is taken at its word. */
export type RequestProfile = { readonly days?: number | undefined } & (
  | { readonly profile: "station" | "site"; readonly id?: string | undefined }
  | { readonly profile: "server"; readonly names: readonly string[] }
);

export type SignedRequest = Result<Issued, RequestFault | IssueFault>;

/** Signs one request in PEM. Refusals are values; the sender's fault. */
export async function signCsr(
  from: Authorities,
  pem: string,
  profile: RequestProfile,
  ports: IssuePorts,
): Promise<SignedRequest> {
  const [der, ...more] = readPem(pem, "CERTIFICATE REQUEST");
  if (der === undefined) return unreadable;
  if (more.length > 0)
    return failed({ code: "too-many", sentence: "There is more than one request in this text." });
  const checked = checkedRequest(der, from);
  if (!checked.ok) return checked;
  const { publicKey, cn } = checked.value;
  const common = { publicKey, days: profile.days };
  if (profile.profile === "server") return issueServer(from, { ...common, names: profile.names }, ports);
  const id = profile.id ?? cn;
  if (id === undefined || cn !== id) return wrongSubject(cn, id);
  return profile.profile === "station"
    ? issueStation(from, { ...common, serial: id }, ports)
    : issueSite(from, { ...common, site: id }, ports);
}

export type CertificateRequest = {
  readonly subject: Name;
  readonly spki: Uint8Array;
  /** Signed with its own key, which is of a kind that is certified here. */
  readonly proven: boolean;
};

/** What a request says, in facts; undefined where it cannot be read. Decides nothing. */
export function readRequest(der: Uint8Array): CertificateRequest | undefined {
  const request = parseRequest(der);
  if (request === undefined) return undefined;
  const key = certifiableKey(request.spki);
  return { ...request, proven: key !== undefined && signatureHolds(request.signed, key) };
}

/** The requests in a file, each as its own PEM text for {@link signCsr}. */
export function splitRequests(text: string): Result<readonly string[], RequestFault> {
  // No dash within: then no text makes the search start over again and again.
  const found =
    text.match(/-----BEGIN CERTIFICATE REQUEST-----[^-]*-----END CERTIFICATE REQUEST-----/g) ?? [];
  const begun = text.split("-----BEGIN CERTIFICATE REQUEST-----").length - 1;
  if (found.length === 0 || found.length !== begun) return unreadable;
  if (found.length <= REQUESTS_MAX) return ok(found);
  return failed({ code: "too-many", sentence: `There are more than ${REQUESTS_MAX} requests in this file.` });
}

const unreadable = failed<RequestFault>({
  code: "unreadable",
  sentence:
    "This is no certificate request that can be read: PKCS#10 in DER, as PEM from -----BEGIN CERTIFICATE REQUEST-----.",
});

const wrongSubject = (cn: string | undefined, id: string | undefined) =>
  failed<RequestFault>({
    code: "wrong-subject",
    sentence:
      cn === undefined
        ? "The request's subject does not have one CN."
        : `The request's CN is '${shown(cn)}', expected was '${shown(id ?? "")}'.`,
  });

type Checked = { readonly publicKey: Uint8Array; readonly cn: string | undefined };

function checkedRequest(der: Uint8Array, from: Authorities): Result<Checked, RequestFault> {
  const request = parseRequest(der);
  if (request === undefined) return unreadable;
  // The key comes first: verifying with a key of a megabit would cost us seconds.
  const key = certifiableKey(request.spki);
  if (key === undefined) return weakKey;
  const fault = ownKeyFault(request.spki, from);
  if (fault) return failed(fault);
  if (!signatureHolds(request.signed, key)) return badSignature;
  return ok({ publicKey: request.spki, cn: request.subject.cn });
}

const weakKey = failed<RequestFault>({
  code: "weak-key",
  sentence: `The key must be ECDSA P-256 or P-384, or RSA of 2048 to ${RSA_BITS_MAX} bits with exponent 65537, in the usual encoding.`,
});

const badSignature = failed<RequestFault>({
  code: "bad-signature",
  sentence: "The request is not signed with its own key and SHA-256 or better.",
});

type Parsed = { readonly subject: Name; readonly spki: Uint8Array; readonly signed: Signed };

/** RFC 2986 §4: SEQUENCE { SEQUENCE { version, subject, SPKI, [0] attributes }, algorithm, signature }. */
function parseRequest(der: Uint8Array): Parsed | undefined {
  if (der.length > REQUEST_BYTES_MAX) return undefined;
  try {
    const [info, algorithm, signature, ...more] = elements(only(der, tags.sequence).content);
    const [version, subject, spki] = elements(expect(info, tags.sequence).content);
    if (more.length > 0 || integerHex(version) !== "00") return undefined;
    const signed = {
      tbs: expect(info, tags.sequence).whole,
      algorithm: oid(elements(expect(algorithm, tags.sequence).content)[0]),
      signature: bitStringBytes(signature),
    };
    return { subject: readName(subject), spki: expect(spki, tags.sequence).whole, signed };
  } catch (error) {
    if (error instanceof DerFault) return undefined;
    throw error;
  }
}

/** The key, if it is of a kind and size by A00.FR.501 to 503 that TLS stacks share, in its one usual encoding. */
function certifiableKey(spki: Uint8Array): KeyObject | undefined {
  const key = openSslKey(spki);
  if (key === undefined || !isUsualEncoding(key, spki)) return undefined;
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const strong =
    key.asymmetricKeyType === "ec"
      ? namedCurve === "prime256v1" || namedCurve === "secp384r1"
      : key.asymmetricKeyType === "rsa" &&
        modulusLength >= 2048 &&
        modulusLength <= RSA_BITS_MAX &&
        publicExponent >= 65537n &&
        publicExponent < 2n ** 32n;
  return strong ? key : undefined;
}

/** A key in two encodings would have two hashes, and a denial of the one would let the other pass. */
function isUsualEncoding(key: KeyObject, spki: Uint8Array): boolean {
  if (!same(key.export({ type: "spki", format: "der" }), spki)) return false;
  if (key.asymmetricKeyType !== "ec") return true;
  const [, bits] = elements(only(spki, tags.sequence).content);
  // After the count of unused bits: 4 begins an uncompressed point (SEC 1 §2.3.3).
  return bits?.content[1] === 4;
}

function openSslKey(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  } catch {
    // OpenSSL's words for a key that is none, or of a kind it does not know: for us both are no key.
    return undefined;
  }
}

function ownKeyFault(spki: Uint8Array, from: Authorities): RequestFault | undefined {
  const { root, station, site, server, bundle, rsa } = from;
  const ours = [root, station, site, server, bundle, ...(rsa ? [rsa.root, rsa.server] : [])];
  if (!ours.some(({ certificate }) => same(certificate.spki, spki))) return undefined;
  return { code: "foreign-key", sentence: "The key is one of the authorities' own." };
}
