/**
 * One X.509 certificate as facts (RFC 5280 §4.1), read from hostile bytes: strict DER, known critical extensions only.
 * Reading proves nothing; {@link signedBy} proves one signature.
 *
 * ```
 * Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }
 * tbs ::= SEQUENCE { [0] version, serial, signature, issuer, validity, subject, SPKI, …, [3] extensions }
 * ```
 */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Tlv } from "./der.ts";
import {
  boolean,
  DerFault,
  elements,
  expect,
  integerHex,
  namedBits,
  oid,
  only,
  tags,
  text,
  timeMs,
} from "./der.ts";

/** No certificate of use here is larger. */
export const CERTIFICATE_BYTES_MAX = 16 * 1024;

export type Certificate = {
  readonly der: Uint8Array;
  /** Lower-case hexadecimal of whole bytes, none of them a leading zero. */
  readonly serial: string;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly spkiSha256: string;
  readonly extensions: Extensions;
  readonly signed: Signed;
};

/** What was signed, how, and the signature. */
export type Signed = { readonly tbs: Uint8Array; readonly algorithm: string; readonly signature: Uint8Array };

export type Name = {
  /** The exact bytes: names are compared by them, since one encoder makes all of ours. */
  readonly der: Uint8Array;
  /** In the order of the certificate, `O=Operator, CN=Station CA`. */
  readonly text: string;
  /** The one common name; undefined where there is none, or more than one. */
  readonly cn: string | undefined;
  readonly o: string | undefined;
};

export type Extensions = {
  readonly ca: boolean;
  readonly pathLength: number | undefined;
  /** Bits of {@link keyUsageBits}; undefined where the extension is absent. */
  readonly keyUsage: number | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly dnsNames: readonly string[];
  /** Network-order bytes, lower-case hexadecimal: 8 digits for IPv4, 32 for IPv6. */
  readonly ipAddresses: readonly string[];
};

export const keyUsageBits = {
  digitalSignature: 1 << 0,
  keyEncipherment: 1 << 2,
  keyCertSign: 1 << 5,
  cRLSign: 1 << 6,
};

/** Reads one certificate. Throws {@link DerFault} alone, whatever the bytes are. */
export function readCertificate(der: Uint8Array): Certificate {
  if (der.length > CERTIFICATE_BYTES_MAX) throw new DerFault(`larger than ${CERTIFICATE_BYTES_MAX} bytes`);
  const [tbs, algorithm, signature, ...more] = elements(only(der, tags.sequence).content);
  if (more.length > 0) throw new DerFault("more than three parts");
  const [version, serial, innerAlgorithm, issuer, dates, subject, spki, ...rest] = elements(
    expect(tbs, tags.sequence).content,
  );
  if (integerHex(elements(expect(version, tags.context0).content)[0]) !== "02")
    throw new DerFault("not version 3");
  if (!same(expect(innerAlgorithm, tags.sequence).whole, expect(algorithm, tags.sequence).whole)) {
    throw new DerFault("two signature algorithms");
  }
  const [notBefore, notAfter] = elements(expect(dates, tags.sequence).content);
  const key = expect(spki, tags.sequence).whole;
  return {
    der,
    serial: integerHex(serial),
    issuer: readName(issuer),
    subject: readName(subject),
    notBeforeMs: timeMs(notBefore),
    notAfterMs: timeMs(notAfter),
    spki: key,
    spkiSha256: sha256Hex(key),
    extensions: readExtensions(rest),
    signed: {
      tbs: tbs!.whole,
      algorithm: oid(elements(algorithm!.content)[0]),
      signature: bitStringBytes(signature),
    },
  };
}

/** As {@link readCertificate}, with undefined for whatever cannot be read. */
export function tryReadCertificate(der: Uint8Array): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch (error) {
    if (error instanceof DerFault) return undefined;
    throw error;
  }
}

export const sha256Hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Bytes of a BIT STRING that ends at a whole byte. */
export function bitStringBytes(tlv: Tlv | undefined): Uint8Array {
  const { content } = expect(tlv, tags.bitString);
  if (content[0] !== 0) throw new DerFault("a bit string of unwhole bytes");
  return content.subarray(1);
}

const attributeNames: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
};

