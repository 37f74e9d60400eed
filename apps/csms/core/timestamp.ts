/**
 * Which time to go by. A station's own time that is not believable is replaced by the time of reception and flagged
 * (QUIRKS 3): before 2010, when OCPP was not, or in the future.
 */
import type { ClockQuality } from "@wattward/kernel";
import { dateTimeMs } from "@wattward/ocpp";

const PLAUSIBLE_FROM_MS = Date.UTC(2010, 0, 1);
/** How far a station's clock may run ahead of ours before it is not believed. */
export const FUTURE_MS_MAX = 5 * 60_000;

/** Reception of a call: by the machine that first received it, and by this process. */
export type Reception = {
  readonly receivedAtMs: number;
  readonly arrivedAtMs: number;
  readonly clockQuality: ClockQuality;
};

/** By the clock of whoever received it first, or undefined where that names a time that cannot be: see {@link believable}. */
const receptionMs = ({ receivedAtMs, arrivedAtMs }: Reception): number | undefined =>
  receivedAtMs < PLAUSIBLE_FROM_MS || receivedAtMs > arrivedAtMs + FUTURE_MS_MAX ? undefined : receivedAtMs;

/**
 * Does a message tell of the present, beside what was told at `knownAtMs`? One that somebody waits for does; history
 * only where nothing newer is known. `atMs`: when it was told.
 */
export function present(
  reception: Reception & { readonly live: boolean },
  knownAtMs: number | undefined,
): { readonly newest: boolean; readonly atMs: number } {
  const receivedMs = receptionMs(reception);
  const atMs = receivedMs ?? reception.arrivedAtMs;
  const newer = knownAtMs === undefined || (receivedMs !== undefined && receivedMs > knownAtMs);
  return { newest: reception.live || newer, atMs };
}

/**
 * The time to go by. A receiver whose clock was never set cannot say what the future is, and is itself not believed
 * where it names a time from before 2010 (a site that booted in 1970) or that is still to come: then the arrival here is
 * all there is.
 */
export function believable(text: string, reception: Reception): { atMs: number; doubted: boolean } {
  // Without a zone it is UTC (QUIRKS 1).
  const saidMs = dateTimeMs(text) ?? dateTimeMs(`${text}Z`);
  const { arrivedAtMs, clockQuality } = reception;
  const arrivedLastMs = arrivedAtMs + FUTURE_MS_MAX;
  const receivedMs = receptionMs(reception) ?? arrivedAtMs;
  const latestMs = clockQuality === "unknown" ? arrivedLastMs : receivedMs + FUTURE_MS_MAX;
  if (saidMs !== undefined && saidMs >= PLAUSIBLE_FROM_MS && saidMs <= latestMs) {
    return { atMs: saidMs, doubted: false };
  }
  return { atMs: receivedMs, doubted: true };
}
