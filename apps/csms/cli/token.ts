/** `npx wattward token NAME`: a token with which a script uses the HTTP API; shown once, kept only as a hash. */
import { newSecret, secretHash } from "../api/sign-in/secrets.ts";
import { sessionLimits } from "../api/sign-in/sessions.ts";
import {
  type CommandContext,
  dataFolder,
  readArguments,
  readNumber,
  readWords,
  UsageError,
} from "./arguments.ts";
import { withDataCore } from "./data-core.ts";
import { runProcess } from "./process.ts";

const help = `wattward token NAME: a token with which a script uses the HTTP API, as administrator

  NAME         what the token is for: it is shown as the author of what the script does
  --days N     valid for N days, 1 to ${sessionLimits.tokenDaysMax} (${sessionLimits.tokenDaysDefault})
  --data DIR   the central system's folder (WATTWARD_DATA_DIR, else .wattward/csms)

The token is printed alone on standard output, once. Send it as: Authorization: Bearer TOKEN
`;

const DAY_MS = 86_400_000;

export async function token(args: readonly string[], { out, err, env }: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, { data: text, days: text });
  const [name] = readWords(positionals, "NAME");
  if (!/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/.test(name)) {
    throw new UsageError(`NAME is 1 to 64 letters, digits, spaces, '.', '_' or '-'; '${name}' is not`);
  }
  const days =
    readNumber("--days", values.days, { min: 1, max: sessionLimits.tokenDaysMax }) ??
    sessionLimits.tokenDaysDefault;
  const secret = await withDataCore(dataFolder(values.data, env), async ({ core, chance, clock }) => {
    const made = newSecret(chance);
    const atMs = clock.now().wallMs;
    const expiresAtMs = atMs + days * DAY_MS;
    await core.decide("service.token", {
      name,
      role: "administrator",
      hash: secretHash(made),
      expiresAtMs,
      atMs,
    });
    err(`Token of '${name}', valid until ${new Date(expiresAtMs).toISOString()}; it is not shown again.\n`);
    return made;
  });
  out(`${secret}\n`);
}

if (import.meta.main) {
  await runProcess({ help, run: token });
}