/** A distinguished name; its texts are safe to print, but a stranger's. */
export function readName(tlv: Tlv | undefined): Name {
  const { whole, content } = expect(tlv, tags.sequence);
  const attributes = elements(content).flatMap((rdn) =>
    elements(expect(rdn, tags.set).content).map((attribute) => {
      const [type, value, ...more] = elements(expect(attribute, tags.sequence).content);
      if (more.length > 0) throw new DerFault("an attribute of more than two parts");
      const dotted = oid(type);
      return { name: attributeNames[dotted] ?? dotted, value: text(value) };
    }),
  );
  const one = (name: string) => {
    const found = attributes.filter((attribute) => attribute.name === name);
    return found.length === 1 ? found[0]?.value : undefined;
  };
  return {
    der: whole,
    text: attributes.map(({ name, value }) => `${name}=${value.replace(/[\\,+="]/g, "\\$&")}`).join(", "),
    cn: one("CN"),
    o: one("O"),
  };
}

const extensionIds = {
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  extendedKeyUsage: "2.5.29.37",
} as const;
const known: ReadonlySet<string> = new Set(Object.values(extensionIds));

/** After the public key come optional unique ids, which nobody uses, and [3] the extensions. */
function readExtensions(rest: readonly Tlv[]): Extensions {
  const values = new Map<string, Uint8Array>();
  const [list, ...more] = rest;
  if (more.length > 0) throw new DerFault("unknown parts after the public key");
  const sequence = list && only(expect(list, tags.context3).content, tags.sequence);
  for (const extension of sequence ? elements(sequence.content) : []) {
    const parts = elements(expect(extension, tags.sequence).content);
    const id = oid(parts[0]);
    const critical = parts.length === 3 && boolean(parts[1]!);
    if (values.has(id)) throw new DerFault(`the extension ${id} twice`);
    if (critical && !known.has(id)) throw new DerFault(`the critical extension ${id}, which is unknown here`);
    values.set(id, expect(parts.at(-1), tags.octetString).content);
  }
  return {
    ...basicConstraints(values.get(extensionIds.basicConstraints)),
    ...alternativeNames(values.get(extensionIds.subjectAltName)),
    keyUsage: optional(values.get(extensionIds.keyUsage), (der) => namedBits(only(der, tags.bitString))),
    extendedKeyUsage: optional(values.get(extensionIds.extendedKeyUsage), (der) =>
      elements(only(der, tags.sequence).content).map(oid),
    ),
  };
}

const optional = <T>(der: Uint8Array | undefined, read: (der: Uint8Array) => T): T | undefined =>
  der === undefined ? undefined : read(der);

function basicConstraints(der: Uint8Array | undefined): Pick<Extensions, "ca" | "pathLength"> {
  if (der === undefined) return { ca: false, pathLength: undefined };
  const parts = elements(only(der, tags.sequence).content);
  const ca = parts[0]?.tag === tags.boolean && boolean(parts[0]);
  const length = parts.find(({ tag }) => tag === tags.integer);
  return { ca, pathLength: length && Number.parseInt(integerHex(length), 16) };
}

/** GeneralName (RFC 5280 §4.2.1.6): [2] dNSName, [7] iPAddress; other kinds name nothing that we connect to. */
function alternativeNames(der: Uint8Array | undefined): Pick<Extensions, "dnsNames" | "ipAddresses"> {
  const names = der === undefined ? [] : elements(only(der, tags.sequence).content);
  const of = (tag: number) =>
    names.filter((name) => name.tag === tag).map(({ content }) => Buffer.from(content));
  return {
    dnsNames: of(0x82).map((bytes) => bytes.toString("latin1").toLowerCase()),
    ipAddresses: of(0x87).map((bytes) => bytes.toString("hex")),
  };
}

/** Signature algorithms we accept (A00.FR.504), with the hash each one means. */
const signatureHashes: Readonly<Record<string, string>> = {
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
  "1.2.840.113549.1.1.11": "sha256",
  "1.2.840.113549.1.1.12": "sha384",
  "1.2.840.113549.1.1.13": "sha512",
};

/** Was this certificate signed with the issuer's key? Says nothing about names, dates or uses. */
export const signedBy = ({ signed }: Certificate, issuerKey: KeyObject): boolean =>
  signatureHolds(signed, issuerKey);

/** Does the signature hold, by an algorithm of the table above and of the key's own kind? */
export function signatureHolds({ algorithm, tbs, signature }: Signed, key: KeyObject): boolean {
  const hash = signatureHashes[algorithm];
  const wantsEc = algorithm.startsWith("1.2.840.10045.");
  if (hash === undefined || key.asymmetricKeyType !== (wantsEc ? "ec" : "rsa")) return false;
  return verify(hash, tbs, key, signature);
}

/** The key of a certificate whose own signature was checked before: OpenSSL reads it, so strangers' keys stay out. */
export const publicKeyOf = ({ spki }: Certificate): KeyObject =>
  createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
