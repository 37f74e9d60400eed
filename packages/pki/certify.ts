/**
 * Makes one certificate: the only place that encodes and signs any. What goes in is decided elsewhere (profiles.ts,
 * issue.ts); here nothing is taken from a requester.
 */
import { createHash } from "node:crypto";
import { type Chance, hex } from "@wattward/kernel";
import { type Certificate, readCertificate } from "./certificate.ts";
import { elements, only, tags } from "./der.ts";
import type { SigningKey } from "./key-store.ts";
import * as x509 from "./x509-library.ts";

export type CertificateContent = {
  /** In this order: O says who owns it (A00.FR.509), CN what it names. */
  readonly subject: { readonly o: string; readonly cn: string };
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly kind: ContentKind;
};

export type ContentKind =
  | { readonly kind: "root" }
  /** An issuing CA for one extended key usage; it certifies no further CA. */
  | { readonly kind: "issuing"; readonly usage: string; readonly nameConstraints: Uint8Array | undefined }
  | {
      readonly kind: "leaf";
      readonly usage: string;
      readonly keyEncipherment: boolean;
      readonly names: ServerNames;
    };

/** Subject alternative names; both empty for a client (A00.FR.511 advises against any). */
export type ServerNames = { readonly dns: readonly string[]; readonly ip: readonly string[] };

/** Who signs: its key, and its certificate, absent when it signs itself. */
export type Issuer = { readonly key: SigningKey; readonly certificate: Certificate | undefined };

/** 128 bits of chance (A00.FR.508; CA practice asks for at least 64). */
const SERIAL_BYTES = 16;

export async function certify(
  content: CertificateContent,
  issuer: Issuer,
  chance: Chance,
): Promise<Certificate> {
  const params = {
    serialNumber: hex(chance, SERIAL_BYTES),
    subject: name(content.subject),
    issuer: issuer.certificate ? new x509.Name(owned(issuer.certificate.subject.der)) : name(content.subject),
    notBefore: new Date(content.notBeforeMs),
    notAfter: new Date(content.notAfterMs),
    publicKey: owned(content.publicKey),
    signingAlgorithm:
      issuer.key.kind === "ec-p256"
        ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
        : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    extensions: extensions(content, issuer),
  };
  // The library signs with keys it holds; ours may live in an HSM. So it encodes twice: once for what is to be signed.
  const unsigned = await x509.X509CertificateGenerator.create({
    ...params,
    signature: new Uint8Array(64).fill(1),
  });
  const tbs = elements(only(new Uint8Array(unsigned.rawData), tags.sequence).content)[0]!.whole;
  const signature = owned(await issuer.key.sign(tbs));
  const signed = await x509.X509CertificateGenerator.create({ ...params, signature });
  return readCertificate(new Uint8Array(signed.rawData));
}

/** A copy on memory of its own: the library takes no view that might be on shared memory. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

// As explicit UTF8String: of a bare string the library would read quotes and number signs as syntax.
const name = ({ o, cn }: CertificateContent["subject"]) =>
  new x509.Name([{ O: [{ utf8String: o }] }, { CN: [{ utf8String: cn }] }]);

/** Criticality by RFC 5280 §4.2.1: key usage, basic constraints and name constraints are, the identifiers never. */
function extensions({ kind, publicKey }: CertificateContent, issuer: Issuer): x509.Extension[] {
  const { KeyUsageFlags: flags } = x509;
  const keyIds = [
    new x509.SubjectKeyIdentifierExtension(keyId(publicKey)),
    new x509.AuthorityKeyIdentifierExtension(keyId(issuer.certificate?.spki ?? publicKey)),
  ];
  const caUsage = new x509.KeyUsagesExtension(flags.keyCertSign | flags.cRLSign, true);
  if (kind.kind === "root") return [new x509.BasicConstraintsExtension(true, 1, true), caUsage, ...keyIds];
  const usage = new x509.ExtendedKeyUsageExtension([kind.usage]);
  if (kind.kind === "issuing") {
    const constraints = kind.nameConstraints && [
      new x509.Extension(NAME_CONSTRAINTS, true, owned(kind.nameConstraints)),
    ];
    return [
      new x509.BasicConstraintsExtension(true, 0, true),
      caUsage,
      usage,
      ...(constraints ?? []),
      ...keyIds,
    ];
  }
  const bits = kind.keyEncipherment ? flags.digitalSignature | flags.keyEncipherment : flags.digitalSignature;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(bits, true),
    usage,
    ...alternativeNames(kind.names),
    ...keyIds,
  ];
}

const NAME_CONSTRAINTS = "2.5.29.30";

function alternativeNames({ dns, ip }: ServerNames): x509.Extension[] {
  const names = [
    ...dns.map((value) => ({ type: "dns" as const, value })),
    ...ip.map((value) => ({ type: "ip" as const, value })),
  ];
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [];
}

/** Key identifier by RFC 7093 §2 method 1: the first 160 bits of SHA-256 over the public key's bits. */
function keyId(spki: Uint8Array): string {
  const bits = elements(only(spki, tags.sequence).content)[1]!.content.subarray(1);
  return createHash("sha256").update(bits).digest("hex").slice(0, 40);
}
