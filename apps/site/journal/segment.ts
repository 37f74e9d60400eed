/**
 * One segment of the journal on disk: read whole, checked, and told apart by what its end looks like.
 * Nothing here writes, except {@link cutTornTail}, which removes what no station was answered for.
 */
import { type Disk, shown } from "@wattward/kernel";
import { type JournalRecord, parseRecord } from "@wattward/sitelink";
import { MAGIC, type SegmentHead, scan } from "./frame.ts";
import { JournalDamaged, type SegmentName, segmentPath } from "./head.ts";

/** A segment whose frames were all checked; its records are parsed when asked for. */
export type Segment = {
  readonly path: string;
  readonly generation: number;
  readonly epoch: string;
  readonly firstSeq: number;
  /** firstSeq - 1 where it holds no record. */
  readonly lastSeq: number;
  readonly sizeBytes: number;
};

export type ReadSegment = {
  readonly segment: Segment;
  /** Bytes after the last whole frame: what a crash left of a write that was never answered for. */
  readonly tornBytes: number;
  records(): JournalRecord[];
};

/**
 * Reads and checks a segment. `undefined` where not even its head was written whole: nothing was ever durable in it.
 * A damaged one is {@link JournalDamaged}; so is a torn tail unless `mayBeTorn` (only the newest segment may be).
 */
export async function readSegment(
  disk: Disk,
  name: SegmentName,
  mayBeTorn: boolean,
): Promise<ReadSegment | undefined> {
  const path = segmentPath(name.generation, name.firstSeq);
  const bytes = (await disk.read(path)) ?? new Uint8Array(0);
  const { payloads, wholeBytes, rest } = scan(bytes);
  if (rest === "damaged" || (rest === "torn" && !mayBeTorn)) {
    const lastSeq = name.firstSeq + payloads.length - 2;
    throw new JournalDamaged(path, `is damaged at byte ${wholeBytes}, after record ${Math.max(0, lastSeq)}`);
  }
  const [first, ...bodies] = payloads;
  if (first === undefined) {
    if (mayBeTorn) return undefined;
    throw new JournalDamaged(path, "has no head, though later segments exist");
  }
  const head = parseSegmentHead(new TextDecoder().decode(first));
  if (head === undefined || head.generation !== name.generation || head.firstSeq !== name.firstSeq) {
    throw new JournalDamaged(path, "has a head that does not fit its name");
  }
  const segment = {
    ...name,
    path,
    ...head,
    lastSeq: head.firstSeq + bodies.length - 1,
    sizeBytes: wholeBytes,
  };
  return {
    segment,
    tornBytes: bytes.length - wholeBytes,
    records: () => bodies.map((body, i) => recordOf(segment, body, head.firstSeq + i)),
  };
}

/** Removes the torn tail, so that what is written next stands behind the last whole frame. */
export async function cutTornTail(disk: Disk, { segment, tornBytes }: ReadSegment): Promise<void> {
  if (tornBytes === 0) return;
  const file = await disk.appendTo(segment.path);
  await file.truncate(segment.sizeBytes);
  await file.close();
}

function recordOf(segment: Segment, body: Uint8Array, seq: number): JournalRecord {
  const record = parseRecord(new TextDecoder().decode(body));
  if (!record.ok) {
    throw new JournalDamaged(
      segment.path,
      `record ${seq} reads but is none: ${shown(record.fault.sentence, 200)}`,
    );
  }
  if (record.value.seq !== seq || record.value.epoch !== segment.epoch) {
    throw new JournalDamaged(
      segment.path,
      `record ${seq} says it is ${record.value.epoch}/${record.value.seq}`,
    );
  }
  return record.value;
}

/** Bytes that stand before a segment's first record. */
export const segmentStart = (head: SegmentHead): { magic: Uint8Array; head: string } => ({
  magic: MAGIC,
  head: JSON.stringify(head),
});

function parseSegmentHead(text: string): SegmentHead | undefined {
  try {
    const head = JSON.parse(text) as Partial<Record<keyof SegmentHead, unknown>>;
    const { journal, generation, epoch, firstSeq } = head;
    if (journal !== 1 || typeof epoch !== "string") return undefined;
    if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(firstSeq)) return undefined;
    return { journal, epoch, generation: generation as number, firstSeq: firstSeq as number };
  } catch {
    return undefined;
  }
}
