/** When a picture of a site's energy was told, once that is a while ago; and how what is old looks: without colour, since nothing in it is certain. */
import { exactTime, span } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { words } from "../strings/en.ts";
import { freshnessOf } from "./freshness.ts";
import styles from "./told.module.css";

/** Nothing while it is fresh. */
export function Told({ atMs }: { atMs: number | undefined }) {
  const nowMs = useNow();
  if (atMs === undefined || freshnessOf(atMs, nowMs) === "fresh") return null;
  return (
    <time className={styles.age} dateTime={new Date(atMs).toISOString()} title={exactTime(atMs)}>
      {words.energy.flow.told} {span(nowMs - atMs)} {words.ago}
    </time>
  );
}

/** For what holds a picture that was told then. */
export function useOldLook(atMs: number | undefined): {
  readonly className?: string;
  readonly "data-freshness"?: string;
} {
  const nowMs = useNow();
  if (atMs === undefined) return {};
  const freshness = freshnessOf(atMs, nowMs);
  return { "data-freshness": freshness, ...(freshness === "stale" && { className: styles.old ?? "" }) };
}
