/**
 * Time as a port (ADR 20). Wall time is for people and certificates and may be wrong; monotonic time is for timeouts
 * and ages and never is. Every instant says how far its wall time can be trusted.
 */

/**
 * `synced`: compared with a trusted source since boot and recently. `holdover`: was synced, the source is gone.
 * `unknown`: never compared since boot; dated trust (dispensations, approvals) fails closed, charging goes on.
 */
export type ClockQuality = "synced" | "holdover" | "unknown";

/** `wallMs`: milliseconds since 1970 UTC. `monotonicMs`: since an arbitrary start of this process, never backwards. */
export type Instant = {
  readonly wallMs: number;
  readonly quality: ClockQuality;
  readonly monotonicMs: number;
};

/** Stops a pending timer; calling it twice, or after it fired, does nothing. */
export type Cancel = () => void;

export interface Clock {
  now(): Instant;
  /** Runs `run` once, `ms` (0…2³¹-1) of monotonic time from now. */
  after(ms: number, run: () => void): Cancel;
}

/** Runs `run` every `ms` until cancelled; a run that takes longer than the period delays the next, never overlaps. */
export function every(clock: Clock, ms: number, run: () => void | Promise<void>): Cancel {
  let stopped = false;
  let cancel: Cancel = () => {};
  const arm = () => {
    cancel = clock.after(ms, () => {
      void Promise.resolve(run()).finally(() => {
        if (!stopped) arm();
      });
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel();
  };
}

/** Resolves after `ms` of the clock's time. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => void clock.after(ms, resolve));

/** RFC 3339 in UTC with milliseconds: the only form Wattward sends (QUIRKS 2). */
export const rfc3339 = (wallMs: number): string => new Date(wallMs).toISOString();
