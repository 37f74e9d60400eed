/** Authorities and certificates for tests: real ones, in memory, issued on a test's own clock. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { type Chance, type Clock, type Disk, siteId } from "@wattward/kernel";
import {
  type Authorities,
  issueSite,
  issueStation,
  openOrCreateAuthorities,
  type RsaAuthorities,
  readPem,
  withRsaAuthorities,
} from "@wattward/pki";
import { openKeyFiles } from "@wattward/pki/files";
import { SimulatedDisk, seededChance } from "@wattward/testing";

export type Identity = {
  /** Leaf first, in DER. */
  readonly chain: readonly Uint8Array[];
  readonly chainPem: string;
  readonly key: KeyObject;
};

export type TestAuthorities = {
  readonly authorities: Authorities;
  /** The same with those for RSA server certificates; their keys take a moment to make. */
  withRsa(): Promise<Authorities & { readonly rsa: RsaAuthorities }>;
  /** `clock`: as if issued at another time. */
  station(serial: string, options?: { key?: KeyObject; days?: number; clock?: Clock }): Promise<Identity>;
  site(site: string): Promise<Identity>;
};

export async function testAuthorities(
  clock: Clock,
  seed = 1,
  operatorName?: string,
): Promise<TestAuthorities> {
  const chance = seededChance(seed);
  const disk = new SimulatedDisk(chance).boot();
  const within = (folder: string): Disk => ({
    read: (path) => disk.read(`${folder}/${path}`),
    replace: (path, bytes) => disk.replace(`${folder}/${path}`, bytes),
    appendTo: (path) => disk.appendTo(`${folder}/${path}`),
    list: (path) => disk.list(`${folder}/${path}`),
    remove: (path) => disk.remove(`${folder}/${path}`),
  });
  const keys = await openKeyFiles("test-keys", {
    passphrase: "a test's passphrase",
    chance,
    disk: within("keys"),
  });
  const authorities = await openOrCreateAuthorities(keys, within("pki"), { clock, chance, operatorName });
  return {
    authorities,
    withRsa: () => withRsaAuthorities(authorities, { keys, certificates: within("pki"), clock, chance }),
    station: (serial, options) => certified(authorities, { clock, chance, ...options }, { serial }),
    site: (site) => certified(authorities, { clock, chance }, { site }),
  };
}

async function certified(
  authorities: Authorities,
  { key = newEcKey(), days, clock, chance }: { key?: KeyObject; days?: number; clock: Clock; chance: Chance },
  whose: { serial: string } | { site: string },
): Promise<Identity> {
  const publicKey = new Uint8Array(createPublicKey(key).export({ type: "spki", format: "der" }));
  const request = { publicKey, ...(days === undefined ? {} : { days }) };
  const issued =
    "serial" in whose
      ? await issueStation(authorities, { ...request, serial: whose.serial }, { clock, chance })
      : await issueSite(authorities, { ...request, site: siteOf(whose.site) }, { clock, chance });
  if (!issued.ok) throw new Error(issued.fault.sentence);
  const { chainPem } = issued.value;
  return { chain: readPem(chainPem, "CERTIFICATE"), chainPem, key };
}

export const newEcKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

function siteOf(text: string): string {
  const site = siteId(text);
  if (!site.ok) throw new Error(site.fault.sentence);
  return site.value;
}
