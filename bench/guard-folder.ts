/** A site's folder with nothing in it but what the Modbus guard reads: whom to believe, and a signed bundle with a policy. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type SiteId, siteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { type Authorities, issueServer, issueSite, openOrCreateAuthorities, signBundle } from "@wattward/pki";
import { newKey, openKeyFiles, publicHalf, siteIdentityFolder, writeSiteIdentity } from "@wattward/pki/files";
import type { Bundle } from "@wattward/sitelink";

const SITE = "bench";
const DOMAIN = "wattward.test";

export type GuardFolder = {
  readonly folder: string;
  /** Signs the next bundle, with this policy or without one, and puts it where the guard looks; `energy`: a site's energy document. */
  put(policy: object | undefined, energy?: object): Promise<void>;
};

/** `whole`: with everything that a site's other processes need too. */
export async function guardFolder(folder: string, { whole = false } = {}): Promise<GuardFolder> {
  const clock = systemClock();
  const disk = folderDisk(join(folder, "keys"));
  const keys = await openKeyFiles("ca", { disk, passphrase: "for this run only", chance: systemChance });
  const ports = { clock, chance: systemChance, operatorName: "Bench" };
  const authorities = await openOrCreateAuthorities(keys, folderDisk(join(folder, "pki")), ports);
  mkdirSync(join(folder, "state"), { recursive: true, mode: 0o700 });
  if (whole) await writeWholeIdentity(folder, authorities);
  else writeTrust(siteIdentityFolder(folder), authorities);
  let version = 1;
  return {
    folder,
    async put(policy, energy) {
      const signed = await signedBundle(authorities, version++, { policy, energy });
      await folderDisk(folder).replace("state/bundle.json", Buffer.from(JSON.stringify(signed)));
    },
  };
}

function writeTrust(identity: string, { root }: Authorities): void {
  mkdirSync(identity, { recursive: true, mode: 0o700 });
  writeFileSync(join(identity, "site.json"), JSON.stringify({ site: SITE, domain: DOMAIN }));
  writeFileSync(join(identity, "root.pem"), root.pem);
}

async function writeWholeIdentity(folder: string, authorities: Authorities): Promise<void> {
  const ports = { clock: systemClock(), chance: systemChance };
  const key = await newKey("ec-p256");
  const publicKey = publicHalf(key);
  const link = await issueSite(authorities, { site: siteOf(), publicKey }, ports);
  const server = await issueServer(authorities, { names: [`${SITE}.lc.${DOMAIN}`], publicKey }, ports);
  if (!link.ok || !server.ok) throw new Error("no certificate was issued");
  const serverEc = { key, chainPem: server.value.chainPem };
  await writeSiteIdentity(
    folder,
    {
      ...{ site: siteOf(), domain: DOMAIN, rootPem: authorities.root.pem },
      ...{ link: { key, chainPem: link.value.chainPem }, serverEc, serverRsa: serverEc },
    },
    systemChance,
  );
}

function siteOf(): SiteId {
  const site = siteId(SITE);
  if (!site.ok) throw new Error(site.fault.sentence);
  return site.value;
}

type Documents = { readonly policy: object | undefined; readonly energy: object | undefined };

function signedBundle(authorities: Authorities, version: number, { policy, energy }: Documents) {
  const bundle: Bundle = {
    ...{ schema: 1, site: siteOf(), version, csmsEpoch: 1, issuedAtMs: Date.now(), softwareFloor: "0.0.0" },
    ...{ stations: [], localList: [], stationAnchors: [authorities.station.pem], deny: [] },
    ...(policy !== undefined && { guard: JSON.stringify(policy) }),
    ...(energy !== undefined && { energy: JSON.stringify(energy) }),
    policy: { unknownTokenOffline: "accept", cacheMsMax: 86_400_000, heartbeatIntervalS: 60 },
  };
  return signBundle(JSON.stringify(bundle), authorities.bundle);
}
