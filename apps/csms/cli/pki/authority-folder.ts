/** The authorities that all `pki` commands work with, and the ports they are given. */
import { systemChance, systemClock } from "@wattward/kernel/node";
import { type AuthorityFiles, openAuthorityFiles } from "@wattward/pki/files";
import { type CommandContext, dataFolder } from "../arguments.ts";

export const clock = systemClock();
export const chance = systemChance;

/** Opens what is there and makes nothing: only `pki init` and the csms create authorities. */
export function openAuthorities(data: string | undefined, { env }: CommandContext): Promise<AuthorityFiles> {
  return openAuthorityFiles(dataFolder(data, env), { clock, chance, passphrase: env.WATTWARD_PASSPHRASE });
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** In every message that speaks of a certificate's end. */
export const until = ({ notAfterMs }: { readonly notAfterMs: number }): string =>
  `valid until ${dayOf(notAfterMs)}`;
