/**
 * Which cars are full: offered power they can take, and taking none of it. Remembered when the offer goes to others, since an offer is what
 * would be wasted on finding out again; a car that draws is not full, and after a while each is asked once more.
 */
import { DRAWS_MA_MIN, MINIMUM_MA } from "../limits.ts";

/** So long must an offer be left standing: by a car that drew of it before, … */
const LEFT_MS = 10_000;
/** … and by one that may have to wake up first. */
const LEFT_ASLEEP_MS = 30_000;
/** Then it is asked again: a timer of the car, a driver who warms it up. */
const ASKED_AGAIN_MS = 3 * 3_600_000;

export class Fullness {
  private leftSinceMs: number | undefined;
  private fullSinceMs: number | undefined;
  private drew = false;

  saw(
    wallMs: number,
    { offeredMa, drawnMa }: { readonly offeredMa: number; readonly drawnMa: number },
  ): void {
    if (drawnMa >= DRAWS_MA_MIN) {
      this.leftSinceMs = undefined;
      this.fullSinceMs = undefined;
      this.drew = true;
    } else if (offeredMa < MINIMUM_MA) {
      this.leftSinceMs = undefined;
      this.drew = false;
    } else {
      this.leftSinceMs ??= wallMs;
      if (wallMs - this.leftSinceMs >= (this.drew ? LEFT_MS : LEFT_ASLEEP_MS)) this.fullSinceMs = wallMs;
    }
  }

  full(wallMs: number): boolean {
    const sinceMs = wallMs - (this.fullSinceMs ?? Number.POSITIVE_INFINITY);
    return sinceMs >= 0 && sinceMs < ASKED_AGAIN_MS;
  }
}
