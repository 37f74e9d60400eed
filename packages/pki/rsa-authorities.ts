/**
 * Root R and Server CA R: a second tree of RSA keys, for the servers' RSA certificates alone (A00.FR.421). A station
 * that verifies RSA only can follow it to its root, as it could not follow an ECDSA signature.
 *
 * Nobody of ours trusts it: it is no anchor of the gateway, of a site or of a bundle, and its CNs are none that
 * check-peer.ts knows. A stolen key of it makes servers in the eyes of stations that were given its root, and nothing
 * more. Folders of before have none, and gain it where somebody may create.
 */
import { DEFAULT_OPERATOR } from "./authority-settings.ts";
import { tryReadCertificate } from "./certificate.ts";
import {
  type Authority,
  type Charter,
  fileOf,
  inconsistent,
  openCertified,
  openRoot,
  type Place,
} from "./kept-authority.ts";
import { readPem } from "./pem.ts";
import { ROOT_R_CN, SERVER_CA_R_CN, SERVER_RSA, usages, validityDays } from "./profiles.ts";

export type RsaAuthorities = { readonly root: Authority; readonly server: Authority };

export const rsaNames = { root: "root-rsa", server: "servers-rsa" } as const;

/** Gives `of` its RSA authorities, and makes them where there are none: for one process at a time, as all creation. */
export async function withRsaAuthorities<A extends { readonly root: Authority }>(
  of: A,
  place: Place,
): Promise<A & { readonly rsa: RsaAuthorities }> {
  return { ...of, rsa: await openOrCreate(place, of.root) };
}

/** Those that are there; undefined where there are none, or their creation was cut short: Server CA R is made last. */
export async function findRsaAuthorities(
  place: Place,
  operator: Authority,
): Promise<RsaAuthorities | undefined> {
  if ((await place.certificates.read(fileOf(rsaNames.server))) === undefined) return undefined;
  return openOrCreate(place, operator);
}

async function openOrCreate(place: Place, operator: Authority): Promise<RsaAuthorities> {
  const o = operator.certificate.subject.o ?? DEFAULT_OPERATOR;
  if ((await place.certificates.read(fileOf(rsaNames.root))) === undefined) await refuseLost(place);
  const root = await openRoot(place, rootCharter(o), [rsaNames.server]);
  if (root.certificate.subject.o !== o) throw inconsistent(rsaNames.root, "is another operator's");
  return { root, server: await openCertified(place, root, serverCharter(o)) };
}

/** A server's certificate from a Server CA R that is not here: stations may trust its root, and no other is made. */
async function refuseLost({ certificates }: Place): Promise<void> {
  const kept = Buffer.from((await certificates.read(fileOf(SERVER_RSA))) ?? []).toString("latin1");
  const [der] = readPem(kept, "CERTIFICATE");
  if (der !== undefined && tryReadCertificate(der)?.issuer.cn === SERVER_CA_R_CN) {
    throw inconsistent(rsaNames.root, `is missing, but '${SERVER_RSA}' was certified below it`);
  }
}

const rootCharter = (o: string): Charter => ({
  ...{ name: rsaNames.root, keyKind: "rsa-3072", days: validityDays.root, kind: { kind: "root" } },
  subject: { o, cn: ROOT_R_CN },
});

const serverCharter = (o: string): Charter => ({
  ...{ name: rsaNames.server, keyKind: "rsa-3072", days: validityDays.issuing },
  kind: { kind: "issuing", usage: usages.serverAuth, nameConstraints: undefined },
  subject: { o, cn: SERVER_CA_R_CN },
});
