/**
 * An energy controller for tests of the local controller: grants each session what the test says, every half second, as the real one does;
 * can fall silent, or say anything.
 */
import type { Grant, OutletId, SessionId } from "@wattward/energy";
import { type Cancel, type Clock, every } from "@wattward/kernel";
import type { LineHandlers, LineLink } from "../energy-link/line-link.ts";
import type { FromEnergy, FromLocal, ToldSession } from "../energy-link/messages.ts";
import { parseFromLocal } from "../energy-link/parse.ts";

const TURN_EVERY_MS = 500;

export class FakeEnergy {
  /** What every session gets, mA; by outlet where the test says so. */
  grantMa = 16_000;
  readonly byOutlet = new Map<OutletId, number>();
  ttlMs = 120_000;
  silent = false;
  /** Alive, and grants nothing. */
  withholds = false;
  /** Edits a turn before it leaves. */
  twist: (turn: FromEnergy) => FromEnergy = (turn) => turn;
  readonly states: FromLocal[] = [];
  /** Every outcome ever told. */
  readonly outcomes: FromLocal["outcomes"][number][] = [];
  /** Why it would not hear the local controller any more. */
  readonly refused: string[] = [];
  turn = 0;
  private readonly clock: Clock;
  private handlers: LineHandlers | undefined;
  private stop: Cancel = () => {};
  private seq = 0;
  private readonly sent = new Map<SessionId, { readonly limitMa: number; readonly atMs: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Its end of the line, for the local controller. */
  connect(accept: (link: LineLink) => void): void {
    this.turn = 0;
    this.sent.clear();
    accept({
      send: (text) => this.took(text),
      bufferedBytes: 0,
      destroy: () => this.disconnect(),
      listen: (handlers) => {
        this.handlers = handlers;
      },
    });
    this.stop();
    this.stop = every(this.clock, TURN_EVERY_MS, () => {
      if (!this.silent) this.say();
    });
  }

  get connected(): boolean {
    return this.handlers !== undefined;
  }

  disconnect(): void {
    this.stop();
    const { handlers } = this;
    this.handlers = undefined;
    handlers?.closed();
  }

  /** Any text, as a line. */
  line(text: string): void {
    this.handlers?.line(text);
  }

  get sessions(): readonly ToldSession[] {
    return this.states.at(-1)?.sessions ?? [];
  }

  private took(text: string): void {
    const read = parseFromLocal(text);
    if (!read.ok) {
      // As the real one does: what breaks the contract ends the line.
      this.refused.push(read.fault.sentence);
      this.disconnect();
      return;
    }
    const state = read.value;
    this.states.push(state);
    this.outcomes.push(...state.outcomes);
    this.seq = Math.max(this.seq, state.grantSeq);
  }

  /** A turn out of its time. */
  say(): void {
    const grants = this.withholds ? [] : this.sessions.flatMap((session) => this.grantOf(session));
    const turn: FromEnergy = { t: "turn", turn: ++this.turn, mode: "reactive", reason: "a test", grants };
    this.line(JSON.stringify(this.twist(turn)));
  }

  private grantOf({ id, outlet, wantsMa }: ToldSession): Grant[] {
    const nowMs = this.clock.now().monotonicMs;
    const limitMa = Math.min(wantsMa, this.byOutlet.get(outlet) ?? this.grantMa);
    const before = this.sent.get(id);
    if (before?.limitMa === limitMa && nowMs - before.atMs < this.ttlMs / 2) return [];
    this.sent.set(id, { limitMa, atMs: nowMs });
    const reason = before === undefined || before.limitMa < limitMa ? "raised" : "lowered-for-limit";
    return [{ session: id, outlet, seq: ++this.seq, limitMa, ttlMs: this.ttlMs, reason }];
  }
}
