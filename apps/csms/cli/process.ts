/** A command of ours as the process that a person started: its streams, its exit code, and a reader that leaves early. */
import { EXIT_READER_GONE, isReaderGone } from "@wattward/kernel/node";
import { runCommand } from "./arguments.ts";

/** A full disk under `> FILE`: it could not do what was asked. */
const EXIT_UNWRITTEN = 1;

export async function runProcess(command: Parameters<typeof runCommand>[0]): Promise<void> {
  process.stdout.on("error", (error) => {
    if (isReaderGone(error)) process.exit(EXIT_READER_GONE);
    process.stderr.write(`wattward: what this printed could not be written: ${error.message}\n`);
    process.exit(EXIT_UNWRITTEN);
  });
  process.exitCode = await runCommand(command, process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    env: process.env,
  });
}
