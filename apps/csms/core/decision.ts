/** What a decision is: one function of the transaction, its input and the world it may know. */
import type { Chance, Log } from "@wattward/kernel";
import type { Tx } from "../store/writer.ts";
import type { Decisions } from "./port.ts";

/** What the core was started with. */
export type World = {
  readonly chance: Chance;
  readonly log: Log;
  /** PEM of the CAs whose stations may connect at sites: they go into every bundle. */
  readonly stationAnchors: readonly string[];
};

export type Decision<N extends keyof Decisions> = (
  tx: Tx,
  input: Decisions[N]["input"],
  world: World,
) => Promise<Decisions[N]["output"]>;

// Crockford's alphabet: no I, L, O, U, and in order of its values, so that text sorts as numbers do.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 26 characters: 10 of the time, so that ids sort by creation, 16 of chance (80 bits). */
export function sortableId(chance: Chance, atMs: number): string {
  let random = "";
  for (const byte of chance.bytes(16)) random += alphabet[byte & 31];
  return firstIdAt(atMs) + random;
}

/** At or before every id that was made at that instant or later, and after all before. */
export function firstIdAt(atMs: number): string {
  let time = "";
  for (let left = Math.max(0, Math.floor(atMs)), i = 0; i < 10; i += 1) {
    time = alphabet[left % 32] + time;
    left = Math.floor(left / 32);
  }
  return time;
}
