/**
 * For each version and message that a station may send: examples, as data. Each is valid by its schema, meaningful
 * where its `before` was sent first by the same station, and full of what is optional, so that tests of every message,
 * the generated table of messages, and seeded mutation all begin from the same.
 */
import type { JsonObject } from "@wattward/kernel";
import type { OcppVersion } from "@wattward/ocpp";
import type { Example, Examples } from "./example.ts";
import { examples16 } from "./examples-1.6.ts";
import { examples201 } from "./examples-2.0.1.ts";
import { examples21 } from "./examples-2.1.ts";

/** Times are around START_MS of test-core.ts: Monday, 5 January 2026, 08:00 UTC. */
export const examples: { readonly [V in OcppVersion]: Examples<V> } = {
  "1.6": examples16,
  "2.0.1": examples201,
  "2.1": examples21,
};

export type Listed = Example<JsonObject> & { readonly action: string };

/** All of a version, one after another. */
export const examplesOf = (version: OcppVersion): readonly Listed[] =>
  Object.entries(examples[version] as Readonly<Record<string, readonly Example<JsonObject>[]>>).flatMap(
    ([action, list]) => list.map((example) => ({ action, ...example })),
  );
