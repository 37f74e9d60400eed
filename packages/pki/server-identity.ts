/**
 * The central system's own server certificates: ECDSA for most stations, RSA for those that speak only RSA suites
 * (A00.FR.421), each from a CA of its own kind. Kept with the authorities, issued anew when their names or their CA
 * change, or a third of their life is left.
 */
import type { Disk } from "@wattward/kernel";
import type { Authorities } from "./authorities.ts";
import { type Certificate, publicKeyOf, same, signedBy, tryReadCertificate } from "./certificate.ts";
import { PkiError } from "./errors.ts";
import { type IssuePorts, issueServer, serverCa } from "./issue.ts";
import { agesPast } from "./kept-authority.ts";
import type { KeyStore, StoredKey, TlsIdentity } from "./key-store.ts";
import { readPem } from "./pem.ts";
import { SERVER_EC, SERVER_RSA } from "./profiles.ts";
import { ipAddressHex } from "./subject.ts";

export type ServerIdentity = {
  readonly ec: TlsIdentity;
  readonly rsa: TlsIdentity;
  /** When the first of the two ends; ask again well before. */
  readonly notAfterMs: number;
};

type Place = IssuePorts & { readonly keys: KeyStore; readonly certificates: Disk };

/** Server certificates for these names (the first a host name). PkiError `bad-setting` where a name cannot be certified. */
export async function openOrIssueServer(
  from: Authorities,
  names: readonly string[],
  place: Place,
): Promise<ServerIdentity> {
  const ec = await open(from, { names, name: SERVER_EC, kind: "ec-p256" }, place);
  const rsa = await open(from, { names, name: SERVER_RSA, kind: "rsa-3072" }, place);
  return { ec: ec.tls, rsa: rsa.tls, notAfterMs: Math.min(ec.notAfterMs, rsa.notAfterMs) };
}

type Wanted = {
  readonly names: readonly string[];
  readonly name: string;
  readonly kind: "ec-p256" | "rsa-3072";
};

async function open(from: Authorities, { names, name, kind }: Wanted, place: Place) {
  const { keys, certificates, clock, chance } = place;
  const key = (await keys.load(name)) ?? (await keys.generate(name, kind));
  if (key.tls === undefined)
    throw new PkiError("bad-setting", `the key store does not let TLS use '${name}'`);
  const file = `${name}.pem`;
  const kept = Buffer.from((await certificates.read(file)) ?? []).toString("latin1");
  const current = leafOf(kept);
  if (current && stillGood(current, { from, key, names }) && !agesPast(current, clock)) {
    return { tls: { cert: kept, ...key.tls }, notAfterMs: current.notAfterMs };
  }
  const issued = await issueServer(from, { publicKey: key.publicKey, names }, { clock, chance });
  if (!issued.ok) throw new PkiError("bad-setting", issued.fault.sentence);
  const { chainPem, certificate } = issued.value;
  await certificates.replace(file, Buffer.from(chainPem));
  return { tls: { cert: chainPem, ...key.tls }, notAfterMs: certificate.notAfterMs };
}

/** A damaged file of ours loses nothing: a new certificate for the same key takes its place. */
function leafOf(pem: string): Certificate | undefined {
  const [der] = readPem(pem, "CERTIFICATE");
  return der && tryReadCertificate(der);
}

type Wish = { readonly from: Authorities; readonly key: StoredKey; readonly names: readonly string[] };

function stillGood(current: Certificate, { from, key, names }: Wish): boolean {
  const { dnsNames, ipAddresses } = current.extensions;
  const has = [...dnsNames, ...ipAddresses].sort().join();
  const wanted = names
    .map((name) => ipAddressHex(name) ?? name)
    .sort()
    .join();
  return (
    same(current.spki, key.publicKey) &&
    signedBy(current, publicKeyOf(serverCa(from, key.publicKey).certificate)) &&
    has === wanted
  );
}
