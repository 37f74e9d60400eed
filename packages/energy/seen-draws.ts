/** What the car at an outlet was seen to draw, as far as readings can be told from nonsense, and what that says of what it wants. */
import { CarPhases } from "./car-phases.ts";
import type { SessionInput } from "./inputs.ts";
import {
  DRAWS_MA_MIN,
  IDLE_AFTER_DRAWING_MS,
  IDLE_AFTER_MS,
  LAG_MS_MAX,
  LEND_AFTER_MS,
  OBEYS_WITHIN_MA,
} from "./limits.ts";
import type { SeenDraw } from "./obedience.ts";
import { NO_CURRENT, onSite, type PerPhase } from "./phases.ts";
import type { Outlet } from "./site.ts";
import { isDraw } from "./trust.ts";
import { Extremes } from "./window.ts";

/** `settled`: the grant has stood long enough for the draw to show what the car wants. */
type Offer = { readonly limitMa: number; readonly settled: boolean };

export class SeenDraws {
  last: SeenDraw | undefined;
  /** Since when it is the same, within what nobody minds. */
  restingSinceMs: number | undefined;
  /** Left what it was offered, and has drawn nothing since: full, as far as anybody can tell, also while it is offered nothing. */
  full = false;
  private readonly outlet: Outlet;
  private readonly phases: CarPhases;
  private readonly high = new Extremes(LEND_AFTER_MS);
  private readonly lately = [0, 1, 2].map(() => new Extremes(LAG_MS_MAX));
  private idleSinceMs: number | undefined;
  /** Since it was last offered anything. */
  private drewOfGrant = false;

  constructor(outlet: Outlet) {
    this.outlet = outlet;
    this.phases = new CarPhases(outlet);
  }

  /** Per phase of the site; nothing yet: none, which counts a meter's share of it twice rather than never. */
  get ma(): PerPhase {
    return this.last?.ma ?? NO_CURRENT;
  }

  /** 1 on each phase of the site that the car uses, as far as is known. */
  get usesPhases(): PerPhase {
    return this.phases.used;
  }

  get drawing(): boolean {
    return Math.max(...this.ma) >= DRAWS_MA_MIN;
  }

  /** Its last reading is no older than readings can be apart: what it says has not ended meanwhile. */
  isFresh(nowMs: number): boolean {
    return this.last !== undefined && nowMs - this.last.atMs <= LAG_MS_MAX;
  }

  idle(nowMs: number): boolean {
    const afterMs = this.drewOfGrant ? IDLE_AFTER_DRAWING_MS : IDLE_AFTER_MS;
    return this.last !== undefined && this.idleSinceMs !== undefined && nowMs - this.idleSinceMs > afterMs;
  }

  /** Most drawn on a phase for a while; `undefined`: a car on it has yet to wake up. */
  get steadyMa(): number | undefined {
    return this.drawing || this.drewOfGrant ? this.high.high : undefined;
  }

  /** The least that it gave back on each phase (V2X), for as long as readings may be apart. */
  get feedAtLeastMa(): PerPhase {
    const fed = (phase: number) => Math.max(0, -(this.lately[phase]!.high ?? 0));
    return [fed(0), fed(1), fed(2)];
  }

  see(
    { atMs, terminalsMa }: NonNullable<SessionInput["observed"]>,
    { limitMa, settled }: Offer,
    nowMs: number,
  ): void {
    if (this.last !== undefined && atMs <= this.last.atMs) return;
    if (!isDraw(terminalsMa, this.outlet)) return;
    const ma = onSite(this.outlet.wiring, terminalsMa);
    const changed = ma.some((x, i) => Math.abs(x - this.ma[i]!) > OBEYS_WITHIN_MA);
    if (changed || this.restingSinceMs === undefined) this.restingSinceMs = nowMs;
    this.last = { atMs, ma };
    this.high.add(nowMs, Math.max(0, ...ma));
    if (this.drawing) {
      this.idleSinceMs = undefined;
      this.drewOfGrant ||= limitMa > 0;
      this.full = false;
    } else if (limitMa > 0) {
      this.idleSinceMs ??= nowMs;
      this.full ||= settled && this.drewOfGrant && (this.high.high ?? 0) < DRAWS_MA_MIN;
    }
    this.phases.see(ma, nowMs);
  }

  /** One more turn in which the last reading stands. */
  stand(nowMs: number): void {
    this.ma.forEach((ma, phase) => {
      this.lately[phase]!.add(nowMs, ma);
    });
  }

  /** Offered nothing from now on. */
  offeredNothing(): void {
    this.idleSinceMs = undefined;
    this.drewOfGrant = false;
  }

  /** Offered something again. */
  offeredAgain(nowMs: number): void {
    this.idleSinceMs = nowMs;
  }

  /** Another car. */
  clear(): void {
    this.last = undefined;
    this.restingSinceMs = undefined;
    this.full = false;
    for (const window of [this.high, ...this.lately]) window.clear();
    this.phases.clear();
    this.idleSinceMs = undefined;
    this.drewOfGrant = false;
  }
}
