/**
 * What a fuse suffers: heat that an overload leaves in it, by the usual picture of one body that warms with the square of the current
 * and cools by itself.
 *
 *     dh/dt = (I / In)² − 1,   never below 0;   too much is what is above HEAT_MAX
 *
 * A gG fuse (IEC 60269-1) stands 1.25 In for hours and ends 1.6 In within one; held against its curve, this picture blows sooner at
 * every current, so what is safe by it is safe.
 */

/** What 1.3 times the rating leaves in it in a minute, (1.3² − 1) · 60 s: 0.8 of what blows the fuse of this picture. */
const HEAT_MAX = (1.3 ** 2 - 1) * 60;

/** Of one fuse on one phase. */
export class Heat {
  /** Seconds of (I/In)² − 1. */
  private value = 0;

  /** `load` is the current as a part of the rating. */
  bear(load: number, ms: number): void {
    this.value = Math.max(0, this.value + ((load * load - 1) * ms) / 1000);
  }

  /** Of the heat that 0.8 of its curve allows; above 1 is too much. */
  get share(): number {
    return this.value / HEAT_MAX;
  }
}
