/** `npx wattward invite`: a new one-time link by which a person joins as administrator, with a passkey. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { newInvitationLink } from "../api/sign-in/invitation.ts";
import { type CommandContext, dataFolder, jsonOption, readArguments, readWords, tell } from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { runProcess } from "./process.ts";

/** Where the console is when nobody says, and no central system runs: its default. */
const DEFAULT_URL = "http://localhost:8080";

export async function invite(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, { data: text, url: text, ...jsonOption });
  readWords(positionals);
  const folder = dataFolder(values.data, context.env);
  const url = (values.url ?? runningUrl(folder) ?? DEFAULT_URL).replace(/\/+$/, "");
  const link = await withDataCore(folder, (ports) => newInvitationLink(ports, url));
  tell(context, values.json, { link }, `${link}\n`);
}

/** From the file that a running central system leaves in its folder; undefined where none runs, or it is damaged. */
function runningUrl(folder: string): string | undefined {
  try {
    const running: unknown = JSON.parse(readFileSync(join(folder, "csms.json"), "utf8"));
    if (typeof running !== "object" || running === null) return undefined;
    const { consoleUrl, httpPort } = running as Record<string, unknown>;
    if (typeof consoleUrl === "string") return consoleUrl;
    return typeof httpPort === "number" ? `http://localhost:${httpPort}` : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

if (import.meta.main) {
  await runProcess({ name: "invite", run: invite });
}
