/** The browser's clock behind the kernel's port: the only place of the console that reads time or sets timers. */
import type { Clock } from "@wattward/kernel";

export const browserClock: Clock = {
  now: () => ({ wallMs: Date.now(), quality: "unknown", monotonicMs: performance.now() }),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
