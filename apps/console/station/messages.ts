/** The rows of the message log as the page holds them: newest first, each once, bounded. Pure. */
import type { Message } from "../api/station-shapes.ts";

/** As many at once as an ordinary look needs. */
export const MESSAGES_A_PAGE = 200;
/** Held in the page; whoever wants older ones narrows the filter. */
export const MESSAGES_MAX = 10_000;

/**
 * `held` with the newest page before it. Where the page does not reach back to what is held, what lies between is not
 * known: then the page alone stands, so that there is never a gap that nobody sees.
 */
export function withNewest(held: readonly Message[], page: readonly Message[]): readonly Message[] {
  const [newest] = held;
  const oldest = page.at(-1);
  if (newest === undefined || oldest === undefined) return page.length === 0 ? held : page;
  if (page.length >= MESSAGES_A_PAGE && oldest.id > newest.id) return page;
  const fresh = page.filter(({ id }) => id > newest.id);
  return fresh.length === 0 ? held : [...fresh, ...held].slice(0, MESSAGES_MAX);
}

/** The other half: the answer of a call, the call of an answer. Ids are the sender's own, so the near one is meant. */
export function otherHalf(message: Message, held: readonly Message[]): Message | undefined {
  if (message.messageId === null) return undefined;
  const isCall = message.kind === "call";
  const same = held.filter(
    (it) =>
      it.messageId === message.messageId && it.sender !== message.sender && (it.kind === "call") !== isCall,
  );
  const distance = (it: Message) => Math.abs(it.receivedAtMs - message.receivedAtMs);
  return same.sort((a, b) => distance(a) - distance(b))[0];
}
