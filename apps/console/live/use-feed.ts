/** A site's feed for React: started while somebody looks, drawn at most a few times a second however much happens. */
import type { Cancel, Clock } from "@wattward/kernel";
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { useServices } from "../shell/services.tsx";
import type { FeedState, SiteFeed } from "./feed.ts";

/** Fifty stations at once draw the page five times a second, not fifty. */
export const PACE_MS = 200;

export type LiveFeed = { readonly state: FeedState; readonly retry: () => void };

export function useFeed(site: string): LiveFeed {
  const { openFeed, clock } = useServices();
  const feed = useMemo(() => openFeed(site), [openFeed, site]);
  useEffect(() => {
    feed.start();
    return () => feed.stop();
  }, [feed]);
  const paced = useMemo(() => pacedFeed(feed, clock), [feed, clock]);
  const state = useSyncExternalStore(paced.subscribe, paced.current);
  return useMemo(() => ({ state, retry: feed.start }), [state, feed]);
}

/** The same states, told at once and then at most every {@link PACE_MS}. */
export function pacedFeed(feed: Pick<SiteFeed, "subscribe" | "current">, clock: Clock) {
  let shown = feed.current();
  let pause: Cancel | undefined;
  const listeners = new Set<() => void>();
  const show = () => {
    shown = feed.current();
    for (const changed of listeners) changed();
  };
  const later = () => {
    pause = undefined;
    if (shown === feed.current()) return;
    show();
    pause = clock.after(PACE_MS, later);
  };
  const changed = () => {
    if (pause !== undefined) return;
    show();
    pause = clock.after(PACE_MS, later);
  };
  return {
    current: () => shown,
    subscribe: (listener: () => void): Cancel => {
      const stop = feed.subscribe(changed);
      listeners.add(listener);
      shown = feed.current();
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
}

const FeedContext = createContext<LiveFeed | undefined>(undefined);
export const FeedProvider = FeedContext.Provider;

/** The feed of the page around it. */
export function useLiveFeed(): LiveFeed {
  const feed = useContext(FeedContext);
  if (feed === undefined) throw new Error("useLiveFeed needs a site's page around it");
  return feed;
}
