/** One site, live: is all well, what needs me, what flows, what happens. The station's drawer opens over it. */
import { useQueryClient } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ApiProblem, needsSignIn } from "../api/problem.ts";
import { ManagedOverview } from "../energy/managed-overview.tsx";
import { useManaged, useSnapshot } from "../energy/use-energy.ts";
import { Warnings } from "../energy/warnings.tsx";
import { Happened } from "../happened/happened.tsx";
import type { LiveSite } from "../live/live-site.ts";
import { FeedProvider, type LiveFeed, useFeed } from "../live/use-feed.ts";
import { Sessions } from "../sessions/sessions.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { Stations } from "../stations/stations.tsx";
import { words } from "../strings/en.ts";
import { Attention } from "./attention.tsx";
import { Flow } from "./flow.tsx";
import { PowerOverTime } from "./power-over-time.tsx";
import { SiteHeader } from "./site-header.tsx";
import styles from "./site-page.module.css";
import { StreamBanner } from "./stream-banner.tsx";

export function SitePage() {
  const { site } = useParams({ from: "/frame/sites/$site" });
  return <LiveSitePage key={site} site={site} />;
}

function LiveSitePage({ site }: { site: string }) {
  const feed = useFeed(site);
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
        <SiteHeader live={live} />
        {live.stations.size === 0 ? <WithoutStations live={live} /> : <WithStations live={live} />}
      </div>
      <Outlet />
    </FeedProvider>
  );
}

function WithStations({ live }: { live: LiveSite }) {
  const site = live.site.id;
  const config = useManaged(site);
  const snapshot = useSnapshot(site, config !== undefined);
  return (
    <>
      {snapshot && <Warnings snapshot={snapshot} />}
      <Attention live={live} />
      {config !== undefined ? (
        <ManagedOverview id={site} snapshot={snapshot} site={config.site} />
      ) : (
        <div className={styles.power}>
          <Flow stations={live.stations} site={site} />
          <PowerOverTime site={site} stations={live.stations} />
        </div>
      )}
      <Stations live={live} />
      <div className={styles.lists}>
        <Sessions sessions={live.sessions} site={site} />
        <Happened recent={live.recent} site={site} />
      </div>
    </>
  );
}

/** Nothing can flow yet: only what to do first, and what was seen already. */
function WithoutStations({ live }: { live: LiveSite }) {
  return (
    <>
      <Stations live={live} />
      <Happened recent={live.recent} site={live.site.id} />
    </>
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
