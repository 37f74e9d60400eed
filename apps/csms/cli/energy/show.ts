/** `energy show SITE`: the document as it was written; as JSON with who wrote it, what it means and how it stands. */
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readNumber,
  readWords,
  tell,
} from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { siteIn, unknownSite } from "./site-in.ts";
import { factsOf } from "./told.ts";

export async function showDocument(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, { data: text, version: text, ...jsonOption });
  const [name] = readWords(positionals, "SITE");
  const site = siteIn(name);
  const version = readNumber("--version", values.version, { min: 1, max: 999_999_999 });
  await withDataCore(dataFolder(values.data, context.env), async ({ core }) => {
    const found = await core.query("energy.document", { site, ...(version !== undefined && { version }) });
    if (found === undefined) throw unknownSite(site);
    const { document } = found;
    if (document === null)
      throw new CommandError(
        version === undefined
          ? `${site} has no energy document: 'energy set ${site} FILE' gives it one`
          : `${site} has no version ${version}: 'energy history ${site}' lists them`,
      );
    if (!document.managed && values.json !== true)
      throw new CommandError(
        `${site}'s energy is not managed since version ${document.version}: 'energy history ${site}' says why`,
      );
    const check = document.managed
      ? factsOf(await core.query("energy.check", { site, text: document.text }))
      : null;
    tell(context, values.json, { site, ...document, check }, document.text);
  });
}
