/**
 * Says that something of certain kinds has happened, for pages that ask for their whole picture again: at most once
 * in `paceMs`, however much happens. Once a stream that broke is back, that too is news, for nobody knows what was
 * missed. Such pages ask every few seconds anyway: without a stream they are only slower.
 */
import type { Cancel, Clock } from "@wattward/kernel";
import type { StreamHandlers } from "./feed.ts";
import { keepOpen, streamLimits } from "./kept-stream.ts";

export const newsLimits = { paceMs: 2_000, ...streamLimits } as const;

export type NewsPorts = {
  readonly clock: Clock;
  readonly stream: (handlers: StreamHandlers) => Cancel;
  readonly told: () => void;
  readonly isFinal: (failure: unknown) => boolean;
};

/** Begins to listen; returns how to stop. */
export function listenForNews({ clock, stream, told, isFinal }: NewsPorts): Cancel {
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
  const close = keepOpen({
    clock,
    open: ({ onEvent, ...reader }) => stream({ ...reader, onObservation: onEvent }),
    onEvent: tell,
    onBack: tell,
    isFinal,
  });
  return () => {
    close();
    pause?.();
  };
}
