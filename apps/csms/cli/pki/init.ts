/** `pki init`: makes the authorities before the csms has run, or shows those that are there. Never makes them twice. */
import { authorityFilesExist, openOrCreateAuthorityFiles } from "@wattward/pki/files";
import { lockData } from "../../adapters/data-lock.ts";
import { type CommandContext, CommandError, dataFolder, readArguments, readWords } from "../arguments.ts";
import { chance, clock, until } from "./authority-folder.ts";

export async function init(args: readonly string[], { env, out }: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    data: { type: "string" },
    domain: { type: "string" },
    operator: { type: "string" },
  });
  readWords(positionals);
  const folder = dataFolder(values.data, env);
  // Two who make authorities in one folder would each overwrite keys that the other has certified.
  const lock = lockData(folder);
  if (lock === undefined && !(await authorityFilesExist(folder))) {
    throw new CommandError(`another process is making the authorities of ${folder}: try again in a moment`);
  }
  const { authorities } = await openOrCreateAuthorityFiles(folder, {
    clock,
    chance,
    passphrase: env.WATTWARD_PASSPHRASE,
    domain: values.domain,
    operatorName: values.operator,
  }).finally(() => lock?.release());
  const { root, station, site, server, bundle, operatorName, domain } = authorities;
  out(`Authorities of ${operatorName} for ${domain}, in ${folder}:\n`);
  for (const { certificate } of [root, station, site, server, bundle]) {
    out(`  ${(certificate.subject.cn ?? "").padEnd(12)} ${until(certificate)}\n`);
  }
  out(
    `\nBack up ${folder}/keys and ${folder}/pki together: whoever has them is this operator.\n` +
      "Next: wattward station add ID, then wattward pki issue station ID --out DIR, or pki sign --csr FILE.\n",
  );
}
