/**
 * What a new epoch takes over from the old one: the records still owed, renumbered from 1, in batches. An answer whose
 * frame was acknowledged under the old epoch stays behind: the CSMS has that frame, and the answer changes nothing in it.
 */
import type { JournalRecord } from "@wattward/sitelink";
import { BATCH_RECORDS_MAX } from "./limits.ts";

export async function* rewritten(
  owed: AsyncIterable<JournalRecord>,
  epoch: string,
): AsyncGenerator<JournalRecord[]> {
  const renumbered = new Map<number, number>();
  let batch: JournalRecord[] = [];
  for await (const record of owed) {
    const seq = renumbered.size + 1;
    if (record.kind === "answer") {
      const ofSeq = renumbered.get(record.ofSeq);
      if (ofSeq === undefined) continue;
      batch.push({ ...record, epoch, seq, ofSeq });
    } else {
      batch.push({ ...record, epoch, seq });
    }
    renumbered.set(record.seq, seq);
    if (batch.length >= BATCH_RECORDS_MAX) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
