/**
 * One authority as it is kept: a key in the key store, and a certificate in a file of the same name. Opened where both
 * are there, made where neither is, and gone on with where a creation was cut short after the key.
 */
import type { Chance, Clock, Disk } from "@wattward/kernel";
import { type Certificate, publicKeyOf, readCertificate, same, signedBy } from "./certificate.ts";
import { type ContentKind, certify, type Issuer } from "./certify.ts";
import { PkiError } from "./errors.ts";
import type { KeyKind, KeyStore, SigningKey, StoredKey } from "./key-store.ts";
import { readPem, writePem } from "./pem.ts";
import { RENEW_BELOW, validity } from "./profiles.ts";

export type Authority = { readonly key: StoredKey; readonly certificate: Certificate; readonly pem: string };

export type AuthorityPorts = { readonly clock: Clock; readonly chance: Chance };

/** Where authorities are kept: their keys, and the folder of their public parts. */
export type Place = AuthorityPorts & { readonly keys: KeyStore; readonly certificates: Disk };

/** What an authority is made as; of one that exists only the files' name is asked. */
export type Charter = {
  readonly name: string;
  readonly keyKind: KeyKind;
  readonly subject: { readonly o: string; readonly cn: string };
  readonly days: number;
  readonly kind: ContentKind;
};

/** A certificate's file is named as its key is. */
export const fileOf = (name: string): string => `${name}.pem`;

/** `below`: what it certifies; where one of those is there without its root, the root was lost. */
export async function openRoot(place: Place, charter: Charter, below: readonly string[]): Promise<Authority> {
  const { name } = charter;
  const certificate = await readCertificateFile(place.certificates, name);
  const stored = await place.keys.load(name);
  if (certificate === undefined) {
    await refuseOrphans(place, name, below);
    const key = stored ?? (await place.keys.generate(name, charter.keyKind));
    return make(place, charter, { key, issuer: { key, certificate: undefined } });
  }
  if (!signedBy(certificate, publicKeyOf(certificate))) {
    throw inconsistent(name, "is not signed by its own key");
  }
  return authority(name, stored, certificate);
}

/** Certified by the root itself. A leaf, which certifies nothing, is renewed in the last third of its life. */
export async function openCertified(place: Place, root: Authority, charter: Charter): Promise<Authority> {
  const { name, kind } = charter;
  const certificate = await readCertificateFile(place.certificates, name);
  const stored = await place.keys.load(name);
  if (certificate === undefined) {
    const key = stored ?? (await place.keys.generate(name, charter.keyKind));
    return make(place, charter, { key, issuer: root });
  }
  const issuedByRoot =
    same(certificate.issuer.der, root.certificate.subject.der) &&
    signedBy(certificate, publicKeyOf(root.certificate));
  if (!issuedByRoot) throw inconsistent(name, "was not issued by the root beside it");
  const opened = authority(name, stored, certificate);
  return kind.kind === "leaf" && agesPast(certificate, place.clock)
    ? make(place, charter, { key: opened.key, issuer: root })
    : opened;
}

/** Something without what it was made from: that was lost, and a second one must not take its place. */
export async function refuseOrphans(
  { keys, certificates }: Place,
  lost: string,
  of: readonly string[],
): Promise<void> {
  for (const name of of) {
    if ((await certificates.read(fileOf(name))) !== undefined || (await keys.load(name)) !== undefined) {
      throw inconsistent(lost, `is missing, but '${name}' is there`);
    }
  }
}

async function make(
  { certificates, clock, chance }: Place,
  { name, subject, days, kind }: Charter,
  { key, issuer }: { readonly key: StoredKey; readonly issuer: Issuer },
): Promise<Authority> {
  const life = validity(clock.now().wallMs, days, issuer.certificate?.notAfterMs);
  const certificate = await certify({ subject, publicKey: key.publicKey, ...life, kind }, issuer, chance);
  const pem = writePem(certificate.der, "CERTIFICATE");
  await certificates.replace(fileOf(name), Buffer.from(pem));
  return { key, certificate, pem };
}

function authority(name: string, key: StoredKey | undefined, certificate: Certificate): Authority {
  if (key === undefined) throw inconsistent(name, "has a certificate but no key");
  if (!belongs(key, certificate)) throw inconsistent(name, "has a certificate for another key");
  return { key, certificate, pem: writePem(certificate.der, "CERTIFICATE") };
}

const belongs = (key: SigningKey, certificate: Certificate) => same(key.publicKey, certificate.spki);

/** Is less than RENEW_BELOW of its life left? A clock that cannot be trusted renews nothing. */
export function agesPast({ notBeforeMs, notAfterMs }: Certificate, clock: Clock): boolean {
  const { wallMs, quality } = clock.now();
  return quality !== "unknown" && notAfterMs - wallMs < (notAfterMs - notBeforeMs) * RENEW_BELOW;
}

async function readCertificateFile(certificates: Disk, name: string): Promise<Certificate | undefined> {
  const bytes = await certificates.read(fileOf(name));
  if (bytes === undefined) return undefined;
  const [der] = readPem(Buffer.from(bytes).toString("latin1"), "CERTIFICATE");
  try {
    if (der !== undefined) return readCertificate(der);
  } catch (error) {
    throw new PkiError("damaged-certificate", `${fileOf(name)}; restore it from the backup`, error);
  }
  throw new PkiError(
    "damaged-certificate",
    `${fileOf(name)} holds no certificate; restore it from the backup`,
  );
}

export const inconsistent = (name: string, what: string): PkiError =>
  new PkiError(
    "inconsistent-authorities",
    `'${name}' ${what}. Nothing was changed: restore the folders keys/ and pki/ together from one backup`,
  );
