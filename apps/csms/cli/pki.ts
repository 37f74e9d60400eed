/** `npx wattward pki …`: the operator's certificates from the command line. */

import { pkiCommand } from "./pki/command.ts";
import { runProcess } from "./process.ts";

await runProcess(pkiCommand);
