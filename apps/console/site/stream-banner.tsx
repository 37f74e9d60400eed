/** Says that what is shown is old: since when, that it mends itself, and how to hurry it. */
import { Button } from "@mantine/core";
import { Glyph } from "../display/glyph.tsx";
import { Age } from "../display/time.tsx";
import type { FeedLink } from "../live/feed.ts";
import { words } from "../strings/en.ts";
import styles from "./stream-banner.module.css";

export function StreamBanner({ link, retry }: { link: FeedLink; retry: () => void }) {
  return (
    <div role="status" className={styles.place}>
      {link.kind === "lost" && (
        <div className={styles.banner}>
          <Glyph shape="care" tone="care" />
          <span className={styles.text}>
            {words.stream.lost} {/* Announced once: a screen reader must not read every second of the age. */}
            <span aria-hidden="true">
              <Age sinceMs={link.sinceMs} /> {words.stream.lostAgo}
            </span>
            . {words.stream.trying}
          </span>
          <Button size="compact-sm" variant="default" onClick={retry}>
            {words.stream.now}
          </Button>
        </div>
      )}
    </div>
  );
}
