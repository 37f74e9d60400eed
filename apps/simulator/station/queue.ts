/**
 * Transaction messages on their way: kept in flash in the order they were made, sent one at a time, each until it is
 * answered, over reconnects and reboots (1.6 §3.7.1; 2.0.1 E04, E11 to E13).
 *
 * Invariants: a message is in flash before it is sent, and leaves flash after it was answered; what was handed to a
 * socket once keeps its content; a start or an end is only ever given up after the central system has refused it as
 * often as `attempts` says, and the notebook says so. A missing answer is no refusal.
 */
import assert from "node:assert/strict";
import { type Chance, hex, type Json, type MessageId, sleep } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { MessageFate, Notebook } from "../truth/notebook.ts";
import type { Dialect, OutCall, QueuedCall, Transaction, TransactionAnswer } from "./dialect.ts";
import type { Change, Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import type { FrameFacts } from "./link.ts";
import type { Settings } from "./settings.ts";

/** Above this many waiting messages, every second update is dropped (E04.FR.07 and .08); starts and ends never. */
export const QUEUE_MAX = 2_000;

/** The transaction that a message belongs to, as far as the notebook must know it. */
export type About = Pick<Transaction, "reference" | "evse" | "meterStartWh"> & { readonly token: string };

/** A message as flash has it. `id`: what it is sent under each time; absent where each attempt gets a new one. */
type Entry = {
  readonly key: string;
  readonly about: About;
  readonly call: QueuedCall;
  readonly offline: boolean;
  readonly id: MessageId | undefined;
  /** It may have reached a socket: its content is fixed. */
  sent: boolean;
};

/** What enters flash with a message, and the notebook once it is there. */
export type Commit = { readonly changes: readonly Change[]; facts(): void };

export type QueueParts = {
  readonly life: Life;
  readonly flash: Flash;
  readonly dialect: Dialect;
  readonly settings: Settings;
  readonly notebook: Notebook;
  readonly ids: Chance;
  /** Whether a repeated message keeps its message id; stations in the field do either. */
  readonly repeatUnder: "same-id" | "new-id";
  /** Defaults to {@link QUEUE_MAX}. */
  readonly queueMax: number | undefined;
  /** True while the central system takes messages. */
  ready(): boolean;
  send(call: OutCall, options: { id?: MessageId; facts(): FrameFacts }): Promise<CallOutcome>;
  answered(about: About, answer: TransactionAnswer): void;
};

export class TransactionQueue {
  private readonly parts: QueueParts;
  private readonly entries: Entry[];
  private nextNumber: number;
  private pumping = false;

  /** Takes up what flash has. */
  constructor(parts: QueueParts) {
    this.parts = parts;
    this.entries = parts.flash.under("queue/").map(([key, value]) => readEntry(key, value));
    this.nextNumber = Number(parts.flash.get("queued") ?? 0);
    for (const entry of this.entries) {
      const { notebook, life } = parts;
      notebook.inherited({ ...entry.about, startedAtMs: life.now().wallMs }, truthKey(notebook, entry.key));
      this.enter(entry);
    }
  }

  private get queueMax(): number {
    return this.parts.queueMax ?? QUEUE_MAX;
  }

  get length(): number {
    return this.entries.length;
  }

  /** Do messages wait for their answer: of this transaction, or at all? */
  waits(reference: string | undefined): boolean {
    return this.entries.some(({ call }) => reference === undefined || call.reference === reference);
  }

  /** The number that the central system gave this transaction, once known (1.6). */
  wireId(reference: string): number | undefined {
    const known = this.parts.flash.get(`wire/${reference}`);
    return typeof known === "number" ? known : undefined;
  }

  /**
   * Keeps messages of one transaction together with the changes they tell of; resolves when all are in flash, or none
   * of them ever will be. `facts` is what the notebook enters then, before any of them is sent.
   */
  async add(about: About, calls: readonly QueuedCall[], offline: boolean, commit: Commit): Promise<void> {
    const { flash, ids, life, notebook, repeatUnder } = this.parts;
    const entries = calls.map((call): Entry => {
      const key = `queue/${String(this.nextNumber++).padStart(9, "0")}`;
      const id = repeatUnder === "same-id" ? newMessageId(ids) : undefined;
      return { key, about, call, offline, id, sent: false };
    });
    const kept = entries.map((entry): Change => [entry.key, entryJson(entry)]);
    const first = entries[0]?.key;
    if (first !== undefined) notebook.intend(truthKey(notebook, first), commit.facts);
    // Commits end in the order they were given, so messages enter in the order of their numbers.
    await life.hold(flash.commit([...commit.changes, ...kept, ["queued", this.nextNumber]]));
    if (first === undefined) commit.facts();
    for (const entry of entries) this.enter(entry);
    this.entries.push(...entries);
    if (this.entries.length > this.queueMax) await this.thin();
    this.wake();
  }

  /** The connection is gone: what waits unsent has now waited offline (E11.FR.07). */
  async wentOffline(): Promise<void> {
    const changes: Change[] = [];
    this.entries.forEach((entry, i) => {
      if (entry.sent || entry.offline) return;
      const marked = { ...entry, offline: true, call: this.parts.dialect.markOffline(entry.call) };
      this.entries[i] = marked;
      changes.push([marked.key, entryJson(marked)]);
    });
    if (changes.length > 0) await this.parts.life.hold(this.parts.flash.commit(changes));
  }

  /** Goes on sending, where there is something to send and someone to take it. */
  wake(): void {
    if (this.pumping) return;
    this.pumping = true;
    this.parts.life.run(() => this.pump());
  }

  /** Ends when nothing waits or nobody takes it; {@link wake} begins it again. */
  private async pump(): Promise<void> {
    let refusals = 0;
    let silences = 0;
    let of: Entry | undefined;
    for (;;) {
      if (this.entries.length === 0 || !this.parts.ready()) break;
      const head = this.entries[0]!;
      if (head.key !== of?.key) refusals = silences = 0;
      of = head;
      const outcome = await this.attempt(head);
      if (outcome === "settled") continue;
      if (outcome.kind === "closed") break;
      if (outcome.kind === "busy" || outcome.kind === "timeout") silences++;
      else refusals++;
      const { settings, life } = this.parts;
      if (refusals >= settings.number("attempts")) {
        await this.settle(head, "given-up", `refused ${refusals} times, last: ${said(outcome)}`);
        continue;
      }
      // "multiplied by the number of preceding transmissions of this same message" (E13.FR.03, 1.6 §3.7.1)
      await life.hold(sleep(life, settings.number("attemptIntervalS") * 1000 * (refusals + silences)));
    }
    this.pumping = false;
  }

  private async attempt(head: Entry): Promise<"settled" | Exclude<CallOutcome, { kind: "result" }>> {
    const { call, key } = head;
    const { dialect, life, notebook, send } = this.parts;
    const completed = dialect.complete(call, this.wireId(call.reference));
    if (completed.kind === "hopeless") {
      await this.settle(head, "given-up", completed.reason);
      return "settled";
    }
    const outcome = await life.hold(
      send(
        { action: call.action, payload: completed.payload },
        {
          ...(head.id === undefined ? {} : { id: head.id }),
          facts: () => {
            head.sent = true;
            const attempt = notebook.attempted(truthKey(notebook, key));
            const { offline } = head;
            return { attempt, offline, key: truthKey(notebook, key), transaction: call.reference };
          },
        },
      ),
    );
    if (outcome.kind !== "result") return outcome;
    const answer = dialect.readTransaction(call.action, outcome.payload);
    await this.settle(head, "answered", undefined, answer.wireId);
    this.parts.answered(head.about, answer);
    return "settled";
  }

  /** Takes the head out of flash, with what its answer told. */
  private async settle(head: Entry, fate: MessageFate, reason?: string, wireId?: number): Promise<void> {
    const { flash, life, notebook } = this.parts;
    const { reference, part } = head.call;
    const changes: Change[] = [[head.key, undefined]];
    if (wireId !== undefined) changes.push([`wire/${reference}`, wireId]);
    if (part === "end") changes.push([`wire/${reference}`, undefined]);
    const at = this.entries.findIndex(({ key }) => key === head.key);
    assert(at === 0, "only the first message in the queue is ever under way");
    this.entries.shift();
    // True from now on, even if the flash never gets to know it and the message is sent once more.
    notebook.settled(truthKey(notebook, head.key), fate, reason);
    if (wireId !== undefined) notebook.named(reference, wireId, life.now().wallMs);
    await life.hold(flash.commit(changes));
  }

  /** Drops every second update that was never sent, but never the first message: it may be about to be. */
  private async thin(): Promise<void> {
    const { flash, life, notebook } = this.parts;
    const updates = this.entries.slice(1).filter(({ call, sent }) => call.part === "update" && !sent);
    const dropped = new Set(updates.filter((_, i) => i % 2 === 0));
    this.entries.splice(0, this.entries.length, ...this.entries.filter((entry) => !dropped.has(entry)));
    await life.hold(flash.commit([...dropped].map(({ key }): Change => [key, undefined])));
    for (const { key } of dropped) {
      notebook.settled(truthKey(notebook, key), "dropped", `more than ${this.queueMax} messages waited`);
    }
  }

  private enter({ call, key, offline }: Entry): void {
    const { notebook } = this.parts;
    const { action, part, reference, seqNo } = call;
    notebook.happened(reference, { key: truthKey(notebook, key), part, action, seqNo, offline });
  }
}

export const newMessageId = (ids: Chance): MessageId => hex(ids, 16) as MessageId;

const truthKey = (notebook: Notebook, key: string): string => `${notebook.station}/${key}`;

function said(outcome: CallOutcome): string {
  if (outcome.kind === "error") return `${outcome.code} ${outcome.description}`;
  return outcome.kind === "invalid" ? outcome.reason : outcome.kind;
}

const entryJson = ({ about, call, id, offline }: Entry): Json => ({
  about,
  call,
  offline,
  ...(id === undefined ? {} : { id }),
});

/** The flash gives back what {@link entryJson} made: nobody else writes there. */
function readEntry(key: string, value: Json): Entry {
  const { about, call, id, offline } = value as Pick<Entry, "about" | "call" | "id" | "offline">;
  return { key, about, call, offline, id, sent: true };
}
