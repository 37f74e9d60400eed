/** One site, live: is all well, what needs me, what flows, what happens. The station's drawer opens over it. */
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiProblem, needsSignIn } from "../api/problem.ts";
import { useSiteEnergy } from "../energy/use-energy.ts";
import { FeedProvider, type LiveFeed, useFeed } from "../live/use-feed.ts";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { words } from "../strings/en.ts";
import { SiteHeader } from "./site-header.tsx";
import styles from "./site-page.module.css";
import { SiteParts } from "./site-parts.tsx";
import { StreamBanner } from "./stream-banner.tsx";

export function SitePage() {
  const { site } = useParams({ from: "/frame/sites/$site" });
  return <LiveSitePage key={site} site={site} />;
}

function LiveSitePage({ site }: { site: string }) {
  const feed = useFeed(site);
  const energy = useSiteEnergy(site);
  useSignInAgain(feed);
  useEffect(() => {
    document.title = `${site} · ${words.product}`;
  }, [site]);

  const { state } = feed;
  if (state.site === undefined) {
    if (state.failure === undefined) return <Skeleton />;
    if (state.failure instanceof ApiProblem && state.failure.status === 404) {
      return (
        <Notice page title={words.site.unknown}>
          {words.site.unknownHelp}
        </Notice>
      );
    }
    return <Failed page error={state.failure} retry={feed.retry} />;
  }
  const live = state.site;
  return (
    <FeedProvider value={feed}>
      <StreamBanner link={state.link} retry={feed.retry} />
      <div className={styles.page}>
        <SiteHeader live={live} snapshot={energy.snapshot} />
        <SiteParts live={live} energy={energy} />
      </div>
      <Outlet />
    </FeedProvider>
  );
}

/** A session that ended while the page was open: the frame asks who is there, and shows the door. */
function useSignInAgain({ state }: LiveFeed): void {
  const queries = useQueryClient();
  const ended = needsSignIn(state.failure);
  useEffect(() => {
    if (ended) void queries.resetQueries({ queryKey: ["me"] });
  }, [ended, queries]);
}

function Skeleton() {
  return (
    <div className={styles.page} aria-busy="true">
      <p className={styles.hidden}>{words.loading}</p>
      <div className={styles.bone} />
      <div className={styles.power}>
        <div className={styles.bonePanel} />
        <div className={styles.bonePanel} />
      </div>
      <div className={styles.bonePanel} />
    </div>
  );
}
