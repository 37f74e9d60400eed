/** One station at an address of its own: all that is known of it, in parts that each have an address too. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { ApiProblem } from "../api/problem.ts";
import type { StationDetail } from "../api/shapes.ts";
import { StateGlyph } from "../display/glyph.tsx";
import { TabBar, tabLink } from "../display/tab-bar.tsx";
import { PageLoading, PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { Unread } from "../shell/unread.tsx";
import { StreamBanner } from "../site/stream-banner.tsx";
import { toneOf } from "../stations/state.ts";
import { words } from "../strings/en.ts";
import { Commands } from "./commands.tsx";
import { Messages } from "./messages.tsx";
import { Overview } from "./overview.tsx";
import { Profiles } from "./profiles.tsx";
import { Repairs } from "./repairs.tsx";
import { type Tab, tabs } from "./search.ts";
import styles from "./station-page.module.css";
import { type PartProps, type Seen, useSeenLive, useSeenPolled } from "./use-seen.ts";
import { Variables } from "./variables.tsx";

/** Its row is asked for again while somebody looks; what is live comes by its site's stream. */
const AGAIN_MS = 10_000;

export function StationPage() {
  const { station } = useParams({ from: "/frame/stations/$station" });
  const { api } = useServices();
  const detail = useQuery({
    queryKey: ["station", station],
    queryFn: () => api.station(station),
    refetchInterval: AGAIN_MS,
  });
  if (detail.data === undefined) {
    if (detail.error instanceof ApiProblem && detail.error.status === 404)
      return <Unknown station={station} />;
    return <Unread asked={detail} />;
  }
  const { site } = detail.data;
  if (site === null) return <Polled key={station} detail={detail.data} />;
  return <Live key={station} detail={detail.data} site={site} />;
}

function Live({ detail, site }: { detail: StationDetail; site: string }) {
  const seen = useSeenLive(detail, site);
  return seen === undefined ? <PageLoading /> : <Page detail={detail} seen={seen} />;
}

function Polled({ detail }: { detail: StationDetail }) {
  return <Page detail={detail} seen={useSeenPolled(detail)} />;
}

const parts: Readonly<Record<Tab, (props: PartProps) => React.ReactNode>> = {
  overview: Overview,
  messages: Messages,
  repairs: Repairs,
  variables: Variables,
  profiles: Profiles,
  commands: Commands,
};

function Page({ detail, seen }: PartProps) {
  const { tab = "overview" } = useSearch({ from: "/frame/stations/$station" });
  const Part = parts[tab];
  return (
    <>
      {seen.link !== undefined && seen.retry !== undefined && (
        <StreamBanner link={seen.link} retry={seen.retry} />
      )}
      <PageTitle title={detail.id} end={<State seen={seen} />} />
      <p className={styles.place}>
        {detail.site === null ? (
          <Link to="/stations">{words.stationPage.back}</Link>
        ) : (
          <Link to="/sites/$site" params={{ site: detail.site }}>
            {words.stationPage.atSite(detail.site)}
          </Link>
        )}
      </p>
      <Tabs chosen={tab} station={detail.id} />
      <Part detail={detail} seen={seen} />
    </>
  );
}

function State({ seen: { view } }: { seen: Seen }) {
  return (
    <span className={`${styles.state} ${styles[toneOf[view.state]]}`} role="status">
      <StateGlyph state={view.state} />
      {words.stations.state[view.state]}
    </span>
  );
}

/** A tab takes only itself along: filters belong to the tab that they were set on. */
const Tabs = ({ chosen, station }: { chosen: Tab; station: string }) => (
  <TabBar label={words.stationPage.tabsLabel} chosen={chosen} className={styles.tabs}>
    {tabs.map((tab) => (
      <Link
        key={tab}
        to="/stations/$station"
        params={{ station }}
        search={tab === "overview" ? {} : { tab }}
        {...tabLink(tab === chosen)}
      >
        {words.stationPage.tabs[tab]}
      </Link>
    ))}
  </TabBar>
);

function Unknown({ station }: { station: string }) {
  const say = words.stationPage;
  return (
    <Notice
      page
      title={say.unknown(station)}
      action={
        <Button component={Link} to="/stations" variant="default" size="sm">
          {say.toStations}
        </Button>
      }
    >
      {say.unknownHelp}
    </Notice>
  );
}
