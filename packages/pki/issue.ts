/**
 * Issues certificates for stations, sites and servers from the operator's authorities. Every field is ours: of what a
 * requester sends only the public key is taken (request.ts), so no request can ask for more than its profile.
 */
import { type Chance, type Clock, type Fault, failed, ok, type Result } from "@wattward/kernel";
import type { Authorities } from "./authorities.ts";
import type { Certificate } from "./certificate.ts";
import { certify, type ServerNames } from "./certify.ts";
import { PkiError } from "./errors.ts";
import type { Authority } from "./kept-authority.ts";
import { writePem } from "./pem.ts";
import { type PeerRole, profiles, validity } from "./profiles.ts";
import { isIpAddress, serialFault, serverNamesFault } from "./subject.ts";

export type Issued = {
  readonly certificate: Certificate;
  /** Leaf, then issuing CA: what the owner presents in TLS. */
  readonly chainPem: string;
};

export type IssuePorts = { readonly clock: Clock; readonly chance: Chance };

/** Common to all: the key to certify and, where not the profile's own, the days (1 to the profile's `daysMax`). */
type Request = { readonly publicKey: Uint8Array; readonly days?: number | undefined };

export type IssueFault = Fault<"bad-serial" | "bad-name" | "bad-days">;
type IssueResult = Promise<Result<Issued, IssueFault>>;

/** A client certificate: CN the station's serial number (A00.FR.511), O the operator (A00.FR.509). */
export async function issueStation(
  from: Authorities,
  request: Request & { readonly serial: string },
  ports: IssuePorts,
): IssueResult {
  const fault = serialFault(request.serial);
  return fault ? failed(fault) : issue(from, { ...request, role: "station", cn: request.serial }, ports);
}

/** A client certificate of the site link: CN the site id. */
export async function issueSite(
  from: Authorities,
  request: Request & { readonly site: string },
  ports: IssuePorts,
): IssueResult {
  const fault = serialFault(request.site);
  return fault ? failed(fault) : issue(from, { ...request, role: "site", cn: request.site }, ports);
}

/**
 * A server certificate: `names` are DNS names and IP addresses, the first a DNS name, which is also CN (A00.FR.510). An
 * RSA key is certified by Server CA R; PkiError `missing-authorities` where that was not made yet.
 */
export async function issueServer(
  from: Authorities,
  request: Request & { readonly names: readonly string[] },
  ports: IssuePorts,
): IssueResult {
  const fault = serverNamesFault(request.names);
  if (fault) return failed(fault);
  return issue(from, { ...request, role: "server", cn: request.names[0]! }, ports);
}

type Order = Request & { readonly role: PeerRole; readonly cn: string; readonly names?: readonly string[] };

async function issue(from: Authorities, order: Order, { clock, chance }: IssuePorts): IssueResult {
  const profile = profiles[order.role];
  const days = order.days ?? profile.days;
  if (!Number.isInteger(days) || days < 1 || days > profile.daysMax) {
    return failed({
      code: "bad-days",
      sentence: `A ${order.role} certificate is valid for 1 to ${profile.daysMax} days, not ${days}.`,
    });
  }
  const issuer = order.role === "server" ? serverCa(from, order.publicKey) : from[order.role];
  const certificate = await certify(
    {
      subject: { o: from.operatorName, cn: order.cn },
      publicKey: order.publicKey,
      ...validity(clock.now().wallMs, days, issuer.certificate.notAfterMs),
      kind: {
        kind: "leaf",
        usage: profile.usage,
        // TLS_RSA_* (A00.FR.421) encrypts the premaster secret to the server's key.
        keyEncipherment: order.role === "server" && isRsa(order.publicKey),
        names: splitNames(order.names ?? []),
      },
    },
    issuer,
    chance,
  );
  const chainPem = [certificate.der, issuer.certificate.der]
    .map((der) => writePem(der, "CERTIFICATE"))
    .join("");
  return ok({ certificate, chainPem });
}

/** Who certifies this server key: one of its own kind, so that who verifies no other can follow the chain (A00.FR.421). */
export function serverCa(from: Authorities, publicKey: Uint8Array): Authority {
  if (!isRsa(publicKey)) return from.server;
  if (from.rsa !== undefined) return from.rsa.server;
  throw new PkiError(
    "missing-authorities",
    "those for RSA server certificates were not made yet. Start the csms once with this data folder, or run: wattward pki init --data DIR",
  );
}

const splitNames = (names: readonly string[]): ServerNames => ({
  dns: names.filter((name) => !isIpAddress(name)),
  ip: names.filter(isIpAddress),
});

/** rsaEncryption, 1.2.840.113549.1.1.1, stands in the first bytes of such a key. */
const isRsa = (spki: Uint8Array): boolean =>
  Buffer.from(spki.subarray(0, 32)).includes(Buffer.from("06092a864886f70d010101", "hex"));
