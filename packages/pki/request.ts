/**
 * Answers a PKCS#10 request (RFC 2986): from a station or site that made its key itself, which is how it should be
 * (ADR 19). Of the request only the public key is taken, after its signature proved possession; subject, uses, names
 * and dates are ours, so whatever else it asks for is ignored.
 */
import "reflect-metadata";
import { createPublicKey } from "node:crypto";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { type Fault, failed, ok, type Result, shown } from "@wattward/kernel";
import type { Authorities } from "./authorities.ts";
import { same } from "./certificate.ts";
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
  const checked = await checkedRequest(der, from);
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

/** Who a request says it is from and whether its signature holds, for people to read; decides nothing. */
export async function readRequest(
  der: Uint8Array,
): Promise<{ readonly subject: string; readonly spki: Uint8Array; readonly proven: boolean } | undefined> {
  if (der.length > REQUEST_BYTES_MAX) return undefined;
  try {
    const request = new Pkcs10CertificateRequest(new Uint8Array(der));
    const spki = new Uint8Array(request.publicKey.rawData);
    const proven = sizeFault(spki) === undefined && (await request.verify());
    return { subject: request.subject, spki, proven };
  } catch {
    return undefined;
  }
}

/** The requests in a file, each as its own PEM text for {@link signCsr}. */
export function splitRequests(text: string): Result<readonly string[], RequestFault> {
  const found =
    text.match(/-----BEGIN CERTIFICATE REQUEST-----[\s\S]*?-----END CERTIFICATE REQUEST-----/g) ?? [];
  if (found.length === 0) return unreadable;
  if (found.length <= REQUESTS_MAX) return ok(found);
  return failed({ code: "too-many", sentence: `There are more than ${REQUESTS_MAX} requests in this file.` });
}

const unreadable = failed<RequestFault>({
  code: "unreadable",
  sentence: "This is no certificate request in PEM (it begins with -----BEGIN CERTIFICATE REQUEST-----).",
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

async function checkedRequest(der: Uint8Array, from: Authorities): Promise<Result<Checked, RequestFault>> {
  if (der.length > REQUEST_BYTES_MAX) return unreadable;
  let request: Pkcs10CertificateRequest;
  let proven: boolean;
  try {
    request = new Pkcs10CertificateRequest(new Uint8Array(der));
    // First the key's size: verifying with a key of a megabit would cost us seconds.
    const spki = new Uint8Array(request.publicKey.rawData);
    const fault = sizeFault(spki) ?? ownKeyFault(spki, from);
    if (fault) return failed(fault);
    proven = strongHash(request) && (await request.verify());
  } catch {
    // The library throws many kinds of errors on hostile bytes; all of them mean the same to the sender.
    return unreadable;
  }
  if (!proven) {
    return failed({
      code: "bad-signature",
      sentence: "The request is not signed with its own key and SHA-256 or better.",
    });
  }
  const commonNames = request.subjectName.getField("CN");
  return ok({
    publicKey: new Uint8Array(request.publicKey.rawData),
    cn: commonNames.length === 1 ? commonNames[0] : undefined,
  });
}

function strongHash({ signatureAlgorithm }: Pkcs10CertificateRequest): boolean {
  return /^SHA-(256|384|512)$/.test(signatureAlgorithm.hash.name);
}

/** Kinds and sizes by A00.FR.501 to 503, but for curves that TLS stacks do not share. */
function sizeFault(spki: Uint8Array): RequestFault | undefined {
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const strong =
    key.asymmetricKeyType === "ec"
      ? namedCurve === "prime256v1" || namedCurve === "secp384r1"
      : key.asymmetricKeyType === "rsa" &&
        modulusLength >= 2048 &&
        modulusLength <= RSA_BITS_MAX &&
        publicExponent >= 65537n &&
        publicExponent < 2n ** 32n;
  if (strong) return undefined;
  return {
    code: "weak-key",
    sentence: `The key must be ECDSA P-256 or P-384, or RSA of 2048 to ${RSA_BITS_MAX} bits with exponent 65537.`,
  };
}

function ownKeyFault(spki: Uint8Array, from: Authorities): RequestFault | undefined {
  const ours = [from.root, from.station, from.site, from.server, from.bundle];
  if (!ours.some(({ certificate }) => same(certificate.spki, spki))) return undefined;
  return { code: "foreign-key", sentence: "The key is one of the authorities' own." };
}
