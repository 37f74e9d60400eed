/** Writes docs/quirks.md from the code: `node tests/quirks/write.ts`. */
import { writeFileSync } from "node:fs";
import { documentPath, quirksDocument } from "./document.ts";

writeFileSync(documentPath, quirksDocument());
