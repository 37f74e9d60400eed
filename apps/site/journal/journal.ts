/**
 * The site's journal: what a station is answered for is here first, durably (ARCHITECTURE, the life of a message, step 4).
 *
 * Always true:
 *   1. `append` resolves with `kept` only after the record's fdatasync; many appends share one;
 *   2. `seq` counts from 1 without gaps within an epoch, and a kept record is never changed;
 *   3. what is not acknowledged is never removed;
 *   4. a full disk keeps nothing and says so; it goes on by itself when space returns.
 *
 * Any other fault of the disk is told to `fatal` and nothing is answered any more: after a failed fdatasync nobody
 * knows what is durable, and only a fresh start finds out.
 */
import assert from "node:assert/strict";
import { type Chance, type Disk, DiskError, hex, type Log } from "@wattward/kernel";
import type { AnswerRecord, FrameRecord, GapRecord, JournalRecord } from "@wattward/sitelink";
import { type Head, segmentPath, writeHead } from "./head.ts";
import { ACK_SAVED_EVERY_RECORDS, BATCH_BYTES_MAX, BATCH_RECORDS_MAX, type JournalLimits } from "./limits.ts";
import { type Fold, type Recovered, recover } from "./recover.ts";
import { rewritten } from "./renew.ts";
import { readSegment, type Segment } from "./segment.ts";
import { SegmentWriter } from "./segment-writer.ts";

/** A record before the journal gives it its place. */
export type RecordDraft =
  | Omit<FrameRecord, "epoch" | "seq">
  | Omit<AnswerRecord, "epoch" | "seq">
  | Omit<GapRecord, "epoch" | "seq">;

/** `full`: the disk has no room, nothing was kept. `closed`: the site is stopping, nothing was kept. */
export type Appended =
  | { readonly kind: "kept"; readonly record: JournalRecord }
  | { readonly kind: "full" }
  | { readonly kind: "closed" };

export type JournalPorts = {
  readonly disk: Disk;
  readonly chance: Chance;
  readonly log: Log;
  readonly limits: JournalLimits;
  /** Told once of a fault after which only a restart helps. */
  fatal(error: Error): void;
};

type Waiting = {
  readonly draft: RecordDraft;
  readonly kept: ((seq: number) => void) | undefined;
  readonly resolve: (appended: Appended) => void;
};
const EPOCH_BYTES = 12;

/** Opens the journal, or begins one; every record that `fold` has not seen is told to it. JournalDamaged, DiskError. */
export async function openJournal(ports: JournalPorts, fold: Fold): Promise<Journal> {
  const found = await recover(ports.disk, fold);
  if (found !== undefined) {
    if (found.cutBytes > 0) ports.log.info("journal-torn-tail-cut", { bytes: found.cutBytes });
    const writer = writerOf(ports, found.head);
    const newest = found.segments.at(-1);
    if (newest !== undefined) await writer.resume(newest);
    return new Journal(ports, found, writer);
  }
  const head: Head = { schema: 1, generation: 1, epoch: hex(ports.chance, EPOCH_BYTES), ackedSeq: 0 };
  await writeHead(ports.disk, head);
  const empty = { head, segments: [], earlier: [], newest: [], lastSeq: 0, cutBytes: 0 };
  return new Journal(ports, empty, writerOf(ports, head));
}

const writerOf = ({ disk, limits }: JournalPorts, head: Head) =>
  new SegmentWriter(disk, head, limits.segmentBytes);

export class Journal {
  private readonly ports: JournalPorts;
  private head: Head;
  /** In order; the last is the one being written. */
  private segments: Segment[];
  private earlier: Recovered["earlier"];
  /** Records of the newest segment, and of one older that is being replayed. */
  private newest: JournalRecord[];
  private replayed: { path: string; records: readonly JournalRecord[] } | undefined;
  private writer: SegmentWriter;
  private ackedSeqNow: number;
  private lastSeqNow: number;
  private readonly waiting: Waiting[] = [];
  private writing = false;
  private turn: Promise<unknown> = Promise.resolve();
  private state: "open" | "closed" | "failed" = "open";

  constructor(ports: JournalPorts, found: Recovered, writer: SegmentWriter) {
    this.ports = ports;
    this.head = found.head;
    this.segments = [...found.segments];
    this.earlier = found.earlier;
    this.newest = [...found.newest];
    this.lastSeqNow = found.lastSeq;
    this.ackedSeqNow = found.head.ackedSeq;
    this.writer = writer;
  }

