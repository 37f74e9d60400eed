/** The authorities that all `pki` commands work with, and the ports they are given. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemChance, systemClock } from "@wattward/kernel/node";
import { readPem, tryReadCertificate } from "@wattward/pki";
import { type AuthorityFiles, openAuthorityFiles } from "@wattward/pki/files";
import { type CommandContext, dataFolder } from "../arguments.ts";

export const clock = systemClock();
export const chance = systemChance;

/** Opens what is there and makes nothing: only `pki init` and the csms create authorities. */
export function openAuthorities(data: string | undefined, { env }: CommandContext): Promise<AuthorityFiles> {
  return openAuthorityFiles(dataFolder(data, env), { clock, chance, passphrase: env.WATTWARD_PASSPHRASE });
}

/** Names of the authorities whose certificates are in the data folder; opens no key. */
export async function authorityNames(data: string): Promise<readonly string[]> {
  const folder = join(data, "pki");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".pem"));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), "latin1")));
  const certificates = texts.flatMap((pem) => readPem(pem, "CERTIFICATE")).map(tryReadCertificate);
  const names = certificates.flatMap((known) => (known?.extensions.ca === true ? [known.subject.text] : []));
  return [...new Set(names)];
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** In every message that speaks of a certificate's end. */
export const until = ({ notAfterMs }: { readonly notAfterMs: number }): string =>
  `valid until ${dayOf(notAfterMs)}`;
