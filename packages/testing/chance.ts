import type { Chance } from "@wattward/kernel";

/**
 * mulberry32: small, fast, the same for the same seed; never for keys. Put the seed into every assertion's message.
 */
export function seededChance(seed: number): Chance {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return { int, bytes: (length) => Uint8Array.from({ length }, () => int(0, 255)) };
}
