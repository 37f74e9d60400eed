/** `npx wattward pki …`: the operator's certificates from the command line. What each word does: the files in `pki/`. */
import { type CommandContext, runCommand, UsageError } from "./arguments.ts";
import { init } from "./pki/init.ts";
import { issueSiteFolder } from "./pki/issue-site.ts";
import { issueStationFolder } from "./pki/issue-station.ts";
import { show } from "./pki/show.ts";
import { sign } from "./pki/sign.ts";

const help = `wattward pki: the operator's certificates

  pki init [--domain D] [--operator NAME]   make the authorities (the csms does so by itself at its first start)
  pki sign --csr FILE [--out FILE]          sign the request of a station or site that made its own key
           [--as station|site|server]         for whom (station)
           [--name NAME]                      the CN to expect; for a server its names, one --name each
  pki issue station ID --out DIR            key and certificate for a station that cannot make a request
           [--serial S] [--plain-key]         CN, where it is not the id; a key without encryption
  pki issue site SITE --out DIR             the identity of a site; DIR is the --data of its site controller
  pki show FILE                             what certificates, requests or keys are in a file

  --data DIR   the central system's data folder (WATTWARD_DATA_DIR, else .wattward/csms)
  --days N     validity, where not the usual one

The passphrase of the authorities' keys: WATTWARD_PASSPHRASE, else the file keys/passphrase in the data folder.
`;

/** By the first word, or the first two. */
const words: Record<string, (args: readonly string[], context: CommandContext) => Promise<void>> = {
  init,
  sign,
  show,
  "issue station": issueStationFolder,
  "issue site": issueSiteFolder,
};

async function run(args: readonly string[], context: CommandContext): Promise<void> {
  const [first = "", second = ""] = args;
  const length = first === "issue" ? 2 : 1;
  const word = args.slice(0, length).join(" ");
  if (!Object.hasOwn(words, word)) {
    throw new UsageError(
      first === "" ? "pki what?" : `no command 'pki ${first === "issue" ? `issue ${second}` : first}'`,
    );
  }
  await words[word]?.(args.slice(length), context);
}

process.exitCode = await runCommand({ help, run }, process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
});
