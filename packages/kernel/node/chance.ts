import { randomBytes, randomInt } from "node:crypto";
import type { Chance } from "../chance.ts";

/** The operating system's generator, fit for keys. `max - min` must stay below 2⁴⁸. */
export const systemChance: Chance = {
  int: (min, max) => randomInt(min, max + 1),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
