/**
 * The number of the last grant that was ever sent at this site, through restarts: it is kept ahead of use, in blocks, so that no grant waits
 * for a disk, and a number is never used twice.
 */
import type { Disk, Log } from "@wattward/kernel";
import { fieldsOf, isCount, keep, readKept } from "../state/kept.ts";

const PATH = "state/charging/numbers.json";
const BLOCK = 100_000;
/** No site ever sends so many: a file that says more is not ours, and would leave no number to go on with. */
const RESERVED_MAX = 2 ** 50;

export class GrantNumbers {
  private readonly disk: Disk;
  private readonly log: Log;
  private reserved: number;
  private seq: number;

  private constructor(disk: Disk, log: Log, reserved: number) {
    this.disk = disk;
    this.log = log;
    this.reserved = reserved;
    this.seq = reserved;
  }

  static async open(disk: Disk, log: Log): Promise<GrantNumbers> {
    const parse = (value: unknown) => {
      const reserved = fieldsOf(value).get("reserved");
      return isCount(reserved) && reserved <= RESERVED_MAX ? reserved : undefined;
    };
    return new GrantNumbers(disk, log, (await readKept(disk, log, { path: PATH, parse })) ?? 0);
  }

  get last(): number {
    return this.seq;
  }

  used(seq: number): void {
    this.seq = Math.max(this.seq, seq);
  }

  /** Reserves more where little is left; to be called every so often. */
  async save(): Promise<void> {
    if (this.reserved - this.seq > BLOCK / 2) return;
    const reserved = this.seq + BLOCK;
    if (await keep(this.disk, this.log, PATH, { reserved })) this.reserved = reserved;
  }
}
