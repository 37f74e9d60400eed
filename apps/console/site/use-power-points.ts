/** The points of the power line: history from the CSMS once, then what the page sees, every few seconds. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { PowerPoint } from "../api/shapes.ts";
import { useNow } from "../display/ticking.tsx";
import type { LiveSite } from "../live/live-site.ts";
import { useLiveFeed } from "../live/use-feed.ts";
import { useServices } from "../shell/services.tsx";
import { powerNow } from "./power-now.ts";
import { HISTORY_STEP_MS, joined, pictureFromMs, STEP_MS, withPoint } from "./power-series.ts";

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
  const live = useLivePoints(stations);
  const { api, server } = useServices();
  const spanMs = minutes * 60_000;
  const isLost = useLiveFeed().state.link.kind === "lost";
  const history = useQuery({
    queryKey: ["history", site, minutes, isLost],
    queryFn: () => {
      const toMs = Math.floor(server.nowMs() / HISTORY_STEP_MS) * HISTORY_STEP_MS;
      return api.history(site, { fromMs: toMs - spanMs - HISTORY_STEP_MS, toMs, stepMs: HISTORY_STEP_MS });
    },
    refetchInterval: HISTORY_AGAIN_MS,
    placeholderData: (before) => before,
  });
  // The right edge moves in steps: a line that creeps by a pixel a second is drawn for nothing.
  const toMs = Math.ceil(useNow() / STEP_MS) * STEP_MS;
  const fromMs = toMs - spanMs;
  const points = useMemo(() => joined(history.data ?? [], live, fromMs), [history.data, live, fromMs]);
  return {
    points,
    fromMs: pictureFromMs(points, fromMs, toMs),
    toMs,
    failed: history.isError,
    loading: history.isPending,
  };
}

function useLivePoints(stations: LiveSite["stations"]): readonly PowerPoint[] {
  const nowMs = useNow();
  const isLost = useLiveFeed().state.link.kind === "lost";
  const [points, setPoints] = useState<readonly PowerPoint[]>([]);
  useEffect(() => {
    // While the stream is lost nothing is known: a gap, which history fills when it is back.
    const powerW = isLost ? null : powerNow(stations.values(), nowMs).totalW;
    setPoints((before) => withPoint(before, { atMs: nowMs, powerW }));
  }, [stations, nowMs, isLost]);
  return points;
}
