/**
 * Chance from a seed: the same world again for the same seed. Each name gives a stream of its own, so that what one
 * driver does never shifts the dice of another. Never for keys or ids.
 */
import type { Chance } from "@wattward/kernel";

/** A stream of xorshift32 numbers, begun at a hash of seed and name. */
export function seeded(seed: number, name: string): Chance {
  let state = 0x9e3779b9 ^ seed;
  for (let i = 0; i < name.length; i++)
    state = Math.imul(state ^ name.charCodeAt(i), 0x85ebca6b) ^ (state >>> 13);
  // Zero is the one state it could never leave.
  if (state === 0) state = 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 8; i++) next();
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return { int, bytes: (length) => Uint8Array.from({ length }, () => int(0, 255)) };
}
