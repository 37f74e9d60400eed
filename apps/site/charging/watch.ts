/**
 * The local controller's watch over the energy controller: its line, whether what it says is sound, and the mode that follows (ADR 16).
 *
 *     line ─▶ parser ─▶ sound? ─┬─ yes: sign of life, grants pass
 *                               └─ no, or nothing for TURN_MS_MAX: fallback within 3 s, until it was sound for 30 s without a gap
 */
import {
  firstMode,
  type Grant,
  type GrantOutcome,
  type ModeState,
  nextMode,
  type Site,
} from "@wattward/energy";
import type { Clock, Log } from "@wattward/kernel";
import { LineBudget } from "../energy-link/line-budget.ts";
import type { LineLink } from "../energy-link/line-link.ts";
import { type FromEnergy, type FromLocal, TURN_MS_MAX } from "../energy-link/messages.ts";
import { parseFromEnergy } from "../energy-link/parse.ts";
import { type Granted, soundness } from "./sound-turn.ts";

export type WatchPorts = {
  readonly clock: Clock;
  readonly log: Log;
  site(): Site;
  linkUp(): boolean;
  granted(): Granted;
  /** The number of the last grant that was ever sent at this site. */
  siteSeq(): number;
  /** A sound turn; `grants` is empty while the mode is fallback. */
  turned(turn: FromEnergy, grants: readonly Grant[]): void;
  /** Grants that were not heeded: they are in no station. */
  ignored(outcomes: readonly GrantOutcome[]): void;
  observe(kind: string, detail: string): void;
};

export type Mode = {
  readonly mode: ModeState["mode"];
  readonly islanded: boolean;
  readonly reason: string;
  /** Since when it is this mode, whoever said so. */
  readonly sinceMs: number;
};

export class Watch {
  private readonly ports: WatchPorts;
  private readonly budget: LineBudget;
  private link: LineLink | undefined;
  private lastTurn = 0;
  private lastSeq = 0;
  private aliveAtMs: number | undefined;
  private state: ModeState;
  private overloadsSinceMs: number | undefined;
  private told: { readonly mode: FromEnergy["mode"]; readonly reason: string } | undefined;
  private why: string | undefined;
  private since: Pick<Mode, "mode" | "sinceMs">;

  constructor(ports: WatchPorts) {
    const { monotonicMs } = ports.clock.now();
    this.ports = ports;
    this.budget = new LineBudget(monotonicMs);
    this.state = firstMode(monotonicMs);
    this.since = { mode: this.state.mode, sinceMs: monotonicMs };
    // It starts beside this process, and has as long as a silent one to say its first word.
    this.aliveAtMs = monotonicMs;
  }

  /** A connection of the energy controller: the newest is the one. */
  accept(link: LineLink): void {
    if (!this.budget.connects(this.nowMs())) {
      link.listen({ line: () => {}, closed: () => {} });
      link.destroy();
      this.doubt("The energy controller connects again and again.");
      return;
    }
    const before = this.link;
    this.link = link;
    this.lastTurn = 0;
    this.lastSeq = 0;
    link.listen({
      line: (text) => this.link === link && this.hear(link, text),
      closed: () => {
        if (this.link === link) this.link = undefined;
      },
    });
    before?.destroy();
  }

  get connected(): boolean {
    return this.link !== undefined;
  }

  send(state: FromLocal): void {
    this.link?.send(JSON.stringify(state));
  }

  /** Moves the mode on; to be asked several times a second. */
  look(): Mode {
    const { monotonicMs } = this.ports.clock.now();
    const { aliveAtMs } = this;
    const energyAlive = aliveAtMs !== undefined && monotonicMs - aliveAtMs <= TURN_MS_MAX;
    const facts = { energyAlive, linkUp: this.ports.linkUp() };
    this.state = nextMode(this.state, facts, monotonicMs);
    this.noteMode();
    return this.mode;
  }

  get fallback(): boolean {
    return this.state.mode === "fallback";
  }

  get mode(): Mode {
    const { state, told, why } = this;
    const { islanded } = state;
    if (this.fallback) return { ...this.since, islanded, reason: why ?? state.reason };
    return { ...this.since, islanded, reason: told?.reason ?? state.reason };
  }

  /** The energy controller says which mode, unless it is not heeded: then it is ours. To be called after whatever changes either. */
  private noteMode(): void {
    const mode = this.fallback ? "fallback" : (this.told?.mode ?? this.state.mode);
    if (mode !== this.since.mode) this.since = { mode, sinceMs: this.nowMs() };
  }

  close(): void {
    this.link?.destroy();
  }

  private hear(link: LineLink, text: string): void {
    const nowMs = this.nowMs();
    const tooMuch = this.budget.exceeded(text, nowMs);
    if (tooMuch !== undefined) {
      this.end(link, `The energy controller says too much: ${tooMuch}.`);
      return;
    }
    const read = parseFromEnergy(text);
    if (!read.ok) {
      this.end(link, `The energy controller is not understood: ${read.fault.sentence}`);
      return;
    }
    const turn = read.value;
    const { granted, site, siteSeq } = this.ports;
    const { lastSeq, lastTurn } = this;
    const known = { site: site(), lastTurn, lastSeq, siteSeq: siteSeq(), granted: granted() };
    const judged = soundness(turn, known);
    if (judged.kind !== "overloading") this.overloadsSinceMs = undefined;
    else this.overloadsSinceMs ??= nowMs;
    const goesOn = this.overloadsSinceMs !== undefined && nowMs - this.overloadsSinceMs >= TURN_MS_MAX;
    if (judged.kind === "absurd" || (judged.kind === "overloading" && goesOn)) {
      this.doubt(`The energy controller says what cannot be: ${judged.say}.`);
      this.ignore(turn);
      return;
    }
    this.lastTurn = turn.turn;
    this.lastSeq = turn.grants.at(-1)?.seq ?? lastSeq;
    this.aliveAtMs = nowMs;
    this.told = { mode: turn.mode, reason: turn.reason };
    this.noteMode();
    if (this.fallback || judged.kind === "overloading") {
      this.ignore(turn);
      this.ports.turned(turn, []);
      return;
    }
    this.why = undefined;
    this.ports.turned(turn, turn.grants);
  }

  /** What still comes on it is not read. */
  private end(link: LineLink, why: string): void {
    this.doubt(why);
    this.link = undefined;
    link.destroy();
  }

  /** No sign of life, however lively: fallback at once. */
  private doubt(why: string): void {
    const news = this.why !== why;
    this.aliveAtMs = undefined;
    this.why = why.slice(0, 300);
    if (!news) return;
    this.ports.log.error("energy-controller-not-sound", { say: this.why });
    this.ports.observe("energy-controller-not-sound", this.why);
  }

  private ignore({ grants }: FromEnergy): void {
    const atMs = this.nowMs();
    this.ports.ignored(grants.map(({ seq, session }) => ({ session, seq, outcome: "rejected", atMs })));
  }

  private nowMs(): number {
    return this.ports.clock.now().monotonicMs;
  }
}
