/** What is chosen on the first page, as it stands in the address: of which kind of need all are shown. */
import type { NeedRow } from "../api/shapes.ts";

export type NowSearch = { readonly all?: NeedRow["kind"] | undefined };

/** In order of consequence. */
const kinds: Readonly<Record<NeedRow["kind"], true>> = {
  "storage-low": true,
  "node-lost": true,
  "site-offline": true,
  "site-fallback": true,
  "site-conservative": true,
  "site-silent": true,
  "connector-faulted": true,
  "station-offline": true,
  "station-deaf": true,
  "station-silent": true,
  "message-set-aside": true,
  "session-review": true,
  "command-failed": true,
  "dispensation-ending": true,
  "site-behind": true,
  "site-clock": true,
  "station-pending": true,
  "site-waiting": true,
};
/** Every kind of need that the API knows, the gravest first. */
export const needKinds = Object.keys(kinds) as readonly NeedRow["kind"][];
const isKind = (given: unknown): given is NeedRow["kind"] =>
  typeof given === "string" && Object.hasOwn(kinds, given);

export const readNowSearch = (given: Record<string, unknown>): NowSearch =>
  isKind(given.all) ? { all: given.all } : {};
