/** `npx wattward restore`: a central system out of a backup, fenced off from the one that it was. */
import { serverPlace } from "../store/database-place.ts";
import {
  type CommandContext,
  dataFolder,
  jsonOption,
  readArguments,
  readWords,
  required,
  tell,
  UsageError,
} from "./arguments.ts";
import { backupPassphrase } from "./backup/passphrase.ts";
import { putBack } from "./backup/put-back.ts";
import { inSentences } from "./backup.ts";
import { runProcess } from "./process.ts";

export async function restore(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, {
    data: text,
    database: text,
    in: text,
    "passphrase-file": text,
    ...jsonOption,
  });
  readWords(positionals);
  const file = required("--in", values.in);
  const server = values.database === undefined ? undefined : serverOf(values.database);
  process.umask(0o077);
  const { err, env } = context;
  const folder = dataFolder(values.data, env);
  await inSentences(async () => {
    const passphrase = backupPassphrase(values["passphrase-file"], context);
    err(`Restoring ${file} into ${folder} …\n`);
    const filled = await putBack({ folder, file, server, passphrase, err });
    const { epoch, createdAtMs, commands, sessions } = filled;
    const rows = [...filled.rows.values()].reduce((sum, count) => sum + count, 0);
    const createdAt = new Date(createdAtMs).toISOString();
    tell(
      context,
      values.json,
      { folder, createdAt, epoch, rows: Object.fromEntries(filled.rows), commands, sessions },
      `${folder}: ${rows} rows as of ${createdAt}, under epoch ${epoch}.
${commands} commands that were open have ended as unknown; ${sessions} browsers are signed out.
Not in it is what was changed since: look at denied certificates, blocked cards, stations' passwords and API tokens
before stations and sites connect. Sites bring their records since then by themselves, as far as they keep them.
`,
    );
  });
}

function serverOf(url: string) {
  const place = serverPlace(url);
  if (!place.ok) throw new UsageError(`--database: ${place.fault.sentence}`);
  return place.value;
}

if (import.meta.main) {
  await runProcess({ name: "restore", run: restore });
}
