/** `npx wattward card …`: who may charge, from the command line; sites get it with their next bundle. */
import { actorOf } from "./actor.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readNumber,
  tell,
  UsageError,
} from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { runProcess } from "./process.ts";

const statuses: Readonly<Record<string, string>> = { add: "Accepted", block: "Blocked" };
const DAY_MS = 86_400_000;
const DAYS_MAX = 36_500;
/** 1.6's idTag is CiString20, 2.0.1's idToken identifierString[36]. */
const tokenPattern = /^[\x21-\x7e]{1,36}$/;

async function run(args: readonly string[], context: CommandContext): Promise<void> {
  const [word = "", ...rest] = args;
  const status = Object.hasOwn(statuses, word) ? statuses[word] : undefined;
  if (status === undefined) throw new UsageError(word === "" ? "card what?" : `no command 'card ${word}'`);
  const { values, positionals: tokens } = readArguments(rest, {
    data: { type: "string" },
    days: { type: "string" },
    ...jsonOption,
  });
  if (tokens.length === 0) throw new UsageError("TOKEN is missing");
  const days = readNumber("--days", values.days, { min: 1, max: DAYS_MAX });
  const wrong = tokens.find((token) => !tokenPattern.test(token));
  if (wrong !== undefined) throw new CommandError("a token is 1 to 36 printable characters, no spaces");
  await withDataCore(dataFolder(values.data, context.env), async ({ core, clock }) => {
    const atMs = clock.now().wallMs;
    const expiry = days === undefined ? {} : { expiresAtMs: atMs + days * DAY_MS };
    const actor = actorOf(context.env);
    for (const token of tokens) {
      await core.decide("token.set", { token, status, ...expiry, atMs, actor });
    }
    const span = days === undefined ? "" : ` for ${days} days`;
    tell(
      context,
      values.json,
      tokens.map((token) => ({ token, status, ...expiry })),
      tokens.map((token) => `${token} is ${status}${span}\n`).join(""),
    );
  });
}

await runProcess({ name: "card", run });
