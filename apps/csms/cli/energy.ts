/**
 * `npx wattward energy …`: what is written of a site's energy, from the command line. It writes to the same database as a running csms,
 * which notices within half a second and sends the site its new bundle.
 */
import { type CommandContext, UsageError } from "./arguments.ts";
import { checkFile } from "./energy/check.ts";
import { showHistory } from "./energy/history.ts";
import { limitSite } from "./energy/limit.ts";
import { tellPrices } from "./energy/prices.ts";
import { removeDocument, setFile, setStrategy } from "./energy/set.ts";
import { showDocument } from "./energy/show.ts";
import { runProcess } from "./process.ts";

const words: Record<string, (args: readonly string[], context: CommandContext) => Promise<void>> = {
  check: checkFile,
  show: showDocument,
  set: setFile,
  strategy: setStrategy,
  history: showHistory,
  remove: removeDocument,
  prices: tellPrices,
  limit: limitSite,
};

export async function energy(args: readonly string[], context: CommandContext): Promise<void> {
  const [word = ""] = args;
  if (!Object.hasOwn(words, word))
    throw new UsageError(word === "" ? "energy what?" : `no command 'energy ${word}'`);
  await words[word]?.(args.slice(1), context);
}

if (import.meta.main) {
  await runProcess({ name: "energy", run: energy });
}
