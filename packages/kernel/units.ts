/**
 * Physical quantities as branded whole numbers. A name carries its unit last (`limitW`, `meterWh`), the type keeps
 * watts from being added to watt-hours. Whole numbers because both database engines keep them exactly.
 */
import type { Brand } from "./brand.ts";

export type Watts = Brand<number, "W">;
export type WattHours = Brand<number, "Wh">;
/** A span of time. Instants are in clock.ts. */
export type Milliseconds = Brand<number, "ms">;

const whole = (n: number): number => {
  if (!Number.isSafeInteger(Math.round(n))) throw new RangeError(`not a whole number that can be kept: ${n}`);
  return Math.round(n);
};

/** Each rounds to the nearest whole unit; a value that is not finite is our own fault and throws. */
export const watts = (n: number): Watts => whole(n) as Watts;
export const wattHours = (n: number): WattHours => whole(n) as WattHours;
export const milliseconds = (n: number): Milliseconds => whole(n) as Milliseconds;
export const seconds = (n: number): Milliseconds => whole(n * 1000) as Milliseconds;
export const minutes = (n: number): Milliseconds => whole(n * 60_000) as Milliseconds;
