/** `npx wattward pki …`: its words, and what each of them runs. */
import { type CommandContext, UsageError } from "../arguments.ts";
import { denied } from "./denied.ts";
import { deny } from "./deny.ts";
import { init } from "./init.ts";
import { issueSiteFolder } from "./issue-site.ts";
import { issueStationFolder } from "./issue-station.ts";
import { show } from "./show.ts";
import { sign } from "./sign.ts";

const help = `wattward pki: the operator's certificates

  pki init [--domain D] [--operator NAME]   make the authorities (the csms does so by itself at its first start)
  pki sign --csr FILE [--out FILE]          sign the request of a station or site that made its own key
           [--as station|site|server]         for whom (station)
           [--name NAME]                      the CN to expect; for a server its names, one --name each
  pki issue station ID --out DIR            key and certificate for a station that cannot make a request
           [--serial S] [--plain-key]         CN, where it is not the id; a key without encryption
  pki issue site SITE --out DIR             the identity of a site; DIR is the --data of its site controller
  pki deny FILE                             this certificate, and every other with its key, is no longer accepted
           [--reason TEXT]                    why; kept with it
  pki deny --key SHA256                     the same, by the key's hash (pki show prints it)
  pki deny --serial HEX --issuer DN         one certificate alone
  pki denied [--json]                       what is no longer accepted
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
  deny,
  denied,
  "issue station": issueStationFolder,
  "issue site": issueSiteFolder,
};

async function run(args: readonly string[], context: CommandContext): Promise<void> {
  const [first = "", second = ""] = args;
  const length = first === "issue" ? 2 : 1;
  const word = args.slice(0, length).join(" ");
  if (!Object.hasOwn(words, word)) throw new UsageError(unknown(first, second));
  await words[word]?.(args.slice(length), context);
}

function unknown(first: string, second: string): string {
  if (first === "") return "pki what?";
  if (first !== "issue") return `no command 'pki ${first}'`;
  return second === "" || second.startsWith("-")
    ? "pki issue what: station ID, or site SITE?"
    : `no command 'pki issue ${second}'`;
}

export const pkiCommand = { help, run };
