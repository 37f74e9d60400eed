/** `npx wattward restore`: a central system out of a backup, fenced off from the one that it was. */
import { serverPlace } from "../store/database-place.ts";
import {
  type CommandContext,
  dataFolder,
  readArguments,
  readWords,
  required,
  UsageError,
} from "./arguments.ts";
import { backupPassphrase } from "./backup/passphrase.ts";
import { putBack } from "./backup/put-back.ts";
import { inSentences } from "./backup.ts";
import { runProcess } from "./process.ts";

const help = `wattward restore: a central system out of a backup

  --in FILE                a file of 'wattward backup'
  --data DIR               the folder to be made; empty, or not there (WATTWARD_DATA_DIR, else .wattward/csms)
  --database URL           an empty PostgreSQL database to fill, in place of a file in DIR; password in PGPASSWORD.
                           A backup of either engine goes into either: this is the way from SQLite to PostgreSQL
  --passphrase-file FILE   what it was encrypted with; else WATTWARD_BACKUP_PASSPHRASE

All of it is restored, or nothing. The central system of before must never run again: sites refuse it from the first
time that they have spoken with the restored one. What was changed after the backup is told below, and in docs/data.md.
`;

export async function restore(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, {
    data: text,
    database: text,
    in: text,
    "passphrase-file": text,
  });
  readWords(positionals);
  const file = required("--in", values.in);
  const server = values.database === undefined ? undefined : serverOf(values.database);
  process.umask(0o077);
  const { out, err, env } = context;
  const folder = dataFolder(values.data, env);
  await inSentences(async () => {
    const passphrase = backupPassphrase(values["passphrase-file"], context);
    err(`Restoring ${file} into ${folder} …\n`);
    const filled = await putBack({ folder, file, server, passphrase, err });
    const { epoch, createdAtMs, commands, sessions } = filled;
    const rows = [...filled.rows.values()].reduce((sum, count) => sum + count, 0);
    out(
      `${folder}: ${rows} rows as of ${new Date(createdAtMs).toISOString()}, under epoch ${epoch}.
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
  await runProcess({ help, run: restore });
}
