/** How logged frames are stored. Ids count up for ever, so that a page can go on after one that is gone. */
import { readMeta, writeMeta } from "../core/settings.ts";
import type { Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";
import type { Tx } from "../store/writer.ts";

const columns = [
  "id",
  "station_id",
  "at_ms",
  "received_at_ms",
  "sender",
  "route",
  "version",
  "kind",
  "action",
  "message_id",
  "trace",
  "verdict",
  "chars",
  "frame",
] as const;

export const insertMessage = statement((db, p: Schema["messages"]) =>
  db.insertInto("messages").values(each(p, columns)),
);
/** The oldest, with what they weigh. */
export const oldestMessages = statement((db, p: { most: number }) =>
  db
    .selectFrom("messages")
    .select((e) => ["id", "at_ms", e.fn<number>("length", ["frame"]).as("frame_chars")])
    .orderBy("id")
    .limit(p.most),
);
export const removeMessagesTo = statement((db, p: { id: number }) =>
  db.deleteFrom("messages").where("id", "<=", p.id),
);

/** What is in the log: the next id, and the characters kept. Counted along, because summing would read it all. */
export type LogState = { readonly nextId: number; readonly chars: number };

export async function readLogState(tx: Tx): Promise<LogState> {
  const of = async (key: string) => Number((await tx.first(readMeta, { key }))?.value ?? 0);
  return { nextId: (await of("messages_next_id")) || 1, chars: await of("messages_chars") };
}

export async function writeLogState(tx: Tx, { nextId, chars }: LogState): Promise<void> {
  await tx.run(writeMeta, { key: "messages_next_id", value: String(nextId) });
  await tx.run(writeMeta, { key: "messages_chars", value: String(Math.max(0, chars)) });
}
