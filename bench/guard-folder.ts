/** A site's folder with nothing in it but what the Modbus guard reads: whom to believe, and a signed bundle with a policy. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { siteId } from "@wattward/kernel";
import { folderDisk, systemChance, systemClock } from "@wattward/kernel/node";
import { type Authorities, openOrCreateAuthorities, signBundle } from "@wattward/pki";
import { openKeyFiles, siteIdentityFolder } from "@wattward/pki/files";
import type { Bundle } from "@wattward/sitelink";

const SITE = "bench";

export type GuardFolder = {
  readonly folder: string;
  /** Signs the next bundle, with this policy or without one, and puts it where the guard looks. */
  put(policy: object | undefined): Promise<void>;
};

export async function guardFolder(folder: string): Promise<GuardFolder> {
  const clock = systemClock();
  const disk = folderDisk(join(folder, "keys"));
  const keys = await openKeyFiles("ca", { disk, passphrase: "for this run only", chance: systemChance });
  const ports = { clock, chance: systemChance, operatorName: "Bench" };
  const authorities = await openOrCreateAuthorities(keys, folderDisk(join(folder, "pki")), ports);
  const identity = siteIdentityFolder(folder);
  for (const path of [identity, join(folder, "state")]) mkdirSync(path, { recursive: true, mode: 0o700 });
  writeFileSync(join(identity, "site.json"), JSON.stringify({ site: SITE, domain: "wattward.test" }));
  writeFileSync(join(identity, "root.pem"), authorities.root.pem);
  let version = 1;
  return {
    folder,
    async put(policy) {
      const signed = await signedBundle(authorities, version++, policy);
      await folderDisk(folder).replace("state/bundle.json", Buffer.from(JSON.stringify(signed)));
    },
  };
}

function signedBundle(authorities: Authorities, version: number, policy: object | undefined) {
  const site = siteId(SITE);
  if (!site.ok) throw new Error(site.fault.sentence);
  const bundle: Bundle = {
    ...{ schema: 1, site: site.value, version, csmsEpoch: 1, issuedAtMs: Date.now(), softwareFloor: "0.0.0" },
    ...{ stations: [], localList: [], stationAnchors: [authorities.station.pem], deny: [] },
    ...(policy !== undefined && { guard: JSON.stringify(policy) }),
    policy: { unknownTokenOffline: "accept", cacheMsMax: 86_400_000, heartbeatIntervalS: 60 },
  };
  return signBundle(JSON.stringify(bundle), authorities.bundle);
}
