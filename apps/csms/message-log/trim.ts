/** Trims the message log by age, rows and characters, or empties it while the disk is short; a slice at a time. */
import { setting } from "../core/settings.ts";
import { storageIsLow } from "../retention/storage.ts";
import type { Tx } from "../store/writer.ts";
import { oldestMessages, readLogState, removeMessagesTo, writeLogState } from "./rows.ts";

const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

/** True where there may be more to remove at once. */
export async function trimMessages(tx: Tx, { atMs, most }: { atMs: number; most: number }): Promise<boolean> {
  const oldest = await tx.all(oldestMessages, { most });
  if (oldest.length === 0) return false;
  const state = await readLogState(tx);
  const days = await setting(tx, "message_log_days");
  const all = days === 0 || (await storageIsLow(tx));
  const beforeMs = atMs - days * DAY_MS;
  const rowsMax = await setting(tx, "message_log_rows");
  const charsMax = (await setting(tx, "message_log_mb")) * MIB;

  let chars = state.chars;
  // Ids are given without gaps, and removed from the oldest on: so they count the rows.
  let rows = state.nextId - (oldest[0]?.id ?? state.nextId);
  let last: number | undefined;
  for (const { id, at_ms, frame_chars } of oldest) {
    if (!(all || at_ms < beforeMs || rows > rowsMax || chars > charsMax)) break;
    last = id;
    rows -= 1;
    chars -= Number(frame_chars);
  }
  if (last === undefined) return false;
  await tx.run(removeMessagesTo, { id: last });
  await writeLogState(tx, { nextId: state.nextId, chars });
  return last === oldest.at(-1)?.id && oldest.length === most;
}
