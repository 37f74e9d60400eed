/**
 * Reads a site's journal without opening it: for audits, beside a running or dead site. Writes nothing; a torn tail is
 * left out, because no station was answered for it; damage is {@link JournalDamaged}. The format is in frame.ts.
 */
import type { Disk } from "@wattward/kernel";
import type { JournalRecord } from "@wattward/sitelink";
import { JournalDamaged, listSegments, readHead } from "./head.ts";
import { readSegment } from "./segment.ts";

export { JournalDamaged } from "./head.ts";

export type JournalContent = {
  readonly epoch: string;
  /** As last written down: the CSMS has these and may have more. */
  readonly ackedSeq: number;
  /** Of the current epoch, without gaps, from the oldest still kept. */
  readonly records: readonly JournalRecord[];
};

/** `disk` is rooted at the site's data folder. Undefined where it has no journal yet. */
export async function readJournal(disk: Disk): Promise<JournalContent | undefined> {
  const head = await readHead(disk);
  if (head === undefined) return undefined;
  const names = (await listSegments(disk)).filter(({ generation }) => generation === head.generation);
  const records: JournalRecord[] = [];
  for (const [i, name] of names.entries()) {
    const read = await readSegment(disk, name, i === names.length - 1);
    if (read === undefined) continue;
    if (records.length > 0 && read.segment.firstSeq !== records.at(-1)!.seq + 1) {
      throw new JournalDamaged(read.segment.path, "does not follow the segment before it");
    }
    records.push(...read.records());
  }
  return { epoch: head.epoch, ackedSeq: head.ackedSeq, records };
}
