/** `npx wattward guard …` as the process that a person started. */
import { EXIT_READER_GONE, isReaderGone } from "@wattward/kernel/node";
import { guardCommand } from "./guard.ts";

process.stdout.on("error", (error) => {
  if (!isReaderGone(error)) throw error;
  process.exit(EXIT_READER_GONE);
});
process.exitCode = guardCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
