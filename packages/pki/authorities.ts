/**
 * The operator's certificate authorities (ADR 7):
 *
 * ```
 *                     Root CA                                  Root R
 *      ┌────────────┬────┴───────┬──────────────┐                │
 *  Station CA    Site CA     Server CA       bundle         Server CA R
 *      │            │            │         (signs bundles,       │
 *   stations   site links   CSMS, sites    issues nothing)  CSMS, sites
 *                            by ECDSA                         by RSA
 * ```
 *
 * Always true: a key exists before its certificate; the root's certificate is on disk before anything it signed; no
 * step overwrites a key. So creation may be killed anywhere and run again: it goes on where it stopped, with the same
 * keys, and whatever does not fit together is an error and never a reason to begin anew. The tree on the right:
 * rsa-authorities.ts.
 */
import type { Disk } from "@wattward/kernel";
import {
  type AuthoritySettings,
  DEFAULT_OPERATOR,
  readSettings,
  SETTINGS_FILE,
  type Settings,
  writeSettings,
} from "./authority-settings.ts";
import type { ContentKind } from "./certify.ts";
import { PkiError } from "./errors.ts";
import {
  type Authority,
  type AuthorityPorts,
  fileOf,
  openCertified,
  openRoot,
  type Place,
  refuseOrphans,
} from "./kept-authority.ts";
import type { KeyStore } from "./key-store.ts";
import { siteNameConstraints } from "./name-constraints.ts";
import { type AuthorityRole, BUNDLE_CN, profiles, ROOT_CN, usages, validityDays } from "./profiles.ts";
import { findRsaAuthorities, type RsaAuthorities, rsaNames } from "./rsa-authorities.ts";

export type Authorities = {
  readonly domain: string;
  readonly operatorName: string;
  readonly root: Authority;
  readonly station: Authority;
  readonly site: Authority;
  readonly server: Authority;
  /** Signs bundles; no CA. */
  readonly bundle: Authority;
  /** For stations that verify RSA only; undefined until somebody makes them (`withRsaAuthorities`). */
  readonly rsa: RsaAuthorities | undefined;
};

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
  const root = await openRoot(
    place,
    {
      ...{ name: names.root, keyKind: "ec-p256", days: validityDays.root, kind: { kind: "root" } },
      subject: { o: settings.operatorName, cn: ROOT_CN },
    },
    [names.station, names.site, names.server, names.bundle],
  );
  const [station, site, server, bundle] = [
    await openBelow(place, root, "station"),
    await openBelow(place, root, "site"),
    await openBelow(place, root, "server"),
    await openBelow(place, root, "bundle"),
  ];
  const rsa = await findRsaAuthorities(place, root);
  return { ...settings, root, station, site, server, bundle, rsa };
}

/** Opens authorities that exist; PkiError `missing-authorities` where there are none, or their creation was cut short. */
export async function openAuthorities(
  keys: KeyStore,
  certificates: Disk,
  options: AuthoritySettings & AuthorityPorts,
): Promise<Authorities> {
  if (!(await authoritiesExist(certificates))) throw noAuthorities("this folder");
  return openOrCreateAuthorities(keys, certificates, options);
}

/** The bundle signer is made last: where its certificate is, all are. */
export const authoritiesExist = async (certificates: Disk): Promise<boolean> =>
  (await certificates.read(fileOf(names.bundle))) !== undefined;

export const noAuthorities = (dataFolder: string): PkiError =>
  new PkiError(
    "missing-authorities",
    `${dataFolder} has none. Start the csms once with this data folder, or run: wattward pki init --data DIR`,
  );

/** The first write of all: from then on a creation that was cut short goes on under the same names. */
async function beginWith(place: Place, options: AuthoritySettings): Promise<Settings> {
  await refuseOrphans(place, SETTINGS_FILE, [...Object.values(names), ...Object.values(rsaNames)]);
  return writeSettings(place.certificates, options);
}

function openBelow(place: Place, root: Authority, role: AuthorityRole): Promise<Authority> {
  const o = root.certificate.subject.o ?? DEFAULT_OPERATOR;
  const kind: ContentKind =
    role === "bundle"
      ? { kind: "leaf", usage: usages.documentSigning, keyEncipherment: false, names: { dns: [], ip: [] } }
      : {
          kind: "issuing",
          usage: profiles[role].usage,
          nameConstraints: role === "site" ? siteNameConstraints(o) : undefined,
        };
  return openCertified(place, root, {
    ...{ name: names[role], keyKind: "ec-p256", kind },
    days: role === "bundle" ? validityDays.bundle : validityDays.issuing,
    subject: { o, cn: role === "bundle" ? BUNDLE_CN : profiles[role].issuerCn },
  });
}