  get epoch(): string {
    return this.head.epoch;
  }
  get generation(): number {
    return this.head.generation;
  }
  /** Highest durable sequence, 0 where there is none. */
  get lastSeq(): number {
    return this.lastSeqNow;
  }
  get ackedSeq(): number {
    return this.ackedSeqNow;
  }
  /** Oldest sequence that can still be read; lastSeq + 1 where nothing is. */
  get oldestSeq(): number {
    return this.segments[0]?.firstSeq ?? this.lastSeqNow + 1;
  }
  /** What the CSMS does not have yet, rounded up to whole segments. */
  get pendingBytes(): number {
    return this.segments.reduce((sum, s) => (s.lastSeq > this.ackedSeqNow ? sum + s.sizeBytes : sum), 0);
  }

  /**
   * Resolves when the record is durable, or cannot be. `kept` is told in the same instant as everybody else can read
   * the record: whoever must be there before it is sent on, is.
   */
  append(draft: RecordDraft, kept?: (seq: number) => void): Promise<Appended> {
    if (this.state === "closed") return Promise.resolve({ kind: "closed" });
    if (this.waiting.length >= this.ports.limits.waitingRecordsMax) return Promise.resolve({ kind: "full" });
    return new Promise((resolve) => {
      this.waiting.push({ draft, kept, resolve });
      if (!this.writing) void this.write();
    });
  }

  /** Durable records from `fromSeq` on, at most `most` and of one segment: ask again for more. */
  async read(fromSeq: number, most: number): Promise<readonly JournalRecord[]> {
    assert(fromSeq >= this.oldestSeq, `record ${fromSeq} is no longer kept`);
    const firstInMemory = this.segments.at(-1)?.firstSeq ?? 1;
    if (fromSeq >= firstInMemory)
      return this.newest.slice(fromSeq - firstInMemory, fromSeq - firstInMemory + most);
    const segment = this.segments.find(({ lastSeq }) => lastSeq >= fromSeq);
    assert(segment !== undefined);
    const records = await this.recordsOf(segment);
    return records.slice(fromSeq - segment.firstSeq, fromSeq - segment.firstSeq + most);
  }

  /** The CSMS has everything up to `seq`. The caller has checked that it is at most {@link lastSeq}. */
  acknowledge(seq: number): void {
    assert(seq <= this.lastSeqNow, `acknowledged ${seq} of ${this.lastSeqNow}`);
    this.ackedSeqNow = Math.max(this.ackedSeqNow, seq);
    if (this.ackedSeqNow - this.head.ackedSeq >= ACK_SAVED_EVERY_RECORDS)
      void this.inTurn(() => this.saveHead());
  }

  /** The CSMS has less than it once said (it was restored): everything after `seq` is owed again, as far as kept. */
  owe(seq: number): Promise<void> {
    assert(seq + 1 >= this.oldestSeq && seq <= this.lastSeqNow);
    this.ackedSeqNow = seq;
    return this.inTurn(() => this.saveHead());
  }

  /**
   * Removes the oldest acknowledged segments beyond the retention, up to `coveredSeq`: what the caller's own snapshots
   * no longer need. Earlier epochs go when nothing is owed any more.
   */
  prune(coveredSeq: number): Promise<void> {
    return this.inTurn(async () => {
      if (this.head.ackedSeq !== this.ackedSeqNow) await this.saveHead();
      if (this.ackedSeqNow === this.lastSeqNow) await this.removeEarlier();
      let keptBytes = this.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      while (this.segments.length > 1 && keptBytes > this.ports.limits.retainedBytes) {
        const [oldest] = this.segments;
        if (oldest === undefined || oldest.lastSeq > Math.min(this.head.ackedSeq, coveredSeq)) return;
        await this.ports.disk.remove(oldest.path);
        this.segments.shift();
        keptBytes -= oldest.sizeBytes;
      }
    });
  }

  /**
   * Begins a new epoch that holds what is owed, renumbered from 1. All or nothing: a crash or a full disk (DiskError)
   * leaves the old epoch in force. The caller has saved what its snapshots need of the old one.
   */
  renew(): Promise<void> {
    return this.inTurn(async () => {
      const head = {
        schema: 1,
        generation: this.head.generation + 1,
        epoch: hex(this.ports.chance, EPOCH_BYTES),
      };
      const writer = new SegmentWriter(this.ports.disk, head, this.ports.limits.segmentBytes);
      const segments: Segment[] = [];
      let seq = 0;
      let newest: JournalRecord[] = [];
      for await (const batch of rewritten(this.owed(), head.epoch)) {
        const segment = await writer.write(
          seq + 1,
          batch.map((record) => JSON.stringify(record)),
        );
        seq += batch.length;
        if (segments.at(-1)?.path === segment.path) segments.pop();
        else newest = [];
        segments.push(segment);
        newest.push(...batch);
      }
      const renewed: Head = { ...head, schema: 1, ackedSeq: 0 };
      await writeHead(this.ports.disk, renewed);
      await this.writer.close();
      this.earlier = [...this.earlier, ...this.segments.map((s) => ({ ...s, name: s.path }))];
      this.head = renewed;
      this.ackedSeqNow = 0;
      Object.assign(this, { segments, newest, writer, lastSeqNow: seq, replayed: undefined });
    });
  }

