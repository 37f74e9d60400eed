/** The points of the power line: history from the CSMS once, then what the page sees, every few seconds. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { PowerPoint } from "../api/shapes.ts";
import { useNow } from "../display/ticking.tsx";
import type { LiveSite } from "../live/live-site.ts";
import { useServices } from "../shell/services.tsx";
import { powerNow } from "./power-now.ts";
import { HISTORY_STEP_MS, joined, STEP_MS, withPoint } from "./power-series.ts";

/** History is asked for again now and then: what was replayed after an outage belongs into the past. */
const HISTORY_AGAIN_MS = 60_000;

export type PowerPoints = {
  readonly points: readonly PowerPoint[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly failed: boolean;
  readonly loading: boolean;
};

export function usePowerPoints(site: string, stations: LiveSite["stations"], minutes: number): PowerPoints {
  const { api, server } = useServices();
  const spanMs = minutes * 60_000;
  const history = useQuery({
    queryKey: ["history", site, minutes],
    queryFn: () => {
      const toMs = Math.ceil(server.nowMs() / HISTORY_STEP_MS) * HISTORY_STEP_MS;
      return api.history(site, { fromMs: toMs - spanMs - HISTORY_STEP_MS, toMs, stepMs: HISTORY_STEP_MS });
    },
    refetchInterval: HISTORY_AGAIN_MS,
    placeholderData: (before) => before,
  });
  const live = useLivePoints(stations);
  // The right edge moves in steps: a line that creeps by a pixel a second is drawn for nothing.
  const toMs = Math.ceil(useNow() / STEP_MS) * STEP_MS;
  const fromMs = toMs - spanMs;
  const points = useMemo(() => joined(history.data ?? [], live, fromMs), [history.data, live, fromMs]);
  return { points, fromMs, toMs, failed: history.isError, loading: history.isPending };
}

function useLivePoints(stations: LiveSite["stations"]): readonly PowerPoint[] {
  const nowMs = useNow();
  const [points, setPoints] = useState<readonly PowerPoint[]>([]);
  useEffect(() => {
    const { totalW } = powerNow(stations.values(), nowMs);
    setPoints((before) => withPoint(before, { atMs: nowMs, powerW: totalW }));
  }, [stations, nowMs]);
  return points;
}
