/**
 * The operator's certificate authorities (ADR 7):
 *
 * ```
 *                     Root CA
 *      ┌────────────┬────┴───────┬──────────────┐
 *  Station CA    Site CA     Server CA       bundle
 *      │            │            │         (signs bundles,
 *   stations   site links   CSMS, sites     issues nothing)
 * ```
 *
 * Always true: a key exists before its certificate; the root's certificate is on disk before anything it signed; no
 * step overwrites a key. So creation may be killed anywhere and run again: it goes on where it stopped, with the same
 * keys, and whatever does not fit together is an error and never a reason to begin anew.
 */
import type { Chance, Clock, Disk } from "@wattward/kernel";
import {
  type AuthoritySettings,
  DEFAULT_OPERATOR,
  readSettings,
  SETTINGS_FILE,
  type Settings,
  writeSettings,
} from "./authority-settings.ts";
import { type Certificate, publicKeyOf, readCertificate, same, signedBy } from "./certificate.ts";
import { type ContentKind, certify, type Issuer } from "./certify.ts";
import { PkiError } from "./errors.ts";
import type { KeyStore, SigningKey, StoredKey } from "./key-store.ts";
import { siteNameConstraints } from "./name-constraints.ts";
import { readPem, writePem } from "./pem.ts";
import {
  type AuthorityRole,
  BUNDLE_CN,
  profiles,
  RENEW_BELOW,
  ROOT_CN,
  usages,
  validity,
  validityDays,
} from "./profiles.ts";

export type Authority = { readonly key: StoredKey; readonly certificate: Certificate; readonly pem: string };

export type Authorities = {
  readonly domain: string;
  readonly operatorName: string;
  readonly root: Authority;
  readonly station: Authority;
  readonly site: Authority;
  readonly server: Authority;
  /** Signs bundles; no CA. */
  readonly bundle: Authority;
};

export type AuthorityPorts = { readonly clock: Clock; readonly chance: Chance };

/** A certificate's file is named as its key is. */
const fileOf = (name: string) => `${name}.pem`;
const names = {
  root: "root",
  station: "stations",
  site: "sites",
  server: "servers",
  bundle: "bundle",
} as const;

/**
 * Opens the authorities of this data folder, or creates them where there are none. `certificates` is the folder of
 * their public parts. PkiError `inconsistent-authorities` where keys and certificates do not belong together.
 */
export async function openOrCreateAuthorities(
  keys: KeyStore,
  certificates: Disk,
  options: AuthoritySettings & AuthorityPorts,
): Promise<Authorities> {
  const place: Place = { keys, certificates, clock: options.clock, chance: options.chance };
  const settings = (await readSettings(certificates, options)) ?? (await beginWith(place, options));
  const root = await openRoot(place, settings.operatorName);
  const [station, site, server, bundle] = [
    await openIssuing(place, root, "station"),
    await openIssuing(place, root, "site"),
    await openIssuing(place, root, "server"),
    await openIssuing(place, root, "bundle"),
  ];
  return { ...settings, root, station, site, server, bundle };
}

/** Opens authorities that exist; PkiError `missing-authorities` where there are none, or their creation was cut short. */
export async function openAuthorities(
  keys: KeyStore,
  certificates: Disk,
  ports: AuthorityPorts,
): Promise<Authorities> {
  if (!(await authoritiesExist(certificates))) throw noAuthorities("this folder");
  return openOrCreateAuthorities(keys, certificates, ports);
}

/** The bundle signer is made last: where its certificate is, all are. */
export const authoritiesExist = async (certificates: Disk): Promise<boolean> =>
  (await certificates.read(fileOf(names.bundle))) !== undefined;

export const noAuthorities = (dataFolder: string): PkiError =>
  new PkiError(
    "missing-authorities",
    `${dataFolder} has none. Start the csms once with this data folder, or run: wattward pki init --data DIR`,
  );

type Place = AuthorityPorts & { readonly keys: KeyStore; readonly certificates: Disk };
/** The first write of all: from then on a creation that was cut short goes on under the same names. */
async function beginWith(place: Place, options: AuthoritySettings): Promise<Settings> {
  await refuseOrphans(place, SETTINGS_FILE, Object.values(names));
  return writeSettings(place.certificates, options);
}

async function openRoot(place: Place, operatorName: string): Promise<Authority> {
  const certificate = await readCertificateFile(place.certificates, names.root);
  const stored = await place.keys.load(names.root);
  if (certificate === undefined) {
    await refuseOrphans(place, names.root, [names.station, names.site, names.server, names.bundle]);
    const key = stored ?? (await place.keys.generate(names.root, "ec-p256"));
    const life = validity(place.clock.now().wallMs, validityDays.root);
    return write(
      place,
      names.root,
      key,
      await certify(
        {
          subject: { o: operatorName, cn: ROOT_CN },
          publicKey: key.publicKey,
          ...life,
          kind: { kind: "root" },
        },
        { key, certificate: undefined },
        place.chance,
      ),
    );
  }
  if (!signedBy(certificate, publicKeyOf(certificate)))
    throw inconsistent(names.root, "is not signed by its own key");
  return authority(names.root, stored, certificate);
}

/** Something without what it was made from: that was lost, and a second one must not take its place. */
async function refuseOrphans(
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

async function openIssuing(place: Place, root: Authority, role: AuthorityRole): Promise<Authority> {
  const name = names[role];
  const certificate = await readCertificateFile(place.certificates, name);
  const stored = await place.keys.load(name);
  if (certificate === undefined) {
    const key = stored ?? (await place.keys.generate(name, "ec-p256"));
    return certifyIssuing(place, root, role, key);
  }
  const issuedByRoot =
    same(certificate.issuer.der, root.certificate.subject.der) &&
    signedBy(certificate, publicKeyOf(root.certificate));
  if (!issuedByRoot) throw inconsistent(name, "was not issued by the root beside it");
  const opened = authority(name, stored, certificate);
  return role === "bundle" && agesPast(certificate, place.clock)
    ? certifyIssuing(place, root, role, opened.key)
    : opened;
}

async function certifyIssuing(
  place: Place,
  root: Authority,
  role: AuthorityRole,
  key: StoredKey,
): Promise<Authority> {
  const o = root.certificate.subject.o ?? DEFAULT_OPERATOR;
  const days = role === "bundle" ? validityDays.bundle : validityDays.issuing;
  const kind: ContentKind =
    role === "bundle"
      ? { kind: "leaf", usage: usages.documentSigning, keyEncipherment: false, names: { dns: [], ip: [] } }
      : {
          kind: "issuing",
          usage: profiles[role].usage,
          nameConstraints: role === "site" ? siteNameConstraints(o) : undefined,
        };
  const certificate = await certify(
    {
      subject: { o, cn: role === "bundle" ? BUNDLE_CN : profiles[role].issuerCn },
      publicKey: key.publicKey,
      ...validity(place.clock.now().wallMs, days, root.certificate.notAfterMs),
      kind,
    },
    root satisfies Issuer,
    place.chance,
  );
  return write(place, names[role], key, certificate);
}

async function write(
  place: Place,
  name: string,
  key: StoredKey,
  certificate: Certificate,
): Promise<Authority> {
  const pem = writePem(certificate.der, "CERTIFICATE");
  await place.certificates.replace(fileOf(name), Buffer.from(pem));
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

const inconsistent = (name: string, what: string) =>
  new PkiError(
    "inconsistent-authorities",
    `'${name}' ${what}. Nothing was changed: restore the folders keys/ and pki/ together from one backup`,
  );
