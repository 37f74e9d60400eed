/**
 * The passphrase of a backup: from a file, or from WATTWARD_BACKUP_PASSPHRASE; never from the command line, which every
 * user of the machine may read.
 */
import { readFileSync, statSync } from "node:fs";
import { PASSPHRASE_CHARS_MIN } from "@wattward/pki/files";
import { type CommandContext, CommandError } from "../arguments.ts";
import { inWords } from "./new-file.ts";

const PASSPHRASE_BYTES_MAX = 4_096;
const GROUP_AND_OTHERS = 0o077;

export function backupPassphrase(file: string | undefined, { env, err }: CommandContext): string {
  const from = file ?? "WATTWARD_BACKUP_PASSPHRASE";
  const text = file === undefined ? env.WATTWARD_BACKUP_PASSPHRASE : textOf(file, err);
  if (text === undefined || text === "") {
    throw new CommandError(
      "a backup needs a passphrase: give a file with --passphrase-file, or set WATTWARD_BACKUP_PASSPHRASE. Keep it elsewhere than the backup; without it nothing can be restored",
    );
  }
  if (text.length >= PASSPHRASE_CHARS_MIN) return text;
  throw new CommandError(
    `the passphrase in ${from} has fewer than ${PASSPHRASE_CHARS_MIN} characters: make one with 'openssl rand -base64 32'`,
  );
}

function textOf(file: string, err: CommandContext["err"]): string {
  try {
    const { size, mode } = statSync(file);
    if (size > PASSPHRASE_BYTES_MAX) throw new CommandError(`${file} is too long for a passphrase`);
    if ((mode & GROUP_AND_OTHERS) !== 0)
      err(`wattward: others than its owner may read ${file}, and with it every backup: chmod 600 ${file}\n`);
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw inWords(error, file);
  }
}
