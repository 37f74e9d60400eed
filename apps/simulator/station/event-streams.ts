/**
 * Periodic event streams (2.1 N11 to N15): values that are taken every second and sent together, in SENDs that nobody
 * answers. This station has one, of the power of its first EVSE; the central system accepts it, or it is not used.
 *
 *     online ─▶ OpenPeriodicEventStream ─▶ Accepted ─▶ NotifyPeriodicEventStream … ─▶ ClosePeriodicEventStream
 */
import type { Cancel } from "@wattward/kernel";
import type { CallOutcome } from "@wattward/ocpp";
import type { OutCall } from "./dialect.ts";
import type { Life } from "./life.ts";
import type { StationClock } from "./station-clock.ts";

export type StreamParams = {
  /** Between two messages, s; 0: by the number of values alone. */
  readonly intervalS: number;
  /** Values that make a message; 0: by the interval alone. */
  readonly values: number;
};
export type StreamData = {
  readonly id: number;
  readonly pending: number;
  readonly baseMs: number;
  readonly values: readonly { readonly atMs: number; readonly value: string }[];
};
/** How a version words them; a version without streams has none. */
export type StreamWords = {
  open(id: number, monitor: number, params: StreamParams): OutCall;
  close(id: number): OutCall;
  data(data: StreamData): OutCall;
  readOpened(payload: { readonly [field: string]: unknown }): boolean;
};

export type StreamParts = {
  readonly life: Life;
  readonly clock: StationClock;
  readonly words: StreamWords | undefined;
  /** Seconds between messages, 0 for no stream. */
  intervalS(): number;
  /** What is measured, as text. */
  value(): string;
  ask(call: OutCall): Promise<CallOutcome>;
  /** A SEND. */
  tell(send: OutCall): void;
};

export const STREAM_ID = 1;
/** The hard-wired monitor that the stream belongs to. */
export const STREAM_MONITOR = 1;
/** Values that wait, and that go in one message. */
const VALUES_MAX = 100;
const SAMPLE_MS = 1_000;

export class EventStreams {
  private readonly parts: StreamParts;
  private open: StreamParams | undefined;
  private waiting: { atMs: number; value: string }[] = [];
  private sentAtMs = 0;
  private stop: Cancel = () => {};

  constructor(parts: StreamParts) {
    this.parts = parts;
  }

  /** Of the stream that is in use, its parameters. */
  get params(): StreamParams | undefined {
    return this.open;
  }

  /** Connected and accepted. A stream that is open stays so over reconnects; what was measured meanwhile is not told. */
  online(): void {
    const { words, life, ask } = this.parts;
    const params = { intervalS: this.parts.intervalS(), values: 0 };
    if (this.open !== undefined) this.begin(this.open);
    if (this.open !== undefined || words === undefined || params.intervalS === 0) return;
    life.run(async () => {
      const outcome = await ask(words.open(STREAM_ID, STREAM_MONITOR, params));
      // N11.FR.07: refused, the monitor's events are told one by one; ours tells none then.
      if (outcome.kind === "result" && words.readOpened(outcome.payload)) this.begin(params);
    });
  }

  offline(): void {
    this.stop();
    this.waiting = [];
  }

  /** False: there is no such stream, or it cannot be sent so (N14.FR.02). */
  adjust(id: number, params: StreamParams): boolean {
    const never = params.intervalS === 0 && params.values === 0;
    if (this.open === undefined || id !== STREAM_ID || never || params.values > VALUES_MAX) return false;
    this.open = params;
    return true;
  }

  /** Sends what waits, then says that nothing more will come (N13.FR.03). */
  close(): void {
    const { words, life, ask } = this.parts;
    if (this.open === undefined || words === undefined) return;
    this.flush();
    this.offline();
    this.open = undefined;
    life.run(async () => void (await ask(words.close(STREAM_ID))));
  }

  private begin(params: StreamParams): void {
    const { life, clock } = this.parts;
    this.open = params;
    this.sentAtMs = clock.nowMs();
    this.stop();
    this.stop = life.every(SAMPLE_MS, async () => this.sample());
  }

  private sample(): void {
    const { clock, value } = this.parts;
    const atMs = clock.nowMs();
    const { intervalS, values } = this.open ?? { intervalS: 0, values: 0 };
    this.waiting.push({ atMs, value: value() });
    if (this.waiting.length > VALUES_MAX) this.waiting.shift();
    const due = intervalS > 0 && atMs - this.sentAtMs >= intervalS * 1000;
    if (due || (values > 0 && this.waiting.length >= values)) this.flush();
  }

  private flush(): void {
    const { clock, tell, words } = this.parts;
    const { values = 0 } = this.open ?? {};
    const now = this.waiting.splice(0, values === 0 ? VALUES_MAX : values);
    const [first] = now;
    if (first === undefined || words === undefined) return;
    this.sentAtMs = clock.nowMs();
    const data = { id: STREAM_ID, pending: this.waiting.length, baseMs: first.atMs, values: now };
    tell(words.data(data));
  }
}
