/** `npx wattward backup`: all that a central system must not lose, in one encrypted file that was read back. */
import { BackupFault } from "../backup/fault.ts";
import { StoreError } from "../store/engine.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  readArguments,
  readWords,
  required,
  UsageError,
} from "./arguments.ts";
import { described, lookThrough } from "./backup/look.ts";
import { makeBackup } from "./backup/make.ts";
import { backupPassphrase } from "./backup/passphrase.ts";
import { runProcess } from "./process.ts";

const help = `wattward backup: one encrypted file of all that a central system must not lose

  --out FILE               where to; it must not exist. Written whole or not at all, and read back before it is done
  --verify FILE            instead: reads a backup to its end, and says what is in it
  --passphrase-file FILE   what it is encrypted with, at least 16 characters; else WATTWARD_BACKUP_PASSPHRASE
  --data DIR               the central system's folder (WATTWARD_DATA_DIR, else .wattward/csms)
  --database URL           its PostgreSQL database, where DIR does not remember it; password in PGPASSWORD

The central system may run meanwhile. In it are the database as of one instant, but for the message log, and the
folders keys/ and pki/: whoever has the file and the passphrase is the operator. Keys under WATTWARD_PASSPHRASE need
that too. Restore it with 'wattward restore' (docs/data.md).
`;

export async function backup(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, {
    data: text,
    database: text,
    out: text,
    verify: text,
    "passphrase-file": text,
  });
  readWords(positionals);
  if (values.out !== undefined && values.verify !== undefined) {
    throw new UsageError("--out makes a backup, --verify looks at one: give one of them");
  }
  // Nothing that this command writes is anybody else's to read.
  process.umask(0o077);
  const { out, err, env } = context;
  await inSentences(async () => {
    if (values.verify !== undefined) {
      const passphrase = backupPassphrase(values["passphrase-file"], context);
      out(`${values.verify} is whole: ${described(await lookThrough(values.verify, passphrase))}\n`);
      return;
    }
    const file = required("--out", values.out);
    const passphrase = backupPassphrase(values["passphrase-file"], context);
    const folder = dataFolder(values.data, env);
    err(`Backing up ${folder} …\n`);
    const made = await makeBackup({ folder, database: values.database, out: file, passphrase, err });
    out(`${file}: ${described(made)}\n`);
  });
}

/** Faults of a backup and of a store are written for people. */
export async function inSentences<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupFault || error instanceof StoreError) {
      throw new CommandError(error.message, { cause: error });
    }
    throw error;
  }
}

if (import.meta.main) {
  await runProcess({ help, run: backup });
}