  /** Keeps what is waiting, then no more. */
  async close(): Promise<void> {
    if (this.state === "open") this.state = "closed";
    await this.inTurn(async () => {
      while (this.waiting.length > 0) await this.writeBatch();
      await this.saveHead();
      await this.writer.close();
    });
  }

  private async write(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0 && this.state !== "failed") await this.inTurn(() => this.writeBatch());
    this.writing = false;
  }

  private async writeBatch(): Promise<void> {
    const batch: Waiting[] = [];
    const records: JournalRecord[] = [];
    const payloads: string[] = [];
    for (let chars = 0; chars < BATCH_BYTES_MAX && batch.length < BATCH_RECORDS_MAX; ) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      const record = { epoch: this.epoch, seq: this.lastSeqNow + 1 + batch.length, ...next.draft };
      batch.push(next);
      records.push(record);
      payloads.push(JSON.stringify(record));
      chars += payloads.at(-1)!.length;
    }
    if (batch.length === 0) return;
    try {
      this.took(await this.writer.write(this.lastSeqNow + 1, payloads), records);
    } catch (error) {
      if (!(error instanceof DiskError && error.kind === "full")) throw error;
      this.ports.log.error("journal-disk-full", { records: batch.length, say: error.message });
      for (const { resolve } of batch) resolve({ kind: "full" });
      return;
    }
    for (const [i, { kept, resolve }] of batch.entries()) {
      const record = records[i]!;
      kept?.(record.seq);
      resolve({ kind: "kept", record });
    }
  }

  private took(segment: Segment, records: readonly JournalRecord[]): void {
    const before = this.segments.at(-1);
    if (before?.path === segment.path) this.segments.pop();
    else {
      if (before !== undefined) this.replayed = { path: before.path, records: this.newest };
      this.newest = [];
    }
    this.segments.push(segment);
    this.newest.push(...records);
    this.lastSeqNow = segment.lastSeq;
  }

  private async *owed(): AsyncGenerator<JournalRecord> {
    for (const segment of this.segments) {
      if (segment.lastSeq <= this.ackedSeqNow) continue;
      for (const record of await this.recordsOf(segment)) if (record.seq > this.ackedSeqNow) yield record;
    }
  }

  private async recordsOf(segment: Segment): Promise<readonly JournalRecord[]> {
    if (segment.path === this.segments.at(-1)?.path) return this.newest;
    if (this.replayed?.path === segment.path) return this.replayed.records;
    const name = { name: segment.path, generation: segment.generation, firstSeq: segment.firstSeq };
    const read = await readSegment(this.ports.disk, name, false);
    assert(read !== undefined);
    this.replayed = { path: segment.path, records: read.records() };
    return this.replayed.records;
  }

  private async saveHead(): Promise<void> {
    const head = { ...this.head, ackedSeq: this.ackedSeqNow };
    try {
      await writeHead(this.ports.disk, head);
      this.head = head;
    } catch (error) {
      // The head may lag: a full disk costs some replay after a restart, nothing else.
      if (!(error instanceof DiskError && error.kind === "full")) throw error;
      this.ports.log.warn("journal-head-not-saved", { say: error.message });
    }
  }

  private async removeEarlier(): Promise<void> {
    for (const { generation, firstSeq } of this.earlier) {
      await this.ports.disk.remove(segmentPath(generation, firstSeq));
    }
    this.earlier = [];
  }

  /** One at a time, in order. A full disk is the caller's to hear of; any other fault ends the journal. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.turn.then(async () => {
      if (this.state === "failed") return new Promise<never>(() => {});
      try {
        return await work();
      } catch (error) {
        if (error instanceof DiskError && error.kind === "full") throw error;
        this.state = "failed";
        this.ports.fatal(error instanceof Error ? error : new Error(String(error)));
        return new Promise<never>(() => {});
      }
    });
    this.turn = run.then(
      () => {},
      () => {},
    );
    return run;
  }
}
