/** Writes docs/ocpp.md anew. */
import { writeFileSync } from "node:fs";
import { documentPath, messageRows, messagesDocument } from "./document.ts";

writeFileSync(documentPath, messagesDocument(await messageRows()));
