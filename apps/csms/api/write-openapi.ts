/** Writes openapi.json from the routes: `node apps/csms/api/write-openapi.ts`. */
import { writeFileSync } from "node:fs";
import { openapiText } from "./openapi-text.ts";

writeFileSync(new URL("openapi.json", import.meta.url), await openapiText());
