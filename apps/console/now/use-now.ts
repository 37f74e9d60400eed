/**
 * What needs somebody and what is going on, kept fresh while somebody looks: asked for again when something happens
 * that would change it, and every few seconds for what only time changes.
 */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { needsSignIn } from "../api/problem.ts";
import type { Now, Observation } from "../api/shapes.ts";
import { listenForNews } from "../live/news.ts";
import { useServices } from "../shell/services.tsx";

export const AGAIN_MS = 10_000;
/** Twice missed, and some time for the answer: then what is shown is old, and says so. */
export const OLD_MS = 25_000;
/** In the bar of every page, where nobody listens to events. */
const BADGE_AGAIN_MS = 30_000;

/** What changes the page before its time. Meter values do not: they come by the second, and are asked for. */
const kinds = [
  "station.added",
  "station.changed",
  "station.connected",
  "station.disconnected",
  "station.status",
  "site.connected",
  "site.disconnected",
  "site.clock",
  "site.bundle",
  "transaction.started",
  "transaction.ended",
  "transaction.review",
  "command.ended",
  "dispensation.given",
  "dispensation.ended",
  "node.lost",
  "node.started",
] as const;

export type NowHeard = {
  readonly now: Now;
  /** When it was answered, by the CSMS's clock. */
  readonly atMs: number;
};

function useAsked(everyMs: number, site?: string) {
  const { api, server } = useServices();
  return useQuery({
    queryKey: site === undefined ? ["now"] : ["now", site],
    queryFn: async (): Promise<NowHeard> => {
      const midnight = new Date(server.nowMs()).setHours(0, 0, 0, 0);
      const now = await api.now(midnight, site);
      return { now, atMs: server.nowMs() };
    },
    refetchInterval: everyMs,
  });
}

/** For the page: live. */
export function useNowPage() {
  const { openStream, clock } = useServices();
  const queries = useQueryClient();
  const asked = useAsked(AGAIN_MS);
  const { refetch } = asked;
  /** A stream that is opened again goes on after what is shown. */
  const seq = useRef(0);
  seq.current = asked.data?.now.seq ?? seq.current;
  const known = asked.data !== undefined;
  useEffect(() => {
    if (!known) return;
    return listenForNews({
      clock,
      stream: (handlers) => openStream({ kinds }, seq.current, handlers),
      told: () => {
        void refetch();
        void queries.invalidateQueries({ queryKey: happenedKey });
      },
      isFinal: needsSignIn,
    });
  }, [known, clock, openStream, refetch, queries]);
  return asked;
}

/** Long enough for what comes together, short enough for whoever looks. */
const SETTLED_MS = 500;

/** Of one site, for its page, which hears itself what happens there: `recent`, newest first. */
export function useNowOfSite(site: string, recent: readonly Observation[]) {
  const { clock } = useServices();
  const asked = useAsked(AGAIN_MS, site);
  const { refetch } = asked;
  const news = recent.find(({ kind }) => (kinds as readonly string[]).includes(kind))?.seq;
  const known = useRef(news);
  useEffect(() => {
    if (known.current === news) return;
    return clock.after(SETTLED_MS, () => {
      known.current = news;
      void refetch();
    });
  }, [news, clock, refetch]);
  return asked;
}

const happenedKey = ["happened"];
const HAPPENED_MOST = 60;

/** What happened last, anywhere; undefined until it is known. */
export function useHappened() {
  const { api } = useServices();
  const queryFn = () => api.happened(kinds, HAPPENED_MOST);
  return useQuery({ queryKey: happenedKey, queryFn, refetchInterval: AGAIN_MS }).data;
}

/** For the table of sites: a picture of some seconds ago, not live. */
export const useNowTable = () => useAsked(AGAIN_MS);

/** For the bar of every page. */
export const useNowBadge = () => useAsked(BADGE_AGAIN_MS).data?.now;
