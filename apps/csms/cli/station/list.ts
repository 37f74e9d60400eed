/** `station list`: the inventory as a table, or as one JSON array. */
import { rfc3339, siteId } from "@wattward/kernel";
import type { StationRow } from "../../core/port.ts";
import { type CommandContext, CommandError, dataFolder, readArguments, readWords } from "../arguments.ts";
import { withDataCore } from "../data-core.ts";

/** Rows read at a time, so that a large inventory is never in memory at once. */
const PAGE = 500;

export async function listStations(args: readonly string[], { out, env }: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, { data: text, site: text, json: { type: "boolean" } });
  readWords(positionals);
  const site = values.site === undefined ? undefined : siteId(values.site);
  if (site?.ok === false) throw new CommandError(site.fault.sentence);
  const line = values.json === true ? asElement : asLine;

  await withDataCore(dataFolder(values.data, env), async ({ core }) => {
    let afterId: string | undefined;
    if (values.json === true) out("[");
    for (;;) {
      const rows = await core.query("stations.list", {
        most: PAGE,
        ...(site === undefined ? {} : { site: site.value }),
        ...(afterId === undefined ? {} : { afterId }),
      });
      for (const [i, row] of rows.entries()) out(line(row, afterId === undefined && i === 0));
      if (rows.length < PAGE) break;
      afterId = rows.at(-1)?.id;
    }
    if (values.json === true) out("]\n");
  });
}

const asElement = (row: StationRow, first: boolean) => `${first ? "" : ","}\n${JSON.stringify(row)}`;

function asLine(row: StationRow): string {
  const { id, site, route, connected, version, admission, serial, securityProfile, dispensation } = row;
  const by = securityProfile === null || securityProfile === 3 ? "" : `, profile ${securityProfile}`;
  const state = connected ? `connected (${version ?? "?"}${by})` : "not connected";
  const leave =
    dispensation === null
      ? ""
      : `, may use security profile ${dispensation.securityProfile} until ${rfc3339(dispensation.untilMs)}`;
  const columns = [
    id.padEnd(24),
    (site ?? "-").padEnd(16),
    route.padEnd(7),
    admission.padEnd(9),
    state.padEnd(18),
  ];
  return `${columns.join(" ")} CN ${serial}${leave}\n`;
}
