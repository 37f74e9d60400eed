/**
 * The authorities of one central system on disk: `keys/` (encrypted, 0600) and `pki/` (certificates) in its data folder.
 * One door for the csms and for the command line, so that both open, or begin, the same ones.
 */
import { join } from "node:path";
import type { Disk } from "@wattward/kernel";
import { folderDisk } from "@wattward/kernel/node";
import {
  type Authorities,
  authoritiesExist,
  noAuthorities,
  openAuthorities,
  openOrCreateAuthorities,
} from "../authorities.ts";
import type { AuthoritySettings } from "../authority-settings.ts";
import type { AuthorityPorts } from "../kept-authority.ts";
import type { KeyStore } from "../key-store.ts";
import { type RsaAuthorities, withRsaAuthorities } from "../rsa-authorities.ts";
import { openKeyFiles } from "./key-store.ts";

export type AuthorityFiles = {
  readonly authorities: Authorities;
  readonly keys: KeyStore;
  /** The folder `pki/`: what `openOrIssueServer` keeps its certificates in. */
  readonly certificates: Disk;
};

type Options = AuthorityPorts & {
  /** WATTWARD_PASSPHRASE, read by main; without it a generated file beside the keys serves. */
  readonly passphrase?: string | undefined;
};

/** Those of a folder where nothing is missing. */
export type AllAuthorityFiles = AuthorityFiles & {
  readonly authorities: Authorities & { readonly rsa: RsaAuthorities };
};

/** Creates what is missing, in folders of before the RSA authorities: safe to kill at any point and to call again. */
export async function openOrCreateAuthorityFiles(
  dataFolder: string,
  options: Options & AuthoritySettings,
): Promise<AllAuthorityFiles> {
  const { keys, certificates } = await open(dataFolder, options);
  const opened = await openOrCreateAuthorities(keys, certificates, options);
  const { clock, chance } = options;
  const authorities = await withRsaAuthorities(opened, { keys, certificates, clock, chance });
  return { authorities, keys, certificates };
}

/** Creates nothing: PkiError `missing-authorities` where there are none. */
export async function openAuthorityFiles(
  dataFolder: string,
  options: Options & AuthoritySettings,
): Promise<AuthorityFiles> {
  // Asked before the keys' folder is opened, which would put a passphrase into a folder that is none of ours.
  if (!(await authorityFilesExist(dataFolder))) throw noAuthorities(dataFolder);
  const { keys, certificates } = await open(dataFolder, options);
  return { authorities: await openAuthorities(keys, certificates, options), keys, certificates };
}

/** Whether there are authorities, perhaps without those for RSA; opens no key. */
export const authorityFilesExist = (dataFolder: string): Promise<boolean> =>
  authoritiesExist(folderDisk(join(dataFolder, "pki")));

async function open(dataFolder: string, { passphrase, chance }: Options) {
  const keys = await openKeyFiles(join(dataFolder, "keys"), { passphrase, chance });
  return { keys, certificates: folderDisk(join(dataFolder, "pki")) };
}
