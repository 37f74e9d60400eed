/** A site's energy as the page knows it: asked for once, then live; what was, quarter by quarter. */
import { useQuery } from "@tanstack/react-query";
import type { SiteEnergy } from "../api/energy-shapes.ts";
import { useServices } from "../shell/services.tsx";

/** A site tells about once a second. */
const AGAIN_MS = 1_000;
const QUARTERS_AGAIN_MS = 60_000;

export function useSiteEnergy(site: string) {
  const { api } = useServices();
  return useQuery<SiteEnergy>({
    queryKey: ["site-energy", site],
    queryFn: () => api.energy.now(site),
    refetchInterval: AGAIN_MS,
  });
}

/** `fromMs` and `toMs` should stand on whole quarters, so that one question serves a quarter of an hour. */
export function useQuarters(site: string, { fromMs, toMs }: { fromMs: number; toMs: number }) {
  const { api } = useServices();
  return useQuery({
    queryKey: ["site-quarters", site, fromMs, toMs],
    queryFn: () => api.energy.quarters(site, { fromMs, toMs }),
    refetchInterval: QUARTERS_AGAIN_MS,
    placeholderData: (before) => before,
  });
}
