/** The time of day at the end of a page's title line, with its zone; the exact instant on hover. */
import { exactTime, wallClock } from "./instant.ts";
import { useNow } from "./ticking.tsx";

export function WallClock({ className }: { className: string | undefined }) {
  const nowMs = useNow();
  return (
    <time className={className} dateTime={new Date(nowMs).toISOString()} title={exactTime(nowMs)}>
      {wallClock(nowMs)}
    </time>
  );
}
