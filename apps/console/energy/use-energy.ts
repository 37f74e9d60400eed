/** A site's energy as the page knows it: what is written of it, how it is now, and what was, quarter by quarter. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { EnergyConfig, EnergySnapshot } from "../api/energy-shapes.ts";
import { ApiProblem } from "../api/problem.ts";
import { useServices } from "../shell/services.tsx";

/** A site tells about once a second. */
const LIVE_AGAIN_MS = 1_000;
const QUARTERS_AGAIN_MS = 60_000;
const DOCUMENT_AGAIN_MS = 60_000;

export const documentKey = (site: string) => ["site-energy", site] as const;

export function useDocument(site: string) {
  const { api } = useServices();
  return useQuery({
    queryKey: documentKey(site),
    queryFn: () => api.energy.document(site),
    refetchInterval: DOCUMENT_AGAIN_MS,
    retry: (count, error) => !(error instanceof ApiProblem && error.status < 500) && count < 3,
  });
}

export type SiteEnergyNow = {
  /** Nobody knows yet whether its energy is managed. */
  readonly pending: boolean;
  /** Undefined: it is not managed. */
  readonly config: EnergyConfig | undefined;
  readonly snapshot: EnergySnapshot | undefined;
};

/** Whether and how a site's energy is managed, and how it is now. */
export function useSiteEnergy(site: string): SiteEnergyNow {
  const { data, isPending } = useDocument(site);
  // The document was checked by the same package before it was kept.
  const config = data?.document?.managed === true ? (data.document.energy as EnergyConfig | null) : null;
  const snapshot = useSnapshot(site, config !== null);
  return { pending: isPending, config: config ?? undefined, snapshot };
}

/**
 * The newest that the site told. When its link is gone the CSMS has none any more: the last stays, with its age. `enabled` false:
 * nobody asks.
 */
export function useSnapshot(site: string, enabled: boolean): EnergySnapshot | undefined {
  const { api } = useServices();
  const last = useRef<EnergySnapshot>(undefined);
  const { data } = useQuery({
    queryKey: ["site-energy-live", site],
    queryFn: () => api.energy.live(site),
    refetchInterval: LIVE_AGAIN_MS,
    enabled,
  });
  if (data) last.current = data.snapshot;
  return last.current;
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
