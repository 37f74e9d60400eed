/**
 * A file of JSON lines that many write to: whole lines, in the order given, each with its number in the file, from 1, so that
 * whoever reads it sees which were taken out, put in or moved. The promise of a line resolves when the operating system has it,
 * so that it outlives this process; it is not synced, because the notebook need not outlive the machine.
 *
 *     {"line":1,…}
 */
import type { AppendFile, Disk } from "@wattward/kernel";

const encoder = new TextEncoder();
const NEWLINE = 0x0a;

export class LineFile {
  private readonly file: AppendFile;
  private lines: number;
  private waiting: Uint8Array[] = [];
  private flushing: Promise<void> | undefined;

  /** @param lines how many the file has already */
  private constructor(file: AppendFile, lines: number) {
    this.file = file;
    this.lines = lines;
  }

  /** A last line without its end, which a kill left behind, is cut off: nobody was told that it was written. */
  static async open(disk: Disk, path: string): Promise<LineFile> {
    const bytes = (await disk.read(path)) ?? new Uint8Array(0);
    const wholeBytes = bytes.lastIndexOf(NEWLINE) + 1;
    const file = await disk.appendTo(path);
    if (wholeBytes < bytes.length) await file.truncate(wholeBytes);
    return new LineFile(
      file,
      bytes.reduce((lines, byte) => (byte === NEWLINE ? lines + 1 : lines), 0),
    );
  }

  /** Appends; lines given while the last ones are being written go together. Fails with a DiskError. */
  write(line: object): Promise<void> {
    this.waiting.push(encoder.encode(`${JSON.stringify({ line: ++this.lines, ...line })}\n`));
    this.flushing ??= Promise.resolve().then(() => this.flush());
    return this.flushing;
  }

  async close(): Promise<void> {
    await this.flushing;
    await this.file.close();
  }

  private async flush(): Promise<void> {
    try {
      while (this.waiting.length > 0) {
        const lines = this.waiting;
        this.waiting = [];
        await this.file.append(Buffer.concat(lines));
      }
    } finally {
      this.flushing = undefined;
    }
  }
}
