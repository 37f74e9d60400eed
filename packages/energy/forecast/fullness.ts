/**
 * Which cars are full: offered power they can take, and taking none of it. Remembered when the offer goes to others, since an offer is what
 * would be wasted on finding out again; a car that draws is not full, and after a while each is asked once more.
 */
const MINIMUM_MA = 6_000;
const DRAWS_MA = 500;
/** So long must an offer be left standing. */
const LEFT_MS = 30_000;
/** Then it is asked again: a timer of the car, a driver who warms it up. */
const ASKED_AGAIN_MS = 3 * 3_600_000;

export class Fullness {
  private leftSinceMs: number | undefined;
  private fullSinceMs: number | undefined;

  saw(
    wallMs: number,
    { offeredMa, drawnMa }: { readonly offeredMa: number; readonly drawnMa: number },
  ): void {
    if (drawnMa >= DRAWS_MA) {
      this.leftSinceMs = undefined;
      this.fullSinceMs = undefined;
    } else if (offeredMa < MINIMUM_MA) this.leftSinceMs = undefined;
    else {
      this.leftSinceMs ??= wallMs;
      if (wallMs - this.leftSinceMs >= LEFT_MS) this.fullSinceMs = wallMs;
    }
  }

  full(wallMs: number): boolean {
    return this.fullSinceMs !== undefined && wallMs - this.fullSinceMs < ASKED_AGAIN_MS;
  }
}
