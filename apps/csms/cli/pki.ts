/** `npx wattward pki …`: the operator's certificates from the command line. */
import { runCommand } from "./arguments.ts";
import { pkiCommand } from "./pki/command.ts";

process.exitCode = await runCommand(pkiCommand, process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  env: process.env,
});
