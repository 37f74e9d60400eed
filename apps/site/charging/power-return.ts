/**
 * The power of a street comes back: stations boot together, while a site controller with a battery of its own has not been away. All at once
 * would ask for all that they may have (AT-C6), so raises wait as after a start of the site.
 */
import type { StationId } from "@wattward/kernel";
import { BOOT_TOGETHER_MS } from "./limits.ts";

export class PowerReturn {
  private readonly bootedAtMs = new Map<StationId, number>();

  /** `of`: the site's stations. True with the boot that makes it half of them, two at least; then it is counted anew. */
  boots(station: StationId, { of, nowMs }: { readonly of: number; readonly nowMs: number }): boolean {
    for (const [other, atMs] of this.bootedAtMs)
      if (nowMs - atMs > BOOT_TOGETHER_MS) this.bootedAtMs.delete(other);
    this.bootedAtMs.set(station, nowMs);
    if (this.bootedAtMs.size < Math.max(2, of / 2)) return false;
    this.bootedAtMs.clear();
    return true;
  }
}
