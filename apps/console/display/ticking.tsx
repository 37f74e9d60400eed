/**
 * One clock for all ages on a page: it ticks once a second, only while somebody looks at it, and only the components
 * that show time are drawn again.
 */
import { type Cancel, type Clock, every } from "@wattward/kernel";
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from "react";
import type { ServerClock } from "../live/server-clock.ts";

const TICK_MS = 1_000;

type Ticking = { readonly subscribe: (changed: () => void) => Cancel; readonly nowMs: () => number };

const TickingContext = createContext<Ticking | undefined>(undefined);

export function TickingClock(props: { clock: Clock; server: ServerClock; children: ReactNode }) {
  const ticking = useMemo(() => createTicking(props.clock, props.server), [props.clock, props.server]);
  return <TickingContext value={ticking}>{props.children}</TickingContext>;
}

/** The CSMS's time in whole seconds, as milliseconds since 1970; draws again when it changes. */
export function useNow(): number {
  const ticking = useContext(TickingContext);
  if (ticking === undefined) throw new Error("useNow needs a TickingClock above it");
  return useSyncExternalStore(ticking.subscribe, ticking.nowMs);
}

function createTicking(clock: Clock, server: ServerClock): Ticking {
  const listeners = new Set<() => void>();
  let nowMs = wholeSecond(server.nowMs());
  let stop: Cancel | undefined;
  const tick = () => {
    nowMs = wholeSecond(server.nowMs());
    for (const changed of listeners) changed();
  };
  return {
    nowMs: () => nowMs,
    subscribe: (changed) => {
      listeners.add(changed);
      if (stop === undefined) {
        nowMs = wholeSecond(server.nowMs());
        stop = every(clock, TICK_MS, tick);
      }
      return () => {
        listeners.delete(changed);
        if (listeners.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}

const wholeSecond = (ms: number): number => Math.floor(ms / 1000) * 1000;
