/** `pki denied`: what is no longer accepted, newest first; a table, or one JSON object a line. */
import { rfc3339, shown } from "@wattward/kernel";
import type { DenialRow } from "../../core/port.ts";
import { type CommandContext, dataFolder, readArguments, readWords } from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { REASON_CHARS_MAX } from "./deny.ts";

export async function denied(args: readonly string[], { out, env }: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    data: { type: "string" },
    json: { type: "boolean" },
  });
  readWords(positionals);
  const line = values.json === true ? (row: DenialRow) => JSON.stringify(row) : asLine;
  await withDataCore(dataFolder(values.data, env), async ({ core }) => {
    const rows = await core.query("denials.list", undefined);
    for (const row of rows) out(`${line(row)}\n`);
    if (rows.length === 0 && values.json !== true) out("Nothing is denied.\n");
  });
}

function asLine({ kind, issuer, value, reason, addedAtMs }: DenialRow): string {
  const what = kind === "key" ? `key SHA-256 ${value}` : `serial ${value} of '${shown(issuer)}'`;
  return `${rfc3339(addedAtMs)}  ${what}${reason === "" ? "" : `  ${shown(reason, REASON_CHARS_MAX)}`}`;
}
