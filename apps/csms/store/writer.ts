/**
 * The group-commit writer: many decisions, one commit, one fsync.
 *
 *     BEGIN, with the write lock
 *       SAVEPOINT  decision 1  RELEASE          each decision reads, decides and writes alone
 *       SAVEPOINT  decision 2  ROLLBACK TO      its failure undoes itself and nobody else
 *       …
 *       outbox rows of the decisions that stood, numbered without gaps
 *     COMMIT                                    the fsync
 *     answers                                   in the callback of the commit: an answer means durable
 *
 * Always true: a promise given by `submit` resolves only after the commit that holds its writes; outbox sequences
 * are gap-free in order of commit, also with other processes writing, because the head is read under the lock.
 * A full disk fails its whole batch, nothing half-applied, and the next batch tries afresh. A batch that the database
 * chose to give way (a deadlock) is decided again from the start: a decision may run more than once, and leaves
 * nothing behind outside its transaction until {@link Tx.afterCommit}.
 */
import type { Clock, Log } from "@wattward/kernel";
import { CoreError } from "../core/port.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Engine, Rows, StoreFault } from "./engine.ts";
import { insertOutbox, type OutboxDraft, readOutboxHead } from "./outbox.ts";

export type WriterLimits = {
  /** Decisions that may wait; beyond it `submit` fails with `busy`, and the callers slow their peers down. */
  readonly waitingMax: number;
  /** Decisions in one commit: bounds how long the first one waits for its answer. */
  readonly perCommitMax: number;
  /** How often one batch is decided when the database has it give way to others; then its callers are told `busy`. */
  readonly attemptsMax: number;
};
export const writerLimits: WriterLimits = { waitingMax: 20_000, perCommitMax: 512, attemptsMax: 5 };

/** Where each commit is measured, and by which clock. */
export type CommitMeasure = { readonly metrics: Metrics; readonly clock: Clock };

type WriterOptions = {
  readonly engine: Engine;
  readonly log: Log;
  readonly limits?: WriterLimits;
  readonly measure?: CommitMeasure | undefined;
  /**
   * Where several processes write: may this one still? Asked inside every transaction, under the write lock, so that
   * no commit of a process that was given up comes after that. False: the commit fails as `fenced`.
   */
  readonly fence?: ((rows: Rows) => Promise<boolean>) | undefined;
  /** Called after each commit of this process that others may want to see. Must not throw. */
  readonly announce?: (() => void) | undefined;
};

/** What a decision has in its hands: rows of the current transaction, and the outbox. */
export type Tx = Rows & {
  /** Adds a row to the outbox, in the same commit as the decision's own writes. */
  observe(draft: OutboxDraft): void;
  /** Runs after the commit, before the answers: for what is remembered outside the database. Must not throw. */
  afterCommit(run: () => void): void;
};

export type Decide<T> = (tx: Tx) => Promise<T>;

type Waiting = {
  readonly name: string;
  readonly station: string | undefined;
  readonly decide: Decide<unknown>;
  /** Decided in a commit of its own, which the fence does not hold back: how a process comes in again. */
  readonly unfenced: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CoreError) => void;
};
type Stood = { readonly waiting: Waiting; readonly value: unknown };

export class Writer {
  private readonly waiting: Waiting[] = [];
  private readonly listeners = new Set<(seq: number) => void>();
  private readonly engine: Engine;
  private readonly log: Log;
  private readonly limits: WriterLimits;
  private readonly measure: CommitMeasure | undefined;
  private readonly fence: WriterOptions["fence"];
  private readonly announce: () => void;
  private working: Promise<void> | undefined;
  private closed = false;
  /** Highest outbox sequence that the listeners know of. */
  private toldSeq = 0;

  constructor({ engine, log, limits = writerLimits, measure, fence, announce = ignore }: WriterOptions) {
    this.engine = engine;
    this.log = log;
    this.limits = limits;
    this.measure = measure;
    this.fence = fence;
    this.announce = announce;
  }

