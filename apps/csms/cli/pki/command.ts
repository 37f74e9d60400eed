/** `npx wattward pki …`: its words, and what each of them runs. */
import { type CommandContext, UsageError } from "../arguments.ts";
import { denied } from "./denied.ts";
import { deny } from "./deny.ts";
import { init } from "./init.ts";
import { issueSiteFolder } from "./issue-site.ts";
import { issueStationFolder } from "./issue-station.ts";
import { show } from "./show.ts";
import { sign } from "./sign.ts";

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

export const pkiCommand = { name: "pki", run };
