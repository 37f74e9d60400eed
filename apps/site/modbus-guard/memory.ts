/**
 * The little that a guard leaves to its successor, however it ended: `state/modbus-past.json`, replaced whole after each change of direction,
 * before the next is likely. Writing it holds up no request; what was let through and not written yet counts as one more change of every
 * register that moved, unless the guard was ended in order.
 *
 *     no file      nothing was ever steered here       every rule begins afresh
 *     a file       a guard was here                    dwell running, no ramp saved up, changes of direction as they were
 *     unreadable   somebody's hand, a failing disk     the same, and each register has turned as often as it may; also for the next one,
 *                                                      until a guard has written down what it knows of its registers
 */
import { type GuardPast, guardPastRule, type Inherited, REVERSALS_MAX } from "@wattward/guard";
import type { Disk, Log } from "@wattward/kernel";
import { boolean, object, oneOf } from "@wattward/kernel/shape";

export const PAST = "state/modbus-past.json";

/** What one guard leaves to the next. */
export type Left = Pick<Inherited, "past" | "unknown">;
type Kept = Left & { readonly ended: boolean };
const keptRule = object<Kept>({
  ended: boolean,
  past: guardPastRule,
  unknown: oneOf(...(["nothing", "worst"] satisfies Left["unknown"][])),
});
export const NOTHING_LEFT: Left = { past: [], unknown: "nothing" };

export class Memory {
  /** Of whoever was here before; undefined: nobody. Its instant is this process's first. */
  readonly inherited: Inherited | undefined;
  private readonly disk: Disk;
  private readonly log: Log;
  private writing: Promise<void> | undefined;
  private next: Kept | undefined;
  private shape = "";

  private constructor(disk: Disk, log: Log, inherited: Inherited | undefined) {
    this.disk = disk;
    this.log = log;
    this.inherited = inherited;
  }

  /** Resolves when this guard's own file is there. */
  static async open(disk: Disk, log: Log, atMs: number): Promise<Memory> {
    let inherited: Inherited | undefined;
    try {
      const bytes = await disk.read(PAST);
      inherited = bytes && inheritedIn(bytes, atMs);
    } catch (error) {
      log.error("guard-past-unreadable", { say: String(error) });
      inherited = { atMs, past: [], unknown: "worst" };
    }
    const memory = new Memory(disk, log, inherited);
    const { past, unknown } = inherited ?? NOTHING_LEFT;
    memory.write({ ended: false, past, unknown });
    await memory.writing;
    return memory;
  }

  /** Something may have moved. */
  note({ past, unknown }: Left, nowMs: number): void {
    const shape = shapeOf(past, nowMs);
    if (shape === this.shape) return;
    this.shape = shape;
    this.write({ ended: false, past, unknown });
  }

  /** The guard ends in order: nothing is under way. */
  async close({ past, unknown }: Left): Promise<void> {
    this.write({ ended: true, past, unknown });
    await this.writing;
  }

  private write(kept: Kept): void {
    this.next = kept;
    this.writing ??= this.writeAll();
  }

  private async writeAll(): Promise<void> {
    for (let kept = this.next; kept !== undefined; kept = this.next) {
      this.next = undefined;
      try {
        await this.disk.replace(PAST, new TextEncoder().encode(JSON.stringify(kept)));
      } catch (error) {
        this.log.error("guard-past-not-kept", { say: String(error) });
      }
    }
    // In the same breath as the last look: what comes now is written by another.
    this.writing = undefined;
  }
}

/** Ages alone are no news: the same instants, said later. */
const shapeOf = (past: GuardPast, nowMs: number): string =>
  JSON.stringify(
    past.map(({ reversalsAgoMs, ...one }) => [one, reversalsAgoMs.map((agoMs) => Math.round(nowMs - agoMs))]),
  );

function inheritedIn(bytes: Uint8Array, atMs: number): Inherited {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    value = undefined;
  }
  if (keptRule(value) !== undefined) return { atMs, past: [], unknown: "worst" };
  const { ended, past, unknown } = value as Kept;
  if (ended) return { atMs, past, unknown };
  // The oldest make room, as they do in a register.
  const oneMore = (agoMs: readonly number[]) => [...agoMs, 0].slice(-REVERSALS_MAX);
  return {
    ...{ atMs, unknown },
    past: past.map((one) => ({ ...one, reversalsAgoMs: oneMore(one.reversalsAgoMs) })),
  };
}