  /** Queues a decision. Rejects with {@link CoreError} only. `station` names the lane on engines that have lanes. */
  submit<T>(name: string, station: string | undefined, decide: Decide<T>, unfenced = false): Promise<T> {
    if (this.closed) return Promise.reject(new CoreError("closed", "the core is closed"));
    if (this.waiting.length >= this.limits.waitingMax) {
      return Promise.reject(
        new CoreError("busy", `more than ${this.limits.waitingMax} decisions wait; try later`),
      );
    }
    return new Promise<T>((resolve, reject) => {
      const settle = { resolve: resolve as (value: unknown) => void, reject };
      this.waiting.push({ name, station, decide, unfenced, ...settle });
      this.start();
    });
  }

  /** Runs `read` between two commits: for databases in memory, whose only connection is the writer's. */
  async between<T>(read: () => Promise<T>): Promise<T> {
    while (this.working !== undefined) await this.working;
    const reading = read();
    this.working = reading.then(ignore, ignore).then(() => this.rest());
    return reading;
  }

  onCommitted(listener: (seq: number) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Notices commits of other processes; to be asked now and then. Where it cannot be told now, the next asking will. */
  async lookElsewhere(): Promise<void> {
    if (this.closed || this.working !== undefined || !this.engine.changedElsewhere()) return;
    try {
      const head = await this.between(() => this.engine.first(readOutboxHead, {}));
      if (head !== undefined && head.seq > this.toldSeq) this.tell(head.seq);
    } catch (error) {
      if (this.engine.faultOf(error) === undefined) throw error;
      this.log.debug("look-elsewhere-failed", { error: stackOf(error) });
    }
  }

  /** Another process has committed up to there. */
  committedElsewhere(seq: number): void {
    if (seq > this.toldSeq && !this.closed) this.tell(seq);
  }

  /** Finishes what waits, then refuses. */
  async close(): Promise<void> {
    this.closed = true;
    while (this.working !== undefined) await this.working;
  }

  private start(): void {
    this.working ??= this.work();
  }

  private rest(): void {
    this.working = undefined;
    if (this.waiting.length > 0) this.start();
  }

  private async work(): Promise<void> {
    // One microtask's wait: everything that is submitted in the same turn shares a commit.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.commitSome(this.waiting.splice(0, this.nextBatch()));
    this.rest();
  }

  /** How many of those that wait share the next commit. */
  private nextBatch(): number {
    if (this.waiting[0]?.unfenced === true) return 1;
    const alone = this.waiting.findIndex(({ unfenced }) => unfenced);
    return Math.min(this.limits.perCommitMax, alone === -1 ? this.waiting.length : alone);
  }

  private async commitSome(all: readonly Waiting[]): Promise<void> {
    const broken = new Set<Waiting>();
    for (let attempt = 1; ; attempt += 1) {
      const batch = all.filter((waiting) => !broken.has(waiting));
      try {
        await this.commitOnce(batch, broken);
        return;
      } catch (error) {
        await this.undo(batch, error);
        const fault = this.engine.faultOf(error);
        if (fault === "conflict" && attempt < this.limits.attemptsMax) continue;
        const told = error instanceof CoreError ? error : failureOf(fault);
        for (const waiting of batch) if (!broken.has(waiting)) waiting.reject(told);
        return;
      }
    }
  }

  /** Throws what spoils the whole batch; those whose decision alone was broken are told, and added to `broken`. */
  private async commitOnce(batch: readonly Waiting[], broken: Set<Waiting>): Promise<void> {
    const stood: Stood[] = [];
    const outbox: OutboxDraft[] = [];
    const after: (() => void)[] = [];
    await this.engine.begin();
    const standing = this.standing(batch);
    for (const waiting of batch) {
      if (!(await this.decideOne(waiting, { stood, outbox, after }))) broken.add(waiting);
    }
    if (!(await standing)) throw fenced();
    const lastSeq = await this.number(outbox);
    await this.commit(batch.length);
    for (const run of after) run();
    for (const { waiting, value } of stood) waiting.resolve(value);
    if (lastSeq === 0) return;
    this.tell(lastSeq);
    this.announce();
  }

  /** Asked first and waited for last, so that it costs no round trip of its own. */
  private standing(batch: readonly Waiting[]): Promise<boolean> {
    if (this.fence === undefined || batch[0]?.unfenced === true) return Promise.resolve(true);
    const standing = this.fence(this.engine);
    // Where a decision fails first, nobody waits for this.
    standing.catch(ignore);
    return standing;
  }

  /** The fsync is in here: what it took, and for how many. */
  private async commit(decisions: number): Promise<void> {
    const { measure } = this;
    const startMs = measure?.clock.now().monotonicMs ?? 0;
    await this.engine.commit();
    if (measure === undefined) return;
    const seconds = (measure.clock.now().monotonicMs - startMs) / 1000;
    measure.metrics.observe("wattward_commit_seconds", {}, seconds);
    measure.metrics.observe("wattward_commit_decisions", {}, decisions);
  }

  /** Throws only what spoils the whole batch: the environment's faults. Our own are told to the one who asked: false. */
  private async decideOne(
    waiting: Waiting,
    into: { stood: Stood[]; outbox: OutboxDraft[]; after: (() => void)[] },
  ): Promise<boolean> {
    const { engine } = this;
    const outbox: OutboxDraft[] = [];
    const after: (() => void)[] = [];
    const tx: Tx = {
      all: (s, values) => engine.all(s, values),
      first: (s, values) => engine.first(s, values),
      run: (s, values) => engine.run(s, values),
      observe: (draft) => void outbox.push(draft),
      afterCommit: (run) => void after.push(run),
    };
    try {
      const decided = () => waiting.decide(tx);
      const value = await engine.isolated(() =>
        waiting.station === undefined ? decided() : engine.inStation(waiting.station, decided),
      );
      into.stood.push({ waiting, value });
      into.outbox.push(...outbox);
      into.after.push(...after);
      return true;
    } catch (error) {
      if (engine.faultOf(error) !== undefined) throw error;
      this.log.error("decision-broken", { decision: waiting.name, error: stackOf(error) });
      waiting.reject(new CoreError("broken", `${waiting.name} failed by our own fault; see the log`));
      return false;
    }
  }

  /** Writes the outbox rows; returns the highest sequence, 0 where there were none. */
  private async number(outbox: readonly OutboxDraft[]): Promise<number> {
    if (outbox.length === 0) return 0;
    const head = await this.engine.first(readOutboxHead, {});
    const before = head?.seq ?? 0;
    const rows = outbox.map((draft, i) => ({ ...draft, seq: before + 1 + i }));
    await this.engine.runEach(insertOutbox, rows);
    return before + rows.length;
  }

  private async undo(batch: readonly Waiting[], error: unknown): Promise<void> {
    this.log.error("commit-failed", {
      fault: this.engine.faultOf(error) ?? "ours",
      decisions: batch.length,
      error: stackOf(error),
    });
    try {
      await this.engine.rollback();
    } catch (rollbackError) {
      this.log.error("rollback-failed", { error: stackOf(rollbackError) });
    }
  }

  private tell(seq: number): void {
    this.toldSeq = Math.max(this.toldSeq, seq);
    for (const listener of this.listeners) {
      try {
        listener(seq);
      } catch (error) {
        this.log.error("listener-broken", { error: stackOf(error) });
      }
    }
  }
}

/** What the callers of a batch that could not be committed are told. */
function failureOf(fault: StoreFault | undefined): CoreError {
  switch (fault) {
    case "full":
      return new CoreError(
        "full",
        "the disk is full: nothing was written. Free some space; it recovers by itself",
      );
    case "busy":
      return new CoreError(
        "busy",
        "another process holds the database's lock; nothing was written, try later",
      );
    case "conflict":
      return new CoreError(
        "busy",
        "the database gave way to others each time; nothing was written, try later",
      );
    case "lost":
      return new CoreError(
        "storage",
        "the database was lost while writing; whether it was written is not known",
      );
    case "io":
      return new CoreError("storage", "the database cannot be written; nothing was, see the log");
    case undefined:
      return new CoreError("broken", "the commit failed; nothing was written; see the log");
  }
}

const fenced = () =>
  new CoreError("fenced", "this node has lost its lease on the database: nothing was written; ask another");

const ignore = () => {};
const stackOf = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));
