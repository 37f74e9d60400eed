/**
 * How much the sun may feed where the grid connection takes only so much export. Pure; watts.
 *
 * Down at once by what is exported too much; up gently, since the meter follows late; free again where the limit would be above the
 * nameplate. Without a trusted meter nobody knows the load, so the whole feed is held at what may be exported: that is safe whatever
 * the building does.
 */
const RISE_PER_S = 0.03;
/** Below the allowed export, so that noise does not touch it. */
const MARGIN_PART = 0.02;
const MARGIN_W = 100;
/** After a step down the meter needs time to show it. */
const SETTLES_MS = 3_000;

export class Curtailment {
  private readonly exportWMax: number;
  private readonly feedWMax: number;
  private limitW: number | undefined;
  private loweredAtMs = Number.NEGATIVE_INFINITY;
  private lastMs: number | undefined;

  constructor({ exportWMax, feedWMax }: { readonly exportWMax: number; readonly feedWMax: number }) {
    this.exportWMax = exportWMax;
    this.feedWMax = feedWMax;
  }

  /** The limit now; `undefined`: none. `gridW`: import positive, absent where no meter is trusted. */
  turn(
    { gridW, feedW }: { readonly gridW: number | undefined; readonly feedW: number | undefined },
    nowMs: number,
  ): number | undefined {
    const spanS = Math.min(5, (nowMs - (this.lastMs ?? nowMs)) / 1000);
    this.lastMs = nowMs;
    if (gridW === undefined || feedW === undefined) {
      this.limitW = Math.min(this.limitW ?? this.feedWMax, this.exportWMax);
      return this.limitW;
    }
    const aimW = Math.max(0, this.exportWMax - Math.max(MARGIN_W, MARGIN_PART * this.feedWMax));
    const overW = -gridW - this.exportWMax;
    if (overW > 0 && nowMs - this.loweredAtMs >= SETTLES_MS) {
      this.limitW = Math.max(0, Math.min(this.limitW ?? this.feedWMax, feedW) + gridW + aimW);
      this.loweredAtMs = nowMs;
    } else if (this.limitW !== undefined && -gridW < aimW) {
      const raisedW = this.limitW + RISE_PER_S * this.feedWMax * spanS;
      this.limitW =
        raisedW >= this.feedWMax ? undefined : Math.min(raisedW, Math.max(this.limitW, feedW + aimW + gridW));
    }
    return this.limitW;
  }
}
