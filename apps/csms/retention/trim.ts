/** One slice of what is older than its days, of every table of the rules, and of the message log. */
import type { Decision } from "../core/decision.ts";
import { setting } from "../core/settings.ts";
import { trimMessages } from "../message-log/trim.ts";
import type { Tx } from "../store/writer.ts";
import { type Rule, rules } from "./rules.ts";

/** Rows of one table that one decision removes, about: those of the same millisecond go together. */
export const SLICE_ROWS = 200;
const DAY_MS = 86_400_000;

export const trim: Decision<"retention.trim"> = async (tx, { atMs }) => {
  let more = await trimMessages(tx, { atMs, most: SLICE_ROWS });
  for (const rule of rules) more = (await trimBy(tx, rule, atMs)) || more;
  return { more };
};

async function trimBy(tx: Tx, { days: said, nth, remove }: Rule, atMs: number): Promise<boolean> {
  const days = typeof said === "number" ? said : await setting(tx, said);
  if (days === 0) return false;
  const beforeMs = atMs - days * DAY_MS;
  const first = await tx.first(nth, { beforeMs, place: 0 });
  if (first === undefined) return false;
  const slice = await tx.first(nth, { beforeMs, place: SLICE_ROWS - 1 });
  await tx.run(remove, { toMs: slice?.at ?? beforeMs - 1 });
  return slice !== undefined;
}
