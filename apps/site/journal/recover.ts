/**
 * What a journal looks like after any crash: head, whole segments without gaps, a clean end. Or it refuses, saying
 * where and what to do; it never goes on with less than it promised.
 */
import type { Disk } from "@wattward/kernel";
import type { JournalRecord } from "@wattward/sitelink";
import { type Head, JournalDamaged, listSegments, readHead, type SegmentName, segmentPath } from "./head.ts";
import { cutTornTail, type ReadSegment, readSegment, type Segment } from "./segment.ts";

export type Recovered = {
  readonly head: Head;
  /** Segments of the head's generation, in order. */
  readonly segments: readonly Segment[];
  /** Segments of earlier generations, oldest first: history. */
  readonly earlier: readonly SegmentName[];
  /** Records of the newest segment. */
  readonly newest: readonly JournalRecord[];
  readonly lastSeq: number;
  readonly cutBytes: number;
};

/** What the fold over the records at opening is told: every record after `afterSeq` of `generation`, in order. */
export type Fold = {
  readonly generation: number;
  readonly afterSeq: number;
  record(record: JournalRecord): void;
};

/** Undefined where there was never a journal. */
export async function recover(disk: Disk, fold: Fold): Promise<Recovered | undefined> {
  const head = await readHead(disk);
  const names = await listSegments(disk);
  if (head === undefined) {
    if (names.length === 0) return undefined;
    throw new JournalDamaged("journal/head.json", "is missing, though segments exist");
  }
  await removeUnfinished(disk, head, names);
  const current = names.filter((name) => name.generation === head.generation);
  const segments: Segment[] = [];
  let newest: ReadSegment | undefined;

  for (const [i, name] of current.entries()) {
    const isLast = i === current.length - 1;
    const read = await readSegment(disk, name, isLast);
    if (read === undefined) {
      await disk.remove(segmentPath(name.generation, name.firstSeq));
      continue;
    }
    expectInOrder(head, segments.at(-1), read);
    if (isLast) await cutTornTail(disk, read);
    foldInto(fold, head, read);
    segments.push(read.segment);
    newest = read;
  }
  const lastSeq = segments.at(-1)?.lastSeq ?? 0;
  if (lastSeq < head.ackedSeq) {
    throw new JournalDamaged(
      "journal",
      `ends at record ${lastSeq}, before record ${head.ackedSeq} that the CSMS has`,
    );
  }
  const earlier = names.filter((name) => name.generation < head.generation);
  const cutBytes = newest?.tornBytes ?? 0;
  return { head, segments, earlier, newest: newest?.records() ?? [], lastSeq, cutBytes };
}

/** A generation that the head does not name yet is a new epoch cut short by a crash: it never began. */
async function removeUnfinished(disk: Disk, head: Head, names: readonly SegmentName[]): Promise<void> {
  for (const { generation, firstSeq } of names) {
    if (generation > head.generation) await disk.remove(segmentPath(generation, firstSeq));
  }
}

function expectInOrder(head: Head, before: Segment | undefined, { segment }: ReadSegment): void {
  if (segment.epoch !== head.epoch) throw new JournalDamaged(segment.path, "belongs to another epoch");
  if (before === undefined && segment.firstSeq > head.ackedSeq + 1) {
    throw new JournalDamaged(
      segment.path,
      `is the oldest, but records from ${head.ackedSeq + 1} are still owed`,
    );
  }
  if (before !== undefined && segment.firstSeq !== before.lastSeq + 1) {
    throw new JournalDamaged(segment.path, `does not follow ${before.path}, which ends at ${before.lastSeq}`);
  }
}

function foldInto(fold: Fold, head: Head, read: ReadSegment): void {
  const afterSeq = fold.generation === head.generation ? fold.afterSeq : 0;
  if (read.segment.lastSeq <= afterSeq) return;
  for (const record of read.records()) if (record.seq > afterSeq) fold.record(record);
}
