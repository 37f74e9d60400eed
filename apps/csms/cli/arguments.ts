/**
 * What every command line of ours has in common: strict options, messages that say what to do, and exit codes: 0 done,
 * 1 refused or impossible (a sentence), 2 wrong usage (a sentence, and where the help is). A stack trace means our fault.
 * What each command is for and takes stands in the launcher's table (docs/commands.md).
 */
import { join } from "node:path";
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { DiskError } from "@wattward/kernel";
import { PkiError } from "@wattward/pki";

/** The person typed something that this command does not know. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command was understood and cannot be done; the message says why and what to do. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

export type CommandStreams = { out(text: string): void; err(text: string): void };

export type CommandContext = CommandStreams & {
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Runs one command, which is called `name` by people, and gives its exit code. */
export async function runCommand(
  command: { readonly name: string; run(args: readonly string[], context: CommandContext): Promise<void> },
  args: readonly string[],
  context: CommandContext,
): Promise<0 | 1 | 2> {
  try {
    await command.run(args, context);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      context.err(
        `wattward ${command.name}: ${error.message}\nLook at: npx wattward ${command.name} --help\n`,
      );
      return 2;
    }
    if (!isForPeople(error)) throw error;
    context.err(`wattward: ${error.message}\n`);
    return 1;
  }
}

/** Errors whose message was written for whoever typed the command; the system's own name the path and the cause. */
function isForPeople(error: unknown): error is Error {
  if (error instanceof CommandError || error instanceof PkiError || error instanceof DiskError) return true;
  return error instanceof Error && "syscall" in error;
}

/** Options by their definitions, and the words between them; anything unknown is a {@link UsageError}. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    // Only parseArgs' own complaints are the person's; they carry such a code.
    const { code, message } = error as { code?: unknown; message: string };
    if (typeof code !== "string" || !code.startsWith("ERR_PARSE_ARGS")) throw error;
    throw new UsageError(message);
  }
}

/** Exactly these words, by name; a missing or surplus one is a {@link UsageError}. */
export function readWords<const Names extends readonly string[]>(
  words: readonly string[],
  ...names: Names
): { [I in keyof Names]: string } {
  const missing = names[words.length];
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  if (words.length > names.length) throw new UsageError(`'${words[names.length]}' is one word too many`);
  return [...words] as { [I in keyof Names]: string };
}

/** A whole number in its range, or undefined where the option was not given. */
export function readNumber(
  name: string,
  text: string | undefined,
  range: { readonly min: number; readonly max: number },
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new UsageError(`${name} must be a whole number from ${range.min} to ${range.max}, not '${text}'`);
}

/** The option of every command that tells facts. */
export const jsonOption = { json: { type: "boolean" } } as const;

/** Tells facts on standard output: to a script as one JSON value, to a person in words. */
export function tell(
  { out }: CommandStreams,
  json: boolean | undefined,
  facts: unknown,
  words: string,
): void {
  out(json === true ? `${JSON.stringify(facts)}\n` : words);
}

/** An option that this command cannot do without. */
export function required(name: string, value: string | undefined): string {
  if (value === undefined || value === "") throw new UsageError(`${name} is missing`);
  return value;
}

/** The central system's data folder: `--data DIR`, else WATTWARD_DATA_DIR, else `.wattward/csms` here. */
export const dataFolder = (flag: string | undefined, env: CommandContext["env"]): string =>
  flag ?? env.WATTWARD_DATA_DIR ?? join(".wattward", "csms");
