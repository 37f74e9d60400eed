/**
 * Says that something of certain kinds has happened, for pages that ask for their whole picture again: at most once
 * in `paceMs`, however much happens. A stream that breaks is opened again by itself, ever less often; once it is back,
 * that too is news, for nobody knows what was missed. Such pages ask every few seconds anyway: without a stream they
 * are only slower.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import type { StreamHandlers } from "./feed.ts";

export const newsLimits = {
  paceMs: 2_000,
  /** Waits between attempts; the last repeats. */
  retryMs: [2_000, 5_000, 15_000, 60_000],
  /** The server says something every 15 s; after this silence the stream is taken for dead. */
  silenceMs: 40_000,
} as const;

export type NewsPorts = {
  readonly clock: Clock;
  readonly stream: (handlers: StreamHandlers) => Cancel;
  readonly told: () => void;
  readonly isFinal: (failure: unknown) => boolean;
};

/** Begins to listen; returns how to stop. */
export function listenForNews({ clock, stream, told, isFinal }: NewsPorts): Cancel {
  let attempt = 0;
  let stopped = false;
  let close: Cancel = () => {};
  let silence: Cancel = () => {};
  let retry: Cancel = () => {};
  let pause: Cancel | undefined;
  let more = false;

  const tell = () => {
    if (pause !== undefined) {
      more = true;
      return;
    }
    told();
    pause = clock.after(newsLimits.paceMs, () => {
      pause = undefined;
      if (!more) return;
      more = false;
      tell();
    });
  };
  const open = () => {
    // What an older stream still says is nobody's business.
    let mine = true;
    const heard = () => {
      silence();
      silence = clock.after(newsLimits.silenceMs, () => broken(undefined));
    };
    const broken = (failure: unknown) => {
      if (!mine || stopped) return;
      mine = false;
      silence();
      close();
      if (isFinal(failure)) return;
      const { retryMs } = newsLimits;
      retry = clock.after(retryMs[Math.min(attempt, retryMs.length - 1)] ?? 0, open);
      attempt += 1;
    };
    close = stream({
      onOpen: () => {
        if (mine && attempt > 0) tell();
        attempt = 0;
      },
      onSign: () => mine && heard(),
      onObservation: () => mine && tell(),
      onBroken: broken,
    });
    heard();
  };
  open();
  return () => {
    stopped = true;
    for (const cancel of [close, silence, retry, pause]) cancel?.();
  };
}
