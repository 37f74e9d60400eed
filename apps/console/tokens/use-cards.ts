/** Every token, page after page, up to {@link CARDS_MAX}; those changed last first. */
import { useQuery } from "@tanstack/react-query";
import type { ApiClient } from "../api/client.ts";
import type { Card } from "../api/shapes.ts";
import { useServices } from "../shell/services.tsx";

const CARDS_A_PAGE = 1_000;
/** As many as a browser holds without pain. */
export const CARDS_MAX = 50_000;
const AGAIN_MS = 60_000;

/** `key`: what a row is known by; two masked tokens may look the same. */
export type CardRow = Card & { readonly key: string };

export function useCards() {
  const { api } = useServices();
  return useQuery({ queryKey: ["cards"], queryFn: () => allCards(api), refetchInterval: AGAIN_MS });
}

async function allCards(api: ApiClient): Promise<readonly CardRow[]> {
  const all: Card[] = [];
  for (;;) {
    const page = await api.cards(all.length, CARDS_A_PAGE);
    all.push(...page);
    if (page.length < CARDS_A_PAGE || all.length >= CARDS_MAX) break;
  }
  const seen = new Map<string, number>();
  return all.map((card) => {
    const times = seen.get(card.token) ?? 0;
    seen.set(card.token, times + 1);
    return { ...card, key: times === 0 ? card.token : `${card.token} ${times + 1}` };
  });
}
