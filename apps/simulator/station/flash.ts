/**
 * The station's flash: a durable map from key to JSON, changed by commits that are kept whole or not at all.
 *
 * One append-only file, a commit a line, its own end and checksum in it, so that a torn tail is recognised and cut:
 *
 *     <8 hex digits of FNV-1a over the rest> [["queue/7",{…}],["meter/1",1200],["tx/1"]]\n      no value: removed
 *
 * Invariants: after a power cut at any moment the map holds every commit whose promise resolved, in order, and of the
 * later ones a prefix. The file is rewritten when it is mostly history, never to lose a commit.
 */
import type { AppendFile, Disk, Json } from "@wattward/kernel";
import { InTurn } from "./life.ts";

/** A commit is written as a whole; a larger one is our own fault. */
const COMMIT_BYTES_MAX = 1_048_576;
/** Below this size history is not worth a rewrite. */
const REWRITE_BYTES_MIN = 262_144;

export type Change = readonly [key: string, value: Json | undefined];

export class Flash {
  private readonly disk: Disk;
  private readonly path: string;
  private readonly values: Map<string, Json>;
  private readonly turn = new InTurn();
  private file: AppendFile;
  private liveBytes: number;

  private constructor(disk: Disk, path: string, values: Map<string, Json>, file: AppendFile) {
    this.disk = disk;
    this.path = path;
    this.values = values;
    this.file = file;
    this.liveBytes = file.sizeBytes;
  }

  /** Reads what is there and cuts off what a power cut left half-written. */
  static async open(disk: Disk, path: string): Promise<Flash> {
    const bytes = (await disk.read(path)) ?? new Uint8Array(0);
    const { values, goodBytes } = replay(bytes);
    const file = await disk.appendTo(path);
    if (file.sizeBytes > goodBytes) await file.truncate(goodBytes);
    return new Flash(disk, path, values, file);
  }

  get(key: string): Json | undefined {
    return this.values.get(key);
  }

  /** Entries whose key begins with `prefix`, in the order of their keys. */
  under(prefix: string): [key: string, value: Json][] {
    return [...this.values].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** In force for {@link get} at once; durable, with everything committed before it, when the promise resolves. */
  commit(changes: readonly Change[]): Promise<void> {
    const line = lineOf(changes);
    if (line.length > COMMIT_BYTES_MAX) throw new RangeError(`a commit of ${line.length} bytes`);
    apply(this.values, changes);
    return this.turn.do(async () => {
      await this.file.append(line);
      await this.file.sync();
      if (this.file.sizeBytes > Math.max(REWRITE_BYTES_MIN, 4 * this.liveBytes)) await this.rewrite();
    });
  }

  /** Waits for what is under way and lets go of the file. */
  close(): Promise<void> {
    return this.turn.do(() => this.file.close());
  }

  /** The map may already be ahead of the file: then the commits in waiting are written once more, to the same end. */
  private async rewrite(): Promise<void> {
    const lines = [...this.values].map((entry) => lineOf([entry]));
    await this.file.close();
    await this.disk.replace(this.path, Buffer.concat(lines));
    this.file = await this.disk.appendTo(this.path);
    this.liveBytes = this.file.sizeBytes;
  }
}

function apply(values: Map<string, Json>, changes: readonly Change[]): void {
  for (const [key, value] of changes) {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function lineOf(changes: readonly Change[]): Uint8Array {
  const text = JSON.stringify(changes.map(([key, value]) => (value === undefined ? [key] : [key, value])));
  return encoder.encode(`${checksum(text)} ${text}\n`);
}

/** Every whole line from the start; the first that is torn or damaged ends it. */
function replay(bytes: Uint8Array): { values: Map<string, Json>; goodBytes: number } {
  const values = new Map<string, Json>();
  let goodBytes = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, goodBytes)) {
    const changes = readLine(decoder.decode(bytes.subarray(goodBytes, end)));
    if (changes === undefined) break;
    apply(values, changes);
    goodBytes = end + 1;
  }
  return { values, goodBytes };
}

/** The checksum vouches for the shape: only {@link lineOf} makes such lines. */
function readLine(line: string): Change[] | undefined {
  const text = line.slice(9);
  if (line.slice(0, 8) !== checksum(text)) return undefined;
  return (JSON.parse(text) as [string, Json?][]).map(([key, value]) => [key, value] as const);
}

/** FNV-1a, 32 bits: finds torn writes, is no protection against people. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
