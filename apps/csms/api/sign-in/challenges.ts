/**
 * Challenges given to browsers and waited for: each is good once, for a few minutes, for one purpose. In memory: a
 * restart only makes a person press the button again.
 */
import type { Chance, Clock } from "@wattward/kernel";

export const challengeLimits = { validMs: 5 * 60_000, waitingMax: 1_000 } as const;

export type Challenges = {
  /** A new challenge for a purpose (`login`, or `join` with the invitation's hash): 256 bits. */
  issue(purpose: string): Uint8Array<ArrayBuffer>;
  /** Was this challenge, in base64url, issued for the purpose, just now, and not yet used? Uses it up. */
  redeem(purpose: string, challenge: string): boolean;
};

export function createChallenges(chance: Chance, clock: Clock): Challenges {
  const waiting = new Map<string, { readonly purpose: string; readonly untilMs: number }>();

  return {
    issue(purpose) {
      const bytes = Uint8Array.from(chance.bytes(32));
      // Oldest first in the map: a flood of requests for challenges ends the oldest, never grows memory.
      if (waiting.size >= challengeLimits.waitingMax) waiting.delete(waiting.keys().next().value!);
      const untilMs = clock.now().monotonicMs + challengeLimits.validMs;
      waiting.set(Buffer.from(bytes).toString("base64url"), { purpose, untilMs });
      return bytes;
    },
    redeem(purpose, challenge) {
      const found = waiting.get(challenge);
      waiting.delete(challenge);
      return found !== undefined && found.purpose === purpose && clock.now().monotonicMs <= found.untilMs;
    },
  };
}
