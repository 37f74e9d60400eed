/** `energy history SITE`: every version of its document, newest first: when, who and why. */
import { rfc3339 } from "@wattward/kernel";
import { type CommandContext, dataFolder, jsonOption, readArguments, readWords, tell } from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { siteIn, unknownSite } from "./site-in.ts";

/** The newest; whoever needs more asks the API. */
const VERSIONS_SHOWN = 1_000;

export async function showHistory(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, { data: { type: "string" }, ...jsonOption });
  const [name] = readWords(positionals, "SITE");
  const site = siteIn(name);
  await withDataCore(dataFolder(values.data, context.env), async ({ core }) => {
    const versions = await core.query("energy.versions", { site, most: VERSIONS_SHOWN });
    if (versions === undefined) throw unknownSite(site);
    const lines = versions.map(
      ({ version, atMs, actor, reason, managed }) =>
        `${String(version).padStart(5)}  ${rfc3339(atMs)}  ${actor.padEnd(20)}  ${managed ? "" : "(not managed) "}${reason}\n`,
    );
    const none = `${site} has no energy document: 'energy set ${site} FILE' gives it one\n`;
    tell(context, values.json, versions, lines.length === 0 ? none : lines.join(""));
  });
}
