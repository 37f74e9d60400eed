/**
 * The folders that a station and a site get, written whole by `pki issue` and read by whoever runs on them.
 *
 * ```
 * DIR (station)                      DIR/identity (site; DIR is the site's --data)
 *   identity.json                      site.json               {site, domain}
 *   certificate.pem  leaf + CA         link-certificate.pem    client of the site link
 *   key.pem          PKCS#8            link-key.pem
 *   passphrase       unless plain      server-ec.pem   server-ec-key.pem    for its stations
 *   root.pem                           server-rsa.pem  server-rsa-key.pem
 *   root-rsa.pem     unless older      passphrase      root.pem
 *                                      station-ca.pem         who issues its stations' certificates
 * ```
 *
 * `root-rsa.pem` is for stations that verify RSA signatures only, and for nobody else to trust.
 */
import type { KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Chance, type SiteId, siteId } from "@wattward/kernel";
import { PkiError } from "../errors.ts";
import type { TlsIdentity } from "../key-store.ts";
import { encryptKey } from "./key-store.ts";
import { writeNewFolder } from "./new-folder.ts";
import { newPassphrase } from "./passphrase.ts";
import { refuseExposed } from "./permissions.ts";

/** A certificate chain in PEM with its private key, which never leaves this process unencrypted but where told to. */
export type KeyedChain = { readonly chainPem: string; readonly key: KeyObject };

export type StationIdentity = {
  readonly station: string;
  readonly serial: string;
  readonly tls: TlsIdentity;
  readonly rootPem: string;
};

export type SiteIdentity = {
  readonly site: SiteId;
  readonly domain: string;
  readonly link: TlsIdentity;
  readonly serverEc: TlsIdentity;
  readonly serverRsa: TlsIdentity;
  readonly rootPem: string;
  /** The issuing CA of stations: for a site whose CSMS signs no bundle. Absent in folders of before. */
  readonly stationCaPem?: string;
};

type StationFolder = {
  readonly station: string;
  readonly serial: string;
  readonly identity: KeyedChain;
  readonly rootPem: string;
  /** Root R; left out where it was not made yet. */
  readonly rsaRootPem?: string | undefined;
  /** Without encryption, for stations that cannot open an encrypted key. */
  readonly plainKey: boolean;
};

export async function writeStationIdentity(
  folder: string,
  content: StationFolder,
  chance: Chance,
): Promise<void> {
  const { station, serial, identity, rootPem, rsaRootPem, plainKey } = content;
  const passphrase = plainKey ? undefined : newPassphrase(chance);
  const files = new Map([
    ["identity.json", json({ kind: "station", station, serial })],
    ["certificate.pem", identity.chainPem],
    ["root.pem", rootPem],
  ]);
  if (rsaRootPem !== undefined) files.set("root-rsa.pem", rsaRootPem);
  if (passphrase === undefined) {
    files.set("key.pem", identity.key.export({ type: "pkcs8", format: "pem" }).toString());
  } else {
    files.set("key.pem", encryptKey(identity.key, passphrase)).set("passphrase", `${passphrase}\n`);
  }
  await writeNewFolder(folder, files);
}

type SiteFolder = {
  readonly site: SiteId;
  readonly domain: string;
  readonly link: KeyedChain;
  readonly serverEc: KeyedChain;
  readonly serverRsa: KeyedChain;
  readonly rootPem: string;
  readonly stationCaPem?: string;
};

/** Where in a site's data folder its identity lies. */
export const siteIdentityFolder = (dataFolder: string): string => join(dataFolder, "identity");

