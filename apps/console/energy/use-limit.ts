/** What a person limited a site to, for a time: read, set, and taken back. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { EnergyLimit } from "../api/energy-shapes.ts";
import { useServices } from "../shell/services.tsx";

const LIMIT_AGAIN_MS = 30_000;
const limitKey = (site: string) => ["site-limit", site] as const;

/** `limit` null: none is set, or it is over; undefined: nobody knows yet. */
export function useLimit(site: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: limitKey(site),
    queryFn: () => api.energy.limit(site),
    refetchInterval: LIMIT_AGAIN_MS,
  });
}

type Given =
  | { readonly limitW: number; readonly spanMs: number; readonly why: string }
  | { readonly limitW: null; readonly why: string };

export function useSetLimit(site: string): (given: Given) => Promise<void> {
  const { api, server } = useServices();
  const queries = useQueryClient();
  return async (given) => {
    const { limitW, why } = given;
    const untilMs = given.limitW === null ? undefined : server.nowMs() + given.spanMs;
    const known: EnergyLimit | null = await api.energy.setLimit(site, {
      ...{ limitW, why },
      ...(untilMs !== undefined && { untilMs }),
    });
    queries.setQueryData(limitKey(site), known);
  };
}
