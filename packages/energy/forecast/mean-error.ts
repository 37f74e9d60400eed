/** How far off a forecast was in the mean, the latest errors a little more; in the unit of what is forecast. */
export class MeanError {
  /** 0: nobody knows yet. */
  mean = 0;
  private readonly share: number;

  /** `share`: weight of the last error, 0 to 1. */
  constructor(share: number) {
    this.share = share;
  }

  saw(error: number): void {
    this.mean += (error - this.mean) * (this.mean === 0 ? 1 : this.share);
  }

  /** What cannot be a mean error, or is absent from a state of before, is learnt again. */
  restore(kept: unknown): void {
    this.mean = typeof kept === "number" && kept >= 0 && Number.isFinite(kept) ? kept : 0;
  }
}
