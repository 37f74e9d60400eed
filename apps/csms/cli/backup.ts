/** `npx wattward backup`: all that a central system must not lose, in one encrypted file that was read back. */
import { BackupFault } from "../backup/fault.ts";
import { StoreError } from "../store/engine.ts";
import {
  type CommandContext,
  CommandError,
  dataFolder,
  jsonOption,
  readArguments,
  readWords,
  required,
  tell,
  UsageError,
} from "./arguments.ts";
import { described, factsOf, lookThrough } from "./backup/look.ts";
import { makeBackup } from "./backup/make.ts";
import { backupPassphrase } from "./backup/passphrase.ts";
import { runProcess } from "./process.ts";

export async function backup(args: readonly string[], context: CommandContext): Promise<void> {
  const text = { type: "string" } as const;
  const { values, positionals } = readArguments(args, {
    data: text,
    database: text,
    out: text,
    verify: text,
    "passphrase-file": text,
    ...jsonOption,
  });
  readWords(positionals);
  if (values.out !== undefined && values.verify !== undefined) {
    throw new UsageError("--out makes a backup, --verify looks at one: give one of them");
  }
  // Nothing that this command writes is anybody else's to read.
  process.umask(0o077);
  const { err, env } = context;
  await inSentences(async () => {
    if (values.verify !== undefined) {
      const passphrase = backupPassphrase(values["passphrase-file"], context);
      const looked = await lookThrough(values.verify, passphrase);
      return tell(
        context,
        values.json,
        factsOf(values.verify, looked),
        `${values.verify} is whole: ${described(looked)}\n`,
      );
    }
    const file = required("--out", values.out);
    const passphrase = backupPassphrase(values["passphrase-file"], context);
    const folder = dataFolder(values.data, env);
    err(`Backing up ${folder} …\n`);
    const made = await makeBackup({ folder, database: values.database, out: file, passphrase, err });
    tell(context, values.json, factsOf(file, made), `${file}: ${described(made)}\n`);
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
  await runProcess({ name: "backup", run: backup });
}
