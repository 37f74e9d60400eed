/**
 * What was read while learning, for people to look at: `state/modbus-proposal.yaml`, as `wattward guard check` reads it. Beside it, in
 * `state/modbus-learnt.json`, what the next guard needs to go on: one that falls has not read in vain. Of a learning with another end nothing
 * is taken over.
 */
import { type LearntPast, learntPastRule, type ModbusGuard, writePolicy } from "@wattward/guard";
import type { Disk, Log } from "@wattward/kernel";
import { number, object } from "@wattward/kernel/shape";

/** In the data folder. */
export const PROPOSAL = "state/modbus-proposal.yaml";
export const LEARNT = "state/modbus-learnt.json";

type Kept = { readonly untilMs: number; readonly learnt: LearntPast };
const keptRule = object<Kept>({ untilMs: number(0), learnt: learntPastRule });

export class Proposal {
  private readonly disk: Disk;
  private readonly log: Log;
  /** Of the guard before this one, until it was taken over. */
  private before: Kept | undefined;
  private written: string | undefined;
  private writing: Promise<void> | undefined;

  private constructor(disk: Disk, log: Log, before: Kept | undefined) {
    this.disk = disk;
    this.log = log;
    this.before = before;
  }

  static async open(disk: Disk, log: Log): Promise<Proposal> {
    return new Proposal(disk, log, await keptIn(disk, log));
  }

  /** A policy came into force. */
  resume(verdicts: ModbusGuard): void {
    const { before } = this;
    this.before = undefined;
    if (before !== undefined && before.untilMs === verdicts.policy.learning?.untilMs)
      verdicts.resume(before.learnt);
  }

  /** What is not written is tried again the next time. */
  write(verdicts: ModbusGuard | undefined): Promise<void> {
    this.writing ??= this.writeNow(verdicts).finally(() => {
      this.writing = undefined;
    });
    return this.writing;
  }

  private async writeNow(verdicts: ModbusGuard | undefined): Promise<void> {
    const { disk, log } = this;
    const untilMs = verdicts?.policy.learning?.untilMs;
    const proposal = verdicts?.proposal();
    if (untilMs === undefined || verdicts === undefined || proposal === undefined) return;
    const text = writePolicy(proposal, "Proposed by what was read while learning: to be looked at.");
    const kept: Kept = { untilMs, learnt: verdicts.learntSoFar };
    const learnt = JSON.stringify(kept);
    if (text + learnt === this.written) return;
    try {
      await disk.replace(LEARNT, new TextEncoder().encode(learnt));
      await disk.replace(PROPOSAL, new TextEncoder().encode(text));
      this.written = text + learnt;
      log.info("policy-proposed", { path: PROPOSAL });
    } catch (error) {
      log.error("proposal-not-written", { say: error instanceof Error ? error.message : String(error) });
    }
  }
}

async function keptIn(disk: Disk, log: Log): Promise<Kept | undefined> {
  try {
    const bytes = await disk.read(LEARNT);
    if (bytes === undefined) return undefined;
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (keptRule(value) === undefined) return value as Kept;
    log.error("learnt-unreadable", { path: LEARNT });
  } catch (error) {
    log.error("learnt-unreadable", { path: LEARNT, say: String(error) });
  }
  return undefined;
}
