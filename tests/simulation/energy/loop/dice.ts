/** Chance in the words of whoever throws. */
import type { Chance } from "@wattward/kernel";

/** True in so many of a hundred throws. */
export const inPercent = (chance: Chance, percent: number): boolean => chance.int(1, 100) <= percent;

/** True once in so many throws. */
export const onceIn = (chance: Chance, throws: number): boolean => chance.int(1, throws) === 1;

/** One of them; `from` is not empty. */
export const oneOf = <T>(chance: Chance, from: readonly T[]): T => from[chance.int(0, from.length - 1)]!;

/** One of them, or none where there are none. */
export const anyOf = <T>(chance: Chance, from: readonly T[]): T | undefined =>
  from.length === 0 ? undefined : oneOf(chance, from);
