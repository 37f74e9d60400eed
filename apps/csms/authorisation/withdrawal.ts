/**
 * What a person names when a certificate must no longer be accepted, made into one denial: the certificate itself, its
 * key, or its serial number with its issuer. One door for the command line and the API.
 *
 * A certificate is denied by its key: whoever stole the key holds it for every other certificate of it too. The
 * authorities' own are refused here, because everything that they certified would be locked out at once.
 */
import { type Fault, failed, ok, type Result, shown } from "@wattward/kernel";
import { type Certificate, readPem, tryReadCertificate } from "@wattward/pki";

export type Withdrawal = {
  /** PEM; with the CA's certificate behind it, as we issue it, or alone. */
  readonly certificate?: string | undefined;
  /** SHA-256 of the public key (SubjectPublicKeyInfo), 64 hexadecimal digits. */
  readonly key?: string | undefined;
  /** Serial number in hexadecimal, as `pki show` prints it. */
  readonly serial?: string | undefined;
  /** The issuer's name as `pki show` prints it: `O=Operator, CN=Station CA`. */
  readonly issuer?: string | undefined;
};
export type Denial = { readonly kind: "serial" | "key"; readonly issuer: string; readonly value: string };

export type WithdrawalFault = Fault<
  | "nothing-named"
  | "two-named"
  | "bad-certificate"
  | "an-authority"
  | "bad-key"
  | "bad-serial"
  | "unknown-issuer"
>;
const wrong = (code: WithdrawalFault["code"], sentence: string) => failed({ code, sentence });

/** @param issuers names of the operator's CAs: a misspelt issuer would deny nothing, and nobody would notice */
export function denialOf(asked: Withdrawal, issuers: readonly string[]): Result<Denial, WithdrawalFault> {
  const { certificate, key, serial, issuer } = asked;
  const named = [certificate, key, serial].filter((value) => value !== undefined);
  if (named.length > 1)
    return wrong("two-named", "name one: a certificate, a key, or a serial number with its issuer.");
  if (certificate !== undefined) return byCertificate(certificate);
  if (key !== undefined) return byKey(key);
  if (serial !== undefined && issuer !== undefined) return bySerial(serial, issuer, issuers);
  return wrong("nothing-named", "name a certificate, a key, or a serial number together with its issuer.");
}

function byCertificate(pem: string): Result<Denial, WithdrawalFault> {
  const certificates = readPem(pem, "CERTIFICATE").map(tryReadCertificate);
  if (certificates.includes(undefined)) return wrong("bad-certificate", "the certificate cannot be read.");
  const leaves = certificates.filter(isLeaf);
  const [leaf] = leaves;
  if (leaf !== undefined && leaves.length === 1)
    return ok({ kind: "key", issuer: "", value: leaf.spkiSha256 });
  if (leaf !== undefined)
    return wrong("bad-certificate", "it holds several certificates: give one at a time.");
  if (certificates.length === 0) return wrong("bad-certificate", "it holds no certificate in PEM.");
  return wrong(
    "an-authority",
    "it is the certificate of an authority: without it everything that it certified is locked out. " +
      "If that is meant, name its key.",
  );
}

const isLeaf = (certificate: Certificate | undefined): certificate is Certificate =>
  certificate?.extensions.ca === false;

function byKey(text: string): Result<Denial, WithdrawalFault> {
  const value = text.replaceAll(":", "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(value)) return ok({ kind: "key", issuer: "", value });
  return wrong("bad-key", "a key is named by its SHA-256: 64 hexadecimal digits, as 'pki show' prints them.");
}

function bySerial(text: string, issuer: string, issuers: readonly string[]): Result<Denial, WithdrawalFault> {
  const digits = text.replaceAll(":", "").toLowerCase();
  // Whole bytes without leading zeros, as certificates are read here.
  const value = `${digits.length % 2 === 1 ? "0" : ""}${digits}`.replace(/^(00)+(?=..)/, "");
  if (!/^[0-9a-f]{1,64}$/.test(value)) {
    return wrong("bad-serial", "a serial number is 1 to 64 hexadecimal digits, as 'pki show' prints them.");
  }
  if (issuers.includes(issuer)) return ok({ kind: "serial", issuer, value });
  return wrong(
    "unknown-issuer",
    `no authority here is called '${shown(issuer)}'; there are: ${issuers.map((name) => `'${name}'`).join(", ")}.`,
  );
}
