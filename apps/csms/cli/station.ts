/**
 * `npx wattward station …`: the inventory from the command line. It writes to the same database as a running csms,
 * which notices within half a second and sends the sites their new bundle.
 */
import { type CommandContext, UsageError } from "./arguments.ts";
import { runProcess } from "./process.ts";
import { acceptStation } from "./station/accept.ts";
import { addStation } from "./station/add.ts";
import { listStations } from "./station/list.ts";

const words: Record<string, (args: readonly string[], context: CommandContext) => Promise<void>> = {
  accept: acceptStation,
  add: addStation,
  list: listStations,
};

async function run(args: readonly string[], context: CommandContext): Promise<void> {
  const [word = ""] = args;
  if (!Object.hasOwn(words, word))
    throw new UsageError(word === "" ? "station what?" : `no command 'station ${word}'`);
  await words[word]?.(args.slice(1), context);
}

await runProcess({ name: "station", run });
