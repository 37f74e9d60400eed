/**
 * A stream of events that is kept open: one that breaks or falls silent is opened again by itself, ever less often and for ever. What was
 * missed meanwhile is its reader's business.
 */
import type { Cancel, Clock } from "@wattward/kernel";

export const streamLimits = {
  /** Waits between attempts; the last repeats. */
  retryMs: [2_000, 5_000, 15_000, 60_000],
  /** The server says something every 15 s; after this silence the stream is taken for dead. */
  silenceMs: 40_000,
} as const;

/** What the one connection tells; called by none after it was closed. */
export type StreamReader<Event> = {
  readonly onOpen: () => void;
  readonly onEvent: (event: Event) => void;
  /** Anything was heard, a heartbeat too. */
  readonly onSign: () => void;
  readonly onBroken: (failure: unknown) => void;
};

export type StreamPorts<Event> = {
  readonly clock: Clock;
  readonly open: (reader: StreamReader<Event>) => Cancel;
  readonly onEvent: (event: Event) => void;
  /** It is open again after it was not. */
  readonly onBack?: () => void;
  /** After such a failure it stays closed. */
  readonly isFinal: (failure: unknown) => boolean;
};

/** Begins; returns how to stop. */
export function keepOpen<Event>({ clock, open, onEvent, onBack, isFinal }: StreamPorts<Event>): Cancel {
  let attempt = 0;
  let stopped = false;
  let close: Cancel = () => {};
  let silence: Cancel = () => {};
  let retry: Cancel = () => {};
  const begin = () => {
    // What an older connection still says is nobody's business.
    let mine = true;
    const heard = () => {
      silence();
      silence = clock.after(streamLimits.silenceMs, () => broken(undefined));
    };
    const broken = (failure: unknown) => {
      if (!mine || stopped) return;
      mine = false;
      silence();
      close();
      if (isFinal(failure)) return;
      const { retryMs } = streamLimits;
      retry = clock.after(retryMs[Math.min(attempt, retryMs.length - 1)] ?? 0, begin);
      attempt += 1;
    };
    close = open({
      onOpen: () => {
        if (mine && attempt > 0) onBack?.();
        attempt = 0;
      },
      onSign: () => mine && heard(),
      onEvent: (event) => mine && onEvent(event),
      onBroken: broken,
    });
    heard();
  };
  begin();
  return () => {
    stopped = true;
    for (const cancel of [close, silence, retry]) cancel();
  };
}
