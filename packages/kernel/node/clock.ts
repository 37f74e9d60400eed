import type { Clock, ClockQuality } from "../clock.ts";

/**
 * The machine's clock. `quality` is asked at every instant, because it changes as time sources come and go;
 * `wallFloorMs` keeps wall time from falling below the last one persisted (ADR 20): a machine that boots in 1970
 * continues from where it was, at the pace of its monotonic clock.
 */
export function systemClock(
  options: { quality?: () => ClockQuality; wallFloorMs?: number; readWallMs?: () => number } = {},
): Clock {
  const { quality = () => "synced" as const, wallFloorMs = 0, readWallMs = Date.now } = options;
  const bootMonotonicMs = performance.now();
  return {
    now() {
      const monotonicMs = performance.now();
      const leastWallMs = wallFloorMs + (monotonicMs - bootMonotonicMs);
      return { wallMs: Math.max(readWallMs(), Math.floor(leastWallMs)), quality: quality(), monotonicMs };
    },
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  };
}
