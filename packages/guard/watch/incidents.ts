/** Frames that belong together are one incident: told when it begins, and when it has been quiet, with how many there were. */
import type { DecodedExchange } from "../exchange.ts";
import { FRAMES_MAX, INCIDENTS_MAX, QUIET_MS } from "./limits.ts";
import { attacks, type Observation, type ObservationKind } from "./observation.ts";
import type { Frame } from "./windows.ts";

export type Hit = {
  readonly kind: ObservationKind;
  readonly master: string;
  readonly device?: string | undefined;
  readonly sentence: () => string;
  readonly exchange?: (() => DecodedExchange) | undefined;
};

type Open = {
  readonly hit: Omit<Observation, "phase" | "count" | "lastMs" | "frames">;
  count: number;
  lastMs: number;
  readonly frames: number[];
};

export class Incidents {
  private readonly tell: (observation: Observation) => void;
  /** In the order of their last frame. */
  private readonly open = new Map<string, Open>();
  private counted = 0;

  constructor(tell: (observation: Observation) => void) {
    this.tell = tell;
  }

  /** `frames` begin an incident, or, where it is open, the last of them adds to it. */
  add(hit: Hit, frames: readonly Frame[]): void {
    const last = frames.at(-1);
    if (last === undefined) return;
    this.turn(last.nowMs);
    const key = keyOf(hit.kind, hit.master, hit.device);
    const known = this.open.get(key);
    if (known !== undefined) {
      this.open.delete(key);
      this.open.set(key, known);
      known.count++;
      known.lastMs = last.nowMs;
      if (last.frame !== undefined && known.frames.length < FRAMES_MAX) known.frames.push(last.frame);
      return;
    }
    for (const [oldest] of this.open) {
      if (this.open.size < INCIDENTS_MAX) break;
      this.end(oldest);
    }
    const begun = this.begun(hit, frames, last);
    this.open.set(key, begun);
    this.say(begun, "begun");
  }

  /** Ends what has been quiet; to be called about once a second. */
  turn(nowMs: number): void {
    for (const [key, { lastMs }] of this.open) {
      if (nowMs - lastMs < QUIET_MS) break;
      this.end(key);
    }
  }

  /** Ends everything. */
  close(): void {
    for (const key of [...this.open.keys()]) this.end(key);
  }

  private begun(
    { kind, master, device, sentence, exchange }: Hit,
    frames: readonly Frame[],
    last: Frame,
  ): Open {
    return {
      hit: {
        kind,
        attack: attacks[kind],
        incident: ++this.counted,
        master,
        ...(device !== undefined && { device }),
        firstMs: frames[0]?.nowMs ?? last.nowMs,
        sentence: sentence(),
        ...(exchange !== undefined && { exchange: exchange() }),
      },
      count: frames.length,
      lastMs: last.nowMs,
      frames: frames.flatMap(({ frame }) => (frame === undefined ? [] : [frame])),
    };
  }

  private end(key: string): void {
    const over = this.open.get(key);
    this.open.delete(key);
    if (over !== undefined) this.say(over, "ended");
  }

  private say({ hit, count, lastMs, frames }: Open, phase: Observation["phase"]): void {
    this.tell({ ...hit, phase, count, lastMs, frames: [...frames] });
  }
}

const keyOf = (kind: string, master: string, device: string | undefined) =>
  `${kind} ${master} ${device ?? ""}`;
