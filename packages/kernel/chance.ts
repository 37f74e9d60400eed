/** Chance as a port: seeded in tests, the operating system's in production. */
export interface Chance {
  /** A whole number in min…max, both included. */
  int(min: number, max: number): number;
  /** `length` bytes; in production fit for keys and nonces. */
  bytes(length: number): Uint8Array;
}

/** Lower-case hexadecimal of `byteCount` bytes of chance. */
export function hex(chance: Chance, byteCount: number): string {
  return Array.from(chance.bytes(byteCount), (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * Exponential back-off with full jitter: `attempt` counts from 0; between half and the whole of
 * min(maxMs, firstMs · 2^attempt), so that a fleet cut at one instant does not return at one instant.
 */
export function backoffMs(
  chance: Chance,
  attempt: number,
  { firstMs, maxMs }: { firstMs: number; maxMs: number },
): number {
  const ceilingMs = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return chance.int(Math.ceil(ceilingMs / 2), ceilingMs);
}
