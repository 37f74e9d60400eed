/**
 * Asks one device again and again, and knows how it is. One poll at a time: the next begins when its period is over and the last has
 * settled, so a slow device is asked seldom and never flooded, and one that refuses again and again no oftener than one that is not there
 * (AT-M7); a device that fails stalls nobody else.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import { ASLEEP_EVERY_MS, LOST_AFTER_MS, REFUSALS_MAX, REST_MS, RETRY_MS } from "../limits.ts";
import type { Trouble } from "./trouble.ts";

export type Health =
  /** Not heard of yet. */
  | { readonly kind: "unknown"; readonly sinceMs: number }
  | { readonly kind: "well"; readonly sinceMs: number }
  /** Answers, and is not as it should be. */
  | { readonly kind: "ailing"; readonly sinceMs: number; readonly trouble: Trouble }
  /** Nothing is wrong with it. */
  | { readonly kind: "asleep"; readonly sinceMs: number; readonly trouble: Trouble }
  | { readonly kind: "lost"; readonly sinceMs: number; readonly trouble: Trouble };

export class Poller {
  health: Health;
  private readonly clock: Clock;
  private readonly pollMs: number;
  private readonly poll: () => Promise<Trouble | undefined>;
  private heardAtMs: number;
  /** In a row. */
  private refusals = 0;
  private stopped = false;
  private cancel: Cancel = () => {};

  constructor(clock: Clock, pollMs: number, poll: () => Promise<Trouble | undefined>) {
    this.clock = clock;
    this.pollMs = pollMs;
    this.poll = poll;
    this.heardAtMs = this.nowMs();
    this.health = { kind: "unknown", sinceMs: this.heardAtMs };
  }

  start(): void {
    void this.turn();
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async turn(): Promise<void> {
    const fromMs = this.nowMs();
    const trouble = await this.poll();
    if (this.stopped) return;
    this.judge(trouble);
    const waitMs = Math.max(REST_MS, this.againMs(trouble) - (this.nowMs() - fromMs));
    this.cancel = this.clock.after(waitMs, () => void this.turn());
  }

  private againMs(trouble: Trouble | undefined): number {
    this.refusals = trouble?.kind === "refused" ? this.refusals + 1 : 0;
    if (trouble?.kind === "asleep") return ASLEEP_EVERY_MS;
    if (this.refusals >= REFUSALS_MAX) return Math.max(RETRY_MS, this.pollMs);
    return trouble?.kind === "unreachable" || trouble?.kind === "unsuited" ? RETRY_MS : this.pollMs;
  }

  private judge(trouble: Trouble | undefined): void {
    const nowMs = this.nowMs();
    const { health } = this;
    if (trouble?.kind !== "unreachable") this.heardAtMs = nowMs;
    if (trouble === undefined) {
      if (health.kind !== "well") this.health = { kind: "well", sinceMs: nowMs };
      return;
    }
    const kind = this.kindOf(trouble, nowMs);
    if (kind === undefined) return;
    this.health = { kind, sinceMs: health.kind === kind ? health.sinceMs : nowMs, trouble };
  }

  private kindOf({ kind }: Trouble, nowMs: number): "ailing" | "asleep" | "lost" | undefined {
    if (kind === "asleep") return "asleep";
    if (kind !== "unreachable") return "ailing";
    return nowMs - this.heardAtMs >= LOST_AFTER_MS ? "lost" : undefined;
  }

  private nowMs(): number {
    return this.clock.now().monotonicMs;
  }
}
