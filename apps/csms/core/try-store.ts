/** A small write, to find out whether the store takes any. Nothing is observed: it says nothing of the world. */
import type { Decision } from "./decision.ts";
import { writeMeta } from "./settings.ts";

export const tryStore: Decision<"store.try"> = async (tx, { atMs }) => {
  await tx.run(writeMeta, { key: "tried_at_ms", value: String(atMs) });
};
