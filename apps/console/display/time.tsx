/** Instants on the page: short for the eye, exact on hover and for machines. */
import { exactTime, nearTime, span } from "./instant.ts";
import { dash } from "./quantity.ts";
import { useNow } from "./ticking.tsx";

/** How long ago, or for how long: "12 min". */
export function Age({ sinceMs }: { sinceMs: number }) {
  const nowMs = useNow();
  return (
    <time dateTime={new Date(sinceMs).toISOString()} title={exactTime(sinceMs)}>
      {span(nowMs - sinceMs)}
    </time>
  );
}

/** The time of day, with the date where it is not near. */
export function At({ atMs }: { atMs: number | null }) {
  const nowMs = useNow();
  if (atMs === null) return <span>{dash}</span>;
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)}>
      {nearTime(atMs, nowMs)}
    </time>
  );
}
