/**
 * The limit from outside while nobody hears it: what the grid operator's signal said last, and what a person ordered at the central system
 * (`bundle.energyLimit`), for the fallback to stay within.
 *
 *     signal    as the energy controller told it last; from then on it is silent, so after 120 s the document's failsafe holds beside it.
 *               The last word holds to its own end, or, where it named none, as long as the failsafe does. Never told: init, the failsafe;
 *               told init by one that has just begun: no word
 *     ordered   from the bundle, to its own end by the site's clock; while nobody knows the time it stays
 *
 * The lowest holds. Nothing here is kept on disk: after a restart of both processes the signal begins at init, as it does for the other.
 */
import {
  type EnergySnapshot,
  type ExternalSettings,
  type ExternalState,
  externalStart,
  externalW,
  nextExternal,
} from "@wattward/energy";
import type { Instant } from "@wattward/kernel";
import type { EnergyLimit } from "@wattward/sitelink";
import type { ToldExternal } from "../energy-link/messages.ts";

type Outside = NonNullable<EnergySnapshot["externalLimit"]>;
type Standing = Outside & { readonly limitW: number };

export type OutsideFacts = {
  readonly now: Instant;
  readonly settings: ExternalSettings | undefined;
  readonly ordered: EnergyLimit | undefined;
};

export class OutsideLimit {
  private state: ExternalState;
  private word: { readonly limitW: number; readonly untilMs: number | undefined } | undefined;

  constructor(nowMs: number) {
    this.state = externalStart(nowMs);
  }

  /** By a sound turn. */
  told({ kind, limitW, forMs }: ToldExternal, nowMs: number): void {
    // One that has just begun has heard nothing: a word that stands goes on standing.
    if (kind === "init" && this.word !== undefined && this.state.kind !== "unlimited") return;
    const sinceMs = this.state.kind === kind ? this.state.sinceMs : nowMs;
    const limited = kind === "limited" && limitW !== undefined;
    const untilMs = forMs === undefined ? undefined : nowMs + forMs;
    this.word = limited ? { limitW, untilMs } : undefined;
    this.state = {
      ...{ kind, sinceMs, aliveAtMs: nowMs },
      ...(limited && { limitW, ...(untilMs !== undefined && { limitUntilMs: untilMs }) }),
    };
  }

  /** What holds now, nobody having told anything since; undefined: nothing does. */
  standing({ now, settings, ordered }: OutsideFacts): Standing | undefined {
    const standing = [
      settings && this.signal(settings, now.monotonicMs),
      ordered && orderedNow(ordered, now),
    ].filter((one) => one !== undefined);
    return standing.sort((a, b) => a.limitW - b.limitW)[0];
  }

  private signal(settings: ExternalSettings, nowMs: number): Standing | undefined {
    this.state = nextExternal(this.state, [], { settings, nowMs });
    const { kind } = this.state;
    const limitW = externalW(this.state, settings);
    const { word } = this;
    const holds =
      word !== undefined && (word.untilMs === undefined ? limitW !== undefined : nowMs < word.untilMs);
    if (!holds) return limitW === undefined ? undefined : { kind, limitW };
    const saidW = externalW({ ...this.state, kind: "limited", limitW: word.limitW }, settings)!;
    return limitW !== undefined && limitW < saidW ? { kind, limitW } : { kind: "limited", limitW: saidW };
  }
}

const orderedNow = ({ limitW, untilMs }: EnergyLimit, { quality, wallMs }: Instant): Standing | undefined =>
  quality !== "unknown" && wallMs >= untilMs ? undefined : { kind: "ordered", limitW, untilWallMs: untilMs };
