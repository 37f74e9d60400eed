/** The phases that the car at an outlet uses: all that are wired, until it was seen to draw on fewer for a while. */
import { DRAWS_MA_MIN, PHASES_KNOWN_AFTER_MS } from "./limits.ts";
import { everyWired, type PerPhase } from "./phases.ts";
import type { Outlet } from "./site.ts";

const NEVER = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];

export class CarPhases {
  /** 1 on each phase of the site that the car uses, as far as is known. */
  used: PerPhase;
  private readonly outlet: Outlet;
  private drawsSinceMs: number | undefined;
  private drewAtMs = [...NEVER];

  constructor(outlet: Outlet) {
    this.outlet = outlet;
    this.used = everyWired(outlet.wiring, 1);
  }

  /** A phase without draw for as long as the others had one is not the car's; a draw there says otherwise at once. */
  see(drawMa: PerPhase, nowMs: number): void {
    if (this.outlet.switchesPhases || Math.max(...drawMa) < DRAWS_MA_MIN) {
      this.drawsSinceMs = undefined;
      return;
    }
    drawMa.forEach((ma, phase) => {
      if (ma >= DRAWS_MA_MIN) this.drewAtMs[phase] = nowMs;
    });
    const draws = this.drewAtMs.map((atMs) => (nowMs - atMs < PHASES_KNOWN_AFTER_MS ? 1 : 0));
    const widens = draws.some((one, i) => one > this.used[i]!);
    if (widens) this.used = everyWired(this.outlet.wiring, 1);
    if (widens || this.drawsSinceMs === undefined) this.drawsSinceMs = nowMs;
    if (nowMs - this.drawsSinceMs >= PHASES_KNOWN_AFTER_MS) this.used = [draws[0]!, draws[1]!, draws[2]!];
  }

  /** Another car. */
  clear(): void {
    this.used = everyWired(this.outlet.wiring, 1);
    this.drawsSinceMs = undefined;
    this.drewAtMs = [...NEVER];
  }
}
