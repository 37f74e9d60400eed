/** `energy check FILE`: what is wrong with a document, and what it would mean; with a site, against its stations too. */
import { checkDocument } from "../../energy/check-document.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readWords,
  tell,
} from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { readTextFile } from "../text-file.ts";
import { siteIn, unknownSite } from "./site-in.ts";
import { factsOf, faultsIn, wordsOf } from "./told.ts";

export async function checkFile(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, { data: text, site: text, ...jsonOption });
  const [file] = readWords(positionals, "FILE");
  const written = readTextFile(file);
  const site = values.site === undefined ? undefined : siteIn(values.site);
  const check =
    site === undefined
      ? checkDocument(written)
      : await withDataCore(dataFolder(values.data, context.env), async ({ core }) => {
          if ((await core.query("energy.document", { site })) === undefined) throw unknownSite(site);
          return core.query("energy.check", { site, text: written });
        });
  if (values.json === true) context.out(`${JSON.stringify(factsOf(check))}\n`);
  if (check.compiled === undefined) throw new CommandError(faultsIn(check, file));
  if (values.json !== true) tell(context, false, {}, `${file} is sound.\n${wordsOf(check)}`);
}
