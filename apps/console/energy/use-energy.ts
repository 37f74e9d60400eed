/** A site's energy as the page knows it: what is written of it, how it is now, and what was, quarter by quarter. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { EnergyConfig, EnergySnapshot, LiveEnergy } from "../api/energy-shapes.ts";
import { ApiProblem, needsSignIn } from "../api/problem.ts";
import { keepOpen } from "../live/kept-stream.ts";
import { useServices } from "../shell/services.tsx";

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
  /** It was asked in vain. */
  readonly failed: { readonly error: Error; readonly retry: () => void } | undefined;
  /** Undefined: it is not managed. */
  readonly config: EnergyConfig | undefined;
  /** The newest that was told, however old. */
  readonly snapshot: EnergySnapshot | undefined;
  /** Whether it is known by now if there is one. */
  readonly heard: boolean;
};

/** Whether and how a site's energy is managed, and how it is now. */
export function useSiteEnergy(site: string): SiteEnergyNow {
  const { data, error, refetch } = useDocument(site);
  // The document was checked by the same package before it was kept.
  const config = data?.document?.managed === true ? (data.document.energy as EnergyConfig | null) : null;
  const { data: first, isPending: isAsked } = useFirst(site, config !== null);
  const snapshot = useSnapshot(site, config !== null) ?? first?.snapshot;
  const failed = error === null ? undefined : { error, retry: () => void refetch() };
  return { pending: data === undefined, failed, config: config ?? undefined, snapshot, heard: !isAsked };
}

/** What was told last before the page was opened; null: nothing. The stream tells of nothing else, and does not say that there is none. */
function useFirst(site: string, enabled: boolean) {
  const { api } = useServices();
  const queryFn = () => api.energy.live(site);
  return useQuery({ queryKey: ["site-energy-live", site], queryFn, enabled, gcTime: 0, staleTime: Infinity });
}

/**
 * The newest that the site told. When its link is gone it tells nothing more: the last stays, with its age. `enabled` false:
 * nobody listens.
 */
function useSnapshot(site: string, enabled: boolean): EnergySnapshot | undefined {
  const { openEnergy, clock } = useServices();
  const [snapshot, setSnapshot] = useState<EnergySnapshot>();
  useEffect(() => {
    if (!enabled) return;
    return keepOpen<LiveEnergy>({
      clock,
      open: (reader) => openEnergy(site, reader),
      onEvent: (live) => setSnapshot(live.snapshot),
      isFinal: needsSignIn,
    });
  }, [openEnergy, clock, site, enabled]);
  return snapshot;
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