export async function writeSiteIdentity(
  dataFolder: string,
  content: SiteFolder,
  chance: Chance,
): Promise<void> {
  const { site, domain, link, serverEc, serverRsa, rootPem, stationCaPem } = content;
  const passphrase = newPassphrase(chance);
  const files = new Map([
    ["site.json", json({ site, domain })],
    ["link-certificate.pem", link.chainPem],
    ["link-key.pem", encryptKey(link.key, passphrase)],
    ["server-ec.pem", serverEc.chainPem],
    ["server-ec-key.pem", encryptKey(serverEc.key, passphrase)],
    ["server-rsa.pem", serverRsa.chainPem],
    ["server-rsa-key.pem", encryptKey(serverRsa.key, passphrase)],
    ["passphrase", `${passphrase}\n`],
    ["root.pem", rootPem],
  ]);
  if (stationCaPem !== undefined) files.set("station-ca.pem", stationCaPem);
  await writeNewFolder(siteIdentityFolder(dataFolder), files);
}

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Reads what {@link writeStationIdentity} wrote; PkiError says which file is missing or exposed, and what makes it. */
export async function readStationIdentity(folder: string): Promise<StationIdentity> {
  const remedy = "make the folder with: wattward pki issue station ID --out DIR";
  const from = { folder, remedy };
  const about = await readJson(from, "identity.json");
  const key = await readSecret(from, "key.pem");
  const encrypted = key.includes("ENCRYPTED PRIVATE KEY");
  return {
    station: field(from, about, "station"),
    serial: field(from, about, "serial"),
    tls: {
      cert: await readText(from, "certificate.pem"),
      key,
      ...(encrypted ? { passphrase: await readPassphrase(from) } : {}),
    },
    rootPem: await readText(from, "root.pem"),
  };
}

/** Reads what {@link writeSiteIdentity} wrote, from the site's data folder; errors as {@link readStationIdentity}. */
export async function readSiteIdentity(dataFolder: string): Promise<SiteIdentity> {
  const remedy = `make it with: wattward pki issue site SITE --out ${dataFolder}`;
  const from = { folder: siteIdentityFolder(dataFolder), remedy };
  const about = await readJson(from, "site.json");
  const site = siteId(field(from, about, "site"));
  if (!site.ok)
    throw new PkiError("bad-setting", `${join(from.folder, "site.json")}: ${site.fault.sentence}`);
  const passphrase = await readPassphrase(from);
  const stationCaPem = await readIfThere(from, "station-ca.pem");
  const identity = async (certificate: string, key: string): Promise<TlsIdentity> => ({
    cert: await readText(from, certificate),
    key: await readSecret(from, key),
    passphrase,
  });
  return {
    site: site.value,
    domain: field(from, about, "domain"),
    link: await identity("link-certificate.pem", "link-key.pem"),
    serverEc: await identity("server-ec.pem", "server-ec-key.pem"),
    serverRsa: await identity("server-rsa.pem", "server-rsa-key.pem"),
    rootPem: await readText(from, "root.pem"),
    ...(stationCaPem !== undefined && { stationCaPem }),
  };
}

/** Which site this is and whom it believes: for its processes that hold no key of it. Errors as {@link readStationIdentity}. */
export async function readSiteTrust(
  dataFolder: string,
): Promise<{ readonly site: SiteId; readonly rootPem: string }> {
  const remedy = `make it with: wattward pki issue site SITE --out ${dataFolder}`;
  const from = { folder: siteIdentityFolder(dataFolder), remedy };
  const site = siteId(field(from, await readJson(from, "site.json"), "site"));
  if (!site.ok)
    throw new PkiError("bad-setting", `${join(from.folder, "site.json")}: ${site.fault.sentence}`);
  return { site: site.value, rootPem: await readText(from, "root.pem") };
}

type From = { readonly folder: string; readonly remedy: string };

async function readText({ folder, remedy }: From, name: string): Promise<string> {
  const path = join(folder, name);
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    throw new PkiError("missing-file", `${path}; ${remedy}`, error);
  }
}

async function readIfThere({ folder }: From, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

async function readSecret(from: From, name: string): Promise<string> {
  await refuseExposed(join(from.folder, name));
  return readText(from, name);
}

const readPassphrase = async (from: From) => (await readSecret(from, "passphrase")).trim();

async function readJson(from: From, name: string): Promise<Record<string, unknown>> {
  const text = await readText(from, name);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // The one error below serves everything that is not our JSON.
  }
  throw new PkiError("bad-setting", `${join(from.folder, name)} is damaged; ${from.remedy}`);
}

function field(from: From, values: Record<string, unknown>, name: string): string {
  const value = values[name];
  if (typeof value === "string" && value !== "") return value;
  throw new PkiError("bad-setting", `'${name}' is missing in ${from.folder}; ${from.remedy}`);
}
