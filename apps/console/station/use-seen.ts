/**
 * A station as its page shows it: its row and its sessions. At a site the site's feed keeps it live; one that is at no
 * site is asked for every few seconds.
 */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Session, StationDetail } from "../api/shapes.ts";
import type { FeedLink } from "../live/feed.ts";
import { useFeed } from "../live/use-feed.ts";
import { useServices } from "../shell/services.tsx";
import { type StationView, stationView } from "../stations/view.ts";

export type Seen = {
  readonly view: StationView;
  readonly sessions: readonly Session[];
  /** Rises with each observation about the station; what hangs on it is asked for again. */
  readonly seq: number;
  /** How its site's stream does; undefined where there is none. */
  readonly link?: FeedLink;
  readonly retry?: () => void;
};

/** What every part of the page is given. */
export type PartProps = { readonly detail: StationDetail; readonly seen: Seen };

/** Between two looks at a station without a site. */
const AGAIN_MS = 5_000;

/** Undefined until its site's first picture is there. */
export function useSeenLive(detail: StationDetail, site: string): Seen | undefined {
  const { state, retry } = useFeed(site);
  const live = state.site;
  return useMemo(() => {
    const station = live?.stations.get(detail.id);
    // A site that cannot be read, or does not have it (yet), is no reason to show nothing.
    if (live === undefined && state.failure === undefined) return undefined;
    const sessions = [...(live?.sessions.values() ?? [])].filter(({ station: of }) => of === detail.id);
    const about = (live?.recent ?? []).filter(({ station: of }) => of === detail.id);
    const seq = Math.max(0, ...about.map((seen) => seen.seq));
    return { view: stationView(station ?? detail, sessions), sessions, seq, link: state.link, retry };
  }, [live, state.failure, state.link, detail, retry]);
}

export function useSeenPolled(detail: StationDetail): Seen {
  const { api } = useServices();
  const station = detail.id;
  const sessions = useQuery({
    queryKey: ["station-sessions", station],
    queryFn: () => api.sessions({ station }),
    refetchInterval: AGAIN_MS,
  });
  const newest = useQuery({
    queryKey: ["station-newest", station],
    queryFn: () => api.ofStation.happened(station, 1),
    refetchInterval: AGAIN_MS,
  });
  const seq = newest.data?.[0]?.seq ?? 0;
  return useMemo(() => {
    const all = sessions.data ?? [];
    return { view: stationView(detail, all), sessions: all, seq };
  }, [detail, sessions.data, seq]);
}
