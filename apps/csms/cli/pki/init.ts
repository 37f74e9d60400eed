/**
 * `pki init`: makes the authorities before the csms has run, those for RSA that a folder of before lacks, or shows what is
 * there. Never makes them twice.
 */
import { authorityFilesExist, openAuthorityFiles, openOrCreateAuthorityFiles } from "@wattward/pki/files";
import { lockData } from "../../adapters/data-lock.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readWords,
  tell,
} from "../arguments.ts";
import { chance, clock, until } from "./authority-folder.ts";

export async function init(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    data: { type: "string" },
    domain: { type: "string" },
    operator: { type: "string" },
    ...jsonOption,
  });
  readWords(positionals);
  const folder = dataFolder(values.data, context.env);
  // Two who make authorities in one folder would each overwrite keys that the other has certified.
  const lock = lockData(folder);
  if (lock === undefined && !(await authorityFilesExist(folder))) {
    throw new CommandError(`another process is making the authorities of ${folder}: try again in a moment`);
  }
  const open = lock === undefined ? openAuthorityFiles : openOrCreateAuthorityFiles;
  const { authorities } = await open(folder, {
    clock,
    chance,
    passphrase: context.env.WATTWARD_PASSPHRASE,
    domain: values.domain,
    operatorName: values.operator,
  }).finally(() => lock?.release());
  const { root, station, site, server, bundle, rsa, operatorName, domain } = authorities;
  const all = [root, station, site, server, bundle, ...(rsa ? [rsa.root, rsa.server] : [])];
  const made = all.map(({ certificate }) => ({ name: certificate.subject.cn ?? "", certificate }));
  const lines = made.map(({ name, certificate }) => `  ${name.padEnd(12)} ${until(certificate)}\n`);
  const later =
    "  Root R       not made yet: the process that holds this folder makes it at its next start\n";
  const facts = made.map(({ name, certificate: { notAfterMs } }) => ({
    ...{ name, validUntil: new Date(notAfterMs).toISOString() },
  }));
  tell(
    context,
    values.json,
    { operator: operatorName, domain, folder, authorities: facts },
    `Authorities of ${operatorName} for ${domain}, in ${folder}:
${lines.join("")}${rsa === undefined ? later : ""}
Back up ${folder}/keys and ${folder}/pki together: whoever has them is this operator.
Next: wattward station add ID, then wattward pki issue station ID --out DIR, or pki sign --csr FILE.
`,
  );
}
