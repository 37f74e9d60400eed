/** `npx wattward guard …` as the process that a person started. */
import { guardCommand } from "./guard.ts";

// `wattward guard replay … | head`: nobody is left to tell.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(141);
});
process.exitCode = guardCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
