/** For the tests beside: one operator's authorities in simulated memory, and certificates that no honest CA would make. */
import type { Disk } from "@wattward/kernel";
import { SimulatedDisk, seededChance, simulatedTime } from "@wattward/testing";
import { type Authorities, openOrCreateAuthorities } from "../authorities.ts";
import type { Certificate } from "../certificate.ts";
import { type CertificateContent, certify, type Issuer } from "../certify.ts";
import { newKey, openKeyFiles, publicHalf } from "../files/key-store.ts";
import { validity } from "../profiles.ts";
import { withRsaAuthorities } from "../rsa-authorities.ts";

export const PASSPHRASE = "a passphrase for tests only";

/** The folder of that name within a simulated disk. */
export const inFolder = (disk: Disk, folder: string): Disk => ({
  read: (path) => disk.read(`${folder}/${path}`),
  replace: (path, bytes) => disk.replace(`${folder}/${path}`, bytes),
  appendTo: (path) => disk.appendTo(`${folder}/${path}`),
  list: (path) => disk.list(path === "" ? folder : `${folder}/${path}`),
  remove: (path) => disk.remove(`${folder}/${path}`),
});

/** Keys and certificates on one simulated disk, as `keys/` and `pki/` of a data folder. */
export async function storesOn(disk: Disk, chance = seededChance(1)) {
  const keys = await openKeyFiles("simulated", {
    disk: inFolder(disk, "keys"),
    passphrase: PASSPHRASE,
    chance,
  });
  return { keys, certificates: inFolder(disk, "pki") };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;

/** A new operator, at 2026-01-05 08:00 UTC by a synced clock. */
export async function makeWorld(operatorName = "Operator") {
  const chance = seededChance(7);
  const clock = simulatedTime();
  const disk = new SimulatedDisk(chance);
  const { keys, certificates } = await storesOn(disk.boot());
  const ports = { clock, chance };
  const authorities = await openOrCreateAuthorities(keys, certificates, { ...ports, operatorName });
  return { authorities, keys, certificates, clock, chance, ports, disk };
}

/** The same with its RSA authorities, whose keys take a second to make. */
export async function makeRsaWorld(operatorName = "Operator") {
  const world = await makeWorld(operatorName);
  return { ...world, authorities: await withRsaAuthorities(world.authorities, world) };
}

export const newPublicKey = async (): Promise<Uint8Array> => publicHalf(await newKey("ec-p256"));

/** A leaf as a thief of `issuer`'s key might make it: everything as for a station, but for what is given. */
export async function forge(
  { authorities, clock, chance }: World,
  issuer: Issuer,
  change: Partial<CertificateContent> & { usage?: string } = {},
): Promise<Certificate> {
  return certify(
    {
      subject: { o: authorities.operatorName, cn: "CP1" },
      publicKey: await newPublicKey(),
      ...validity(clock.now().wallMs, 30),
      kind: {
        kind: "leaf",
        usage: change.usage ?? "1.3.6.1.5.5.7.3.2",
        keyEncipherment: false,
        names: { dns: [], ip: [] },
      },
      ...change,
    },
    issuer,
    chance,
  );
}

/** The value of a result that a test takes for granted. */
export function value<T>(result: { ok: true; value: T } | { ok: false; fault: { sentence: string } }): T {
  if (!result.ok) throw new Error(result.fault.sentence);
  return result.value;
}

export type { Authorities };
