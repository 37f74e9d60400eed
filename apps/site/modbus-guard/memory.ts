/**
 * The little that a guard leaves to its successor, however it ended: `state/modbus-past.json`, replaced whole after each change of direction,
 * before the next is likely. Writing it holds up no request; what was let through and not written yet counts as one more change of every
 * register that moved, unless the guard was ended in order.
 *
 *     no file      nothing was ever steered here       every rule begins afresh
 *     a file       a guard was here                    dwell running, no ramp saved up, changes of direction as they were
 *     unreadable   somebody's hand, a failing disk     the same, and each register has turned as often as it may, whichever way it goes now;
 *                                                      also for the next one, until a guard has written down what it knows of its registers
 *
 * Always true: what a successor reads was so, or it takes the worst. A guard that cannot write empties the file, which a full disk allows, and one
 * whose first word does not reach the disk takes the worst itself, for a guard before it may not have been able to write either. No request waits
 * for a disk: steps towards 0 are free whatever it knows, and ten minutes after its start so are the others, within their rules.
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

export type MemoryPorts = {
  readonly disk: Disk;
  readonly log: Log;
  /** For people: it cannot be written, or can again. */
  tell(say: string): void;
};

export class Memory {
  private readonly ports: MemoryPorts;
  private before: Inherited | undefined;
  /** The last that was to be written is on the disk. */
  private isKept = true;
  private writing: Promise<void> | undefined;
  private next: Kept | undefined;
  private shape = "";

  private constructor(ports: MemoryPorts, before: Inherited | undefined) {
    this.ports = ports;
    this.before = before;
  }

  /** Resolves when this guard's own file is there, or cannot be. */
  static async open(ports: MemoryPorts, atMs: number): Promise<Memory> {
    const memory = new Memory(ports, await leftBehind(ports, atMs));
    const { past, unknown } = memory.before ?? NOTHING_LEFT;
    memory.write({ ended: false, past, unknown });
    await memory.writing;
    if (!memory.isKept) memory.before = worst(atMs);
    return memory;
  }

  /** Of whoever was here before; undefined: nobody. Its instant is this process's first. */
  get inherited(): Inherited | undefined {
    return this.before;
  }

  /** Something may have moved. */
  note({ past, unknown }: Left, nowMs: number): void {
    const shape = shapeOf(past, nowMs);
    if (shape === this.shape && this.isKept) return;
    this.shape = shape;
    this.write({ ended: false, past, unknown });
  }

  /** Now and then: what could not be written is tried again. */
  again(left: Left, nowMs: number): void {
    if (!this.isKept) this.note(left, nowMs);
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
        await this.ports.disk.replace(PAST, new TextEncoder().encode(JSON.stringify(kept)));
        this.keeps();
      } catch (error) {
        await this.fails(error);
      }
    }
    // In the same breath as the last look: what comes now is written by another.
    this.writing = undefined;
  }

  private keeps(): void {
    if (!this.isKept) this.ports.tell("what the guard leaves to the next one can be written again");
    this.isKept = true;
  }

  /** What lies there is no longer so: empty, it is as good as what nobody can read. */
  private async fails(error: unknown): Promise<void> {
    const { disk, log, tell } = this.ports;
    const say = sentenceOf(error);
    const isNews = this.isKept;
    if (isNews) {
      log.error("guard-past-not-kept", { say });
      tell(
        `what the guard leaves to the next one cannot be written: ${say}. This one goes on by what it knows; a guard that starts now begins with every dwell running and lets nothing turn but towards 0 for ten minutes`,
      );
    }
    this.isKept = false;
    try {
      const file = await disk.appendTo(PAST);
      try {
        await file.truncate(0);
      } finally {
        await file.close();
      }
    } catch (worse) {
      // The next one will not be able to write either, and takes the worst for that.
      if (isNews) log.error("guard-past-not-emptied", { say: sentenceOf(worse) });
    }
  }
}

const sentenceOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const worst = (atMs: number): Inherited => ({ atMs, past: [], unknown: "worst" });

async function leftBehind({ disk, log }: MemoryPorts, atMs: number): Promise<Inherited | undefined> {
  try {
    const bytes = await disk.read(PAST);
    return bytes && inheritedIn(bytes, atMs);
  } catch (error) {
    log.error("guard-past-unreadable", { say: sentenceOf(error) });
    return worst(atMs);
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
  if (keptRule(value) !== undefined) return worst(atMs);
  const { ended, past, unknown } = value as Kept;
  if (ended) return { atMs, past, unknown };
  // The oldest make room, as they do in a register.
  const oneMore = (agoMs: readonly number[]) => [...agoMs, 0].slice(-REVERSALS_MAX);
  return {
    ...{ atMs, unknown },
    past: past.map((one) => ({ ...one, reversalsAgoMs: oneMore(one.reversalsAgoMs) })),
  };
}
