/** `npx wattward token NAME`: a token with which a script uses the HTTP API; shown once, kept only as a hash. */
import { newSecret, secretHash } from "../api/sign-in/secrets.ts";
import { sessionLimits } from "../api/sign-in/sessions.ts";
import {
  type CommandContext,
  dataFolder,
  jsonOption,
  readArguments,
  readNumber,
  readWords,
  tell,
  UsageError,
} from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { runProcess } from "./process.ts";

const DAY_MS = 86_400_000;

export async function token(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, { data: text, days: text, ...jsonOption });
  const [name] = readWords(positionals, "NAME");
  if (!/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(name)) {
    throw new UsageError(`NAME is 1 to 64 letters, digits, spaces, '.', '_' or '-'; '${name}' is not`);
  }
  const days =
    readNumber("--days", values.days, { min: 1, max: sessionLimits.tokenDaysMax }) ??
    sessionLimits.tokenDaysDefault;
  const made = await withDataCore(dataFolder(values.data, context.env), async ({ core, chance, clock }) => {
    const secret = newSecret(chance);
    const atMs = clock.now().wallMs;
    const expiresAtMs = atMs + days * DAY_MS;
    await core.decide("service.token", {
      name,
      role: "administrator",
      hash: secretHash(secret),
      expiresAtMs,
      atMs,
    });
    return { secret, expiresAtMs };
  });
  const until = new Date(made.expiresAtMs).toISOString();
  context.err(`Token of '${name}', valid until ${until}; it is not shown again.\n`);
  tell(context, values.json, { name, token: made.secret, validUntil: until }, `${made.secret}\n`);
}

if (import.meta.main) {
  await runProcess({ name: "token", run: token });
}
