/**
 * Writes batches of records to the newest segment of one epoch and begins the next segment when it is large enough.
 *
 * Invariant: after `write` resolves its records are durable; after it rejects none of them are there, or will be cut
 * off before anything else is written: a sequence is never used twice for different records.
 */
import { type AppendFile, type Disk, DiskError } from "@wattward/kernel";
import { type SegmentHead, writeFrame } from "./frame.ts";
import { segmentPath } from "./head.ts";
import { type Segment, segmentStart } from "./segment.ts";

type Open = { segment: Segment; readonly file: AppendFile; leftover: boolean };
export type JournalIdentity = { readonly generation: number; readonly epoch: string };

export class SegmentWriter {
  private readonly disk: Disk;
  private readonly identity: JournalIdentity;
  private readonly segmentBytes: number;
  private open: Open | undefined;

  constructor(disk: Disk, identity: JournalIdentity, segmentBytes: number) {
    this.disk = disk;
    this.identity = identity;
    this.segmentBytes = segmentBytes;
  }

  /** Goes on behind a recovered segment; what it holds is made durable, because a kill may have left it unsynced. */
  async resume(segment: Segment): Promise<void> {
    const file = await this.disk.appendTo(segment.path);
    await file.sync();
    this.open = { segment, file, leftover: false };
  }

  /** The segment being written, as far as it is durable. */
  get newest(): Segment | undefined {
    return this.open?.segment;
  }

  /** Makes the records `firstSeq`… durable and says in which segment. Rejects with DiskError, having kept none. */
  async write(firstSeq: number, payloads: readonly string[]): Promise<Segment> {
    const open = await this.openFor(firstSeq);
    try {
      await cutLeftover(open);
      const bytes = this.encode(open.segment, payloads);
      open.leftover = true;
      await open.file.append(bytes);
      await open.file.sync();
      open.leftover = false;
      open.segment = {
        ...open.segment,
        lastSeq: firstSeq + payloads.length - 1,
        sizeBytes: open.segment.sizeBytes + bytes.length,
      };
      return open.segment;
    } catch (error) {
      // Frees the space that half a batch took; if even that fails, the next write begins with it.
      if (error instanceof DiskError && error.kind === "full") await cutLeftover(open).catch(ifFull);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.open?.file.close();
    this.open = undefined;
  }

  private async openFor(firstSeq: number): Promise<Open> {
    const { open } = this;
    if (open !== undefined && open.segment.sizeBytes < this.segmentBytes) return open;
    const { generation, epoch } = this.identity;
    const path = segmentPath(generation, firstSeq);
    const file = await this.disk.appendTo(path);
    // Left there by an attempt of an earlier boot that never became durable.
    if (file.sizeBytes > 0) await file.truncate(0);
    await open?.file.close();
    const segment = { path, generation, epoch, firstSeq, lastSeq: firstSeq - 1, sizeBytes: 0 };
    this.open = { segment, file, leftover: false };
    return this.open;
  }

  private encode(segment: Segment, payloads: readonly string[]): Uint8Array {
    const parts: Uint8Array[] = [];
    const { generation, epoch, firstSeq, sizeBytes } = segment;
    if (sizeBytes === 0) {
      const start = segmentStart({ journal: 1, generation, epoch, firstSeq } satisfies SegmentHead);
      parts.push(start.magic);
      writeFrame(parts, start.head, 0);
    }
    for (const payload of payloads) writeFrame(parts, payload, sizeBytes);
    return Buffer.concat(parts);
  }
}

async function cutLeftover(open: Open): Promise<void> {
  if (!open.leftover) return;
  await open.file.truncate(open.segment.sizeBytes);
  open.leftover = false;
}

function ifFull(error: unknown): void {
  if (!(error instanceof DiskError && error.kind === "full")) throw error;
}
