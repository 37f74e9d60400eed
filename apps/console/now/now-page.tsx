/** The first page: is everything well, what needs me, what is happening; each with the way to it. */
import { useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Now } from "../api/shapes.ts";
import { Glyph } from "../display/glyph.tsx";
import { useNow } from "../display/ticking.tsx";
import { WallClock } from "../display/wall-clock.tsx";
import type { FeedLink } from "../live/feed.ts";
import { Notice } from "../shell/problem-view.tsx";
import { Unread } from "../shell/unread.tsx";
import { StreamBanner } from "../site/stream-banner.tsx";
import { words } from "../strings/en.ts";
import { Figures } from "./figures.tsx";
import { JustNow } from "./just-now.tsx";
import { weightsOf } from "./needs.ts";
import { NeedsList } from "./needs-list.tsx";
import styles from "./now-page.module.css";
import { SiteCards } from "./site-cards.tsx";
import { type NowHeard, OLD_MS, useNowPage } from "./use-now.ts";

export function NowPage() {
  const asked = useNowPage();
  const retry = () => void asked.refetch();
  useEffect(() => {
    document.title = `${words.now.title} · ${words.product}`;
  }, []);
  if (asked.data === undefined) return <Unread asked={asked} />;
  return (
    <>
      <Stale heard={asked.data} failed={asked.isError} retry={retry} />
      <Picture now={asked.data.now} />
    </>
  );
}

/** Said as soon as an answer is missing, and where none has come for a while without a word. */
function Stale({ heard, failed, retry }: { heard: NowHeard; failed: boolean; retry: () => void }) {
  const nowMs = useNow();
  const old = failed || nowMs - heard.atMs > OLD_MS;
  const link: FeedLink = old ? { kind: "lost", sinceMs: heard.atMs } : { kind: "live" };
  return <StreamBanner link={link} retry={retry} />;
}

function Picture({ now }: { now: Now }) {
  const { all } = useSearch({ from: "/frame/now" });
  const { danger, attention, waits } = weightsOf(now);
  const quiet = danger + attention + waits === 0;
  if (now.sites.length === 0 && quiet) return <Empty />;
  const tone = danger > 0 ? "danger" : quiet ? "well" : "care";
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1 className={styles.title}>{words.now.title}</h1>
        <p className={styles.verdict} role="status">
          <Glyph shape={tone} tone={tone} />
          {quiet ? words.now.well : words.now.verdict(danger, attention, waits)}
        </p>
        <WallClock className={styles.clock} />
      </header>
      {quiet && <Figures now={now} />}
      <div className={styles.columns}>
        <div className={styles.main}>
          {!quiet && <NeedsList now={now} all={all} />}
          {now.sites.length > 0 && (
            <div className={styles.sites}>
              <SiteCards sites={now.sites} />
            </div>
          )}
        </div>
        <div className={styles.beside}>
          {!quiet && <Figures now={now} narrow />}
          <JustNow />
        </div>
      </div>
    </div>
  );
}

function Empty() {
  const say = words.sites;
  return (
    <Notice page title={say.empty}>
      {say.emptyHelp}
      <br />
      <code>{say.emptyCommand}</code>
    </Notice>
  );
}
