/** `pki denied`: what is no longer accepted, newest first; a table, or one JSON array. */
import { rfc3339, shown } from "@wattward/kernel";
import type { DenialRow } from "../../core/port.ts";
import { type CommandContext, dataFolder, jsonOption, readArguments, readWords, tell } from "../arguments.ts";
import { withDataCore } from "../data-core.ts";
import { REASON_CHARS_MAX } from "./deny.ts";

export async function denied(args: readonly string[], context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments(args, {
    data: { type: "string" },
    ...jsonOption,
  });
  readWords(positionals);
  await withDataCore(dataFolder(values.data, context.env), async ({ core }) => {
    const rows = await core.query("denials.list", undefined);
    const lines = rows.map((row) => `${asLine(row)}\n`).join("");
    tell(context, values.json, rows, lines === "" ? "Nothing is denied.\n" : lines);
  });
}

function asLine({ kind, issuer, value, reason, addedAtMs }: DenialRow): string {
  const what = kind === "key" ? `key SHA-256 ${value}` : `serial ${value} of '${shown(issuer)}'`;
  return `${rfc3339(addedAtMs)}  ${what}${reason === "" ? "" : `  ${shown(reason, REASON_CHARS_MAX)}`}`;
}
