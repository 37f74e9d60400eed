/**
 * `pki init`: makes the authorities before the csms has run, those for RSA that a folder of before lacks, or shows what is
 * there. Never makes them twice.
 */
import { authorityFilesExist, openAuthorityFiles, openOrCreateAuthorityFiles } from "@wattward/pki/files";
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
  const open = lock === undefined ? openAuthorityFiles : openOrCreateAuthorityFiles;
  const { authorities } = await open(folder, {
    clock,
    chance,
    passphrase: env.WATTWARD_PASSPHRASE,
    domain: values.domain,
    operatorName: values.operator,
  }).finally(() => lock?.release());
  const { root, station, site, server, bundle, rsa, operatorName, domain } = authorities;
  out(`Authorities of ${operatorName} for ${domain}, in ${folder}:\n`);
  for (const { certificate } of [
    root,
    station,
    site,
    server,
    bundle,
    ...(rsa ? [rsa.root, rsa.server] : []),
  ]) {
    out(`  ${(certificate.subject.cn ?? "").padEnd(12)} ${until(certificate)}\n`);
  }
  if (rsa === undefined)
    out("  Root R       not made yet: the process that holds this folder makes it at its next start\n");
  out(
    `\nBack up ${folder}/keys and ${folder}/pki together: whoever has them is this operator.\n` +
      "Next: wattward station add ID, then wattward pki issue station ID --out DIR, or pki sign --csr FILE.\n",
  );
}
