/**
 * `csms.json` in the data folder: where this process can be reached, for scripts and for people. It is there only while
 * somebody serves, or has just died, and says which ports are open now.
 */
import type { Disk, Log } from "@wattward/kernel";

const RUNTIME_FILE = "csms.json";

type Said = { readonly [name: string]: string | number | undefined };

export class RuntimeFile {
  private readonly disk: Disk;
  private readonly log: Log;
  private said: Said = {};
  private written = false;
  /** Writings, one after the other. */
  private last: Promise<void> = Promise.resolve();

  constructor(disk: Disk, log: Log) {
    this.disk = disk;
    this.log = log;
  }

  /** Writes it for the first time, with what was said by {@link note} meanwhile. */
  publish(said: Said): Promise<void> {
    this.written = true;
    this.said = { ...said, ...this.said };
    const writing = this.last.then(() => this.write());
    this.last = writing.catch(() => {});
    return writing;
  }

  /** Something of it has changed; undefined takes it out. What cannot be written is told in the log. */
  note(said: Said): void {
    this.said = { ...this.said, ...said };
    if (!this.written) return;
    this.last = this.last
      .then(() => this.write())
      .catch((error: unknown) => this.log.error("csms-json-not-written", { error: String(error) }));
  }

  async remove(): Promise<void> {
    this.written = false;
    await this.last;
    await this.disk.remove(RUNTIME_FILE);
  }

  private async write(): Promise<void> {
    await this.disk.replace(RUNTIME_FILE, Buffer.from(`${JSON.stringify(this.said)}\n`));
  }
}
