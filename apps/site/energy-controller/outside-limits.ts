/**
 * The limits from outside that the energy controller hears: the grid operator's signal, with its states (`external-limit.ts`), and what a
 * person ordered at the central system. The lowest holds; how the signal stands is told to the local controller, which holds on to it
 * where this process dies.
 */
import {
  type ExternalSettings,
  type ExternalSignal,
  type ExternalState,
  externalStart,
  externalW,
  nextExternal,
} from "@wattward/energy";
import type { Instant } from "@wattward/kernel";
import type { EnergyLimit } from "@wattward/sitelink";
import type { ToldExternal } from "../energy-link/messages.ts";
import { lowestOf, type OutsideLimit } from "./ordered-limit.ts";

export class OutsideLimits {
  private settings: ExternalSettings | undefined;
  private state: ExternalState | undefined;
  private ordered: EnergyLimit | undefined;

  constructor(settings: ExternalSettings | undefined, nowMs: number) {
    this.take(settings, nowMs);
  }

  /** Of a newer document; the state goes on. */
  take(settings: ExternalSettings | undefined, nowMs: number): void {
    this.settings = settings;
    this.state = settings && (this.state ?? externalStart(nowMs));
  }

  /** What a person set; undefined: nothing any more. */
  order(limit: EnergyLimit | undefined): void {
    this.ordered = limit;
  }

  /** Asks for what the signal said since the last time. */
  hear(signals: (state: ExternalState) => readonly ExternalSignal[], nowMs: number): void {
    const { settings, state } = this;
    if (settings !== undefined && state !== undefined)
      this.state = nextExternal(state, signals(state), { settings, nowMs });
  }

  /** As it stands at that instant. */
  lowest(at: Pick<Instant, "wallMs" | "quality">): OutsideLimit | undefined {
    const { settings, state } = this;
    const limitW = settings && state && externalW(state, settings);
    const signal = state && { kind: state.kind, ...(limitW !== undefined && { limitW }) };
    return lowestOf(signal, this.ordered, at);
  }

  /** The signal, for the local controller; undefined where the site has none. */
  told(nowMs: number): ToldExternal | undefined {
    if (this.state === undefined) return undefined;
    const { kind, limitUntilMs, limitW } = this.state;
    if (kind !== "limited" || limitW === undefined) return { kind };
    return { kind, limitW, ...(limitUntilMs !== undefined && { forMs: Math.max(0, limitUntilMs - nowMs) }) };
  }
}
